"""Ask your articles, get answers you can check: every sentence cites an exact passage.

>>> from qa import ask
>>> print(ask("Where was Ariel Henry?", articles="seeds"))
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# onnxruntime's builds report to their maker from the moment it is imported, unless told not to before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from qa.articles import Article
    from qa.chat import Chat, ask
    from qa.citations import Answer, Citation, Sentence, Span
    from qa.errors import QaError
    from qa.followup import Turn

__version__ = "0.1.0"
__all__ = ["Answer", "Article", "Chat", "Citation", "QaError", "Sentence", "Span", "Turn", "__version__", "ask"]

_HOME = {
    "Answer": "citations",
    "Article": "articles",
    "Chat": "chat",
    "Citation": "citations",
    "QaError": "errors",
    "Sentence": "citations",
    "Span": "citations",
    "Turn": "followup",
    "ask": "chat",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: the libraries behind `ask` take two seconds, and `qa --help` must not wait for them.
    if name in _HOME:
        return getattr(import_module(f"qa.{_HOME[name]}"), name)
    raise AttributeError(f"module 'qa' has no attribute {name!r}")

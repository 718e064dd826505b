"""The reading room: a Gradio page where each sentence of an answer opens the article that it was taken from."""

from qa.web.page import build_page, check_port, launch, serve

__all__ = ["build_page", "check_port", "launch", "serve"]

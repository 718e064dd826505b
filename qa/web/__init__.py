"""The reading room: a Gradio page where each sentence of an answer opens the article that it was taken from."""

from qa.web.launch import check_port, launch, serve
from qa.web.page import build_page
from qa.web.waiting import open_index

__all__ = ["build_page", "check_port", "launch", "open_index", "serve"]

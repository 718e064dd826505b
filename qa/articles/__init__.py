"""Articles: files become immutable texts with title, outlet, author and date; nothing here knows of an index."""

from qa.articles.article import Article, file_of
from qa.articles.folder import (
    LIMIT_BYTES,
    RULES,
    ArticleFile,
    Skipped,
    list_files,
    locate,
    read_article,
    read_articles,
)

__all__ = [
    "LIMIT_BYTES",
    "RULES",
    "Article",
    "ArticleFile",
    "Skipped",
    "file_of",
    "list_files",
    "locate",
    "read_article",
    "read_articles",
]

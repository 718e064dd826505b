"""Read a web page: the article in it, and its metadata."""

from typing import Any

from qa.articles.formats.hidden import drop_hidden
from qa.articles.text import HEADING, Content, block, decode
from qa.errors import UnreadableFile


def read(data: bytes) -> Content:
    from trafilatura import bare_extraction, load_html  # Takes most of a second: only those who index pay.
    from trafilatura.xml import xmltotxt

    # htmldate would take today as the latest date, and guess dates from any number in the text.
    dates = {"original_date": True, "extensive_search": False, "min_date": "1600-01-01", "max_date": "2100-01-01"}
    tree: Any = load_html(decode(data))
    left_out = tree is not None and drop_hidden(tree)
    page: Any = (
        tree
        if tree is None
        else bare_extraction(
            tree, include_comments=False, include_tables=False, with_metadata=True, date_extraction_params=dates
        )
    )
    if page is None or page.body is None:
        raise UnreadableFile("has no article text in it: save the page of the article itself")
    for heading in page.body.iter("head"):
        heading.text = HEADING + (heading.text or "")
    lines = xmltotxt(page.body, include_formatting=False).split("\n")
    facts = {"title": page.title, "source": page.sitename, "author": page.author, "published": page.date}
    blocks = [block(line.removeprefix("- "), heading=line.startswith(HEADING)) for line in lines]
    facts |= {"url": page.url, "hidden": "yes" if left_out else ""}
    return blocks, {name: value or "" for name, value in facts.items()}

"""Refuse a PDF whose streams unpack to more than its reader should be given: PDFium takes the memory that it wants."""

import re
import zlib

from qa.errors import UnreadableFile

STREAM_BYTES = 150_000_000
"""Of one stream when it is unpacked, however often it was packed; a picture of 50 million points has so many."""

MOST_SHOWN = 250_000
"""Pieces of text that one stream shows; a full page has a few thousand."""

_STREAM = re.compile(rb"stream\r?\n")
_SHOWS = re.compile(rb"T[jJ]\b")


def check_streams(data: bytes) -> None:
    """Raise UnreadableFile where a stream of a PDF unpacks to too much, or shows too many pieces of text."""
    for match in _STREAM.finditer(data):
        if data[match.end() : match.end() + 1] in (b"x", b"h", b"H", b"X"):
            _check(data, match.end(), STREAM_BYTES, 0)
    _check_shown(len(_SHOWS.findall(data)))


def _check(data: bytes, start: int, left: int, depth: int) -> None:
    """Unpack what begins at `start` in pieces, so that none of it stays in memory."""
    unpacker, shown = zlib.decompressobj(), 0
    inner = zlib.decompressobj() if depth == 0 else None
    rest = memoryview(data)[start:]
    size = inner_size = 0
    fed = 0
    try:
        while not unpacker.eof:
            chunk = unpacker.unconsumed_tail or bytes(rest[fed : fed + (1 << 16)])
            if not unpacker.unconsumed_tail:
                fed += len(chunk)
            if not chunk:
                break
            piece = unpacker.decompress(chunk, 1 << 20)
            size += len(piece)
            shown += piece.count(b"Tj") + piece.count(b"TJ")
            if inner is not None and not inner.eof:
                inner_size, inner = _inner(inner, piece, inner_size)
            if max(size, inner_size) > left:
                raise UnreadableFile("unpacks to more than 150 MB: save its text as .txt")
    except zlib.error:
        pass  # It is packed in another way, or broken: PDFium tells.
    _check_shown(shown)


def _inner(inner: "zlib._Decompress", piece: bytes, size: int) -> tuple[int, "zlib._Decompress | None"]:
    """Unpack what was packed twice."""
    try:
        while piece and not inner.eof:
            size += len(inner.decompress(piece, 1 << 20))
            piece = inner.unconsumed_tail
            if size > STREAM_BYTES:
                break
    except zlib.error:
        return size, None
    return size, inner


def _check_shown(shown: int) -> None:
    if shown > MOST_SHOWN:
        raise UnreadableFile(f"shows {shown:,} pieces of text on one page: save its text as .txt")

"""Tell the text of a PDF that nobody sees: drawn with no ink, without height, or white on white."""

import ctypes
from collections.abc import Callable
from typing import Any

INVISIBLE_MODE = 3
LEAST_SIZE = 1.5
"""Points."""

WHITE, MOST_POINTS = 245, 4_000_000
"""Of 255, from which a colour is paper; and points of a page that is drawn to see what lies under white text."""


def has_no_ink(held: Any, size: float) -> bool:
    """Tell whether a text object of PDFium is drawn invisibly or too small to read, as under scans."""
    import pypdfium2.raw as pdfium

    return pdfium.FPDFTextObj_GetTextRenderMode(held) == INVISIBLE_MODE or size < LEAST_SIZE or _fill(held)[3] == 0


def is_white(held: Any) -> bool:
    return min(_fill(held)[:3]) >= WHITE


def _fill(held: Any) -> tuple[int, int, int, int]:
    import pypdfium2.raw as pdfium

    colours = [ctypes.c_uint(0) for _ in range(3)] + [ctypes.c_uint(255)]
    pdfium.FPDFPageObj_GetFillColor(held, *colours)
    red, green, blue, alpha = (colour.value for colour in colours)
    return red, green, blue, alpha


def paper(page: Any) -> Callable[[float, float, float], bool]:
    """Return a function that tells whether (left, right, height) of a page is white throughout, white text included."""
    width, height = page.get_size()
    if page.get_rotation() or width * height > MOST_POINTS:
        return lambda left, right, y: False
    bitmap = page.render(scale=1, grayscale=True)
    points, stride = bytes(bitmap.buffer), bitmap.stride
    wide, high = bitmap.width, bitmap.height
    bitmap.close()

    def is_paper(left: float, right: float, y: float) -> bool:
        row = int(height - y)
        start, end = max(0, int(left) - 1), min(wide, int(right) + 2)
        return 0 <= row < high and min(points[row * stride + start : row * stride + end], default=255) >= WHITE

    return is_paper

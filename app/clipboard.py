"""What the clipboard holds, read as a diagram: text, a picture that carries one, or a file that was copied."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from graph.diagram import Diagram
from graph.files import MAX_BYTES, from_text, load
from graph.pictures import is_picture, packed_in
from graph.problem import FileError

WHERE = "the clipboard"
PICTURES = ("image/png", "image/svg+xml", "application/pdf")  # the kinds that can carry a diagram


def diagram_in(data: QMimeData | None) -> Diagram:
    """The diagram that was copied, as text or as a picture.  Raises FileError, one sentence."""
    if data is None or not data.formats():
        raise FileError("The clipboard is empty.")
    pictures = [bytes(data.data(kind).data()) for kind in PICTURES if data.hasFormat(kind)]
    refused = None
    for content in filter(None, pictures):
        try:
            return from_text(packed_in(content, WHERE, MAX_BYTES), WHERE)
        except FileError as error:
            refused = error
    urls = data.urls()
    if len(urls) == 1 and urls[0].isLocalFile():
        return load(urls[0].toLocalFile())
    if (text := data.text()).strip():
        return _written(text)
    if refused is not None:
        raise refused
    if data.hasImage():  # pixels alone
        return from_text(packed_in(b"", WHERE, MAX_BYTES), WHERE)
    raise FileError("There is no diagram in the clipboard.")


def _written(text: str) -> Diagram:
    """A diagram, or an SVG file's own text, as an editor copies it."""
    content = text.encode(errors="replace")
    return from_text(packed_in(content, WHERE, MAX_BYTES) if is_picture(content) else text, WHERE)

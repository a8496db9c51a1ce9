"""Writing on the canvas: titles of frames and texts of comments, each in an editor in its place."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from app.canvas.gestures import GRID
from app.canvas.naming import ask
from app.canvas.note import NoteEditor
from app.canvas.surface import Surface
from graph.frame import WIDTH, Comment, Frame
from graph.framing import (
    TITLE,
    AddComment,
    RemoveFrames,
    SetComment,
    SetTitle,
    drawn,
    free_frame_id,
)

TITLE_HINT = "Enter gives the frame this title; Escape leaves it as it is"
ROOM = 160.0  # canvas units of a title's editor, at least


def edit(view: Surface, name: str) -> None:
    """Opens the editor for the title of a frame or the text of a comment."""
    thing = drawn(view.canvas.diagram, name)
    if isinstance(thing, Comment):
        _write(view, thing)
        return
    box = view.canvas.frames.box(name)
    place = QRectF(box.left(), box.top(), min(box.width(), 2 * ROOM), TITLE)
    ask(view, thing.title, place, lambda text: _entitle(view, name, text), TITLE_HINT)


def _entitle(view: Surface, name: str, title: str) -> None:
    frame = view.canvas.frames.things.get(name)
    if isinstance(frame, Frame) and title != frame.title:
        view.canvas.perform(SetTitle(name, title))


def write(view: Surface, at: QPointF) -> None:
    """Opens the editor for a new comment at a point of the scene; one without a text is not made."""
    place = (round(at.x() / GRID) * GRID, round(at.y() / GRID) * GRID, WIDTH)
    _write(view, Comment("", place, "", free_frame_id(view.canvas.diagram, "comment")))


def _write(view: Surface, comment: Comment) -> None:
    things = view.canvas.frames.things
    x, y, width = comment.place
    box = view.canvas.frames.box(comment.id) if comment.id in things else QRectF(x, y, width, 40.0)

    def done(text: str | None) -> None:
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        if text is not None:
            _keep(view, comment, text)

    rect = view.viewportTransform().mapRect(box)
    NoteEditor(view.viewport(), comment.text, rect, done)


def _keep(view: Surface, comment: Comment, text: str) -> None:
    canvas = view.canvas
    if comment.id in canvas.frames.things:
        if not text:
            canvas.perform(RemoveFrames((comment.id,)))
        elif text != comment.text:
            canvas.perform(SetComment(comment.id, text))
    elif text:
        made = Comment(text, comment.place, comment.color, comment.id)
        if canvas.perform(AddComment(made)):
            canvas.select((), frames={made.id})

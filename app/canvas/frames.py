"""Frames and comments on the canvas: what they look like, what lies under the mouse, which are selected."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas.formula import SIZE, Atom, Run, lay_out
from app.canvas.inks import Inks, text_width, write
from app.theme import Theme, mixed
from graph.diagram import Diagram
from graph.frame import Comment, Frame, Note
from graph.framing import TITLE

PADDING = 9.0  # around the text of a comment
CORNER = 8.0
TITLE_SIZE = 13
GRIP = 6.0  # device pixels within which an edge is taken hold of
HANDLE = 7.0  # device pixels of the small squares at the corners of what is selected
LEGIBLE = 0.3  # scale below which texts are left out
_CLASSES = {"blue": 0, "orange": 1, "green": 2, "violet": 3, "yellow": 4}


class Grip(NamedTuple):
    """What of a frame or comment is taken hold of: the whole of it, or the edges l, r, t, b in `edges`."""

    id: str
    edges: str = ""


class Tint(NamedTuple):
    """The colours of one frame: its rim, its filling, the strip of its title, and the opaque filling of a comment."""

    rim: QColor
    fill: QColor
    strip: QColor
    card: QColor


class Frames(QObject):
    """The frames and comments of one scene; selection is neither saved nor undone."""

    changed = Signal()  # they look different
    picked = Signal(tuple)  # ids of those selected

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.things: dict[str, Note] = {}  # from back to front
        self.selected: frozenset[str] = frozenset()
        self.hidden: frozenset[str] = frozenset()  # for the moment

    def show(self, diagram: Diagram) -> None:
        """Follows the diagram; large frames lie behind small ones, comments on top."""
        frames = sorted(diagram.frames, key=lambda f: -f.rectangle[2] * f.rectangle[3])
        things: tuple[Note, ...] = (*frames, *diagram.comments)
        self.things = {thing.id: thing for thing in things}
        self.select(self.selected)
        self.changed.emit()

    def keep(self, ids: Iterable[str]) -> None:
        """Shows only some of them."""
        self.things = {name: self.things[name] for name in self.things if name in set(ids)}
        self.changed.emit()

    def preview(self, things: Iterable[Note]) -> None:
        """Shows some of them otherwise for the moment; the diagram is not changed."""
        self.things |= {thing.id: thing for thing in things}
        self.changed.emit()

    def select(self, ids: Iterable[str]) -> None:
        """Selects these and no others."""
        chosen = frozenset(ids) & self.things.keys()
        if chosen != self.selected:
            self.selected = chosen
            self.changed.emit()
            self.picked.emit(tuple(name for name in self.things if name in chosen))

    def box(self, name: str) -> QRectF:
        """The rectangle of one of them in the scene."""
        return _box(self.things[name])

    def bounds(self, ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around some of them, or around all."""
        rect = QRectF()
        for name in self.things if ids is None else ids:
            rect |= self.box(name)
        return rect

    def at(self, point: QPointF, scale: float) -> Grip | None:
        """What of the topmost one is under a point: an edge, or its title or text; inside a frame there is nothing."""
        slack = min(GRIP / scale, 12.0)
        for name in reversed(self.things):
            thing, rect = self.things[name], self.box(name)
            if not rect.adjusted(-slack, -slack, slack, slack).contains(point):
                continue
            edges = _edges(rect, point, slack)
            if isinstance(thing, Comment):
                return Grip(name, "r" if "r" in edges else "")
            if edges:
                return Grip(name, edges)
            if point.y() <= rect.top() + TITLE:
                return Grip(name)
        return None

    def within(self, rect: QRectF) -> frozenset[str]:
        """The frames that lie wholly in a rectangle, and the comments that it touches."""
        return frozenset(
            name
            for name, thing in self.things.items()
            if (rect.contains if isinstance(thing, Frame) else rect.intersects)(self.box(name))
        )

    def paint(self, painter: QPainter, rect: QRectF, ink: Inks, scale: float = 1.0) -> None:
        """Paints those that reach into a part of the scene; from far away without their texts."""
        for name, thing in self.things.items():
            box = self.box(name)
            if name in self.hidden or not box.adjusted(-8, -8, 8, 8).intersects(rect):
                continue
            chosen = name in self.selected
            if isinstance(thing, Frame):
                _paint_frame(painter, thing, box, ink, scale > LEGIBLE)
            else:
                _paint_comment(painter, thing, box, ink, scale > LEGIBLE)
            if chosen:
                _paint_selection(painter, box, isinstance(thing, Frame), ink, scale)


def _edges(rect: QRectF, point: QPointF, slack: float) -> str:
    left, right = abs(point.x() - rect.left()), abs(point.x() - rect.right())
    top, bottom = abs(point.y() - rect.top()), abs(point.y() - rect.bottom())
    across = "l" if left <= slack and left <= right else "r" if right <= slack else ""
    return across + ("t" if top <= slack and top <= bottom else "b" if bottom <= slack else "")


def _box(thing: Note) -> QRectF:
    if isinstance(thing, Frame):
        return QRectF(*thing.rectangle)
    x, y, width = thing.place
    return QRectF(x, y, width, comment_height(thing.text, width))


def comment_height(text: str, width: float) -> float:
    """How high a comment is, in canvas units."""
    return _runs(text, width)[1] + 2 * PADDING


def heights(diagram: Diagram) -> dict[str, float]:
    """How high each comment is, by id."""
    return {c.id: comment_height(c.text, c.place[2]) for c in diagram.comments}


@lru_cache(maxsize=2048)
def _runs(text: str, width: float) -> tuple[list[Run], float]:
    return lay_out(text, width - 2 * PADDING, _atom_width)


def _atom_width(atom: Atom) -> float:
    if atom.text == " ":
        return SIZE * 0.32
    return text_width(atom.text, atom.size, atom.italic)


@lru_cache(maxsize=64)
def tint(color: str, theme: Theme) -> Tint:
    """How a colour of a frame looks in a theme; a name that is none of ours may be any that Qt knows, or is grey."""
    if color in _CLASSES:
        base = theme.classes[_CLASSES[color]]
    elif color == "red":
        base = theme.cost
    elif color not in ("", "grey") and QColor.isValidColorName(color):
        base = QColor(color).name()
    else:
        base = theme.muted
    fill, strip = QColor(base), QColor(base)
    fill.setAlpha(20)
    strip.setAlpha(40)
    return Tint(
        mixed(base, theme.background, 0.3), fill, strip, mixed(base, theme.background, 0.88)
    )


def _paint_frame(painter: QPainter, frame: Frame, box: QRectF, ink: Inks, texts: bool) -> None:
    look = tint(frame.color, ink.theme)
    painter.setPen(QPen(look.rim, 1.4))
    painter.setBrush(look.fill)
    painter.drawRoundedRect(box, CORNER, CORNER)
    if box.height() > TITLE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.strip)
        strip = QRectF(box.left(), box.top(), box.width(), TITLE)
        painter.drawRoundedRect(strip, CORNER, CORNER)
    if texts and frame.title:
        painter.setPen(ink.text)
        title = _fitting(frame.title, box.width() - 20)
        write(painter, title, box.left() + 10, box.top() + TITLE / 2, size=TITLE_SIZE, align=0.0)


@lru_cache(maxsize=1024)
def _fitting(title: str, room: float) -> str:
    title = " ".join(title.split())
    if text_width(title, TITLE_SIZE) <= room:
        return title
    while title and text_width(f"{title}…", TITLE_SIZE) > room:
        title = title[:-1]
    return f"{title}…" if title else ""


def _paint_comment(
    painter: QPainter, comment: Comment, box: QRectF, ink: Inks, texts: bool
) -> None:
    look = tint(comment.color, ink.theme)
    painter.setPen(QPen(look.rim, 1.0))
    painter.setBrush(look.card)
    painter.drawRoundedRect(box, 4, 4)
    if not texts:
        return
    painter.setPen(ink.text)
    for x, y, atom in _runs(comment.text, comment.place[2])[0]:
        place = (box.left() + PADDING + x, box.top() + PADDING + y)
        write(painter, atom.text, *place, italic=atom.italic, size=atom.size, align=0.0)


def _paint_selection(
    painter: QPainter, box: QRectF, is_frame: bool, ink: Inks, scale: float
) -> None:
    pen = QPen(ink.selection, 2.0)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, CORNER if is_frame else 4, CORNER if is_frame else 4)
    if scale <= LEGIBLE:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.selection)
    half = HANDLE / 2 / scale
    corners = (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())
    middle = QPointF(box.right(), box.center().y())
    for place in corners if is_frame else (middle,):
        painter.drawRect(QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half))

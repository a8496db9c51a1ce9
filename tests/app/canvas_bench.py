"""A canvas to test on: a view over a scene whose edits are applied to a plain diagram, and hands for its mouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeySequence,
    QMouseEvent,
    QShortcut,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.canvas.deleting import delete, take_out
from app.canvas.new_blocks import MIME
from app.canvas.scene import CanvasScene
from app.canvas.view import CanvasView
from app.theme import PAPER, Theme
from graph.change import Change
from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.edit import Edit

Left, Middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
Nothing = Qt.MouseButton.NoButton
Plain, Shift, Alt = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def block(id: str, kind: str, x: float, y: float, **settings: object) -> Block:
    """A block at a place."""
    return Block(id, kind, Frozen(settings), (x, y))


def wire(text: str) -> Wire:
    """`x.y -> linear1.z` as a wire."""
    source, target = (Pin(*end.strip().split(".")) for end in text.split("->"))
    return Wire(source, target)


def diagram(blocks: Iterable[Block], *wires: str) -> Diagram:
    """A diagram of these blocks, wired as told."""
    return Diagram({b.id: b for b in blocks}, tuple(wire(text) for text in wires))


def spiral() -> Diagram:
    """x -> linear -> relu -> linear -> cross entropy <- y, on one level, and a regulariser below."""
    return diagram(
        (
            block("x", "observed", 0, 0),
            block("linear1", "linear", 120, 0, units=100),
            block("relu1", "relu", 300, 0),
            block("linear2", "linear", 480, 0, units=3),
            block("cross_entropy1", "cross_entropy", 680, 0),
            block("y", "observed", 800, 0, field="y"),
            block("l2", "l2", 480, 120, weight=1e-5, use="training"),
        ),
        "x.y -> linear1.z",
        "linear1.y -> relu1.z",
        "relu1.y -> linear2.z",
        "linear2.y -> cross_entropy1.prediction",
        "y.y -> cross_entropy1.target",
    )


_OPEN: list[Bench] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Closes every bench after its test: an open window would take the mouse of other tests."""
    yield
    while _OPEN:
        view = _OPEN.pop().view
        view.close()
        view.deleteLater()
    if application := QApplication.instance():
        application.processEvents()


class Bench:
    """A shown view; `edits` and `said` collect what came out of it."""

    def __init__(self, start: Diagram, theme: Theme = PAPER) -> None:
        _OPEN.append(self)
        self.diagram = start
        self.edits: list[Edit] = []
        self.said: list[str] = []
        self.picked: list[tuple[str, ...]] = []
        self.opened: list[str] = []
        self.scene = CanvasScene(self.do, theme)
        self.scene.said.connect(self.said.append)
        self.scene.picked.connect(self.picked.append)
        self.scene.opened.connect(self.opened.append)
        self.view = CanvasView(self.scene)
        self._give_keys()
        self.view.resize(1000, 700)
        self.view.show()
        self.scene.show(start)
        self.view.set_zoom(1.0)
        self.view.centerOn(400, 60)
        QApplication.processEvents()

    def _give_keys(self) -> None:
        """What the menus of a window have keys for."""
        for keys, act in (
            ("Del", lambda: delete(self.scene)),
            ("Backspace", lambda: delete(self.scene)),
            ("Alt+Del", lambda: take_out(self.scene)),
            ("Ctrl+A", self.scene.select_all),
            ("F", self.view.frame_all),
            ("W", self.view.connect_by_keys),
        ):
            QShortcut(QKeySequence(keys), self.view, act)

    def do(self, edit: Edit) -> None:
        """What a document does."""
        after = edit.apply(self.diagram)
        change = Change.between(self.diagram, after)
        self.edits.append(edit)
        self.diagram = after
        self.scene.show_change(after, change)

    def at(self, x: float, y: float) -> QPoint:
        """The pixel of the viewport that shows a point of the scene."""
        return self.view.viewportTransform().map(QPointF(x, y)).toPoint()

    def pin(self, text: str) -> QPoint:
        """The pixel that shows a pin."""
        place = self.scene.place_of(Pin(*text.split(".")))
        return self.at(place.x(), place.y())

    def press(
        self, at: QPoint, button: Qt.MouseButton = Left, held: Qt.KeyboardModifier = Plain
    ) -> None:
        """Presses a button there."""
        QTest.mousePress(self.view.viewport(), button, held, at)

    def move(self, at: QPoint) -> None:
        """Moves the mouse there."""
        QTest.mouseMove(self.view.viewport(), at)
        QApplication.processEvents()

    def hover(
        self, at: QPoint, held: Qt.KeyboardModifier = Plain, buttons: Qt.MouseButton = Nothing
    ) -> None:
        """Moves the mouse there, with keys and buttons held, by an event of its own."""
        port = self.view.viewport()
        place, world = QPointF(at), QPointF(port.mapToGlobal(at))
        kind = QEvent.Type.MouseMove
        QApplication.sendEvent(port, QMouseEvent(kind, place, world, Nothing, buttons, held))

    def release(
        self, at: QPoint, button: Qt.MouseButton = Left, held: Qt.KeyboardModifier = Plain
    ) -> None:
        """Releases the button there."""
        QTest.mouseRelease(self.view.viewport(), button, held, at)

    def drag(self, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = Plain) -> None:
        """Presses, moves in two steps, releases."""
        self.press(start, held=held)
        self.move((start + end) / 2)
        self.move(end)
        self.release(end, held=held)

    def click(self, at: QPoint, held: Qt.KeyboardModifier = Plain) -> None:
        """Presses and releases."""
        QTest.mouseClick(self.view.viewport(), Left, held, at)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Plain) -> None:
        """Presses and releases a key."""
        QTest.keyClick(self.view, key, held)

    def drop(self, kind: str, at: QPoint) -> bool:
        """Drops a kind there as the palette does; whether the drag was taken."""
        data = QMimeData()
        data.setData(MIME, kind.encode())
        action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(at, action, data, buttons, Plain)
        enter.ignore()
        QApplication.sendEvent(self.view.viewport(), enter)
        event = QDropEvent(QPointF(at), action, data, buttons, Plain)
        QApplication.sendEvent(self.view.viewport(), event)
        return enter.isAccepted()

    def shot(self) -> QImage:
        """What the viewport shows."""
        QApplication.processEvents()
        return self.view.viewport().grab().toImage()

    def color(self, x: float, y: float) -> QColor:
        """The colour that a point of the scene is shown in."""
        return self.shot().pixelColor(self.at(x, y))

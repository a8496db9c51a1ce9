"""A hand at the window: it drops, drags, types and clicks by the events that Qt would deliver, and reads what is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QListWidgetItem, QWidget

from app.canvas.inks import inks
from app.live import Engine
from app.panels.fields import NumberField
from app.panels.palette import KIND
from app.settings import Blank, Preferences
from app.shelf import Shelf
from app.theme import Theme
from app.window import MainWindow
from graph.diagram import Pin, Wire
from tests.app.fake_session import FakeSession

Left, Plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Pixels = npt.NDArray[np.uint8]  # [rows, columns, 3]
Mask = npt.NDArray[np.bool_]  # [rows, columns]

SPIRAL_BLOCKS = (  # kind, and where it is dropped: canvas units from the middle of the canvas
    ("observed", -400, 0),
    ("linear", -280, 0),
    ("relu", -100, 0),
    ("linear", 80, 0),
    ("cross_entropy", 280, 0),
    ("observed", 400, 0),
)
SPIRAL_WIRES = (
    "x.y -> linear1.z",
    "linear1.y -> relu1.z",
    "relu1.y -> linear2.z",
    "linear2.y -> cross_entropy1.prediction",
    "y.y -> cross_entropy1.target",
)


def wire(text: str) -> Wire:
    """`x.y -> linear1.z` as a wire."""
    source, target = (Pin(*end.strip().split(".")) for end in text.split("->"))
    return Wire(source, target)


def until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Lets Qt work until something holds; fails with `what` did not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        QTest.qWait(20)


@contextmanager
def opened(
    preferences: Preferences | None = None,
    size: tuple[int, int] | None = None,
    session: Engine | None = None,
    theme: str = "paper",
    shelf: Shelf | None = None,
    rescue: Path | None = None,
) -> Iterator[MainWindow]:
    """A filled window whose canvas has the keys; without a session its engine only writes down what it is told."""
    preferences = preferences or Preferences(Blank())
    window = MainWindow(session or FakeSession(), preferences, theme, shelf, rescue)
    if size is not None:
        window.resize(*size)
    window.show()
    window.fill()
    window.activateWindow()
    window.view.setFocus()
    QApplication.processEvents()
    try:
        yield window
    finally:
        window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
        window.close()
        window.deleteLater()  # a new theme is put on every widget there is
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def tell(window: MainWindow, *messages: Any) -> None:
    """What the engine would say reaches the window."""
    assert isinstance(window.session, FakeSession)
    window.session.inbox += messages
    window.live.tick()
    QApplication.processEvents()


class Hand:
    """What a person can do to a shown and filled window, without knowing how it is made inside."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    @property
    def port(self) -> QWidget:
        """What shows the canvas."""
        return self.window.view.viewport()

    # --- places ------------------------------------------------------------------------------------------------------

    def at(self, x: float, y: float) -> QPoint:
        """The pixel of the canvas that shows a point of the scene."""
        return self.window.view.viewportTransform().map(QPointF(x, y)).toPoint()

    def pin(self, pin: Pin) -> QPoint:
        """The pixel that shows a pin."""
        place = self.window.scene.place_of(pin)
        return self.at(place.x(), place.y())

    def block(self, name: str) -> QPoint:
        """The pixel in the middle of a block."""
        return self.at(*self.window.document.diagram.blocks[name].position)

    def way(self, line: Wire, points: int = 9) -> list[QPoint]:
        """Pixels along a wire, its ends left out."""
        evenly = self.window.scene.wires[line].evenly
        return [
            self.at(*evenly[k]) for k in np.linspace(0, len(evenly) - 1, points + 2, dtype=int)
        ][1:-1]

    def row(self, kind: str) -> QListWidgetItem:
        """The palette's row of a kind."""
        rows = self.window.library.list
        return next(rows.item(r) for r in range(rows.count()) if rows.item(r).data(KIND) == kind)

    # --- the canvas --------------------------------------------------------------------------------------------------

    def drop(self, kind: str, at: QPoint) -> None:
        """Drags what the palette's row carries over the canvas, and lets it go there."""
        data = self.window.library.list.mimeData([self.row(kind)])
        entered = QDragEnterEvent(at + QPoint(-30, 20), *_carried(data))
        moved = QDragMoveEvent(at, *_carried(data))
        for event in (entered, moved):
            event.ignore()
            QApplication.sendEvent(self.port, event)
            assert event.isAccepted(), f"the canvas does not take {kind}"
        QApplication.sendEvent(self.port, QDropEvent(QPointF(at), *_carried(data)))
        QApplication.processEvents()

    def drag(self, start: QPoint, end: QPoint) -> None:
        """Presses the mouse on the canvas, moves it in steps, lets it go."""
        QTest.mousePress(self.port, Left, Plain, start)
        for part in (0.3, 0.7, 1.0):
            QTest.mouseMove(self.port, start + (end - start) * part)
            QApplication.processEvents()
        QTest.mouseRelease(self.port, Left, Plain, end)
        QApplication.processEvents()

    def connect(self, line: Wire) -> None:
        """Drags a wire from an output's circle to a pin."""
        self.drag(self.pin(line.source), self.pin(line.target))

    def pick(self, name: str) -> None:
        """Clicks a block."""
        QTest.mouseClick(self.port, Left, Plain, self.block(name))
        QApplication.processEvents()

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Plain) -> None:
        """Presses a key while the canvas has the focus."""
        if QApplication.activeWindow() is not self.window and not QApplication.activePopupWidget():
            self.window.activateWindow()  # another window of the same tests may have been left with the keys
            QApplication.processEvents()
        QTest.keyClick(self.window.view, key, held)
        QApplication.processEvents()

    # --- panels ------------------------------------------------------------------------------------------------------

    def click(self, widget: QWidget) -> None:
        """Clicks a button."""
        assert widget.isVisible() and widget.isEnabled()
        QTest.mouseClick(widget, Left)
        QApplication.processEvents()

    def type_into(self, field: NumberField, text: str) -> None:
        """Clicks a field, replaces its text, and presses Enter."""
        line = field.lineEdit()
        QTest.mouseClick(line, Left)
        QTest.keyClick(line, Qt.Key.Key_A, Ctrl)
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        QApplication.processEvents()

    def set(self, block: str, setting: str, text: str) -> None:
        """Clicks a block and types a setting into its form in the inspector."""
        self.pick(block)
        form = self.window.inspector.block.form
        assert form is not None
        field = form.fields[setting]
        assert isinstance(field, NumberField) and field.isVisible()
        self.type_into(field, text)

    def choose(self, combo: QComboBox, item: str) -> None:
        """Opens a list and clicks the row that stands for `item`."""
        QTest.mouseClick(combo, Left)
        rows = combo.view()
        until(rows.isVisible, "the list opens", 5)
        index = rows.model().index(combo.findData(item), 0)
        rows.scrollTo(index)
        place = rows.visualRect(index).center()
        QTest.mouseMove(rows.viewport(), place)
        QTest.mouseClick(rows.viewport(), Left, Plain, place)
        until(lambda: not rows.isVisible(), "the list closes", 5)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def reached(self, name: str = "validation") -> float:
        """A percentage of the training bar as a share of 1; 0 when there is none yet."""
        text = self.window.bar.readouts[name].text()
        return float(text.removesuffix("%")) / 100 if text.endswith("%") else 0.0

    def near(self, line: Wire) -> Mask:
        """The pixels of the canvas beside a wire."""
        near = np.zeros((self.port.height(), self.port.width()), bool)
        for point in self.way(line, 25):
            left, top = max(point.x() - 8, 0), max(point.y() - 8, 0)
            near[top : point.y() + 9, left : point.x() + 9] = True
        return near

    def glow(self, line: Wire) -> Mask:
        """Where the canvas near a wire has the colour of gradients."""
        return of_gradients(pixels(self.port), self.window.theme) & self.near(line)

    def stirs(self, line: Wire, seconds: float = 0.15) -> bool:
        """Whether what glows near a wire is elsewhere after a while."""
        before = self.glow(line)
        QTest.qWait(round(1000 * seconds))
        return bool((before ^ self.glow(line)).sum() > 20)


def _carried(
    data: QMimeData,
) -> tuple[Qt.DropAction, QMimeData, Qt.MouseButton, Qt.KeyboardModifier]:
    return Qt.DropAction.CopyAction, data, Left, Plain


def pixels(widget: QWidget) -> Pixels:
    """What a widget shows, `[rows, columns, 3]` red, green, blue."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def of_gradients(shown: Pixels, theme: Theme) -> Mask:
    """Which pixels have the colour of a gradient's pulse, of any strength."""
    colors = {color.name() for color in inks(theme).pulses[0]}
    return np.asarray(np.any([like(shown, color, 6) for color in colors], axis=0))


def like(shown: Pixels, color: str, tolerance: int = 10) -> Mask:
    """Which pixels have a colour (#rrggbb), up to a tolerance in each channel."""
    wanted = [int(color[k : k + 2], 16) for k in (1, 3, 5)]
    close = np.abs(shown.astype(int) - wanted) <= tolerance
    return np.asarray(close.all(axis=-1))

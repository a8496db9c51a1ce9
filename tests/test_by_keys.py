"""xor built, set and trained by keys alone, in the real engine: no mouse, no call of the window's own methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.window import MainWindow
from graph.diagram import Wire
from runtime.session import Session
from tests.app.driving import Ctrl, Hand, Plain, opened, until, wire

Key = Qt.Key
WIRES = (
    "x.y -> linear1.z",
    "linear1.y -> tanh1.z",
    "tanh1.y -> linear2.z",
    "linear2.y -> cross_entropy1.prediction",
    "y.y -> cross_entropy1.target",
)


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(session=Session()) as window:
        yield window


def _focus() -> QWidget:
    """Where the keys go."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def _press(key: Qt.Key, held: Qt.KeyboardModifier = Plain, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(_focus(), key, held)
        QApplication.processEvents()


def _type(text: str) -> None:
    QTest.keyClicks(_focus(), text)
    QApplication.processEvents()


def _add(text: str) -> None:
    """Tab opens the search; the best answer stands beside the selected block."""
    _press(Key.Key_Tab)
    _type(text)
    _press(Key.Key_Return)


def _connect(window: MainWindow, line: Wire) -> None:
    """W from the selected block, Tab until the wire leads where it should, Enter; the reader's line tells where."""
    _press(Key.Key_W)
    for _ in range(20):
        if window.status.currentMessage().startswith(f"{line.source} to {line.target}"):
            break
        _press(Key.Key_Tab)
    _press(Key.Key_Return)


def _set_units(text: str) -> None:
    """Enter goes into the settings of the selected block, Escape back to the canvas."""
    _press(Key.Key_Return)
    assert _focus().accessibleName() == "units"
    _type(text)
    _press(Key.Key_Return)
    _press(Key.Key_Escape)


def _to(name: str) -> None:
    """F6 and Tab until the focus is on what a reader would call `name`."""
    for _ in range(12):
        for _ in range(20):
            if _focus().accessibleName() == name:
                return
            if _focus().accessibleName() == "Diagram":
                break
            _press(Key.Key_Tab)
        _press(Key.Key_F6)
    raise AssertionError(f"no key leads to {name}")


def _choose(name: str, text: str) -> None:
    """Goes to a list of the bar, opens it, types, takes what is found."""
    _to(name)
    _press(Key.Key_Space)
    until(lambda: QApplication.activePopupWidget() is not None, "the list opens", 5)
    _type(text)
    _press(Key.Key_Return)
    until(lambda: QApplication.activePopupWidget() is None, "the list closes", 5)


def test_xor_is_built_and_trained_by_keys_alone(window: MainWindow) -> None:
    assert window.view.hasFocus()
    for text in ("observed", "linear", "tanh", "linear", "cross entropy", "observed"):
        _add(text)
    blocks = window.document.diagram.blocks
    assert list(blocks) == ["x", "linear1", "tanh1", "linear2", "cross_entropy1", "y"]

    _press(Key.Key_Left, Ctrl, 5)
    assert window.scene.selected == {"x"}
    for text in WIRES[:4]:
        _connect(window, wire(text))  # the block that was reached is selected
    _press(Key.Key_Right, Ctrl)
    assert window.scene.selected == {"y"}
    _connect(window, wire(WIRES[4]))
    assert set(window.document.diagram.wires) == {wire(text) for text in WIRES}

    _press(Key.Key_Left, Ctrl)
    assert window.scene.selected == {"linear2"}
    _set_units("2")
    _press(Key.Key_Left, Ctrl, 2)
    _set_units("8")
    assert [
        window.document.diagram.blocks[n].settings["units"] for n in ("linear1", "linear2")
    ] == [
        8,
        2,
    ]
    _choose("data", "xor")
    _to("rate")
    _type("0.02")
    _press(Key.Key_Return)
    _press(Key.Key_Escape)
    recipe = window.document.diagram.recipe
    assert recipe["data"]["kind"] == "xor" and recipe["rate"] == 0.02
    assert window.view.hasFocus()

    until(lambda: window.live.is_ready, "the engine")
    _press(Key.Key_P)
    until(lambda: Hand(window).reached() == 1.0, "every held-out point is right", 60)
    _press(Key.Key_P)
    assert not window.live.is_playing
    _press(Key.Key_Z, Ctrl, 40)
    assert not window.document.diagram.blocks and not window.document.stack.canUndo()

"""Where the keys go: around the panes of the window, into a block's settings, and back to the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

if TYPE_CHECKING:
    from app.window import MainWindow

ByKeys = Qt.FocusReason.TabFocusReason  # shows where the focus is


class Focusing(QObject):
    """Moves the focus; what has it in a pane gets it again when one comes back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._last: dict[QWidget, QWidget] = {}
        window.view.entered.connect(self._enter)

    def panes(self) -> list[QWidget]:
        """The canvas, the training bar, and what the open docks show, in the order of F6."""
        window = self._window
        docks = sorted(
            (dock for dock in window.docks.values() if not dock.visibleRegion().isEmpty()),
            key=lambda dock: (dock.x(), dock.y()),
        )
        found = [window.view, window.bar, *(dock.widget() for dock in docks)]
        return [pane for pane in found if _first(pane) is not None]

    def go(self, step: int) -> None:
        """To the next pane, or with -1 to the one before."""
        panes, focus = self.panes(), QApplication.focusWidget()
        now = next((p for p in panes if focus is p or p.isAncestorOf(focus or p)), None)
        if now is not None and focus is not None:
            self._last[now] = focus
        pane = panes[(panes.index(now) + step) % len(panes)] if now is not None else panes[0]
        before = self._last.get(pane)
        target = before if before in _stops(pane) else _first(pane)
        assert target is not None
        target.setFocus(ByKeys)

    def leave(self) -> None:
        """Back to the canvas."""
        self._window.view.setFocus(ByKeys)

    def _enter(self, block: str) -> None:
        """Into the settings of a block, which is selected."""
        page = self._window.inspector.block
        if page.isVisible() and block in self._window.scene.selected:
            into = page.form if page.form is not None else page
            if (first := _first(into)) is not None:
                first.setFocus(ByKeys)


def _first(pane: QWidget) -> QWidget | None:
    return next(iter(_stops(pane)), None)


def _stops(pane: QWidget) -> list[QWidget]:
    """What Tab stops at inside a pane, in the order in which it was made; a column that scrolls only when nothing else is in it."""
    # not by nextInFocusChain(): PySide takes what it returns for the parent of what it is asked of, so that the end of
    # one widget makes the objects of the whole window useless
    found = [pane, *pane.findChildren(QWidget)]
    stops = [w for w in found if _takes_tab(w)]
    fields = [w for w in stops if not isinstance(w, QScrollArea)]
    return fields or stops


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return bool(takes) and widget.isVisible() and widget.isEnabled()

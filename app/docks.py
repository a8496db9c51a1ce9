"""The docks around the canvas: how they are made and arranged, and which views a diagram opens with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QWidget

from graph.diagram import Diagram, Frozen

if TYPE_CHECKING:
    from app.window import MainWindow

LEFT_WIDTH, RIGHT_WIDTH = 208, 410
TALL = 900  # pixels of a window from which there is room for the gradients too
NARROWEST = 300  # pixels that the right side keeps in a small window
AT_FIRST = (
    "boundary",
    "loss",
    "gradients",
)  # views that stand below each other; others are tabs of the first
KEY = "x-views"  # of a file: the names of the views that it opens with, each with its choice


def add(
    window: MainWindow,
    name: str,
    title: str,
    content: QWidget,
    area: Qt.DockWidgetArea = Qt.DockWidgetArea.RightDockWidgetArea,
) -> None:
    """Makes the dock of a panel or a view, known by `name`."""
    dock = QDockWidget(title or name.capitalize(), window)
    dock.setObjectName(name)
    dock.setTitleBarWidget(_heading(title))
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    window.docks[name] = dock


def _heading(title: str) -> QWidget:
    """A quiet title by which the dock can be dragged; without a title, nothing at all."""
    if not title:
        return QWidget()
    heading = QLabel(title)
    heading.setProperty("role", "title")
    heading.setContentsMargins(18, 12, 12, 4)
    return heading


def retitle(dock: QDockWidget, title: str) -> None:
    """Calls a dock by what it shows; its entry in the menu keeps its name."""
    heading = dock.titleBarWidget()
    if isinstance(heading, QLabel) and heading.text() != title:
        heading.setText(title)


def arrange(window: MainWindow) -> None:
    """Puts every dock where it is at first."""
    window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
    docks = window.docks
    window.tabifyDockWidget(docks["inspector"], docks["outline"])
    window.tabifyDockWidget(docks["outline"], docks["problems"])
    window.tabifyDockWidget(docks["problems"], docks["history"])
    window.tabifyDockWidget(docks["problems"], docks["source"])
    window.tabifyDockWidget(docks["source"], docks["differences"])
    window.tabifyDockWidget(docks["differences"], docks["reveal"])
    for name in ("source", "differences", "reveal"):
        docks[name].hide()
    docks["inspector"].raise_()
    docks["outline"].hide()
    docks["history"].hide()
    docks["problems"].hide()
    for name in window.figures.views:
        if name not in AT_FIRST:
            window.tabifyDockWidget(docks["boundary"], docks[name])
            docks[name].hide()
    docks["boundary"].raise_()
    docks["gradients"].setVisible(window.height() >= TALL)


def share_out(window: MainWindow) -> None:
    """The sizes of the sides, as remembered or as they should be; the docks have to be on the screen already."""
    docks = window.docks
    horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    side = max(NARROWEST, min(RIGHT_WIDTH, window.width() * 26 // 100))
    window.resizeDocks([docks["palette"], docks["inspector"]], [LEFT_WIDTH, side], horizontal)
    right = [docks[name] for name in ("inspector", "boundary", "loss", "gradients")]
    window.resizeDocks(right, [250, 270, 190, 190], vertical)
    window.restoreState(window.preferences.bytes("state"))
    window.view.setFocus()


# --- views of a diagram ----------------------------------------------------------------------------------------


def open_views(window: MainWindow, diagram: Diagram) -> None:
    """Opens the views that a diagram names, the first on top; those of a diagram that names none stay as they are."""
    wanted = diagram.extra.get(KEY)
    if not isinstance(wanted, Mapping):
        return
    for name, choice in reversed(list(wanted.items())):
        if name in window.docks:
            window.docks[name].show()
            window.docks[name].raise_()
        if name in window.figures.views:
            window.figures.views[name].choose(str(choice))


def with_views(window: MainWindow, diagram: Diagram) -> Diagram:
    """The diagram as it is saved: with the views that are open, unless they are those that are open at first."""
    views = window.figures.views
    here = [
        name
        for name in dict.fromkeys(("boundary", "loss", *views))
        if window.docks[name].isVisible()
    ]
    chosen = {name: views[name].choice if name in views else "" for name in here}
    if set(here) == set(AT_FIRST) and not any(chosen.values()):
        return diagram.with_(extra=Frozen(diagram.extra).without(KEY))
    return diagram.with_(extra=Frozen({**diagram.extra, KEY: chosen}))

"""The docks around the canvas: how they are made and arranged, and which views a diagram opens with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QDockWidget, QWidget

from app.heading import Heading
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
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
SIDES = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": RIGHT,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
LONGEST = 1000  # characters of a choice
KEY = "x-views"  # of a file: the names of the views that it opens with, each with its choice, or with choice and place


def add(
    window: MainWindow,
    name: str,
    title: str,
    content: QWidget,
    area: Qt.DockWidgetArea = Qt.DockWidgetArea.RightDockWidgetArea,
    view: QWidget | None = None,
) -> None:
    """Makes the dock of a panel or a view, known by `name`; `view` is what there is to copy where that is a part of it."""
    dock = QDockWidget(title or name.capitalize(), window)
    dock.setObjectName(name)
    if title:
        heading = Heading(dock, title, lambda text: window.status.say(text))
        heading.hold(view or content)
    dock.setTitleBarWidget(heading if title else QWidget())
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    window.docks[name] = dock


def retitle(dock: QDockWidget, title: str) -> None:
    """Calls a dock by what it shows; its entry in the menu keeps its name."""
    heading = dock.titleBarWidget()
    if isinstance(heading, Heading) and heading.label.text() != title:
        heading.label.setText(title)


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
    docks["runs"].hide()
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
    side = max(NARROWEST, min(RIGHT_WIDTH, window.width() * 26 // 100))
    window.resizeDocks(
        [docks["palette"], docks["inspector"]], [LEFT_WIDTH, side], Qt.Orientation.Horizontal
    )
    window.stacking.share()
    window.restoreState(window.preferences.bytes("state"))
    window.view.setFocus()


def sides(window: MainWindow) -> dict[str, int]:
    """How wide the shown docks at the left and at the right are, by name."""
    here = (Qt.DockWidgetArea.LeftDockWidgetArea, RIGHT)
    return {
        name: dock.width()
        for name, dock in window.docks.items()
        if dock.isVisible() and not dock.isFloating() and window.dockWidgetArea(dock) in here
    }


def narrowed(widths: Mapping[str, int], ratio: float) -> dict[str, int]:
    """The widths of docks for a window that is `ratio` times as wide: no wider, and not too narrow to be read."""
    least = {name: LEFT_WIDTH if name == "palette" else NARROWEST for name in widths}
    return {
        n: min(w, max(least[n], round(w * ratio))) if ratio < 1 else w for n, w in widths.items()
    }


def set_sides(window: MainWindow, widths: Mapping[str, int]) -> None:
    """Gives those docks their widths that are there."""
    there = [name for name in sides(window) if name in widths]
    found = [window.docks[name] for name in there]
    window.resizeDocks(found, [widths[name] for name in there], Qt.Orientation.Horizontal)


# --- views of a diagram ----------------------------------------------------------------------------------------


def open_views(window: MainWindow, diagram: Diagram) -> None:
    """Opens the views that a diagram names, where it says, the first on top; what is no view or no place is passed over.

    Tabs of another diagram that it does not name are closed; those of a diagram that names none stay as they are.
    """
    wanted = diagram.extra.get(KEY)
    if not isinstance(wanted, Mapping):
        return
    for name in window.figures.views:
        if name not in wanted and name not in AT_FIRST:
            window.docks[name].hide()
    for name, given in reversed(list(wanted.items())):
        if name not in window.docks:
            continue
        held = given if isinstance(given, Mapping) else {"choice": given}
        dock, choice = window.docks[name], held.get("choice", "")
        _put(window, name, held)
        dock.show()
        dock.raise_()
        if name in window.figures.views and isinstance(choice, str) and len(choice) <= LONGEST:
            window.figures.views[name].choose(choice)


def _put(window: MainWindow, name: str, held: Mapping[str, Any]) -> None:
    """Floats a dock, or puts it to the side that is named; on the right it becomes a tab again."""
    dock, box, side = window.docks[name], held.get("float"), held.get("side")
    if isinstance(box, list | tuple) and len(box) == 4 and all(map(_is_number, box)):
        x, y, width, height = (round(n) for n in box)
        dock.setFloating(True)
        screen = dock.screen().availableGeometry()
        room = QRect(x, y, max(width, 160), max(height, 120))
        room.setSize(room.size().boundedTo(screen.size()))
        room.moveLeft(min(max(x, screen.left()), screen.right() - room.width()))
        room.moveTop(min(max(y, screen.top()), screen.bottom() - room.height()))
        dock.setGeometry(room)
        return
    dock.setFloating(False)
    here = window.dockWidgetArea(dock)
    area = SIDES.get(side) if isinstance(side, str) else RIGHT
    if name != "palette" and area is not None and area != here:
        window.addDockWidget(area, dock)
        if area == RIGHT and name not in AT_FIRST:
            window.tabifyDockWidget(window.docks["boundary"], dock)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e5


def with_views(window: MainWindow, diagram: Diagram) -> Diagram:
    """The diagram as it is saved: with the views that are open, their choices, and where they are if that is no tab on
    the right; unless they are those that are open at first."""
    here = [name for name in views(window) if window.docks[name].isVisible()]
    chosen = {name: _described(window, name) for name in here}
    if set(here) == set(AT_FIRST) and not any(chosen.values()):
        return diagram.with_(extra=Frozen(diagram.extra).without(KEY))
    return diagram.with_(extra=Frozen({**diagram.extra, KEY: chosen}))


def _described(window: MainWindow, name: str) -> str | dict[str, Any]:
    dock, figures = window.docks[name], window.figures.views
    choice = figures[name].choice if name in figures else ""
    place: dict[str, Any] = {}
    if dock.isFloating():
        box = dock.geometry()
        place["float"] = [box.x(), box.y(), box.width(), box.height()]
    elif (area := window.dockWidgetArea(dock)) != RIGHT:
        place["side"] = next((side for side, known in SIDES.items() if known == area), "right")
    return {"choice": choice, **place} if place else choice


def views(window: MainWindow) -> tuple[str, ...]:
    """The names of all views, in the order of the menu."""
    return tuple(dict.fromkeys(("boundary", "loss", "runs", *window.figures.views)))


def turn(window: MainWindow, by: int) -> None:
    """The next of the open views that lie on each other, or beside each other, comes to the top and gets the keys."""
    names = [name for name in views(window) if window.docks[name].isVisible()]
    if not names:
        window.status.say("No view is open: choose some under View, Views.")
        return
    focus = window.focusWidget()
    now = next((n for n in names if focus and window.docks[n].isAncestorOf(focus)), "")
    name = names[(names.index(now) + by) % len(names)] if now else names[0 if by > 0 else -1]
    dock = window.docks[name]
    dock.raise_()
    if dock.isFloating():
        dock.activateWindow()
    dock.widget().setFocus(Qt.FocusReason.TabFocusReason)
    window.status.say(dock.windowTitle())

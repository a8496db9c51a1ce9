"""The right side in a low window: docks that have no room below the others become tabs, and stand alone again when there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QStyle

from app.docks import KEY, RIGHT
from app.views.boundary import SENTENCE
from app.views.figure import QWIDGETSIZE_MAX

if TYPE_CHECKING:
    from app.window import MainWindow

INTO = {"gradients": "boundary", "loss": "boundary", "boundary": "inspector"}
# which dock goes into the tabs of which other, the first first; views that lie on the boundary go with it
TABS = 27  # pixels of a line of tabs
HEADING = 32  # pixels of the title above a view
TURNS = 3  # folding gives the canvas its height back, and that views less
LOWEST = 100  # pixels below which no view is made
VIEW = "boundary"  # where the views of a diagram lie on each other
READ = ("source", "outline", "problems", "differences", "reveal", "history")
# a few lines of these help nobody: the others make room when one is opened
SHARES = {"inspector": 250, "boundary": 270, "loss": 190, "gradients": 190}
# pixels that the docks get at first; a view gets what it asks for, and the others what that leaves


class Stacking(QObject):
    """Looks at the heights whenever the window or what its docks need has changed; never at what a person has put elsewhere."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._folded: list[str] = []  # what has become a tab, in the order of INTO
        self._beneath: dict[str, QDockWidget] = {}  # by what was folded what was seen where it went
        self._last = ""  # that was opened or raised, but not by moves of this class
        self._moves = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.fit)
        self._shared = QTimer(self)  # heights are taken only when the layout is made
        self._shared.setSingleShot(True)
        self._shared.setInterval(0)
        self._shared.timeout.connect(self.share)
        self._raised = QTimer(self)  # it is known whether a dock is seen once it has been
        self._raised.setSingleShot(True)
        self._raised.setInterval(0)
        self._raised.timeout.connect(self._make_room)
        window.installEventFilter(self)
        for name, dock in window.docks.items():
            dock.visibilityChanged.connect(self._soon.start)
            dock.visibilityChanged.connect(lambda seen, name=name: self._turned(name, seen))
        window.filing.opened.connect(self._opened)
        for name in READ:
            window.docks[name].visibilityChanged.connect(lambda _seen: self._raised.start())
        self._was_low = False  # whether the boundary was held low

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._window.isVisible():
            self._fit_at_once()
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._soon.start()
        return super().eventFilter(watched, event)

    def _fit_at_once(self) -> None:
        """Before the window is painted: its layout has the new size already."""
        layout = self._window.layout()
        for _ in range(TURNS):
            before = self._room(), len(self._folded)
            self.fit()
            if layout is not None:
                layout.activate()
            if before == (self._room(), len(self._folded)):
                return

    def _turned(self, name: str, seen: bool) -> None:
        if seen and not self._moves:
            self._last = name

    def _opened(self) -> None:
        if KEY in self._window.document.diagram.extra:
            self._shared.start()

    def _make_room(self) -> None:
        for name in READ:
            dock = self._window.docks[name]
            if self._top(name) is dock and dock.height() < _wanted(dock):
                self.share()

    # --- room ----------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Folds until every dock has the height that it needs, or unfolds what has room again."""
        self._moves = True
        try:
            self._fit()
        finally:
            self._moves = False

    def _fit(self) -> None:
        self._lower()
        order = list(INTO)
        for name in order[: order.index(self._folded[-1])] if self._folded else ():
            self._fold(name)  # what was opened later does not stand before the others
        if self._needed() > self._room():
            for name in INTO:
                if self._needed() > self._room():
                    self._fold(name)
        else:
            while self._folded and self._needed_with(self._folded[-1]) <= self._room():
                self._unfold()
        self._hold()

    def _lower(self) -> None:
        """In the lowest windows no view asks for more height than there is for one."""
        most = max(LOWEST, self._room() - TABS - HEADING)
        for name, view in self._window.figures.views.items():
            before = view.minimumHeight()
            view.lower_to(most)
            layout = self._window.docks[name].layout()
            if layout is not None and view.minimumHeight() != before:
                layout.activate()  # the dock's own least height follows at once

    def _hold(self) -> None:
        """Holds the boundary low while it has only a sentence to say, unless another view is seen in its place."""
        boundary, top = self._window.boundary, self._top(VIEW)
        low = not boundary.has_something() and top is self._window.docks[VIEW]
        boundary.setMaximumHeight(SENTENCE if low else QWIDGETSIZE_MAX)
        before, self._was_low = self._was_low, low
        if before and not low and top is not None and top.height() < SHARES[VIEW]:
            self._shared.start()

    def share(self) -> None:
        """Gives each dock on the right its share of the height, the view on top what it asks for."""
        self.fit()
        tops = {dock: name for name in SHARES if (dock := self._top(name)) is not None}
        wanted = {dock: max(SHARES[name], _wanted(dock)) for dock, name in tops.items()}
        kept = (VIEW, "inspector")  # settings that are out of sight are not found
        rest = {
            dock: wanted[dock] - _least(dock) for dock, name in tops.items() if name not in kept
        }
        over = sum(wanted.values()) - self._room()
        part = min(1.0, max(0.0, over / max(1, sum(rest.values()))))
        for dock, less in rest.items():  # who looks at a view can do with less of the others
            wanted[dock] -= round(part * less)
        gainers = [dock for dock, name in tops.items() if name in kept]
        for dock in gainers:
            wanted[dock] += max(0, -over) // len(gainers)
        self._window.resizeDocks(list(tops), list(wanted.values()), Qt.Orientation.Vertical)

    def unfold_all(self) -> None:
        """Everything where it would stand in a high window, as it shall be remembered."""
        while self._folded:
            self._unfold()

    def _room(self) -> int:
        middle = self._window.centralWidget()
        assert middle is not None
        return middle.height()

    def _stacks(self) -> list[list[QDockWidget]]:
        """The open docks on the right that lie on each other."""
        window, found = self._window, list[list[QDockWidget]]()
        for dock in window.docks.values():
            if self._stands(dock) and not any(dock in stack for stack in found):
                others = [d for d in window.tabifiedDockWidgets(dock) if self._stands(d)]
                found.append([dock, *others])
        return found

    def _stands(self, dock: QDockWidget) -> bool:
        here = self._window.dockWidgetArea(dock) == RIGHT
        return here and not dock.isFloating() and not dock.isHidden()

    def _needed(self) -> int:
        """The height of all that stands on the right; what stands beside each other counts once."""
        rows: dict[int, int] = {}
        for stack in self._stacks():
            left = next((d.x() for d in stack if not d.visibleRegion().isEmpty()), stack[0].x())
            rows[max(left, 0)] = rows.get(max(left, 0), 0) + _least_of(stack) + self._gap()
        return max(rows.values(), default=self._gap()) - self._gap()

    def _needed_with(self, name: str) -> int:
        """The height if this dock stood below the others again."""
        docks = self._moved(name)
        rest = [[d for d in stack if d not in docks] for stack in self._stacks()]
        stacks = [*filter(None, rest), [d for d in docks if self._stands(d)]]
        return sum(_least_of(stack) + self._gap() for stack in stacks if stack) - self._gap()

    def _gap(self) -> int:
        style = self._window.style()
        return style.pixelMetric(
            QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self._window
        )

    # --- moves ---------------------------------------------------------------------------------------------------

    def _moved(self, name: str) -> list[QDockWidget]:
        """The dock, and with the boundary the views that are its tabs, or will be when they are opened."""
        docks = self._window.docks
        if name != VIEW:
            return [docks[name]]
        lies = self._window.tabifiedDockWidgets(docks[VIEW])
        rest = [docks[n] for n in (*self._window.figures.views, "loss") if n != VIEW]
        closed = [d for d in rest if d.isHidden() and self._window.dockWidgetArea(d) == RIGHT]
        return [
            docks[VIEW],
            *(d for d in rest if d in lies or (d in closed and not d.isFloating())),
        ]

    def _fold(self, name: str) -> None:
        """Makes a dock a tab of the one where it goes, with what lies on it."""
        host = self._window.docks[INTO[name]]
        there = [host, *self._window.tabifiedDockWidgets(host)]
        moved = [dock for dock in self._moved(name) if dock not in there]
        if not self._stands(host) or not any(map(self._stands, moved)):
            return
        beneath, top = self._top(INTO[name]), self._front(name)
        for dock in moved:
            hidden = dock.isHidden()
            self._window.tabifyDockWidget(host, dock)
            dock.setVisible(not hidden)
        if top is not None:
            top.raise_()
        if name not in self._folded:
            if beneath is not None:
                self._beneath[name] = beneath
            self._folded.append(name)
            self._folded.sort(
                key=list(INTO).index
            )  # what went first comes back last, however late it was opened

    def _front(self, name: str) -> QDockWidget | None:
        """What shall be seen of a dock that is folded and of what lies where it goes: the one that was opened last."""
        docks, tops = self._window.docks, (self._top(VIEW), self._top(INTO[name]))
        wanted = [docks[n] for n in (self._last, *READ) if n in docks]
        found = next((dock for dock in wanted if dock in tops), None)
        return found or tops[0] or tops[1]

    def _unfold(self) -> None:
        """Puts the last that was folded below the others again, unless a person has moved it since."""
        name = self._folded.pop()
        beneath = self._beneath.pop(name, None)
        docks, moved = self._window.docks, self._moved(name)
        host, top = docks[INTO[name]], self._top(name)
        if host not in self._window.tabifiedDockWidgets(docks[name]):
            return
        moved = [dock for dock in moved if dock is not host]
        for number, dock in enumerate(moved):
            hidden = dock.isHidden()
            self._window.addDockWidget(RIGHT, dock)
            if number:
                self._window.tabifyDockWidget(moved[0], dock)
            dock.setVisible(not hidden)
        for seen in (host, beneath, top):
            if seen is not None and not seen.isHidden():
                seen.raise_()

    def _top(self, name: str) -> QDockWidget | None:
        """The dock that is seen where this one lies, None where none is."""
        dock = self._window.docks[name]
        stack = [dock, *self._window.tabifiedDockWidgets(dock)]
        return next((d for d in stack if self._stands(d) and not d.visibleRegion().isEmpty()), None)


def _least(dock: QDockWidget) -> int:
    return max(dock.minimumSizeHint().height(), dock.minimumHeight())


def _least_of(stack: list[QDockWidget]) -> int:
    return max(map(_least, stack)) + (TABS if len(stack) > 1 else 0)


def _wanted(dock: QDockWidget) -> int:
    return max(_least(dock), dock.sizeHint().height())

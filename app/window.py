"""The main window: an empty frame that paints at once, and is filled with palette, canvas, bar and panels right after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QStyle

from app.looks import looks
from app.settings import Preferences
from app.theme import BOARD, PAPER, STYLES, Theme, apply, styled

if TYPE_CHECKING:
    from app.adding import Adding
    from app.announcing import Announcing
    from app.breadcrumb import Breadcrumb
    from app.canvas.scene import CanvasScene
    from app.canvas.view import CanvasView
    from app.checking import Checking
    from app.commanding import Commanding
    from app.comparing import Compares
    from app.context_menu import ContextMenu
    from app.document import Document
    from app.doubting import Doubting
    from app.figures import Figures
    from app.filing import Filing
    from app.focusing import Focusing
    from app.keymap import Keymap
    from app.lecture import Lecture
    from app.levels import Levels
    from app.live import Engine, Live
    from app.mending import Mending
    from app.menus import Menus
    from app.notice import Notice
    from app.offer import Offer
    from app.panels.differences import Differences
    from app.panels.history import History
    from app.panels.inspector import Inspector
    from app.panels.looking_back import LookingBack
    from app.panels.outline import Outline
    from app.panels.palette import Palette
    from app.panels.problems import Problems
    from app.panels.reveal import Reveal
    from app.panels.runs import RunsPanel
    from app.panels.source import SourcePanel
    from app.panels.training import TrainingBar
    from app.reactions import Reactions
    from app.revealing import Revealing
    from app.runs import Runs
    from app.safety import Safety
    from app.scaling import Scaling
    from app.shelf import Shelf
    from app.sourcing import Sourcing
    from app.spotting import Spotting
    from app.stacking import Stacking
    from app.status import StatusLine
    from app.travel import Travel
    from app.views.boundary import BoundaryView
    from app.views.loss import LossView
    from app.views.moments import Moments
    from app.visits import Visits
    from app.watching import Watching

SIZE = (1600, 1000)
SMALLEST = (640, 400)  # at 200 % in a window of 1280×800
REST = 1  # ms between two steps of filling, for whatever else is due
LOOK = 5  # ms between two looks whether the modules are loaded


class Themed(Protocol):
    """Whatever can change its colours."""

    def set_theme(self, theme: Theme) -> None: ...


class MainWindow(QMainWindow):
    """The window.  It is shown empty; after its first paint it is filled, and `filled` tells when all is there."""

    filled = Signal()

    document: Document
    levels: Levels
    live: Live
    filing: Filing
    scene: CanvasScene
    view: CanvasView
    library: Palette
    bar: TrainingBar
    inspector: Inspector
    outline: Outline
    history: History
    boundary: BoundaryView
    figures: Figures
    loss: LossView
    moments: Moments
    looking_back: LookingBack
    travel: Travel
    notice: Notice
    breadcrumb: Breadcrumb
    shelf: Shelf
    offer: Offer
    visits: Visits
    checking: Checking
    doubting: Doubting
    status: StatusLine
    menus: Menus
    keymap: Keymap
    scaling: Scaling
    reactions: Reactions
    source: SourcePanel
    differences: Differences
    compares: Compares
    reveal: Reveal
    revealing: Revealing
    lecture: Lecture
    sourcing: Sourcing
    spotting: Spotting
    stacking: Stacking
    watching: Watching
    runs: Runs
    runs_panel: RunsPanel
    safety: Safety
    problems: Problems
    mending: Mending
    adding: Adding
    focusing: Focusing
    announcing: Announcing
    commanding: Commanding
    context_menu: ContextMenu

    def __init__(
        self,
        session: Engine | None = None,
        preferences: Preferences | None = None,
        theme: str = "",
        shelf: Shelf | None = None,
        rescue: Path | None = None,
    ) -> None:
        """`rescue` is the folder for recovery copies and for which files are open; without it there are none."""
        super().__init__()
        self.session = session
        self.wanted_shelf, self.rescue_folder = shelf, rescue
        self.preferences = preferences or Preferences()
        self.theme_name = theme or self.preferences.text("theme", "system")
        self.theme = theme_of(self.theme_name)
        style = self.preferences.text("style", "nyu")
        self.style_name = style if style in STYLES else "nyu"
        self.docks: dict[str, QDockWidget] = {}
        self.is_filled = False
        self._steps: Iterator[None] | None = None
        self._loading: threading.Thread | None = None
        self.setWindowTitle("Gradboard")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self.restoreGeometry(self.preferences.bytes("geometry"))
        self._apply_theme()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    def fit(self) -> None:
        """Becomes smaller where the screen has no room for the usual size."""
        room = self.screen().availableSize()
        if self.size().boundedTo(room) != self.size():
            title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
            self.resize(self.size().boundedTo(room - QSize(0, title)))

    # --- filling -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._loading is None and self._steps is None:
            self._loading = threading.Thread(target=_import_contents, daemon=True)
            QTimer.singleShot(0, self._fill_softly)

    def fill(self) -> None:
        """Makes everything that is in the window, at once."""
        for _ in self._rest():
            QApplication.processEvents()  # what was made finds its place

    def _fill_softly(self) -> None:
        """The same in small pieces; modules load in a thread meanwhile, so that the window answers all the time."""
        assert self._loading is not None
        if self._loading.ident is None:
            self._loading.start()
        if self._loading.is_alive():
            QTimer.singleShot(LOOK, self._fill_softly)
            return
        try:
            next(self._rest(), None)
        except Exception:
            QApplication.exit(1)  # a window without contents is of no use
            raise
        if not self.is_filled:
            QTimer.singleShot(REST, self._fill_softly)

    def _rest(self) -> Iterator[None]:
        if self._steps is None:
            self._steps = self._fill()
        return self._steps

    def _fill(self) -> Iterator[None]:
        from app.contents import contents

        self.setUpdatesEnabled(False)
        self.setStyleSheet(looks(self.theme))
        yield from contents(self)
        largest = (self.library, self.view)
        for part in largest:
            part.setUpdatesEnabled(False)
        self.setUpdatesEnabled(True)
        yield
        for part in largest:  # what takes longest to paint has a turn of its own
            part.setUpdatesEnabled(True)
            yield
        self.is_filled = True
        self.filled.emit()

    # --- theme ---------------------------------------------------------------------------------------------------

    def set_theme(self, name: str) -> None:
        """Changes to "paper", "board", or "system": what the desktop prefers; remembers it."""
        self.theme_name, self.theme = name, theme_of(name)
        self.preferences.keep("theme", name)
        self._apply_theme()
        if self.is_filled:
            self.setStyleSheet(looks(self.theme))
            self.view.set_theme(styled(self.theme, self.style_name))
            for part in self._themed():
                part.set_theme(self.theme)

    def set_style(self, name: str) -> None:
        """Draws blocks in another of STYLES from now on; remembers it."""
        self.style_name = name
        self.preferences.keep("style", name)
        self.view.set_theme(styled(self.theme, name))

    def _themed(self) -> tuple[Themed, ...]:
        panels = (self.library, self.bar, self.inspector, self.outline, self.problems, self.history)
        return (
            *panels,
            self.source,
            self.differences,
            self.loss,
            self.moments,
            self.runs_panel,
            self.figures,
            self.notice,
        )

    def _apply_theme(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply(application, self.theme)

    def _follow_system(self) -> None:
        if self.theme_name == "system" and theme_of("system") is not self.theme:
            self.set_theme("system")

    # --- files dropped, and the end ------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None and self.is_filled:
            event.acceptProposedAction()
            self.filing.open_file(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_filled:  # no panel had a use for it
            self.focusing.leave()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_filled:
            if not self.filing.may_leave():
                event.ignore()
                return
            self.lecture.end()
            self.preferences.keep("geometry", self.saveGeometry())
            self.stacking.unfold_all()
            self.preferences.keep("state", self.saveState())
            self.runs.close()
            self.safety.close()
            self.hide()  # the engine takes a moment to end
            self.live.close()
        event.accept()


def theme_of(name: str) -> Theme:
    """The theme that a name means; "system" asks the desktop."""
    if name == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return BOARD if dark else PAPER
    return BOARD if name == "board" else PAPER


def _import_contents() -> None:
    from app.contents import warm

    warm()


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file that is dropped, None when it is anything else."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def open_window(
    path: str | None,
    *,
    play: bool = False,
    shot: str | None = None,
    after: float = 1.0,
    theme: str = "",
    size: tuple[int, int] | None = None,
) -> int:
    """Opens the window on a file, or on an empty canvas, and stays until it is closed; returns the exit code.

    With `shot`, saves a picture of the window after `after` seconds and ends.
    """
    from app.opening import Opening

    return Opening(path, play, shot, after, theme, size).run()

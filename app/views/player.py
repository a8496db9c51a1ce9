"""What drives a motion by the mouse: a button to play and to pause, the timeline of the stages, and a pace."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from app.icons import icon
from app.theme import Theme
from app.views.motion import Motion
from app.views.timeline import Timeline
from runtime.figures.warp import Stage

PACES = (0.25, 0.5, 1.0, 2.0, 4.0)  # stages a second
PACE = 2  # of these, at first
PLAYS = "go on by itself, or pause (Space)"
RESTS = "View > Reduced motion is on: step by Left and Right"


class Player(QWidget):
    """A strip below a picture; keys belong to the picture."""

    def __init__(self, motion: Motion, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._motion, self._theme = motion, theme
        self.play = QToolButton()
        self.timeline = Timeline(theme)
        self.pace = QSlider(Qt.Orientation.Horizontal)
        self._set_up()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        for widget in (self.play, self.timeline, self.pace):
            row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignTop)
        row.setStretch(1, 1)
        motion.moved.connect(self._moved)
        motion.changed.connect(self._changed)
        self._changed()

    def _set_up(self) -> None:
        self.play.setProperty("role", "press")
        self.play.setFixedSize(28, 26)
        self.play.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.play.setAccessibleName(PLAYS)
        self.play.clicked.connect(self._motion.toggle)
        self.timeline.dragged.connect(self._motion.rest_at)
        self.pace.setFixedSize(58, 26)
        self.pace.setRange(0, len(PACES) - 1)
        self.pace.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pace.setAccessibleName("pace")
        self.pace.valueChanged.connect(self._paced)
        self.pace.setValue(PACE)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.timeline.set_theme(theme)
        self._changed()

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Another way, where the motion stands on it; without stages there is nothing to drive."""
        self.timeline.show_stages(stages)
        self._moved()
        self.setVisible(bool(stages))

    def _moved(self) -> None:
        self.timeline.show_place(self._motion.place)

    def _changed(self) -> None:
        calm = self._motion.is_calm
        self.pace.setEnabled(not calm)
        self.play.setEnabled(not calm)
        self.play.setToolTip(RESTS if calm else PLAYS)
        shown = "pause" if self._motion.is_playing else "play"
        self.play.setIcon(icon(shown, self._theme.muted if calm else self._theme.text))

    def _paced(self, number: int) -> None:
        self._motion.pace = PACES[number]
        self.pace.setToolTip(f"pace: {PACES[number]:g} steps a second")

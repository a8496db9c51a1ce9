"""Slow motion: one sample through the diagram, block by block, forward and backward, by buttons, keys, or by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.theme import Theme
from app.views.figure import FigureView
from app.views.page import is_weighted_sum, page
from app.views.sheet import Sheet
from app.views.steps import BACKWARD, FORWARD, Step, same_way, steps
from runtime.figures.slow import SlowMotion
from runtime.snapshot import Ask

NAME = "slow"
INSET = 6  # pixels before the text of a field
PACES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # steps a second
PACE = 2  # of these, at first
HINTS = {
    "first": "back to the sample, with the newest weights (Home)",
    "back": "one step back (Left)",
    "play": "go on by itself, or pause (Space)",
    "step": "one step on (Right)",
    "last": "to the last update (End)",
}


class SlowView(FigureView):
    """A stepper over what the engine says of one sample.

    Once the sample is on its way the numbers stay those of that moment, though the run goes on; going back to the first
    step takes new ones.  `pointed` names the block in turn and the phase, "" for none.
    """

    pointed = Signal(str, str)

    title = "Slow motion"
    help = (
        "One sample, one block at a time: s, z, ȳ, C, then ∂C/∂f = ∂C/∂g · ∂g/∂f, [1×d_f] = [1×d_g][d_g×d_f], "
        "∂C/∂w, and w ← w − η ∂C/∂w."
    )
    nothing = "Slow motion begins when the diagram has a cost and weights that it can train."
    tall = 210  # a product can be read

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setToolTip("")  # every number has its own
        self.choice = "1"
        self.motion: SlowMotion | None = None
        self._newest: SlowMotion | None = None
        self.place = 0
        self._unit = -1
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.buttons = {name: self._button(name) for name in HINTS}
        self.pace = QSlider(Qt.Orientation.Horizontal)
        self.sample = QSpinBox()
        self.where = QLabel()
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.sheet = Sheet(theme)
        self._scroll = QScrollArea()
        self._set_up()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._draw_icons()
        self._show_step()

    # --- what it is made of -------------------------------------------------------------------------------------

    def _button(self, name: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("role", "press")
        made.setToolTip(HINTS[name])
        made.setAccessibleName(HINTS[name])
        made.setFixedSize(28, 26)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys are the view's
        commands = {
            "first": self.go_first,
            "back": lambda: self.go(self.place - 1),
            "play": self.toggle,
            "step": lambda: self.go(self.place + 1),
            "last": lambda: self.go(len(self.steps) - 1),
        }
        made.clicked.connect(commands[name])
        return made

    def _set_up(self) -> None:
        self.pace.setRange(0, len(PACES) - 1)
        self.pace.setValue(PACE)
        self.pace.setFixedWidth(64)
        self.pace.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pace.setAccessibleName("pace")
        self.pace.valueChanged.connect(self._set_pace)
        self._set_pace(PACE)
        self.sample.setRange(1, 1)
        self.sample.setAccessibleName("sample")
        self.sample.setToolTip("which training sample")
        self.sample.setKeyboardTracking(False)
        self.sample.valueChanged.connect(self._sampled)
        self.sample.setPrefix("sample ")
        self.sample.setFixedWidth(112)
        field = self.sample.lineEdit()
        assert field is not None
        field.setTextMargins(INSET, 0, 0, 0)
        self.where.setProperty("role", "small")
        self.where.setContentsMargins(16, 0, 10, 0)
        self._scroll.setWidget(self.sheet)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().installEventFilter(self)
        self.sheet.setFocusProxy(self)
        self.sheet.chosen.connect(self._open_unit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(_row(*self.buttons.values(), self.pace, self.sample))
        column.addWidget(self.where)
        column.addWidget(self._scroll, 1)

    def _draw_icons(self) -> None:
        for name, button in self.buttons.items():
            shown = "pause" if name == "play" and self.is_playing else name
            button.setIcon(icon(shown, self._theme.text))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.sheet.set_theme(theme)
        self._draw_icons()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._scroll.viewport() and event.type() == QEvent.Type.Resize:
            self.sheet.set_room(float(self._scroll.viewport().width()))
        return super().eventFilter(watched, event)

    # --- figures ------------------------------------------------------------------------------------------------

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(NAME, choice=self.choice),)

    def choose(self, choice: str) -> None:
        if choice.isdecimal() and int(choice) > 0 and choice != self.choice:
            self.choice = str(int(choice))
            self.asked.emit()

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        ask = self.asks()[0]
        if ask not in figures:
            return
        found = figures[ask]
        self._newest = found if isinstance(found, SlowMotion) else None
        if self._holds():
            self._say_where()
        else:
            self._take()

    def _holds(self) -> bool:
        """Whether the sample is on its way at an earlier moment of the same run, which is then kept."""
        one, other = self.motion, self._newest
        if one is None or other is None or self.place == 0:
            return False
        return one.step != other.step and one.sample == other.sample and same_way(one, other)

    def _take(self) -> None:
        before, self.motion = self.motion, self._newest
        if before is None or self.motion is None or not same_way(before, self.motion):
            self.place, self._unit = 0, -1
        if self.motion is not None:
            self.sample.blockSignals(True)
            self.sample.setMaximum(self.motion.samples)
            self.sample.setValue(self.motion.sample)
            self.sample.blockSignals(False)
        self._show_step()

    def select(self, block: str) -> None:
        """Selecting a block on the canvas goes to its step, in the phase that is shown."""
        here = self.step
        phase = here.phase if here and here.phase == BACKWARD else FORWARD
        passages = self.motion.passages if self.motion else ()
        for number, step in enumerate(self.steps):
            if step.phase == phase and passages[step.passage].block == block:
                self.go(number)

    def forget(self) -> None:
        self.motion = self._newest = None
        self.place, self._unit = 0, -1
        self.pause()
        self._show_step()

    def has_something(self) -> bool:
        return self.motion is not None

    def paint(self, painter: QPainter) -> None:
        """Everything is painted by the sheet."""

    # --- steps --------------------------------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps of the sample, none while nothing is known of it."""
        return steps(self.motion) if self.motion else ()

    @property
    def step(self) -> Step | None:
        """The step that is shown."""
        found = self.steps
        return found[self.place] if found else None

    def go(self, place: int) -> None:
        """Shows the step with this number, or the nearest there is."""
        place = max(0, min(place, len(self.steps) - 1))
        if place != self.place:
            self.place, self._unit = place, -1
            self._show_step()
            self._scroll.verticalScrollBar().setValue(0)
            self._scroll.horizontalScrollBar().setValue(0)

    def go_first(self) -> None:
        """Back to the sample, with the newest numbers."""
        self.go(0)
        self._take()

    def _show_step(self) -> None:
        step, motion = self.step, self.motion
        self._scroll.setVisible(step is not None)
        for name, button in self.buttons.items():
            ends = {"first": 0, "back": 0, "step": len(self.steps) - 1, "last": len(self.steps) - 1}
            button.setEnabled(step is not None and self.place != ends.get(name, -1))
        self.sample.setEnabled(step is not None)
        if step is None or motion is None:
            self.where.setText("")
            self.pointed.emit("", "")
            return
        self._say_where()
        self.sheet.show_lines(page(motion, step, self._unit))
        self._point()

    def _say_where(self) -> None:
        """Which step of how many, and whose weights the numbers are."""
        step, motion, newest = self.step, self.motion, self._newest
        if step is None or motion is None:
            return
        text = (
            f"{self.place + 1} of {len(self.steps)}: {step.phase}, weights of step {motion.step:,}"
        )
        if newest is not None and newest.step != motion.step:
            text += f", the run is at {newest.step:,}"
        self.where.setText(text)

    def _point(self) -> None:
        """Says which block is in turn, while the view is seen."""
        step = self.step
        if step is None or self.motion is None or step.passage < 0 or not self.isVisible():
            self.pointed.emit("", "")
        else:
            self.pointed.emit(self.motion.passages[step.passage].block, step.phase)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._point()

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)
        self.pointed.emit("", "")

    # --- by itself ----------------------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Plays, from the first step again when at the last, or pauses."""
        if self.is_playing:
            self.pause()
            return
        if self.place == len(self.steps) - 1:
            self.go_first()
        self._timer.start()
        self._draw_icons()

    def pause(self) -> None:
        """Stays where it is."""
        self._timer.stop()
        self._draw_icons()

    def _tick(self) -> None:
        self.go(self.place + 1)
        if self.place >= len(self.steps) - 1:
            self.pause()

    def _set_pace(self, number: int) -> None:
        self._timer.setInterval(round(1000 / PACES[number]))
        self.pace.setToolTip(f"pace: {PACES[number]:g} steps a second")

    # --- what a person does -------------------------------------------------------------------------------------

    def _sampled(self, number: int) -> None:
        self.choice = str(number)
        self.asked.emit()

    def _open_unit(self, unit: int) -> None:
        """Opens the weighted sum of an output, or closes it when it is open."""
        self._unit = -1 if unit == self._unit else unit
        self._show_step()

    def _next_unit(self, by: int) -> bool:
        """Opens the weighted sum after or before the one that is open; False where there is none to open."""
        step = self.step
        if step is None or self.motion is None or step.phase != FORWARD:
            return False
        passage = self.motion.passages[step.passage]
        count = passage.out.value.shown.size
        if not is_weighted_sum(passage):
            return False
        self._unit = max(-1, min(self._unit + by, count - 1))
        self._show_step()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        places = {
            Qt.Key.Key_Left: self.place - 1,
            Qt.Key.Key_Right: self.place + 1,
            Qt.Key.Key_End: len(self.steps) - 1,
        }
        if key in places:
            self.go(places[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            self.go_first()
        elif key == Qt.Key.Key_Space:
            self.toggle()
        elif key not in (Qt.Key.Key_Up, Qt.Key.Key_Down) or not self._next_unit(
            1 if key == Qt.Key.Key_Down else -1
        ):
            super().keyPressEvent(event)


def _row(*widgets: QWidget) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setContentsMargins(14, 2, 10, 0)
    made.setSpacing(5)
    for widget in widgets:
        made.addWidget(widget)
    made.addStretch(1)
    return made

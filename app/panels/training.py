"""The bar across the top: play, pause, step and reset, what the run has reached, and the settings changed most often."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.panels.fields import ChoiceField, NumberField, field_for
from app.panels.form import Form
from app.panels.numbers import percent, readable
from app.panels.quiet import QuietCombo
from app.panels.recipe import (
    PartForm,
    kinds_of,
    part_of,
    recipe_edit,
    single_settings,
    summary,
    title_of,
)
from app.theme import Theme
from graph.diagram import Diagram, Frozen
from graph.settings import SettingError

if TYPE_CHECKING:
    from runtime.messages import Ready
    from runtime.snapshot import Snapshot

READOUTS = {"epoch": 44, "loss": 62, "train": 62, "validation": 62}  # widths in pixels
HELP = {
    "epoch": "passes over the training samples so far",
    "loss": "mean energy of the last minibatch",
    "train": "accuracy on the last training minibatch",
    "validation": "accuracy on the samples held out to watch",
}
HEIGHT, DATA_WIDTH = 56, 122
FOLDED = 880  # pixels below which the fields stand under the buttons
LEFT = Qt.AlignmentFlag.AlignLeft
SPLIT = ("validation", "test", "shuffle", "normalize")  # shown in the popup of the data


class TrainingBar(QWidget):
    """Buttons, readouts and fields; it says what was wished and follows what is.

    `edited(edit)` carries a SetRecipe; `refused(sentence)` why a value cannot be.
    """

    toggled = Signal()
    stepped = Signal()
    restarted = Signal()
    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, theme: Theme, softly: bool = False, parent: QWidget | None = None) -> None:
        """With `softly` its contents are left to complete()."""
        super().__init__(parent)
        self.setObjectName("trainingBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._recipe: Frozen = Frozen()
        self._playing = self._ready = False
        self._measures = False  # whether the words at the right are a speed
        self.setFixedHeight(HEIGHT)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(18, 7, 18, 7)
        self._first, self._second = QHBoxLayout(), QHBoxLayout()  # below each other when narrow
        self._lines.addLayout(self._first)
        self._lines.addLayout(self._second, 1)
        self._row = self._first
        self.speed = QLabel("starting…")
        self.speed.setTextFormat(Qt.TextFormat.PlainText)
        if not softly:
            list(self.complete())

    def complete(self) -> Iterator[None]:
        """Makes what is in it, in small steps."""
        self._make_buttons()
        yield
        self.readouts = {name: self._readout(name, width) for name, width in READOUTS.items()}
        yield
        self._row = self._second
        yield from self._make_fields()
        self._row.addStretch(1)
        self.speed.setProperty("role", "small")
        self.speed.setAccessibleName("speed")
        self.speed.setMinimumWidth(0)
        self._row.addWidget(self.speed)
        self.set_theme(self._theme)
        self.show_diagram(Diagram())

    # --- making --------------------------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self.reset = self._button("Reset", "new weights, step 0", self.restarted)
        self.play = self._button("Play", "train", self.toggled)
        self.play.setProperty("role", "play")
        self.step = self._button("One step", "one training step, then pause", self.stepped)

    def _button(self, name: str, help: str, signal: Any) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "press")
        button.setFixedSize(38, 38)
        button.setIconSize(QSize(24, 24))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.setToolTip(f"{name}: {help}")
        button.clicked.connect(signal)
        self._row.addWidget(button)
        return button

    def _column(self, name: str, widget: QWidget, width: int, *beside: QWidget) -> None:
        label = QLabel(name)
        label.setProperty("role", "small")
        label.setFixedSize(width + sum(part.width() for part in beside), 15)
        label.setBuddy(widget)
        widget.setFixedHeight(22)
        widget.setFixedWidth(width)
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(label)
        values = QHBoxLayout()
        values.setSpacing(0)
        for part in (widget, *beside):
            values.addWidget(part)
        values.addStretch(1)
        column.addLayout(values)
        self._row.addLayout(column)

    def _readout(self, name: str, width: int) -> QLabel:
        value = QLabel("–")
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setProperty("role", "value")
        value.setAccessibleName(name)
        value.setToolTip(HELP[name])
        self._column(name, value, width)
        return value

    def _make_fields(self) -> Iterator[None]:
        self.more = self._make_more()
        self.optimizer = self._kind_choice("optimizer", 84)
        yield
        self.rate = self._number("rate", 58)
        yield
        self.batch = self._number("batch", 44)
        self.data = self._kind_choice("data", DATA_WIDTH, self.more)
        self.device = field_for(single_settings()["device"])
        assert isinstance(self.device, ChoiceField)
        self.device.setFrame(False)
        self.device.chosen.connect(lambda value, gesture: self._edit("device", value, gesture))
        self._column("device", self.device, 62)
        self.seed = self._number("seed", 36)

    def _number(self, name: str, width: int) -> NumberField:
        field = field_for(single_settings()[name])
        assert isinstance(field, NumberField)
        field.make_bare()
        field.chosen.connect(lambda value, gesture: self._edit(name, value, gesture))
        field.refused.connect(self.refused)
        self._column(name, field, width)
        return field

    def _kind_choice(self, entry: str, width: int, *beside: QWidget) -> QuietCombo:
        combo = QuietCombo()
        combo.setFrame(False)
        combo.setAccessibleName(entry)
        for kind in kinds_of(entry):
            if kind != "arrays":  # written in the recipe itself, nothing to choose
                combo.addItem(title_of(entry, kind), kind)
        combo.activated.connect(lambda index: self._choose_kind(entry, combo.itemData(index)))
        combo.view().setMinimumWidth(150)
        self._column(entry, combo, width, *beside)
        return combo

    def _make_more(self) -> QToolButton:
        button = QToolButton()
        button.setText("⋯")
        button.setProperty("role", "plain")
        button.setFixedSize(18, 22)
        button.setAccessibleName("settings of the data")
        button.setToolTip("settings of the data, how they are split and normalized")
        button.clicked.connect(self._open_popup)
        return button

    @cached_property
    def popup(self) -> _DataPopup:
        """The settings of the data, made when they are first asked for."""
        made = _DataPopup(self)
        made.part.chosen.connect(lambda part, gesture: self._edit("data", part, gesture))
        made.split.chosen.connect(self._edit)
        made.show_recipe(self._recipe)
        return made

    # --- following -----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self.reset.setIcon(icon("reset", theme.text))
        self.step.setIcon(icon("step", theme.text))
        self._paint_play()

    def show_diagram(self, diagram: Diagram) -> None:
        """Follows the document's recipe."""
        self._recipe = diagram.recipe
        for name in ("rate", "batch", "seed", "device"):
            field = getattr(self, name)
            field.show_value(_value(diagram.recipe, name))
        for entry, combo in (("optimizer", self.optimizer), ("data", self.data)):
            _show_kind(combo, entry, part_of(diagram.recipe, entry))
        if "popup" in self.__dict__:
            self.popup.show_recipe(diagram.recipe)

    def show_snapshot(self, snapshot: Snapshot, frames_per_second: float) -> None:
        """What the run has reached."""
        self.readouts["epoch"].setText(_epoch(snapshot.epoch))
        self.readouts["loss"].setText(readable(snapshot.loss))
        self.readouts["train"].setText(percent(snapshot.accuracy.get("training")))
        self.readouts["validation"].setText(percent(snapshot.accuracy.get("validation")))
        if snapshot.steps_per_second > 0:
            self._measures = True
            speed = f"{_rounded(snapshot.steps_per_second):,} steps/s"
            self.speed.setText(
                f"{speed} · {frames_per_second:.0f} fps" if frames_per_second else speed
            )

    def clear(self) -> None:
        """No run yet."""
        for label in self.readouts.values():
            label.setText("–")
        if self._measures:
            self.show_text("")

    def show_ready(self, message: Ready) -> None:
        """Which devices there are."""
        there = {device.split(":")[0] for device in message.devices}
        offered = tuple(c for c in single_settings()["device"].choices if c == "auto" or c in there)
        self.device.offer(offered)  # type: ignore[union-attr]

    def show_state(self, ready: bool, playing: bool) -> None:
        """Whether the engine is there, and whether it trains."""
        if ready != self._ready:
            self.show_text("" if ready else "starting…")
        self._ready, self._playing = ready, playing
        self._paint_play()

    def show_text(self, text: str) -> None:
        """A few words in the place of the speed."""
        self._measures = False
        self.speed.setText(text)

    def _paint_play(self) -> None:
        name = "pause" if self._playing else "play"
        self.play.setIcon(icon(name, "#ffffff" if self._theme.name == "paper" else self._theme.bar))
        self.play.setAccessibleName(name.capitalize())
        self.play.setToolTip("Pause the training" if self._playing else "Play: train until paused")

    # --- wishing -------------------------------------------------------------------------------------------------

    def _choose_kind(self, entry: str, kind: str) -> None:
        if part_of(self._recipe, entry)["kind"] != kind:
            self._edit(entry, Frozen(kind=kind), "")

    def _edit(self, name: str, value: Any, gesture: str) -> None:
        try:
            self.edited.emit(recipe_edit(self._recipe, name, value, gesture))
        except SettingError as error:
            self.popup.refuse(error.name, str(error))
            self.refused.emit(str(error))

    def _open_popup(self) -> None:
        self.popup.adjustSize()
        below = self.height() - self.more.mapTo(self, QPoint(0, 0)).y() + 4
        self.popup.move(self.data.mapToGlobal(QPoint(0, below)))
        self.popup.show()

    def resizeEvent(self, event: object) -> None:
        narrow, folded = self.width() < 1250, self.width() < FOLDED
        space = 9 if narrow else 14 if self.width() < 1450 else 22
        for row in (self._lines, self._first, self._second):
            row.setSpacing(space)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._lines.setDirection(down if folded else across)
        self._first.setAlignment(LEFT if folded else Qt.AlignmentFlag(0))
        self.setFixedHeight(2 * HEIGHT - 8 if folded else HEIGHT)
        self.speed.setVisible(folded or self.width() >= 1120)


class _DataPopup(QFrame):
    """The settings of the data set, and how its samples are split and normalized."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setMinimumWidth(300)
        self.part = PartForm("data")
        self.split = Form({name: single_settings()[name] for name in SPLIT})
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "title")
        column.addWidget(self._title)
        column.addWidget(self.part)
        column.addWidget(self.split)

    def show_recipe(self, recipe: Frozen) -> None:
        part = part_of(recipe, "data")
        self._title.setText(title_of("data", part["kind"]))
        self.part.show_part(part)
        self.split.show_values({name: recipe[name] for name in SPLIT if name in recipe})

    def refuse(self, name: str, sentence: str) -> None:
        if name in SPLIT:
            self.split.refuse(name, sentence)
        elif name.startswith("data."):
            self.part.refuse(name.removeprefix("data."), sentence)


def _show_kind(combo: QuietCombo, entry: str, part: dict[str, Any]) -> None:
    """The current item tells the settings too, the others their title alone."""
    kind = str(part["kind"])
    if combo.findData(kind) < 0:
        combo.addItem(kind, kind)
    for index in range(combo.count()):
        combo.setItemText(index, title_of(entry, combo.itemData(index)))
    index = combo.findData(kind)
    combo.setItemText(index, summary(entry, part))
    combo.setCurrentIndex(index)
    combo.setToolTip(summary(entry, part))
    if entry == "data":
        combo.setFixedWidth(
            min(DATA_WIDTH, combo.text_width())
        )  # the button of its settings is close


def _value(recipe: Frozen, name: str) -> Any:
    """An entry, or its default when it is absent or wrong."""
    declared = single_settings()[name]
    try:
        return declared.read(recipe.get(name, declared.default))
    except SettingError:
        return declared.default


def _epoch(epoch: float) -> str:
    if math.isnan(epoch):
        return "–"
    if epoch >= 10_000:
        return f"{epoch / 1000:.1f}k"
    return f"{epoch:.1f}" if epoch < 10 else f"{int(epoch):,}"


def _rounded(speed: float) -> int:
    """Three digits: the rest flickers."""
    power = 10 ** max(0, math.floor(math.log10(speed)) - 2)
    return round(speed / power) * power

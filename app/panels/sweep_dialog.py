"""The dialog of a sweep: which setting, which values, how many seeds, how long."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.panels.fields import CountField
from app.panels.line import Line
from app.panels.quiet import QuietCombo
from graph.diagram import Diagram
from graph.settings import Setting, SettingError, settings_of
from nodes.catalogue import catalogue
from runtime.recipe import PARTS, Recipe
from runtime.runs import value_text
from runtime.sweep import Length, Trial, trials
from runtime.variations import declared, parse_values, settings_in, value_of

SEEDS_ONLY = "seeds only"
MOST_OFFERED = 400
MOST_SEEDS, LONGEST = 100, 10_000_000  # seeds; steps or epochs of each run
FIRST = ("rate", "batch", "optimizer", "clip", "validation", "patience", "data")
SHOWN = 8  # values that are named below the field


class SweepDialog(QDialog):
    """Nothing begins while a value cannot be; `chosen` is the list of trainings, `length` how long each is."""

    def __init__(
        self,
        diagram: Diagram,
        picked: tuple[str, ...] = (),
        seconds_an_epoch: float = 0.0,
        parent: QWidget | None = None,
    ) -> None:
        """`picked` are the addresses of selected blocks, whose settings come first."""
        super().__init__(parent)
        self.setWindowTitle("Sweep")
        self.setMinimumWidth(420)
        self._diagram, self._pace = diagram, seconds_an_epoch
        self._now = settings_in(diagram)
        self.setting, self.unit = QuietCombo(), QuietCombo()
        self.values, self.told = Line(), QLabel()
        self.seeds, self.count = CountField(1, MOST_SEEDS), CountField(1, LONGEST)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start = self.buttons.addButton("Start", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        self.chosen: tuple[Trial, ...] = ()
        self._fill(picked)
        self._lay_out()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.setting.currentIndexChanged.connect(lambda _index: self._begin())
        self.values.textChanged.connect(lambda _text: self._read())
        self.unit.currentIndexChanged.connect(lambda _index: self._measure())
        for spin in (self.seeds, self.count):
            spin.valueChanged.connect(lambda _value: self._read())
        self._measure()
        self._begin()
        self.values.setFocus()

    def _fill(self, picked: tuple[str, ...]) -> None:
        for name in _names(self._diagram, picked):
            self.setting.addItem(f"{name}   now {value_text(value_of(self._now, name))}", name)
        self.setting.addItem(SEEDS_ONLY, "")
        self.setting.setMaxVisibleItems(18)
        self.setting.setAccessibleName("setting")
        self.values.setAccessibleName("values")
        self.values.setToolTip("a list, or LOW..HIGH:COUNT, with log for a range by factors")
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.seeds.setAccessibleName("seeds")
        self.seeds.setToolTip(
            "every value is trained with so many seeds: the recipe's and those after it"
        )
        self.unit.addItems(["epochs", "steps"])
        self.unit.setAccessibleName("epochs or steps")
        self.count.setAccessibleName("how long")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow("Setting", self.setting)
        form.addRow("Values", self.values)
        form.addRow("", self.told)
        form.addRow("Seeds", self.seeds)
        form.addRow("Each for", self._side_by_side())
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.addLayout(form)
        column.addWidget(self.buttons)

    def _side_by_side(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.count, 1)
        row.addWidget(self.unit, 1)
        return row

    @property
    def length(self) -> Length:
        """How long each run is."""
        number = self.count.value()
        return (
            Length(epochs=number) if self.unit.currentText() == "epochs" else Length(steps=number)
        )

    def choose(self, name: str) -> None:
        """Takes a setting by its name."""
        self.setting.setCurrentIndex(self.setting.findData(name))

    def _declared(self) -> Setting:
        return declared(self._diagram, str(self.setting.currentData()))

    def _begin(self) -> None:
        """Another setting: an example of values that fit it."""
        name = self.setting.currentData()
        self.values.setEnabled(bool(name))
        if name:
            self.values.setText(_example(self._declared(), value_of(self._now, name)))
        elif self.seeds.value() == 1:
            self.seeds.setValue(5)
        self._read()

    def _measure(self) -> None:
        epochs = value_of(self._now, "epochs")
        whole = epochs if isinstance(epochs, int) and epochs > 0 else 10
        self.count.setValue(whole if self.unit.currentText() == "epochs" else 1000)

    def _read(self) -> None:
        """What is typed, as trainings; or the sentence that says why it cannot be."""
        name = self.setting.currentData()
        try:
            values = {name: parse_values(self.values.text(), self._declared())} if name else {}
            self.chosen = trials(self._diagram, values, self.seeds.value())
        except SettingError as error:
            self.chosen = ()
            self._tell(str(error), wrong=True)
            return
        self._tell(self._summary(values.get(name, ())))

    def _summary(self, values: tuple[object, ...]) -> str:
        named = ", ".join(value_text(v) for v in values[:SHOWN])
        rest = " …" if len(values) > SHOWN else ""
        count = len(self.chosen)
        parts = [f"{named}{rest}"] if values else []
        parts.append("1 run" if count == 1 else f"{count:,} runs")
        if self._pace and self.length.epochs:
            parts.append(f"about {_duration(count * self.length.epochs * self._pace)}")
        return " · ".join(parts)

    def _tell(self, text: str, wrong: bool = False) -> None:
        self.told.setText(text)
        self.told.setProperty("role", "error" if wrong else "small")
        self.told.style().polish(self.told)
        self.start.setEnabled(not wrong)


def _names(diagram: Diagram, picked: tuple[str, ...]) -> Iterator[str]:
    """The settings that can be swept: of the selected blocks, of the recipe, of all other blocks."""
    now = settings_in(diagram)
    blocks = [name for name in now if _is_kind(now[name]) and "." not in name]
    blocks = [name for name in blocks if name not in PARTS and name not in settings_of(Recipe)]
    rest = [
        name for name in settings_of(Recipe) if name not in (*FIRST, "device", "threads", "epochs")
    ]
    chosen = [f"{b}.{s}" for b in picked if _is_kind(now.get(b)) for s in _swept(now[b])]
    of_parts = [f"{part}.{name}" for part in PARTS for name in _of_part(diagram, part)]
    others = (f"{b}.{s}" for b in blocks if b not in picked for s in _swept(now[b]))
    every = [*chosen, *FIRST, *rest, "schedule", *of_parts, *others]
    yield from list(dict.fromkeys(every))[:MOST_OFFERED]


def _is_kind(value: object) -> bool:
    # an entry of the recipe may hold anything that a file or a person has put there
    return isinstance(value, str) and value in catalogue()


def _swept(kind: str) -> list[str]:
    """The settings of a kind of block that can change what is learnt; texts without choices are names."""
    known = settings_of(catalogue()[kind]).values()
    return [s.name for s in known if s.type is not str or s.choices]


def _of_part(diagram: Diagram, part: str) -> list[str]:
    from app.panels.recipe import kinds_of, part_of

    cls = kinds_of(part).get(str(part_of(diagram.recipe, part)["kind"]))
    known = settings_of(cls).values() if cls is not None else ()
    return [s.name for s in known if s.type is not str or s.choices]


def _example(setting: Setting, now: object) -> str:
    """Values around the present one."""
    if setting.type is bool:
        return "true, false"
    if setting.choices:
        return ", ".join(setting.choices)
    if isinstance(now, float) and setting.step == "log" and now > 0:
        return f"{now / 10:g}..{now * 10:g}:3 log"
    if isinstance(now, int | float) and now > 0:
        around = (
            [now / 2, now, now * 2] if setting.type is float else [max(1, now // 2), now, now * 2]
        )
        return ", ".join(f"{v:g}" for v in dict.fromkeys(v for v in around if _fits(v, setting)))
    return value_text(now)


def _fits(value: float, setting: Setting) -> bool:
    low, high = setting.low, setting.high
    return (low is None or value >= low) and (high is None or value <= high)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

"""The recipe as forms see it: its single settings, and data, optimizer and schedule with settings of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.panels.form import Form
from app.panels.quiet import QuietCombo
from graph.diagram import Frozen
from graph.edits import SetRecipe
from graph.settings import Setting, SettingError, settings_of

WRITTEN = ("data", "optimizer")  # stand in the file even when they are the default


def single_settings() -> Mapping[str, Setting]:
    """The recipe's settings that are one value: batch, rate, seed ..."""
    from runtime.recipe import Recipe

    return settings_of(Recipe)


def part_of(recipe: Mapping[str, Any], entry: str) -> dict[str, Any]:
    """The entry "data", "optimizer" or "schedule" as {"kind": ..., setting: value ...}, whichever way it was written."""
    from runtime.recipe import Recipe

    value = recipe.get(entry, getattr(Recipe, entry))
    if isinstance(value, str):
        return {"kind": value}
    return {"kind": "arrays", **value} if isinstance(value, Mapping) else {"kind": str(value)}


def kinds_of(entry: str) -> dict[str, type]:
    """The classes that a part can be, by kind."""
    from runtime import data, optimizers, schedules

    modules = {"data": data, "optimizer": optimizers, "schedule": schedules}
    return dict(modules[entry].catalogue())


def title_of(entry: str, kind: str) -> str:
    """A part's kind as a person reads it."""
    cls = kinds_of(entry).get(kind)
    return getattr(cls, "title", "") or kind


def summary(entry: str, part: Mapping[str, Any]) -> str:
    """A part in a few words: "spiral, 3 arms"; the first number among its settings tells most."""
    kind = str(part["kind"])
    cls = kinds_of(entry).get(kind)
    first = next((s for s in settings_of(cls).values() if s.type is int), None) if cls else None
    if entry != "data" or first is None or first.name == "points":
        return title_of(entry, kind)
    value = part.get(first.name, first.default)
    return (
        f"{title_of(entry, kind)}, {value:,} {first.name}"
        if isinstance(value, int)
        else title_of(entry, kind)
    )


def recipe_edit(recipe: Mapping[str, Any], name: str, value: Any, gesture: str = "") -> SetRecipe:
    """The edit that gives an entry a value; a default is not written down.  Raises SettingError with one sentence."""
    from runtime.recipe import Recipe

    declared = single_settings().get(name)
    default = declared.default if declared is not None else getattr(Recipe, name)
    unwritten = value == default and name not in WRITTEN
    written = None if unwritten else value
    entries = {k: v for k, v in recipe.items() if k != name}
    try:
        Recipe.read(entries if written is None else {**entries, name: value})
    except SettingError as error:
        if error.name.split(".")[0] == name or _is_fine(recipe):
            raise
    return SetRecipe(name, written, gesture)


def _is_fine(recipe: Mapping[str, Any]) -> bool:
    from runtime.recipe import Recipe

    try:
        Recipe.read(recipe)
    except SettingError:
        return False
    return True


class PartForm(QWidget):
    """The settings of the recipe's data, optimizer or schedule; `chosen(mapping, gesture)` is the whole entry anew.

    With `choose` a list of the kinds stands above them.
    """

    chosen = Signal(object, str)

    def __init__(self, entry: str, choose: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry = entry
        self._part: dict[str, Any] = {"kind": ""}
        self.form: Form | None = None
        self.kinds = QuietCombo() if choose else None
        self._about = QLabel()
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setProperty("role", "small")
        self._about.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        if self.kinds is not None:
            self._fill(self.kinds)
            self._column.addWidget(self.kinds)
        self._column.addWidget(self._about)

    def _fill(self, kinds: QuietCombo) -> None:
        kinds.setAccessibleName(self._entry)
        for kind in kinds_of(self._entry):
            kinds.addItem(title_of(self._entry, kind), kind)
        kinds.activated.connect(lambda index: self._choose_kind(kinds.itemData(index)))

    def show_part(self, part: Mapping[str, Any]) -> None:
        """Follows the document; another kind gets another form."""
        if self.form is None or part["kind"] != self._part["kind"]:
            self._make_form(str(part["kind"]))
        self._part = dict(part)
        if self.kinds is not None:
            self.kinds.setCurrentIndex(self.kinds.findData(part["kind"]))
        if self.form is not None:
            self.form.show_values(part)

    def refuse(self, name: str, sentence: str) -> None:
        """Shows why a value cannot be, beside the field or above the form."""
        if self.form is not None and name in self.form.fields:
            self.form.refuse(name, sentence)
        else:
            self._about.setText(sentence)

    def _make_form(self, kind: str) -> None:
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.deleteLater()
        cls = kinds_of(self._entry).get(kind)
        about = (
            getattr(cls, "formula", "") or (cls.__doc__ or "").strip().split("\n")[0] if cls else ""
        )
        self._about.setText(about or f"{kind}: an unknown {self._entry}; choose another.")
        self.form = Form(settings_of(cls)) if cls else Form({})
        self.form.chosen.connect(self._choose)
        self._column.addWidget(self.form)

    def _choose_kind(self, kind: str) -> None:
        if kind != self._part["kind"]:
            self.chosen.emit(Frozen(kind=kind), "")

    def _choose(self, name: str, value: Any, gesture: str) -> None:
        cls = kinds_of(self._entry)[self._part["kind"]]
        part = {**self._part, name: value}
        if value == settings_of(cls)[name].default:
            del part[name]
        self.chosen.emit(Frozen(part), gesture)

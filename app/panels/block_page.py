"""One block in the inspector: formula, shapes, problems, the form of its settings, help."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from app.panels.form import LABEL, Form
from app.panels.line import Line
from app.panels.part_rows import PartRows
from app.panels.quiet import QuietCombo
from app.panels.section import formula_label, text_label
from app.panels.words import OUTSIDE, Place, block_line
from graph.diagram import INLET, OUTLET, PART, Block, Diagram
from graph.edits import SetLabel, SetSetting, SetShares
from graph.part_edits import RenamePin
from graph.parts import part_of
from graph.settings import SettingError, read_settings, settings_of
from nodes.names import names
from nodes.parts import can_mute, type_in

if TYPE_CHECKING:
    from runtime.snapshot import Report

OWN = "its own"


class BlockPage(QWidget):
    """Shows one block and says how it should be edited: `edited(edit)`."""

    edited = Signal(object)
    asked = Signal(str)  # what shall be done with the part that it uses

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram = Diagram()
        self._block: Block | None = None
        self._place = OUTSIDE
        self._told = ""  # the block's shapes and counts
        self._dead: Mapping[str, float] = {}  # share of the units that are at zero, by block
        self.form: Form | None = None
        self.title = text_label("title")
        self.formula = formula_label(size=19)
        self.gradient = formula_label("gradient", 13)
        self.counts = text_label("muted")
        self.problems = text_label("error")
        self.check = text_label("muted")
        self.part = PartRows()
        self.part.edited.connect(self.edited)
        self.part.asked.connect(self.asked)
        self.help = text_label("small")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(7)
        texts = (self.title, self.formula, self.gradient, self.counts, self.check, self.problems)
        for widget in (*texts, self.part):
            self._column.addWidget(widget)
        self._column.addWidget(self._make_names())
        self._column.addWidget(self.help)

    def show_block(
        self,
        diagram: Diagram,
        block: str,
        report: Report | None,
        place: Place = OUTSIDE,
        check: str = "",
    ) -> None:
        """Follows the document and the engine's report; `check` is the result of the gradient check in words."""
        before, self._diagram, self._place = self._block, diagram, place
        self._block = diagram.blocks[block]
        if before is None or (before.id, before.kind) != (self._block.id, self._block.kind):
            self._make_form(diagram, self._block)
        self._show_texts(diagram, self._block)
        self._told = block_line(diagram, block, report)
        self._show_counts()
        self.check.setText(check)
        self.check.setVisible(bool(check))
        self._show_problems(report)
        self._show_part(diagram, self._block, report)
        self._show_names(diagram, self._block, report)
        if self.form is not None:
            self.form.show_values(self._block.settings)

    def show_dead(self, shares: Mapping[str, float]) -> None:
        """The share of the units of each rectifier that are 0 for the whole batch."""
        self._dead = shares
        self._show_counts()

    def _show_counts(self) -> None:
        share = self._dead.get(self._block.id) if self._block is not None else None
        dead = f"{100 * share:.0f} % of the units at zero" if share is not None else ""
        self.counts.setText(" · ".join(filter(None, (self._told, dead))))

    def _make_names(self) -> QWidget:
        rows = QWidget()
        self._names = QFormLayout(rows)
        self._names.setContentsMargins(0, 0, 0, 0)
        self._names.setHorizontalSpacing(16)
        self._names.setVerticalSpacing(6)
        self.name = Line()
        self.name.setAccessibleName("name")
        self.name.setToolTip("the name of its variable; empty for the one given along the flow")
        self.name.editingFinished.connect(self._rename)
        self.weights = QuietCombo()
        self.weights.setAccessibleName("weights")
        self.weights.setToolTip("its own weights, or those of another block of its kind")
        self.weights.activated.connect(self._share)
        for text, field in (("name", self.name), ("weights", self.weights)):
            label = text_label("muted", text)
            label.setMinimumWidth(LABEL)
            label.setWordWrap(False)
            self._names.addRow(label, field)
        return rows

    def _show_part(self, diagram: Diagram, block: Block, report: Report | None) -> None:
        is_use = block.kind == PART and part_of(block) in diagram.parts
        self.part.setVisible(is_use)
        if is_use:
            uses = self._place.uses.get(part_of(block), 0)
            self.part.show_part(diagram, part_of(block), uses, report, block.id)

    def _make_form(self, diagram: Diagram, block: Block) -> None:
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
        kind = type_in(diagram, block)
        if kind is not None and settings_of(kind):
            self.form = Form(settings_of(kind))
            self.form.chosen.connect(self._set)
            self._column.insertWidget(self._column.indexOf(self.help), self.form)

    def _show_texts(self, diagram: Diagram, block: Block) -> None:
        kind = type_in(diagram, block)
        label = names(diagram).labels.get(block.id, "")
        title = kind.title if kind is not None else block.kind
        is_use = block.kind == PART and kind is not None
        label = f"{block.id} · part" if is_use else f"{label} ·" if label and label != title else ""
        muted = " · muted" if block.muted and can_mute(diagram, block) else ""
        self.title.setText(f"{label} {title}{muted}".strip())
        self.title.setToolTip(block.id)
        self.formula.setText(kind.formula if kind is not None and not is_use else "")
        self.gradient.setText(kind.gradient if kind is not None else "")
        self.gradient.setVisible(bool(self.gradient.text()))
        self.formula.setVisible(bool(self.formula.text()))
        self.help.setText(inspect.cleandoc(kind.__doc__ or "") if kind else _unknown_text(block))

    def _show_problems(self, report: Report | None) -> None:
        assert self._block is not None
        found = [p for p in report.problems if p.block == self._block.id] if report else []
        lines = [f"{p.message} {p.hint}".strip() for p in found]
        self.problems.setText("\n".join(lines))
        self.problems.setVisible(bool(lines))

    def _show_names(self, diagram: Diagram, block: Block, report: Report | None) -> None:
        if not self.name.hasFocus() or not self.name.isModified():
            self.name.setText(self._given_name(block))
        given = names(diagram.with_blocks(_unnamed(block))) if block.label else names(diagram)
        variables = [name for pin, name in given.variables.items() if pin.block == block.id]
        self.name.setPlaceholderText(variables[0] if variables else given.labels.get(block.id, ""))
        lenders = [
            b.id
            for b in diagram.blocks.values()
            if (b.kind, part_of(b)) == (block.kind, part_of(block)) and b.id != block.id
        ]
        counts = report.counts.get(block.id) if report is not None else None
        has_weights = block.shares is not None or (counts is not None and counts.weights > 0)
        self._names.setRowVisible(self.weights, bool(lenders) and has_weights)
        self.weights.clear()
        self.weights.addItems([OWN, *lenders])
        self.weights.setCurrentText(block.shares or OWN)

    def _set(self, name: str, value: Any, gesture: str) -> None:
        assert self._block is not None and self.form is not None
        kind = type_in(self._diagram, self._block)
        assert kind is not None
        settings = {k: v for k, v in self._block.settings.items() if k in settings_of(kind)}
        try:
            read_settings(kind, {**settings, name: value})
        except SettingError as error:
            if error.name == name:
                self.form.refuse(name, str(error))
                return
        default = settings_of(kind)[name].default
        plain = list(default) if isinstance(default, tuple) else default
        written = None if value == plain else value
        self.edited.emit(SetSetting(self._block.id, name, written, gesture))

    def _given_name(self, block: Block) -> str:
        return block.id if self._is_pin(block) else block.label

    def _is_pin(self, block: Block) -> bool:
        return bool(self._place.part) and block.kind in (INLET, OUTLET)

    def _rename(self) -> None:
        if self._block is None or self.name.text() == self._given_name(self._block):
            return
        self.name.setModified(False)
        name, text = self._block.id, self.name.text()
        pin = self._is_pin(self._block)
        self.edited.emit(RenamePin(self._place.part, name, text) if pin else SetLabel(name, text))

    def _share(self, index: int) -> None:
        assert self._block is not None
        lender = self.weights.itemText(index) if index else None
        if lender != self._block.shares:
            self.edited.emit(SetShares(self._block.id, lender))


def _unnamed(block: Block) -> Block:
    from dataclasses import replace

    return replace(block, label="")


def _unknown_text(block: Block) -> str:
    settings = ", ".join(f"{name} = {value!r:.60}" for name, value in block.settings.items())
    told = f" Its settings: {settings}." if settings else ""
    return f"{block.kind} is a kind of block that is not known here; it is kept as it is.{told}"

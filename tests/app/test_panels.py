"""Forms, training bar, inspector and outline with real keys and clicks: every wish is an edit, every edit is shown."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from app.document import Document
from app.panels.fields import (
    ChoiceField,
    NumberField,
    SizesField,
    SwitchField,
    TextField,
    field_for,
)
from app.panels.form import Form
from app.panels.inspector import Inspector
from app.panels.numbers import number_text, parse, percent, readable, stepped
from app.panels.outline import Outline
from app.panels.recipe import part_of, recipe_edit, single_settings, summary
from app.panels.training import TrainingBar
from app.panels.words import problems_line, shape_text, summary_line
from app.theme import BOARD, PAPER
from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.problem import Problem
from graph.settings import Setting, SettingError, settings_of
from nodes.catalogue import catalogue
from runtime.messages import Ready
from runtime.snapshot import BATCH, Counts, Report, Snapshot

RATE = Setting("rate", float, 1e-2, 0.0, 1e6, step="log")
UNITS = Setting("units", int, 10, 1, 1000)
SHARE = Setting("share", float, 0.2, 0.0, 0.95)

SMALL = Diagram(
    {
        "x": Block("x", "observed"),
        "linear1": Block("linear1", "linear", Frozen(units=3)),
        "linear2": Block("linear2", "linear"),
    },
    (Wire(Pin("x", "y"), Pin("linear1", "z")), Wire(Pin("linear1", "y"), Pin("linear2", "z"))),
    recipe=Frozen(rate=0.1, batch=8),
)
REPORT = Report(
    shapes={Pin("x", "y"): (BATCH, 2), Pin("linear1", "y"): (BATCH, 3)},
    problems=(Problem("linear1.z", "the input is too wide.", "Make it narrower."),),
    counts={"linear1": Counts(9, 6), "linear2": Counts(40, 30)},
)


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, up, down",
    [(0.01, 0.02, 0.005), (0.03, 0.05, 0.02), (1.0, 2.0, 0.5), (0.0, 1e-6, 0.0), (1e-6, 2e-6, 0.0)],
)
def test_log_steps_go_by_factors(value: float, up: float, down: float) -> None:
    assert stepped(value, 1, RATE) == pytest.approx(up)
    assert stepped(value, -1, RATE) == pytest.approx(down)


def test_steps_stay_within_the_bounds() -> None:
    assert stepped(1000, 5, UNITS) == 1000
    assert stepped(1, -1, UNITS) == 1
    assert stepped(0.93, 1, SHARE) == 0.95
    assert isinstance(stepped(10, 1, UNITS), int)
    lam = Setting("weight", float, 1.0, -1e9, 1e9, step="log")
    assert stepped(-2.0, 1, lam) == -1.0


@pytest.mark.parametrize("value, text", [(0.01, "0.01"), (1e-5, "1e-5"), (64, "64"), (1e6, "1e6")])
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert number_text(value) == text
    assert parse(text, Setting("v", type(value), value, 0, 1e9)) == value


@pytest.mark.parametrize("text", ["", "ten", "1e-3x", "nan", "inf", "-1", "2000"])
def test_what_is_no_such_number_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingError, match="units must"):
        parse(text, UNITS)


@pytest.mark.parametrize(
    "value, text",
    [
        (0.17042, "0.1704"), (12.3456, "12.35"), (2.13e-5, "2.1e-5"), (0.0, "0.0000"), (None, "–"),
        (float("nan"), "–"), (float("inf"), "∞"), (-0.5, "-0.5000"), (1234.5, "1234"),
    ],
)  # fmt: skip
def test_measured_numbers_are_readable(value: float | None, text: str) -> None:
    assert readable(value) == text


def test_shares_are_percentages() -> None:
    assert percent(0.952) == "95.2 %"
    assert percent(None) == "–"


# --- fields and forms ----------------------------------------------------------------------------------------------


def _heard(field: Any) -> list[Any]:
    heard: list[Any] = []
    field.chosen.connect(lambda *what: heard.append(what))
    return heard


def _type(field: Any, text: str) -> None:
    target = field.lineEdit() if isinstance(field, NumberField) else field
    target.selectAll()
    QTest.keyClicks(target, text)
    QTest.keyClick(target, Qt.Key.Key_Return)


def test_a_typed_number_is_chosen(qapp: Any) -> None:
    field = NumberField(RATE)
    heard = _heard(field)
    _type(field, "1e-3")
    assert heard == [(1e-3, "")]
    assert field.text() == "0.001"


def test_arrow_keys_step_and_share_a_gesture(qapp: Any) -> None:
    field = NumberField(RATE)
    heard = _heard(field)
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Up)
    assert [value for value, _ in heard] == [0.02, 0.05, 0.1]
    assert len({gesture for _, gesture in heard}) == 1 and heard[0][1]


def test_the_wheel_steps(qapp: Any) -> None:
    field = NumberField(RATE)
    heard = _heard(field)
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)
    assert [value for value, _ in heard] == [0.005]


def test_a_bad_number_is_refused_and_stays_to_be_mended(qapp: Any) -> None:
    field = NumberField(UNITS)
    heard, refused = _heard(field), []
    field.refused.connect(refused.append)
    _type(field, "5000")
    assert heard == []
    assert refused == ["units must lie between 1 and 1,000, not 5000."]
    assert field.text() == "5000"
    _type(field, "500")
    assert heard == [(500, "")]


def test_sizes_are_written_with_crosses(qapp: Any) -> None:
    field = SizesField(Setting("size", tuple, (2,), 1, 100))
    heard, refused = _heard(field), []
    field.refused.connect(refused.append)
    _type(field, "1x8 x 8")
    assert heard == [([1, 8, 8], "")]
    assert field.text() == "1×8×8"
    _type(field, "a×b")
    assert len(heard) == 1 and "whole numbers" in refused[0]


@pytest.mark.parametrize(
    "setting, kind",
    [
        (UNITS, NumberField),
        (RATE, NumberField),
        (Setting("b", bool, True), SwitchField),
        (Setting("t", str, "x"), TextField),
        (Setting("c", str, "a", choices=("a", "b")), ChoiceField),
        (Setting("s", tuple, (1,), 1, 9), SizesField),
    ],
)
def test_every_type_has_its_field_with_a_name_for_screen_readers(
    qapp: Any, setting: Setting, kind: type
) -> None:
    field = field_for(setting)
    assert type(field) is kind
    assert field.accessibleName() == setting.name


def test_every_kind_of_block_has_a_form(qapp: Any) -> None:
    for kind in catalogue().values():
        form = Form(settings_of(kind))
        form.show_values({})
        assert set(form.fields) == set(settings_of(kind)), kind.kind
        assert not any(form.error(name) for name in form.fields)


def test_a_wrong_value_in_a_file_is_told_beside_its_field(qapp: Any) -> None:
    form = Form({"units": UNITS})
    form.show_values({"units": "many"})
    assert "whole number" in form.error("units")
    form.show_values({"units": 4})
    assert form.error("units") == ""
    assert form.fields["units"].text() == "4"  # type: ignore[union-attr]


# --- words and recipe ----------------------------------------------------------------------------------------------


def test_words() -> None:
    assert summary_line(SMALL, REPORT) == "3 blocks · 49 weights · 36 MACs a sample"
    assert summary_line(Diagram(), None) == "0 blocks"
    assert problems_line(REPORT) == "1 problem"
    assert problems_line(Report()) == "no problems"
    unfinished = Report(problems=(Problem("a.z", "open", kind="open"),) * 2)
    assert problems_line(unfinished) == "2 open ends"
    assert shape_text((BATCH, 100), 64) == "[64, 100]"


def test_parts_of_the_recipe_are_read_however_they_are_written() -> None:
    assert part_of({}, "optimizer")["kind"] == "adam"
    assert part_of({"data": "xor"}, "data") == {"kind": "xor"}
    spiral = part_of({"data": {"kind": "spiral", "arms": 5}}, "data")
    assert summary("data", spiral) == "spiral, 5 arms"
    assert summary("optimizer", {"kind": "adam"}) == "Adam"


def test_a_default_is_not_written_into_the_recipe() -> None:
    assert recipe_edit({"rate": 0.5}, "rate", 0.01).value is None
    assert recipe_edit({}, "rate", 0.5).value == 0.5


def test_a_recipe_that_cannot_be_is_refused() -> None:
    with pytest.raises(SettingError, match="momentum"):
        recipe_edit({}, "optimizer", {"kind": "sgd", "nesterov": True})
    with pytest.raises(SettingError, match="nothing for training"):
        recipe_edit({"test": 0.9}, "validation", 0.5)


# --- training bar --------------------------------------------------------------------------------------------------


@pytest.fixture
def document(qapp: Any) -> Document:
    return Document(SMALL)


@pytest.fixture
def bar(document: Document) -> TrainingBar:
    bar = TrainingBar(PAPER)
    bar.edited.connect(document.do)
    document.changed.connect(lambda _change: bar.show_diagram(document.diagram))
    bar.show_diagram(document.diagram)
    return bar


def test_the_bar_shows_the_recipe(bar: TrainingBar) -> None:
    assert (bar.rate.text(), bar.batch.text(), bar.seed.text()) == ("0.1", "8", "0")
    assert bar.optimizer.currentText() == "Adam"
    assert bar.data.currentText() == "spiral, 3 arms"


def test_every_field_of_the_bar_is_an_edit_that_undo_takes_back(
    bar: TrainingBar, document: Document
) -> None:
    _type(bar.rate, "0.5")
    assert document.diagram.recipe["rate"] == 0.5
    _type(bar.batch, "32")
    assert document.diagram.recipe["batch"] == 32
    bar.optimizer.setFocus()
    QTest.keyClicks(bar.optimizer, "SGD")
    bar.optimizer.activated.emit(bar.optimizer.currentIndex())
    assert part_of(document.diagram.recipe, "optimizer")["kind"] == "sgd"
    bar.device.chosen.emit("cpu", "")  # type: ignore[union-attr]
    assert document.diagram.recipe["device"] == "cpu"
    while document.stack.canUndo():
        document.undo()
    assert document.diagram == SMALL
    assert (bar.rate.text(), bar.batch.text()) == ("0.1", "8")
    assert bar.optimizer.currentText() == "Adam"


def test_stepping_the_rate_is_one_step_of_undo(bar: TrainingBar, document: Document) -> None:
    for _ in range(4):
        QTest.keyClick(bar.rate, Qt.Key.Key_Down)
    assert document.diagram.recipe["rate"] == pytest.approx(0.005)
    assert document.stack.count() == 1
    document.undo()
    assert bar.rate.text() == "0.1"


def test_the_data_popup_changes_settings_of_the_data(bar: TrainingBar, document: Document) -> None:
    form = bar.popup.part.form
    assert form is not None
    _type(form.fields["arms"], "5")
    assert document.diagram.recipe["data"] == {"kind": "spiral", "arms": 5}
    assert bar.data.currentText() == "spiral, 5 arms"
    _type(form.fields["arms"], "3")
    assert document.diagram.recipe["data"] == {"kind": "spiral"}
    _type(bar.popup.split.fields["validation"], "0.9")
    assert "validation" not in document.diagram.recipe
    assert "nothing for training" in bar.popup.split.error("validation")


def test_another_data_set_brings_its_own_form(bar: TrainingBar, document: Document) -> None:
    bar.data.activated.emit(bar.data.findData("moons"))
    assert document.diagram.recipe["data"] == {"kind": "moons"}
    assert bar.popup.part.form is not None
    assert "noise" in bar.popup.part.form.fields and "arms" not in bar.popup.part.form.fields


def test_the_bar_shows_the_run(bar: TrainingBar) -> None:
    accuracy = {"training": 0.952, "validation": 0.946}
    bar.show_snapshot(
        Snapshot(1, 900, 128.4, 0.17042, accuracy=accuracy, steps_per_second=12_438.0), 60
    )
    shown = {name: label.text() for name, label in bar.readouts.items()}
    assert shown == {"epoch": "128", "loss": "0.1704", "train": "95.2 %", "validation": "94.6 %"}
    assert bar.speed.text() == "12,400 steps/s · 60 fps"
    bar.clear()
    assert {label.text() for label in bar.readouts.values()} == {"–"}


def test_buttons_say_what_was_wished(bar: TrainingBar) -> None:
    heard: list[str] = []
    for name, button in (("toggled", bar.play), ("stepped", bar.step), ("restarted", bar.reset)):
        getattr(bar, name).connect(lambda name=name: heard.append(name))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == ["toggled", "stepped", "restarted"]


def test_play_and_pause_can_be_told_apart(bar: TrainingBar) -> None:
    assert bar.speed.text() == "starting…"
    bar.show_state(ready=True, playing=False)
    assert (bar.play.accessibleName(), bar.speed.text()) == ("Play", "")
    before = bar.play.icon().pixmap(24, 24).toImage()
    bar.show_state(ready=True, playing=True)
    assert bar.play.accessibleName() == "Pause"
    assert bar.play.icon().pixmap(24, 24).toImage() != before
    bar.set_theme(BOARD)


def test_only_the_devices_that_are_there_are_offered(bar: TrainingBar) -> None:
    bar.show_ready(Ready(("auto", "cpu", "cuda:0"), "2"))
    device = bar.device
    assert isinstance(device, ChoiceField)
    assert [device.itemText(i) for i in range(device.count())] == ["auto", "cpu", "cuda"]


# --- inspector -----------------------------------------------------------------------------------------------------


@pytest.fixture
def inspector(document: Document) -> Inspector:
    inspector = Inspector(PAPER)
    inspector.edited.connect(document.do)
    document.changed.connect(lambda _change: inspector.show_diagram(document.diagram))
    inspector.show_diagram(document.diagram)
    inspector.show_report(REPORT, "spiral: 3,000 samples")
    return inspector


def test_the_inspector_explains_the_selected_block(inspector: Inspector) -> None:
    inspector.show_picked(("linear1",))
    page = inspector.block
    assert page.title.text().endswith("· linear")
    assert page.formula.text() == "s = W z + b"
    assert "∂C/∂W" in page.gradient.text()
    assert page.counts.text() == "[8, 2] → [8, 3] · 9 weights · 6 MACs"
    assert page.problems.text() == "the input is too wide. Make it narrower."
    assert not page.problems.isHidden() and "Weighted sum" in page.help.text()


def test_a_setting_is_an_edit_and_its_default_is_not_written(
    inspector: Inspector, document: Document
) -> None:
    inspector.show_picked(("linear1",))
    form = inspector.block.form
    assert form is not None
    _type(form.fields["units"], "7")
    assert document.diagram.blocks["linear1"].settings == {"units": 7}
    _type(form.fields["units"], "10")
    assert document.diagram.blocks["linear1"].settings == {}
    document.undo()
    assert form.fields["units"].text() == "7"  # type: ignore[union-attr]
    QTest.keyClick(form.fields["bias"], Qt.Key.Key_Space)
    assert document.diagram.blocks["linear1"].settings == {"units": 7, "bias": False}


def test_a_bad_setting_is_refused_beside_its_field(
    inspector: Inspector, document: Document
) -> None:
    inspector.show_picked(("linear1",))
    form = inspector.block.form
    assert form is not None
    _type(form.fields["units"], "0")
    assert document.diagram == SMALL
    assert "units must lie between 1" in form.error("units")
    _type(form.fields["units"], "5")
    assert form.error("units") == ""


def test_a_block_can_be_named_and_share_weights(inspector: Inspector, document: Document) -> None:
    inspector.show_picked(("linear1",))
    page = inspector.block
    _type(page.name, "hidden")
    assert document.diagram.blocks["linear1"].label == "hidden"
    page.weights.activated.emit(page.weights.findText("linear2"))
    assert document.diagram.blocks["linear1"].shares == "linear2"
    page.weights.activated.emit(0)
    assert document.diagram.blocks["linear1"].shares is None


def test_an_unknown_kind_is_shown_and_kept(inspector: Inspector) -> None:
    inspector.show_diagram(Diagram({"a": Block("a", "teleport", Frozen(speed=3))}))
    inspector.show_picked(("a",))
    assert inspector.block.form is None
    assert "teleport" in inspector.block.help.text() and "speed = 3" in inspector.block.help.text()


def test_with_nothing_selected_the_diagram_is_summed_up(inspector: Inspector) -> None:
    page = inspector.whole
    assert not page.isHidden()
    assert page.counts.text() == "3 blocks · 49 weights · 36 MACs a sample · 1 problem"
    assert page.data.text() == "spiral: 3,000 samples"
    visited: list[Any] = []
    inspector.visited.connect(visited.append)
    inspector.show()
    line = page.problems.findChild(QToolButton)
    assert line is not None
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert visited == [("linear1",)]
    inspector.hide()


@pytest.mark.parametrize("width", [260, 420])
def test_a_problem_of_many_words_is_shown_whole(inspector: Inspector, width: int) -> None:
    words = "its weights were made for 100 numbers, and 3 come in, which cannot be."
    wrong = Problem("linear1", words, "Reset the weights, or choose another size before.")
    inspector.show_report(Report(problems=(wrong,)))
    inspector.resize(width, 700)
    inspector.show()
    QApplication.processEvents()
    line = inspector.whole.problems.findChildren(QToolButton)[-1]  # others wait to be deleted
    label = line.findChild(QLabel)
    assert label is not None and label.text() == str(wrong)
    room = label.fontMetrics().boundingRect(
        QRect(0, 0, label.width(), 1000), Qt.TextFlag.TextWordWrap, label.text()
    )
    assert room.height() > 2 * label.fontMetrics().height(), "it takes several lines"
    assert room.width() <= label.width() <= line.width() <= width
    assert room.height() <= label.height() <= line.height()
    inspector.hide()


def test_the_rest_of_the_recipe_is_edited_there(inspector: Inspector, document: Document) -> None:
    page = inspector.whole
    _type(page.forms["clip"].fields["clip"], "1")
    assert document.diagram.recipe["clip"] == 1
    assert page.entries["optimizer"].form is not None
    _type(page.entries["optimizer"].form.fields["beta1"], "0.5")
    assert document.diagram.recipe["optimizer"] == {"kind": "adam", "beta1": 0.5}


def test_every_entry_of_the_recipe_can_be_edited_somewhere(
    inspector: Inspector, bar: TrainingBar
) -> None:
    in_the_bar = {n for n in single_settings() if hasattr(bar, n)} | {"batch", "rate", "seed"}
    assert set(inspector.whole.forms) | in_the_bar == set(single_settings())
    assert not set(inspector.whole.forms) & in_the_bar


def test_a_schedule_is_chosen_and_its_settings_edited(
    inspector: Inspector, document: Document
) -> None:
    entry = inspector.whole.entries["schedule"]
    assert entry.kinds is not None and entry.kinds.currentText() == "constant"
    entry.kinds.setFocus()
    QTest.keyClicks(entry.kinds, "cos")
    entry.kinds.activated.emit(entry.kinds.currentIndex())
    assert document.diagram.recipe["schedule"] == {"kind": "cosine"}
    assert entry.form is not None and list(entry.form.fields) == ["length", "low", "unit"]
    _type(entry.form.fields["length"], "7")
    assert document.diagram.recipe["schedule"] == {"kind": "cosine", "length": 7}
    _type(entry.form.fields["low"], "2")
    assert "between 0.0 and 1.0" in entry.form.error("low")
    document.undo()
    assert entry.form.fields["length"].value == 100  # type: ignore[union-attr]
    entry.kinds.setCurrentIndex(entry.kinds.findData("constant"))
    entry.kinds.activated.emit(entry.kinds.currentIndex())
    assert "schedule" not in document.diagram.recipe and entry.form is not None
    assert not entry.form.fields


@pytest.mark.parametrize("name", ["patience", "subset", "clip_value", "epochs"])
def test_numbers_of_the_recipe_are_typed(
    inspector: Inspector, document: Document, name: str
) -> None:
    _type(inspector.whole.forms[name].fields[name], "3")
    assert document.diagram.recipe[name] == 3


def test_several_selected_blocks_are_counted(inspector: Inspector) -> None:
    inspector.show_picked(("linear1", "linear2"))
    assert inspector.many.text() == "2 blocks selected"
    assert inspector.block.isHidden() and inspector.whole.isHidden()


def test_a_removed_block_leaves_the_inspector(inspector: Inspector) -> None:
    inspector.show_picked(("linear1",))
    inspector.show_diagram(Diagram())
    assert inspector.block.isHidden() and not inspector.whole.isHidden()


# --- outline -------------------------------------------------------------------------------------------------------


def test_the_outline_tells_the_diagram_in_words(qapp: Any) -> None:
    outline = Outline(PAPER)
    outline.show_diagram(SMALL)
    outline.show_report(REPORT)
    assert outline.topLevelItemCount() == 0  # hidden: nothing is built
    outline.show()
    rows = [[outline.topLevelItem(i).text(c) for c in range(4)] for i in range(3)]  # type: ignore[union-attr]
    assert [row[0].split()[0] for row in rows] == ["x", "linear1", "linear2"]
    assert rows[1][1:3] == ["linear", "[8, 3]"]
    assert rows[1][3].startswith("z from x; feeds linear2; the input is too wide.")
    picked: list[Any] = []
    outline.picked.connect(picked.append)
    where = outline.visualItemRect(outline.topLevelItem(2)).center()  # type: ignore[arg-type]
    QTest.mouseClick(outline.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert picked == [("linear2",)]
    outline.show_picked(("x",))
    assert [item.text(1) for item in outline.selectedItems()] == ["observed"]
    assert picked == [("linear2",)]
    outline.hide()

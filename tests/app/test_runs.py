"""The panel of the runs: what is recorded, shown, compared, renamed, deleted, used again, exported, and swept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app import gallery
from app.heading import Heading
from app.panels.run_table import RunTable
from app.panels.sweep_dialog import SEEDS_ONLY, SweepDialog
from app.theme import BOARD, PAPER, Theme
from app.views.overlay import Overlay
from app.window import MainWindow
from graph.diagram import Diagram
from graph.edits import SetRecipe
from graph.files import load
from runtime.messages import (
    Branched,
    Compiled,
    Died,
    Evaluate,
    Evaluated,
    LogTo,
    Ready,
    Reset,
    SetDiagram,
    Stopped,
    WantFrame,
)
from runtime.runbook import RunBook, folder_for
from runtime.runs import RunRecord, begun
from runtime.snapshot import Report, Snapshot
from runtime.sweep import Along, Ended, Length, Trial, trials
from runtime.variations import settings_in
from tests.app.driving import Left, like, opened, pixels, tell, until
from tests.app.fake_session import FakeSession


def spiral(**recipe: Any) -> Diagram:
    diagram = load(gallery.path("spiral-mlp"))
    return diagram.with_(recipe=diagram.recipe.with_(**recipe))


def record(number: int, level: float = 1.0, **recipe: Any) -> RunRecord:
    """A run whose training loss is `level` all the time."""
    steps = np.arange(100.0)
    return begun(spiral(**recipe), when=1_000_000.0 + number).with_(
        number=number,
        steps=100,
        seconds=float(number),
        curve=np.stack([steps, np.full(100, level)], axis=1),
        metrics={"training": {"loss": level}, "test": {"loss": level, "accuracy": 0.5}},
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def window(qapp: Any, home: Path) -> Iterator[MainWindow]:
    with opened(size=(1300, 800), rescue=home / "open") as made:
        made.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
        tell(made, Ready(("auto", "cpu"), "2.10"))
        made.filing.open_file(gallery.path("spiral-mlp"))
        QApplication.processEvents()
        yield made


def session(window: MainWindow) -> FakeSession:
    assert isinstance(window.session, FakeSession)
    return window.session


def version(window: MainWindow) -> int:
    until(lambda: session(window).sent_of(SetDiagram), "the diagram is sent", 5)
    return int(session(window).sent_of(SetDiagram)[-1].version)


def begin(window: MainWindow) -> None:
    """The engine says that a run is at step 0."""
    tell(window, Compiled(version(window), Report(trainable=True), device="cpu", restarted=True))


def train(window: MainWindow, first: int, last: int, loss: float = 0.5, **more: Any) -> None:
    """A frame after the steps from `first` to `last`."""
    rows = np.stack([np.arange(first, last), np.full(last - first, loss)], axis=1)
    shot = Snapshot(version(window), last, last / 29, loss, curve=rows, seconds=last / 100, **more)
    tell(window, shot)


def records(window: MainWindow) -> tuple[RunRecord, ...]:
    return window.runs.book.records


# --- recording -----------------------------------------------------------------------------------------------------


def test_a_run_is_recorded_from_its_first_step_to_the_next_reset(window: MainWindow) -> None:
    begin(window)
    assert records(window) == ()
    validation = np.array([[40.0, 0.7]])
    train(window, 0, 50, 0.9)
    train(window, 50, 120, 0.4, validation=validation, accuracy={"validation": 0.8})
    (now,) = records(window)
    assert (now.number, now.steps, now.seconds, now.device) == (1, 120, 1.2, "cpu")
    assert now.versions["torch"] == "2.10" and now.settings["linear1.units"] == 100
    np.testing.assert_array_equal(now.curve[:, 0], np.arange(120))
    np.testing.assert_array_equal(now.curve[:, 1], [0.9] * 50 + [0.4] * 70)
    np.testing.assert_array_equal(now.validation, validation)
    assert now.metrics["validation"] == {"loss": 0.7, "accuracy": 0.8}
    window.live.reset()
    sent = [type(c) for c in session(window).sent]
    assert sent.index(Evaluate) < sent.index(Reset)  # judged before its weights are gone
    final = {"test": {"loss": 0.3, "accuracy": 0.9, "samples": 600}}
    tell(window, Evaluated(125, 1.3, final))
    begin(window)
    train(window, 0, 10)
    first, second = records(window)
    assert (first.steps, first.metrics, first.seconds) == (125, final, 1.3)
    assert (second.number, second.steps, len(second.curve)) == (2, 10, 10)


def test_a_rest_has_the_whole_parts_judged(window: MainWindow) -> None:
    begin(window)
    window.live.play()
    train(window, 0, 30)
    window.live.pause()
    assert session(window).sent_of(Evaluate) == []  # not at once: it may play on
    until(lambda: session(window).sent_of(Evaluate), "the parts are judged", 5)
    final = {"training": {"loss": 0.25, "samples": 1800}}
    tell(window, Evaluated(30, 0.3, final))
    train(window, 30, 30)  # a still frame of the same step knows less
    assert records(window)[0].metrics == final
    train(window, 30, 31, 0.6)
    assert records(window)[0].metrics["training"] == {"loss": 0.6}


def test_edits_during_a_run_are_marks(window: MainWindow) -> None:
    begin(window)
    train(window, 0, 30)
    for rate in (0.02, 0.03, 0.04):
        window.document.do(SetRecipe("rate", rate, "drag"))
        QTest.qWait(5)
    window.document.do(SetRecipe("batch", 32))
    QTest.qWait(30)
    marks = window.runs.recording.now and window.runs.recording.now.marks
    assert marks == ((30, "Set rate"), (30, "Set batch"))


def test_what_stopped_it_stands_in_the_row(window: MainWindow) -> None:
    from graph.problem import Problem

    begin(window)
    window.live.play()
    train(window, 0, 30)
    tell(window, Stopped(30, Problem("linear1", "the loss is no number."), order=1))
    assert "the loss is no number" in records(window)[0].problem
    window.live.play()
    train(window, 30, 40)
    assert records(window)[0].problem == ""
    tell(window, Died("killed"))
    assert "killed" in records(window)[0].problem and window.runs.recording.now is None


def test_the_past_is_not_recorded_and_a_branch_is_a_run_of_its_own(window: MainWindow) -> None:
    begin(window)
    train(window, 0, 100, 0.5)
    tell(window, Snapshot(version(window), 20, 1.0, 9.0, past=True))
    assert records(window)[0].steps == 100
    tell(window, Branched(20))
    train(window, 20, 60, 0.1)
    parent, branch = records(window)
    assert parent.steps == 100 and len(parent.curve) == 100
    assert branch.marks == ((20, "Branch of run 1"),)
    np.testing.assert_array_equal(branch.curve[:, 1], [0.5] * 20 + [0.1] * 40)


def test_runs_are_found_again_when_the_file_is(
    window: MainWindow, tmp_path: Path, home: Path
) -> None:
    begin(window)
    train(window, 0, 30)
    path = tmp_path / "mine.gradboard"
    assert window.filing._write(path)  # an untitled diagram gets a name: its runs go along
    window.filing.new()
    assert records(window) == ()
    assert [r.steps for r in RunBook(folder_for(home / "runs", path)).records] == [30]
    window.filing.open_file(path)
    assert [r.steps for r in records(window)] == [30]


def test_a_closed_panel_reads_no_files(window: MainWindow, tmp_path: Path) -> None:
    window.filing.open_file(gallery.path("xor"))
    assert window.runs._book is None
    window.runs.open()
    assert window.runs._book is not None


# --- the panel --------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(window: MainWindow) -> MainWindow:
    for made in (
        record(1, 0.8, rate=0.01),
        record(2, 0.2, rate=0.03),
        record(3, 0.5, rate=0.03, batch=16),
    ):
        window.runs.book.keep(made)
    window.runs.open()
    QApplication.processEvents()
    return window


def columns(table: RunTable) -> list[str]:
    model = table.model()
    head = Qt.Orientation.Horizontal
    return [
        model.headerData(c, head, Qt.ItemDataRole.DisplayRole) for c in range(model.columnCount())
    ]


def texts(table: RunTable, column: str) -> list[str]:
    model, at = table.model(), columns(table).index(column)
    return [model.index(row, at).data() for row in range(model.rowCount())]


def click(
    table: RunTable, text: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    row = next(n for n, found in enumerate(texts(table, "run")) if found.startswith(text))
    QTest.mouseClick(
        table.viewport(), Left, held, table.visualRect(table.model().index(row, 0)).center()
    )


def test_only_settings_that_differ_have_a_column_and_columns_sort_by_number(
    filled: MainWindow,
) -> None:
    table = filled.runs.panel.list
    assert set(columns(table)[1:3]) == {"batch", "rate"} and columns(table)[3] == "seed"
    assert "epochs" not in columns(table)
    assert texts(table, "run") == ["run 3", "run 2", "run 1"]  # the newest first
    at = columns(table).index("training")
    table.sortByColumn(at, Qt.SortOrder.AscendingOrder)
    assert texts(table, "run") == ["run 2", "run 3", "run 1"]
    table.sortByColumn(columns(table).index("batch"), Qt.SortOrder.AscendingOrder)
    assert texts(table, "batch") == ["16", "64", "64"]
    assert texts(table, "test")[0] == "0.5000 · 50.0 %"


def inked(widget: QWidget, left: int, right: int, top: int, bottom: int) -> tuple[int, int]:
    """The first and the last column with something written, in a part of a widget."""
    picture = widget.grab(QRect(left, top, right - left, bottom - top)).toImage()
    ground = picture.pixelColor(picture.width() // 2, 1)
    found = [
        x
        for x in range(picture.width())
        if any(picture.pixelColor(x, y) != ground for y in range(2, picture.height() - 3))
    ]
    return left + found[0], left + found[-1]


def test_columns_stand_apart_and_under_their_headings(filled: MainWindow) -> None:
    filled.docks["runs"].setFloating(True)
    filled.docks["runs"].resize(1500, 300)
    filled.runs.panel.split.setSizes([1300, 200])
    QApplication.processEvents()
    table, head = filled.runs.panel.list, filled.runs.panel.list.horizontalHeader()
    spans = {}
    for name in ("seed", "training", "steps"):
        at = columns(table).index(name)
        left, wide = table.columnViewportPosition(at), table.columnWidth(at)
        spans[name] = inked(table.viewport(), left, left + wide, 0, table.rowHeight(0))
        title = inked(head, left, left + wide, 0, head.height())
        assert abs(title[1] - spans[name][1]) <= 3, name
        assert spans[name][0] - left >= 7 and left + wide - spans[name][1] >= 7
    assert spans["training"][0] - spans["seed"][1] >= 15


def test_an_edit_of_the_diagram_shows_in_what_the_runs_differ_from_it(filled: MainWindow) -> None:
    filled.document.do(SetRecipe("clip", 2.0))
    until(lambda: "clip" in columns(filled.runs.panel.list), "the column", 5)


def test_selected_runs_are_drawn_and_their_settings_stand_side_by_side(filled: MainWindow) -> None:
    panel = filled.runs.panel
    click(panel.list, "run 1")
    assert [line.numbers for line in panel.plot.lines] == [(1,)] and panel.settings.isHidden()
    click(panel.list, "run 2", Qt.KeyboardModifier.ControlModifier)
    click(panel.list, "run 3", Qt.KeyboardModifier.ControlModifier)
    assert len(panel.plot.lines) == 3 and not panel.settings.isHidden()
    side = panel.settings
    rows = {
        side.verticalHeaderItem(r).text(): {
            side.horizontalHeaderItem(c).text(): side.item(r, c).text()
            for c in range(side.columnCount())
        }
        for r in range(side.rowCount())
    }
    assert rows == {
        "batch": {"run 1": "64", "run 2": "64", "run 3": "16"},
        "rate": {"run 1": "0.01", "run 2": "0.03", "run 3": "0.03"},
    }


def test_a_run_is_named_by_a_double_click_or_f2_and_keeps_its_name(filled: MainWindow) -> None:
    table = filled.runs.panel.list
    click(table, "run 2")
    QTest.keyClick(table, Qt.Key.Key_F2)
    field = next(child for child in table.viewport().findChildren(QLineEdit) if child.isVisible())
    QTest.keyClicks(field, "the good one")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert texts(table, "run") == ["run 3", "the good one", "run 1"]
    assert records(filled)[1].name == "the good one"
    assert [r.number for r in filled.runs.panel.chosen()] == [2]  # still selected


def test_del_deletes_runs_not_blocks_and_they_can_be_brought_back(filled: MainWindow) -> None:
    table = filled.runs.panel.list
    filled.scene.select(("linear1",))
    click(table, "run 2")
    click(table, "run 3", Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert [r.number for r in records(filled)] == [1]
    assert "linear1" in filled.document.diagram.blocks
    QTest.mouseClick(filled.notice.action, Left)
    assert [r.number for r in records(filled)] == [1, 2, 3]


def test_the_run_that_is_trained_cannot_be_deleted(window: MainWindow) -> None:
    begin(window)
    train(window, 0, 30)
    window.runs.open()
    click(window.runs.panel.list, "run 1")
    window.runs.delete()
    assert len(records(window)) == 1 and "stays" in window.status.currentMessage()


def test_settings_of_a_run_are_one_edit_that_undo_takes_back(filled: MainWindow) -> None:
    before = filled.document.diagram
    click(filled.runs.panel.list, "run 3")
    QTest.mouseClick(filled.runs.panel.buttons["use"], Left)
    after = settings_in(filled.document.diagram)
    assert (after["rate"], after["batch"]) == (0.03, 16)
    filled.levels.undo()
    assert filled.document.diagram == before


def test_table_and_curves_are_exported(filled: MainWindow, tmp_path: Path) -> None:
    target = tmp_path / "out"
    filled.runs.ask_path = lambda _title, _name: str(target)  # type: ignore[method-assign]
    QTest.mouseClick(filled.runs.panel.buttons["export"], Left)
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [(r["run"], r["rate"], r["batch"]) for r in rows] == [
        ("1", "0.01", "64"),
        ("2", "0.03", "64"),
        ("3", "0.03", "16"),
    ]
    click(filled.runs.panel.list, "run 2")
    QTest.mouseClick(filled.runs.panel.buttons["curves"], Left)
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert len(rows) == 100 and {r["run"] for r in rows} == {"2"}
    QTest.keyClick(filled.runs.panel.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = list(csv.DictReader(io.StringIO(QApplication.clipboard().text())))
    assert [r["run"] for r in copied] == ["2"]


# --- the plot ---------------------------------------------------------------------------------------------------------


def test_the_heading_copies_them_too_and_helps(filled: MainWindow) -> None:
    panel, heading = filled.runs.panel, filled.docks["runs"].titleBarWidget()
    assert isinstance(heading, Heading) and not heading.help.isHidden() and "√" in panel.help
    act = {a.text().replace("&", ""): a for a in heading.menu().actions()}
    act["Copy as CSV"].trigger()
    rows = list(csv.reader(io.StringIO(QApplication.clipboard().text())))
    assert [row[0] for row in rows] == ["run", "1", "2", "3"]
    losses = {r.number: r.metric("test", "loss") for r in records(filled)}
    for row in rows[1:]:
        assert row[rows[0].index("test_loss")] == repr(losses[int(row[0])])
    act["Copy as picture"].trigger()
    assert not QApplication.clipboard().image().isNull()


@pytest.mark.parametrize("theme", [PAPER, BOARD])
def test_curves_have_their_colours_where_their_losses_are(qapp: Any, theme: Theme) -> None:
    plot = Overlay(theme)
    plot.resize(500, 300)
    plot.show_runs([record(1, 0.8, rate=0.1), record(2, 0.2, rate=0.2)])
    across, up = plot.scales()
    shown = pixels(plot)
    for place, level in enumerate((0.8, 0.2)):
        row = round(float(up.pixels(level)))
        left, right = (round(float(across.pixels(x))) for x in (5, 40))
        stripe = shown[row - 2 : row + 3, left:right]
        drawn = like(stripe, theme.classes[place], 40).any(axis=0)
        assert drawn.mean() > (0.95 if place == 0 else 0.4)
        assert place == 0 or not drawn.all()  # the second is dashed
    plot.close()


def test_no_two_curves_look_alike(qapp: Any) -> None:
    plot = Overlay(PAPER)
    looks = {(plot.pen(n).color().name(), tuple(plot.pen(n).dashPattern())) for n in range(10)}
    assert len(looks) == 10 and len({look[1] for look in looks}) == 5


def test_seeds_of_one_setting_are_a_mean_and_a_band(qapp: Any) -> None:
    plot = Overlay(PAPER)
    plot.resize(500, 300)
    made = [
        record(n, level, seed=n).with_(varied={"rate": 0.1, "seed": n})
        for n, level in ((1, 0.2), (2, 0.4), (3, 0.9))
    ]
    plot.show_runs(made)
    (line,) = plot.lines
    assert line.text == "rate 0.1 · 3 seeds, mean ± std" and line.numbers == (1, 2, 3)
    np.testing.assert_allclose(line.loss, np.mean([0.2, 0.4, 0.9]))
    assert line.spread is not None
    np.testing.assert_allclose(line.spread, np.std([0.2, 0.4, 0.9], ddof=1))
    across, up = plot.scales()
    x = round(float(across.pixels(10)))
    image = plot.grab().toImage()
    inside = image.pixelColor(x, round(float(up.pixels(0.35))))
    outside = image.pixelColor(x, round(float(up.pixels(0.05))))
    assert inside.blue() > inside.red() + 15 and abs(outside.blue() - outside.red()) < 8
    assert set(plot.marks()) == {1, 2, 3}
    plot.close()


def test_validation_and_logarithm_are_chosen_by_buttons(qapp: Any) -> None:
    plot = Overlay(PAPER)
    plot.resize(500, 300)
    plot.show()
    made = record(1, 0.8).with_(validation=np.array([[0.0, 100.0], [50.0, 0.01]]))
    plot.show_runs([made])
    QTest.mouseClick(plot.part, Left)
    assert plot.lines[0].loss.tolist() == [100.0, 0.01] and plot.part.text() == "training"
    QTest.mouseClick(plot.log, Left)
    assert plot.scales()[1].log
    plot.show_runs([record(2)])  # without validation
    assert plot.lines == () and not plot.grab().toImage().isNull()
    plot.close()


# --- sweeps -----------------------------------------------------------------------------------------------------------


class FakeSweep:
    """A sweep whose word the test gives."""

    def __init__(self, trials: Any, length: Length, folder: str) -> None:
        self.trials: tuple[Trial, ...] = tuple(trials)
        self.length = length
        self.inbox: list[Along | Ended] = []
        self.is_over = self.started = self.stopped = False

    def start(self) -> None:
        self.started = True

    def receive(self) -> list[Along | Ended]:
        found, self.inbox = self.inbox, []
        return found

    def stop(self) -> None:
        self.is_over = self.stopped = True


@pytest.fixture
def sweeps(window: MainWindow) -> list[FakeSweep]:
    made: list[FakeSweep] = []

    def make(*given: Any) -> FakeSweep:
        made.append(FakeSweep(*given))
        return made[-1]

    window.runs.sweeping.make = make
    return made


def dialog(window: MainWindow) -> SweepDialog:
    window.runs.sweep()
    QApplication.processEvents()
    return window.runs.dialog


def typed(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


def test_the_dialog_offers_the_selected_block_first_and_reads_while_one_types(
    window: MainWindow,
) -> None:
    window.scene.select(("linear1",))
    asked = dialog(window)
    assert asked.setting.itemData(0) == "linear1.units"
    assert {asked.setting.itemData(k) for k in range(asked.setting.count())} >= {
        "rate",
        "data.arms",
        "linear2.units",
        "",
    }
    typed(asked.values, "10, 20")
    assert len(asked.chosen) == 2 and "2 runs" in asked.told.text() and asked.start.isEnabled()
    typed(asked.values, "10, many")
    assert asked.chosen == () and not asked.start.isEnabled()
    assert "units must be a whole number, not 'many'" in asked.told.text()
    asked.choose("rate")
    assert [t.varied["rate"] for t in asked.chosen] == [0.001, 0.01, 0.1]  # an example around 0.01
    asked.seeds.setValue(4)
    assert len(asked.chosen) == 12
    asked.choose("")
    assert asked.setting.currentText() == SEEDS_ONLY and not asked.values.isEnabled()
    assert [t.varied for t in asked.chosen] == [{"seed": n} for n in range(4)]
    asked.reject()


def test_the_dialog_opens_on_a_recipe_with_anything_in_it(window: MainWindow) -> None:
    for name in ("rate", "seed", "epochs"):
        window.reactions.do(SetRecipe(name, {"kind": "xor"}))
    window.menus.actions["sweep"].trigger()
    assert window.runs.dialog is not None and window.runs.dialog.isVisible()
    window.runs.dialog.close()


def test_a_sweep_shows_progress_and_its_runs_as_they_end(
    window: MainWindow, sweeps: list[FakeSweep]
) -> None:
    asked = dialog(window)
    asked.choose("rate")
    typed(asked.values, "0.1, 0.2")
    asked.unit.setCurrentText("steps")
    asked.count.setValue(50)
    QTest.mouseClick(asked.start, Left)
    (sweep,) = sweeps
    assert sweep.started and sweep.length == Length(steps=50) and len(sweep.trials) == 2
    panel = window.runs.panel
    until(panel.stop.isVisible, "the progress", 5)
    sweep.inbox.append(Along(0, 0.5, 25, 0.4))
    until(lambda: panel.progress.value() == 250, "a quarter of the sweep", 5)
    assert panel.along.text() == "run 1 of 2"
    ended = begun(sweep.trials[0].diagram, 5.0).with_(varied={"rate": 0.1}, steps=50)
    sweep.inbox.append(Ended(0, ended))
    until(lambda: len(records(window)) == 1, "the first run", 5)
    assert panel.along.text() == "run 2 of 2" and records(window)[0].group == "sweep 1"
    sweep.inbox.append(Ended(1, ended.with_(varied={"rate": 0.2}, problem="it broke.")))
    sweep.is_over = True
    until(lambda: not panel.stop.isVisible(), "the end", 5)
    assert [r.problem for r in records(window)] == ["", "it broke."]
    assert texts(panel.list, "run")[0] == "run 2  ✕"


def test_a_sweep_is_stopped_by_its_button_and_by_another_diagram(
    window: MainWindow, sweeps: list[FakeSweep]
) -> None:
    QTest.mouseClick(dialog(window).start, Left)
    panel = window.runs.panel
    until(panel.stop.isVisible, "the progress", 5)
    QTest.mouseClick(panel.stop, Left)
    assert sweeps[0].stopped and not window.runs.sweeping.is_running
    QTest.mouseClick(dialog(window).start, Left)
    assert window.runs.sweeping.is_running
    window.filing.open_file(gallery.path("xor"))
    assert sweeps[1].stopped


def test_a_real_sweep_never_touches_the_engine(window: MainWindow) -> None:
    before = len(session(window).sent)
    made = trials(spiral(data={"kind": "spiral", "points": 30}), {"rate": (0.01, 0.05)})
    window.runs.open()
    window.runs.sweeping.start(made, Length(steps=3), "", "sweep 1")
    until(lambda: not window.runs.sweeping.is_running, "the sweep", 120)
    assert [(r.steps, r.problem) for r in records(window)] == [(3, ""), (3, "")]
    assert records(window)[0].metric("test", "loss") != records(window)[1].metric("test", "loss")
    said = session(window).sent[before:]
    assert all(isinstance(command, WantFrame | SetDiagram) for command in said)


# --- TensorBoard ------------------------------------------------------------------------------------------------------


def test_the_switch_says_what_is_missing_or_asks_for_a_folder(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from app.actions import sweeps as module
    from runtime.extras import NO_TENSORBOARD

    switch = window.menus.actions["tensorboard"]
    monkeypatch.setattr(module, "lacks_tensorboard", lambda: NO_TENSORBOARD)
    switch.trigger()
    assert not switch.isChecked() and "pip install" in window.notice.text.text()
    monkeypatch.setattr(module, "lacks_tensorboard", lambda: "")
    monkeypatch.setattr(module.ManyRuns, "ask_folder", lambda _self: "")
    switch.trigger()
    assert not switch.isChecked()
    assert [c.folder for c in session(window).sent_of(LogTo) if c.folder] == []
    monkeypatch.setattr(module.ManyRuns, "ask_folder", lambda _self: str(tmp_path))
    switch.trigger()
    assert switch.isChecked() and session(window).sent_of(LogTo)[-1] == LogTo(str(tmp_path))
    tell(window, Ready(("cpu",), "2.10"))  # another engine goes on writing
    assert session(window).sent_of(LogTo)[-1] == LogTo(str(tmp_path))
    switch.trigger()
    assert session(window).sent_of(LogTo)[-1] == LogTo("")


@pytest.mark.parametrize("size", [(380, 500), (900, 240), (1300, 320)])
def test_the_panel_is_painted_at_every_size(filled: MainWindow, size: tuple[int, int]) -> None:
    dock = filled.docks["runs"]
    dock.setFloating(True)
    dock.resize(*size)
    filled.runs.panel.list.selectAll()
    QApplication.processEvents()
    shown = pixels(filled.runs.panel.plot)
    assert shown.shape[0] >= 100 and shown.shape[1] >= 180
    for color in PAPER.classes[:3]:
        assert like(shown, color, 30).sum() > 20

"""Docks of views: their headings, what is copied from them, where they are and how a diagram's file keeps that."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from app import docks
from app.doubting import doubt
from app.figures import VIEWS
from app.heading import Heading
from app.panels.runs import RunsPanel
from app.theme import PAPER
from app.views.evidence import Curves
from app.views.findings import FindingsView, button_text
from app.views.loss import LossView
from app.views.table import csv_text, table_of
from app.window import MainWindow
from graph.diagram import Diagram, Frozen
from graph.edits import SetRecipe
from graph.files import load, save
from runtime import messages as m
from runtime.figures.answers import Answers, Grid, Points
from runtime.figures.confusion import Confusion
from runtime.figures.embedding import Embedding
from runtime.figures.findings import Finding, Findings, Trace
from runtime.figures.surface import Surface
from runtime.snapshot import Ask, Histogram, Histograms, Report, Snapshot
from tests.app.driving import opened, until
from tests.app.fake_session import FakeSession

Left, Ctrl = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1400, 950)) as made:
        yield made


def heading(window: MainWindow, name: str) -> Heading:
    found = window.docks[name].titleBarWidget()
    assert isinstance(found, Heading)
    return found


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


# --- every view --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [*VIEWS.values(), LossView, RunsPanel])
def test_every_view_has_a_sentence_of_help_with_its_formula_and_a_title(view: Any) -> None:
    assert view.help.endswith(".") and len(view.help) > 40
    assert re.search("[=∂Σ√·′]|(arg)?max [zȳ]", view.help), "the formula behind it"
    assert view in (LossView, RunsPanel) or (view.title and view.nothing)


def test_every_heading_has_a_menu_that_opens(window: MainWindow) -> None:
    for name, dock in window.docks.items():
        heading = dock.titleBarWidget()
        if isinstance(heading, Heading):
            texts = [action.text().replace("&", "") for action in heading.menu().actions()]
            assert "Close" in texts
            assert ("Copy as CSV" in texts) == (name in docks.views(window)), name


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_that_has_nothing_has_no_rows(name: str, qapp: Any) -> None:
    assert not VIEWS[name](PAPER).table()[1]


def test_closed_views_ask_for_nothing(window: MainWindow) -> None:
    for name in docks.views(window):
        window.docks[name].close()
    assert window.figures.asks() == ()
    window.docks["gradients"].show()
    QApplication.processEvents()
    assert {ask.view for ask in window.figures.asks()} == {"histograms"}


# --- numbers -----------------------------------------------------------------------------------------------------


def test_answers_stand_at_their_places() -> None:
    values = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    grid = Grid(values, None, 0, (-1.0, 1.0, 0.0, 4.0))
    header, rows = table_of(
        Answers("input", grid, Points(np.zeros((0, 2)), np.zeros(0)), ("u", "v"))
    )
    assert tuple(header) == ("u", "v", "answer", "confidence")
    assert [tuple(r) for r in rows][1:4] == [
        (0.0, 0.0, 1.0, ""),
        (1.0, 0.0, 2.0, ""),
        (-1.0, 4.0, 3.0, ""),
    ]


def test_losses_of_a_surface_stand_at_their_weights() -> None:
    loss = np.array([[1.0, 2.0], [3.0, 4.0]])
    header, rows = table_of(Surface(loss, (0.0, 1.0, 5.0, 6.0), ("w1", "w2"), 9, 0))
    assert tuple(header) == ("w1", "w2", "loss") and tuple(rows[2]) == (0.0, 6.0, 3.0)


def test_counts_of_the_confusion_have_their_classes() -> None:
    figure = Confusion(np.array([[5, 1], [0, 7]]), names=("cat", "dog"))
    assert list(table_of(figure)[1]) == [
        ("cat", "cat", 5), ("cat", "dog", 1), ("dog", "cat", 0), ("dog", "dog", 7)
    ]  # fmt: skip


def test_bins_of_histograms_have_their_edges() -> None:
    figure = Histograms(gradients={"linear1": Histogram(np.array([2, 3]), -4.0, 0.0, 0.0)})
    rows = table_of(figure)[1]
    assert [tuple(r)[1:] for r in rows] == [("linear1", -4.0, -2.0, 2), ("linear1", -2.0, 0.0, 3)]


def test_samples_of_an_embedding_have_their_numbers() -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    figure = Embedding("relu1.y", 8, x, (0.5, 0.2), np.array([1, 0]), (), np.array([40, 41]))
    assert [tuple(r) for r in table_of(figure)[1]] == [(40, 1.0, 2.0, 1), (41, 3.0, 4.0, 0)]


def test_a_figure_without_a_form_of_its_own_gives_every_number() -> None:
    rows = table_of({"a": np.array([[1.5, 2.5]]), "b": (7, "text")})[1]
    assert [tuple(r) for r in rows] == [
        ("[a]", "0 0", 1.5), ("[a]", "0 1", 2.5), ("[b][0]", "", 7), ("[b][1]", "", "text")
    ]  # fmt: skip


def test_no_text_of_a_file_becomes_a_formula_of_a_spreadsheet() -> None:
    told = rows_of(csv_text(("=a",), [("=1+1", -2.5), ("a,b", 'q"')]))
    assert told == [["'=a"], ["'=1+1", "-2.5"], ["a,b", 'q"']]


# --- headings ----------------------------------------------------------------------------------------------------


def test_help_opens_at_the_question_mark_and_tells_the_formula(window: MainWindow) -> None:
    top = heading(window, "loss")
    QTest.mouseClick(top.help, Left)
    assert top.popup is not None and top.popup.isVisible()
    assert any("C(y, ȳ)" in label.text() for label in top.popup.findChildren(QLabel))
    QTest.keyClick(top.popup, Qt.Key.Key_Escape)
    assert not window.docks["palette"].titleBarWidget().findChildren(QLabel)
    assert (
        not heading(window, "inspector").help.isVisible()
        if isinstance(window.docks["inspector"].titleBarWidget(), Heading)
        else True
    )


def test_a_click_and_ctrl_c_copy_the_picture_and_not_the_blocks(window: MainWindow) -> None:
    window.loss.show_rows(np.array([[0, 1.0], [1, 0.5]]), np.zeros((0, 2)))
    QTest.mouseClick(window.loss, Left, pos=QPoint(60, 40))
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(window.loss, Qt.Key.Key_C, Ctrl)
    image = QGuiApplication.clipboard().image()
    assert image.size() == window.loss.size() * 2
    ink = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }
    assert QColor(window.theme.panel).name() in ink and len(ink) > 3


def test_numbers_are_copied_from_the_menu_and_saved(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.loss.show_rows(np.array([[0, 1.0], [1, 0.5]]), np.array([[1, 0.75]]))
    actions = {a.text().replace("&", ""): a for a in heading(window, "loss").menu().actions()}
    actions["Copy as CSV"].trigger()
    told = rows_of(QGuiApplication.clipboard().text())
    assert told == [
        ["curve", "step", "loss"],
        ["training", "0", "1.0"],
        ["training", "1", "0.5"],
        ["validation", "1", "0.75"],
    ]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    actions["Save CSV…"].trigger()
    assert rows_of((tmp_path / "out.csv").read_text()) == told
    actions["Save picture…"].trigger()
    assert (tmp_path / "out.png").stat().st_size > 500
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x"), ""))
    actions["Save CSV…"].trigger()
    assert "x.csv" in window.status.currentMessage()


def test_a_dock_floats_docks_again_and_closes_by_its_menu(window: MainWindow) -> None:
    dock = window.docks["boundary"]
    top = heading(window, "boundary")

    def do(text: str) -> None:
        {a.text().replace("&", ""): a for a in top.menu().actions()}[text].trigger()
        QApplication.processEvents()

    do("Float")
    assert dock.isFloating() and dock.isVisible()
    do("Dock")
    assert not dock.isFloating()
    do("Close")
    assert not dock.isVisible()


def test_keys_go_round_the_open_views(window: MainWindow) -> None:
    for name in docks.views(window):
        window.docks[name].setVisible(name in ("boundary", "loss", "confusion"))
    QApplication.processEvents()
    seen = []
    for _ in range(4):
        window.menus.actions["next_view"].trigger()
        QApplication.processEvents()
        focus = window.focusWidget()
        seen += [
            n
            for n in docks.views(window)
            if focus is not None and window.docks[n].isAncestorOf(focus)
        ]
    assert seen == ["boundary", "loss", "confusion", "boundary"]
    window.menus.actions["previous_view"].trigger()
    assert window.docks["confusion"].isAncestorOf(window.focusWidget())


def test_views_have_a_menu_of_their_own(window: MainWindow) -> None:
    named = {a.text() for a in window.menus.menus["views"].actions()}
    assert {"Loss", "Decision boundary", "Findings"} <= named
    assert "Findings" not in {a.text() for a in window.menus.menus["docks"].actions()}


# --- the file ----------------------------------------------------------------------------------------------------


def test_views_choices_and_places_come_back_from_a_file(window: MainWindow, tmp_path: Path) -> None:
    for name in docks.views(window):
        window.docks[name].setVisible(name in ("boundary", "embedding", "gradients"))
    window.docks["embedding"].setFloating(True)
    window.docks["embedding"].setGeometry(120, 90, 420, 333)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, window.docks["gradients"])
    window.figures.views["embedding"].choose("relu1.y")
    QApplication.processEvents()
    save(docks.with_views(window, window.document.diagram), tmp_path / "a.gradboard")
    kept = load(tmp_path / "a.gradboard")
    assert kept.extra["x-views"]["boundary"] == ""
    assert kept.extra["x-views"]["gradients"]["side"] == "bottom"

    for name in docks.views(window):
        window.docks[name].setFloating(False)
        window.docks[name].close()
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.docks["gradients"])
    window.figures.views["embedding"].choose("")
    docks.open_views(window, kept)
    QApplication.processEvents()
    dock = window.docks["embedding"]
    assert dock.isFloating() and dock.geometry().getRect() == (120, 90, 420, 333)
    assert window.figures.views["embedding"].choice == "relu1.y"
    area = window.dockWidgetArea(window.docks["gradients"])
    assert area == Qt.DockWidgetArea.BottomDockWidgetArea
    assert docks.with_views(window, kept).extra["x-views"] == kept.extra["x-views"]
    dock.setFloating(False)


STRANGE: tuple[Any, ...] = (
    *(None, 3, "boundary", ["loss"], {"unknown": ""}, {"": ""}, {"embedding": None}),
    {"embedding": {"float": [1e300, "a", None, 3]}},
    {"embedding": {"float": [-90000, 90000, 1, 99999]}},
    {"embedding": {"float": [float("nan")] * 4, "side": ["x"]}},
    {"embedding": {"choice": {"a": 1}, "side": "nowhere"}},
    {"boundary": "hidden relu1.y 1", "surface": "weights; x=; span=1e999", "slow": "x" * 5000},
    {
        "confusion": "1,99999999999",
        "pictures": "²",
        "attention": "-1",
        "warp": "\0",
        "findings": "a",
    },
)


def test_what_a_stranger_wrote_there_does_no_harm(window: MainWindow) -> None:
    for given in STRANGE:
        docks.open_views(window, Diagram().with_(extra=Frozen({"x-views": given})))
        QApplication.processEvents()
        box = window.docks["embedding"].frameGeometry()
        floats = window.docks["embedding"].isFloating()
        assert not floats or window.screen().geometry().intersects(box), given
        window.figures.asks()
        docks.with_views(window, window.document.diagram)
    window.grab()


# --- findings ----------------------------------------------------------------------------------------------------

FOUND = Findings(
    40,
    (
        Finding(
            "rate", "recipe.rate", "The rate is too large.", "1 → 9", "Lower it.",
            (Trace("η = 1", np.linspace(1, 9, 20)), Trace("η = 0.1", np.linspace(1, 0, 20))),
            SetRecipe("rate", 0.1),
        ),
        Finding("dead", "relu1", "Dead units.", "9 of 9", "Reset."),
    ),
    ("the rate", "dead ReLUs"),
)  # fmt: skip


def begun(window: MainWindow) -> tuple[FakeSession, FindingsView]:
    session = window.session
    assert isinstance(session, FakeSession)
    session.inbox.append(m.Ready(("cpu",), "2"))
    window.live.tick()
    until(lambda: session.sent_of(m.SetDiagram), "the diagram is sent")
    view = window.figures.views["findings"]
    assert isinstance(view, FindingsView)
    return session, view


def test_why_opens_the_findings_and_their_buttons_mend(window: MainWindow) -> None:
    session, view = begun(window)
    window.menus.actions["why"].trigger()
    QApplication.processEvents()
    (started,) = session.sent_of(m.StartJob)
    assert started.ask.view == "findings" and view.isVisible() and view.is_running
    half = Findings(40, (replace(FOUND.found[0], traces=(Trace("η", np.ones(3)),)),), ("the rate",))
    session.inbox.append(m.Computed(started.ask, 0.5, half))
    session.inbox.append(m.Computed(started.ask, 1.0, FOUND, over=True))
    window.live.tick()
    QApplication.processEvents()
    told = {label.text() for label in view.rows.findChildren(QLabel)}
    assert {"The rate is too large.", "1 → 9", "Lower it.", "Dead units."} <= told
    buttons = {b.text(): b for b in view.rows.findChildren(QPushButton)}
    assert set(buttons) == {"Set rate to 0.1", "Show it"}
    QTest.mouseClick(buttons["Set rate to 0.1"], Left)
    assert window.document.diagram.recipe["rate"] == 0.1
    window.document.stack.undo()
    assert "rate" not in window.document.diagram.recipe
    header, rows = view.table()
    assert tuple(header)[:3] == ("kind", "where", "finding") and len(rows) == 2
    (curves,) = view.rows.findChildren(Curves)
    picture = curves.grab().toImage()
    colors = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
    }
    assert {curves.color(0).name(), curves.color(1).name()} <= colors


def test_nothing_found_says_what_was_looked_at(qapp: Any) -> None:
    view = FindingsView(PAPER)
    view.show_found(Findings(3, (), ("the rate",), ("dead ReLUs: no",)))
    told = " ".join(label.text() for label in view.findChildren(QLabel))
    assert (
        "Nothing is found" in told and "Looked at: the rate." in told and "dead ReLUs: no" in told
    )


def test_nothing_is_found_so_far_only_while_it_is_looked(qapp: Any) -> None:
    view = FindingsView(PAPER)

    def told() -> set[str]:
        return {label.text() for label in view.rows.widget().findChildren(QLabel)}

    view.start()
    nothing = Findings(3, (), ("the rate",))
    view.show_job(m.Computed(Ask("findings"), 0.5, nothing))
    assert "Nothing is found so far." in told()
    view.show_job(m.Computed(Ask("findings"), 1.0, nothing, over=True))
    assert "Nothing is found." in told()


@pytest.mark.parametrize(
    ("losses", "offered"),
    [
        (np.full(250, 1.1), "does not fall"),
        (np.concatenate([[1.1], np.linspace(60.0, 20.0, 249)]), "rises"),
        (np.geomspace(1.1, 0.1, 250), ""),
        (np.zeros(250), ""),
        (np.linspace(-1.0, -2.0, 250), ""),
    ],
)
def test_a_loss_that_does_not_fall_gives_doubt(losses: np.ndarray, offered: str) -> None:
    told = doubt(losses[:50].tolist(), losses[50:].tolist())
    assert offered in told and bool(told) == bool(offered)


def test_doubt_is_told_once_and_not_too_early(window: MainWindow) -> None:
    session, _view = begun(window)
    version = session.sent_of(m.SetDiagram)[-1].version
    session.inbox.append(m.Compiled(version, Report(trainable=True), restarted=True))
    told = []
    for part in range(16):
        rows = np.stack([np.arange(100) + 100.0 * part, np.full(100, 1.1)], 1)
        step, epoch = 100 * part + 99, 2.0 * part
        session.inbox.append(Snapshot(version, step, epoch, 1.1, curve=rows, playing=True))
        window.live.tick()
        told.append(window.notice.isVisible())
        if told[-1]:
            assert window.notice.action.text() == "Find out why"
            window.notice.dismiss()
    assert told.index(True) == 5 and sum(told) == 1  # a tenth of 100 epochs


def test_the_edit_of_a_button_is_named() -> None:
    assert button_text(SetRecipe("normalize", True)) == "Switch normalize on"
    assert button_text(SetRecipe("rate", None)) == "Set rate back"


def test_another_run_has_other_numbers(window: MainWindow) -> None:
    window.docks["gradients"].show()
    ask = Ask("histograms")
    figure = Histograms(gradients={"a": Histogram(np.array([1]), -1.0, 0.0, 0.0)})
    window.figures.views["gradients"].take({ask: figure})
    assert len(window.figures.views["gradients"].table()[1]) == 1
    window.figures.views["gradients"].drop()
    assert not window.figures.views["gradients"].table()[1]

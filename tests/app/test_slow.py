"""Slow motion on the screen: the steps by keys and buttons, what they write, the light on the canvas, the mirrored graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from torch.nn.functional import cross_entropy

from app.theme import BOARD, PAPER, Theme
from app.views.page import Matrix, Product, Text, page, weighted_sum
from app.views.sheet import Sheet, sign_color, written
from app.views.slow import SlowView
from app.views.steps import BACKWARD, FORWARD, SAMPLE, UPDATE, Step, steps
from app.window import MainWindow
from graph.diagram import Pin
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.figures.slow import Numbers, SlowMotion, numbers
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Ask, Counts, Flow, Report, Snapshot
from runtime.views.slow import slow
from tests.app.canvas_bench import Bench, spiral
from tests.app.driving import like, opened, pixels, tell
from tests.app.fake_session import FakeSession
from tests.gallery.numbers import opened as run_of

Left = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture(scope="module")
def chain() -> Run:
    return run_of("jacobian-chain", dtype="float64")


def seen(run: Run, sample: int = 1) -> SlowMotion:
    found = slow(run, None, Ask("slow", choice=str(sample)))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.fixture
def view(qapp: Any, chain: Run) -> Iterator[SlowView]:
    made = SlowView(PAPER)
    made.resize(420, 560)
    made.show()
    made.show_figures({made.asks()[0]: seen(chain)})
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def words(view: SlowView) -> str:
    """All texts and titles of the step that is shown."""
    assert view.motion is not None and view.step is not None
    found = []
    for line in page(view.motion, view.step):
        if isinstance(line, Product):
            found += [line.left.title, line.row.title, line.jacobian.title]
        else:
            found.append(line.words if isinstance(line, Text) else line.title)
    return "\n".join(found).replace("\u00a0", " ")


# --- the steps -----------------------------------------------------------------------------------------------------


def test_the_steps_go_forward_to_the_cost_back_to_the_input_and_update(chain: Run) -> None:
    motion = seen(chain)
    found = [(s.phase, motion.passages[s.passage].block) for s in steps(motion)[1:]]
    flow = ["linear1", "tanh1", "linear2", "tanh2", "linear3", "squared_error1"]
    assert steps(motion)[0].phase == SAMPLE
    assert found == [
        *((FORWARD, name) for name in flow),
        *((BACKWARD, name) for name in reversed(flow)),
        *((UPDATE, name) for name in flow[:-1:2]),
    ]


def test_costs_come_when_everything_is_known_and_the_loss_with_the_last() -> None:
    motion = seen(run_of("spiral-mlp"))
    forward = [motion.passages[s.passage] for s in steps(motion) if s.phase == FORWARD]
    assert [p.block for p in forward] == ["linear1", "relu1", "linear2", "decay", "cross_entropy1"]
    told = [
        any(isinstance(line, Text) and "loss = " in line.words for line in page(motion, step))
        for step in steps(motion)
        if step.phase == FORWARD
    ]
    assert told == [False, False, False, False, True]


def test_where_a_variable_forks_its_branches_are_told_and_add_up() -> None:
    run = run_of("shared-weights", dtype="float64")
    motion = seen(run, 2)
    number = [p.block for p in motion.passages].index("w")
    lines = page(motion, Step(BACKWARD, number))
    one, other, total = (line for line in lines[2:5] if isinstance(line, Matrix))
    assert "forks" in words_of(lines[1]) and "2 branches" in words_of(lines[1])
    own = {n: p.detach() for n, p in run.program.parameters.items()}
    row = run.batches.parts.training[1:2]
    z = torch.tanh(linear(run.program.tensor(run.data.fields["x"][row]), own, "linear1"))
    first, second = (own["w.value"].clone().requires_grad_() for _ in range(2))
    z = torch.tanh(z @ first.T + own["linear2.bias"])
    z = torch.tanh(z @ second.T + own["linear3.bias"])
    loss = cross_entropy(linear(z, own, "linear4"), torch.as_tensor(run.data.fields["y"][row]))
    expected = torch.autograd.grad(loss, (first, second))
    for line, gradient in zip((one, other), expected, strict=True):
        np.testing.assert_allclose(line.numbers.shown, gradient, atol=1e-13)
    np.testing.assert_allclose(total.numbers.shown, sum(expected), atol=1e-13)
    behind = [p.block for p in motion.passages].index("linear3")
    back = [words_of(line) for line in page(motion, Step(BACKWARD, behind))]
    assert "w forks: this is what comes back from here." in back
    assert not any("z₂ forks" in text for text in back)


def words_of(line: Any) -> str:
    return line.words if isinstance(line, Text) else ""


def linear(z: torch.Tensor, own: dict[str, torch.Tensor], block: str) -> torch.Tensor:
    return z @ own[f"{block}.weight"].T + own[f"{block}.bias"]


def test_keys_step_on_and_back_and_to_the_ends(view: SlowView) -> None:
    last = len(view.steps) - 1
    for key, place in (
        (Key.Key_Right, 1),
        (Key.Key_Right, 2),
        (Key.Key_Left, 1),
        (Key.Key_End, last),
        (Key.Key_Right, last),
        (Key.Key_Home, 0),
        (Key.Key_Left, 0),
    ):
        QTest.keyClick(view, key)
        assert view.place == place


def test_buttons_do_the_same_and_rest_at_the_ends(view: SlowView) -> None:
    def click(name: str) -> int:
        QTest.mouseClick(view.buttons[name], Left)
        return view.place

    last = len(view.steps) - 1
    assert not view.buttons["back"].isEnabled()
    assert (click("step"), click("step"), click("back")) == (1, 2, 1)
    assert click("last") == last and not view.buttons["step"].isEnabled()
    assert click("first") == 0


def test_it_plays_at_its_pace_and_pauses(view: SlowView) -> None:
    view.pace.setValue(view.pace.maximum())
    view.go(len(view.steps) - 3)
    QTest.keyClick(view, Key.Key_Space)
    assert view.is_playing
    end = len(view.steps) - 1
    for _ in range(200):
        if view.place == end:
            break
        QTest.qWait(10)
    assert view.place == end and not view.is_playing
    QTest.keyClick(view, Key.Key_Space)  # from the beginning
    assert view.is_playing and view.place == 0
    QTest.mouseClick(view.buttons["play"], Left)
    assert not view.is_playing


def test_a_slower_pace_waits_longer(view: SlowView) -> None:
    intervals = []
    for place in range(view.pace.minimum(), view.pace.maximum() + 1):
        view.pace.setValue(place)
        intervals.append(view._timer.interval())
    assert intervals == sorted(intervals, reverse=True) and len(set(intervals)) == len(intervals)


def test_another_sample_is_asked_for_and_kept_as_the_choice(view: SlowView) -> None:
    asked: list[str] = []
    view.asked.connect(lambda: asked.append(view.choice))
    line = view.sample.lineEdit()
    line.selectAll()
    QTest.keyClicks(line, "7")
    QTest.keyClick(line, Key.Key_Return)
    assert asked == ["7"] and view.asks() == (Ask("slow", choice="7"),)
    view.choose("12")
    assert view.asks() == (Ask("slow", choice="12"),)
    view.choose("nonsense")
    assert view.choice == "12"


# --- one moment is kept --------------------------------------------------------------------------------------------


def test_on_its_way_the_numbers_stay_until_the_first_step(view: SlowView) -> None:
    run = run_of("jacobian-chain", dtype="float64")
    before = view.motion
    ask = view.asks()[0]
    view.go(3)
    run.step()
    view.show_figures({ask: seen(run)})
    assert view.motion is before and view.place == 3
    assert "weights of step 0, the run is at 1" in view.where.text()
    QTest.keyClick(view, Key.Key_Home)
    assert view.motion is not None and view.motion.step == 1
    run.step()
    view.show_figures({ask: seen(run)})
    assert view.motion.step == 2  # at the first step the newest are shown


def test_another_diagram_begins_anew(view: SlowView) -> None:
    view.go(5)
    other = seen(run_of("xor"))
    view.show_figures({view.asks()[0]: other})
    assert view.motion is other and view.place == 0
    view.show_figures({view.asks()[0]: None})
    assert not view.has_something() and not view.buttons["step"].isEnabled()
    assert view.where.text() == ""


# --- what is written -----------------------------------------------------------------------------------------------


def test_the_chain_is_written_with_its_shapes(view: SlowView) -> None:
    view.go(8)
    assert "[1×3] = [1×1] [1×3]" in words(view) and "∂C/∂z₂ = ∂C/∂ȳ · ∂ȳ/∂z₂" in words(view)
    view.go(9)
    assert "[1×3] = [1×3] [3×3]" in words(view) and "∂z₂/∂s₂" in words(view)


def test_the_update_is_written_with_its_rate(view: SlowView, chain: Run) -> None:
    view.go(len(view.steps) - 1)
    text = words(view)
    assert "w ← w − η ∂C/∂w" in text and "η = 0.02" in text and "w₂ − η ∂C/∂w₂" in text
    assert "what a training step on this sample does" in text
    adam = seen(run_of("xor"))
    lines = page(adam, steps(adam)[-1])
    assert any(
        isinstance(ln, Text) and "adam of this run goes by its own rule" in ln.words for ln in lines
    )


def test_a_weighted_sum_opens_into_its_terms(chain: Run) -> None:
    motion = seen(chain)
    passage = motion.passages[2]  # 3 units on 4 inputs
    w = chain.program.parameters["linear2.weight"].detach().numpy()
    b = chain.program.parameters["linear2.bias"].detach().numpy()
    z = passage.entries[0].value.shown[0]
    lines = [line.words for line in weighted_sum(passage, 1) if isinstance(line, Text)]
    assert lines[0] == "s₂[2] = Σⱼ w₁[2, j] z₁[j] + b[2]"
    values = [float(text.split("=")[1].replace("−", "-")) for text in lines[1:]]
    np.testing.assert_allclose(values[:4], w[1] * z, rtol=1e-3)
    np.testing.assert_allclose(values[4], b[1], rtol=1e-3)
    np.testing.assert_allclose(values[5], w[1] @ z + b[1], rtol=1e-3)


def test_what_a_long_sum_leaves_out_is_one_term() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.flatten(x), units=10), y)
    run = Run(compile(s.diagram(data="digits", dtype="float64")))
    passage = seen(run).passages[1]
    lines = [line.words for line in weighted_sum(passage, 3) if isinstance(line, Text)]
    assert any(text.startswith("+ 40 more terms") for text in lines)
    values = [float(text.split("=")[-1].replace("−", "-")) for text in lines[1:]]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=1e-3)


def test_a_click_on_an_output_opens_its_sum_and_another_closes_it(view: SlowView) -> None:
    view.go(1)
    title = "s₁   [4]"
    cell = view.sheet.cell(title, 0, 2)
    assert not cell.isEmpty()
    QTest.mouseClick(view.sheet, Left, pos=cell.center().toPoint())
    assert any("s₁[3]" in line.words for line in view.sheet._lines if isinstance(line, Text))
    QTest.keyClick(view, Key.Key_Down)
    assert any("s₁[4]" in line.words for line in view.sheet._lines if isinstance(line, Text))
    cell = view.sheet.cell(title, 0, 3)
    QTest.mouseClick(view.sheet, Left, pos=cell.center().toPoint())
    assert not any("Σ" in line.words for line in view.sheet._lines if isinstance(line, Text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-1.0, "−1"),
        (0.12345, "0.123"),
        (-12.345, "−12.35"),
        (3e-5, "3e-5"),
        (-2.4e7, "−2e7"),
        (1234.5, "1234"),
        (float("nan"), "nan"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_are_short_and_their_signs_are_seen(value: float, text: str) -> None:
    assert written(value) == text


# --- the sheet -----------------------------------------------------------------------------------------------------


def color_at(widget: Any, x: float, y: float) -> QColor:
    image: QImage = widget.grab().toImage()
    return image.pixelColor(int(x), int(y))


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
@pytest.mark.parametrize("green", [False, True])
def test_cells_are_shaded_by_sign_and_size(qapp: Any, theme: Theme, green: bool) -> None:
    sheet = Sheet(theme)
    sheet.set_room(400)
    values = np.array([[1.0, -1.0, 0.001]])
    sheet.show_lines((Matrix("s   [3]", numbers(values), green=green),))

    def color(column: int) -> QColor:
        corner = sheet.cell("s   [3]", 0, column).topLeft()
        return color_at(sheet, corner.x() + 3, corner.y() + 3)

    panel = QColor(theme.panel)
    for column, value in ((0, 1.0), (1, -1.0)):
        full, got = QColor(sign_color(theme, value, green)), color(column)
        for channel in ("red", "green", "blue"):
            part = getattr(panel, channel)() + 0.48 * (
                getattr(full, channel)() - getattr(panel, channel)()
            )
            assert abs(getattr(got, channel)() - part) < 4
    small = color(2)
    assert abs(small.red() - panel.red()) + abs(small.blue() - panel.blue()) < 40
    assert color(0) != color(1)


def test_a_product_stands_side_by_side_where_there_is_room(qapp: Any) -> None:
    def matrix(title: str, rows: int, columns: int) -> Matrix:
        return Matrix(title, numbers(np.ones((rows, columns))))

    product = Product(matrix("f", 1, 4), matrix("g", 1, 3), matrix("j", 3, 4))
    sheet = Sheet(PAPER)
    sheet.show_lines((product,))
    sheet.set_room(900)
    f, g, j = (sheet.cell(title, 0, 0) for title in "fgj")
    assert f.top() == g.top() == j.top() and f.left() < g.left() < j.left()
    sheet.set_room(300)
    f, g, j = (sheet.cell(title, 0, 0) for title in "fgj")
    assert (
        g.top() < j.top() < f.top() and f.left() == j.left()
    )  # columns of the product below each other


def test_a_large_matrix_is_cut_with_dots_and_unfolds_at_a_click(qapp: Any) -> None:
    sheet = Sheet(PAPER)
    sheet.show_lines((Matrix("w   [40×3]", numbers(np.arange(120.0).reshape(40, 3))),))
    assert sheet.cell("w   [40×3]", 20, 0).isEmpty()
    below = sheet.cell("w   [40×3]", 11, 0).center() + QPointF(0, 18)
    assert "40 × 3 of 40 × 3" in sheet.told(below)
    QTest.mouseClick(sheet, Left, pos=below.toPoint())
    assert sheet.told(sheet.cell("w   [40×3]", 39, 2).center()) == "w [40, 3] = 119"
    corner = Numbers(np.zeros((16, 16)), 500, 300, (500, 300))
    sheet.show_lines((Matrix("big", corner),))
    beyond = sheet.cell("big", 0, 15).center() + QPointF(32, 0)
    assert "of 500 × 300" in sheet.told(beyond)


# --- on the canvas -------------------------------------------------------------------------------------------------


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1300, 900)) as made:
        yield made


def around(window: MainWindow, block: str, color: str) -> int:
    """Pixels of a colour close outside a block's shape."""
    item = window.scene.blocks[block]
    made = item.face.form
    corner = window.view.viewportTransform().map(
        item.pos() + QPointF(-made.width / 2 - 12, -made.height / 2 - 12)
    )
    other = window.view.viewportTransform().map(
        item.pos() + QPointF(made.width / 2 + 4, -made.height / 2 - 3)
    )
    shown = pixels(window.view.viewport())
    part = shown[int(corner.y()) : int(other.y()), int(corner.x()) : int(other.x())]
    return int(like(part, color, 30).sum())


def test_the_block_in_turn_shines_blue_forward_and_green_backward(
    window: MainWindow, chain: Run
) -> None:
    from app import gallery

    assert window.filing.open_file(gallery.path("jacobian-chain"))
    assert window.docks["slow"].isVisible()  # the page opens with it
    view = window.figures.views["slow"]
    assert isinstance(view, SlowView)
    tell(window, m.Ready(("auto", "cpu"), "2"))
    session = window.session
    assert isinstance(session, FakeSession)
    version = session.sent_of(m.SetDiagram)[-1].version
    tell(window, m.Compiled(version, chain.program.report))
    wanted = session.sent_of(m.WantFrame)[-1]
    ask = Ask("slow", choice="1")
    assert ask in wanted.asks
    tell(window, Snapshot(version, 0, 0.0, 1.0, views={ask: seen(chain)}))
    blue, green = PAPER.selection, PAPER.gradient
    view.raise_()
    QTest.keyClick(view, Key.Key_Right)  # forward through linear1
    assert around(window, "linear1", blue) > 30 and not around(window, "tanh1", blue)
    QTest.keyClick(view, Key.Key_Right)
    assert around(window, "tanh1", blue) > 30 and not around(window, "linear1", blue)
    view.go(8)  # back through linear3
    assert view.step is not None and view.step.phase == BACKWARD
    assert around(window, "linear3", green) > 30 and not around(window, "linear3", blue)
    before = window.document.diagram
    window.docks["slow"].hide()
    QApplication.processEvents()
    assert not around(window, "linear3", green)
    assert window.document.diagram is before and window.document.is_clean


def test_selecting_a_block_goes_to_its_step(view: SlowView) -> None:
    view.select("tanh2")
    assert view.step is not None and view.motion is not None
    assert view.motion.passages[view.step.passage].block == "tanh2"
    assert view.step.phase == FORWARD
    view.go(len(view.steps) - 4)  # backward through linear1
    view.select("linear3")
    assert view.step.phase == BACKWARD
    place = view.place
    view.select("")
    assert view.place == place


# --- the mirrored graph --------------------------------------------------------------------------------------------


def mirrored(theme: Theme = PAPER) -> Bench:
    bench = Bench(spiral(), theme)
    bench.scene.show_report(Report(counts={"linear1": Counts(300), "linear2": Counts(303)}))
    bench.scene.mirror.wanted = True
    bench.view.frame_all()
    QApplication.processEvents()
    return bench


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_the_mirror_image_is_green_and_below(qapp: Any, theme: Theme) -> None:
    bench = mirrored(theme)
    scene = bench.scene
    twin = scene.mirror.twin("relu1")
    made = scene.blocks["relu1"].face.form
    assert twin.x() == scene.blocks["relu1"].x() and twin.y() > scene.bounds().bottom()

    def near(x: float, y: float) -> QColor:
        return bench.color(x, y)

    flat = near(twin.x() + made.width / 2, twin.y() - made.height / 2 + 6)
    rim = QColor(theme.gradient)
    assert abs(flat.green() - rim.green()) < 70 and flat.green() > flat.red()
    round_end = near(twin.x() - made.width / 2 + 1, twin.y() - made.height / 2 + 2)
    assert (
        abs(round_end.lightness() - QColor(theme.background).lightness()) < 12
    )  # the end is on the left
    inside = near(twin.x() - made.width / 2 + 14, twin.y())
    assert inside.green() > inside.red()  # filled
    scene.mirror.wanted = False
    QApplication.processEvents()
    gone = near(twin.x() + made.width / 2, twin.y() - made.height / 2 + 6)
    assert abs(gone.lightness() - QColor(theme.background).lightness()) < 12


def test_the_mirror_names_the_gradients_and_writes_their_norms(qapp: Any) -> None:
    bench = mirrored()
    texts = [label.text for label in bench.scene.mirror.labels]
    assert {"1", "∂C/∂ȳ", "∂C/∂z₁", "∂C/∂s₁", "∂C/∂x", "∂C/∂w₀", "∂C/∂w₁", "∂z₁/∂s₁"} <= set(texts)
    assert (
        "∂C/∂y" not in texts and texts.count("1") == 1
    )  # no gradient to the target or from what has no input
    assert all(number == "" for _, number in bench.scene.mirror.written())
    flow = Flow(1.0, 0.021)
    shot = Snapshot(
        1, 1, 0.0, 1.0, variables={Pin("relu1", "y"): flow}, weight_gradients={"linear1": 0.5}
    )
    bench.scene.show_frame(shot)
    found = {label.text: number for label, number in bench.scene.mirror.written()}
    assert found["∂C/∂z₁"] == "2.1e-2" and found["∂C/∂w₀"] == "5.0e-1" and found["∂C/∂w₁"] == ""


def test_the_mirror_follows_the_blocks_and_is_framed_with_them(qapp: Any) -> None:
    bench = mirrored()
    scene = bench.scene
    whole = scene.bounds() | scene.mirror.bounds()
    assert bench.view.seen().contains(whole.center())
    assert bench.view.seen().height() >= scene.mirror.bounds().bottom() - scene.bounds().top()
    x, y = scene.blocks["relu1"].x(), scene.blocks["relu1"].y()
    scene.preview({"relu1": (x + 40, y + 300)})
    scene.mirror.bounds()
    assert scene.mirror.twin("relu1").x() == x + 40
    assert scene.mirror.twin("relu1").y() < scene.mirror.twin("linear1").y()  # a mirror image


def test_the_switch_is_in_the_view_menu_and_changes_no_diagram(window: MainWindow) -> None:
    window.document.load(spiral(), None)
    QApplication.processEvents()
    action = window.menus.actions["mirror"]
    assert action.isCheckable() and not action.isChecked() and not action.shortcuts()
    action.trigger()
    assert window.scene.mirror.wanted and window.document.is_clean
    assert not window.document.stack.canUndo()
    QApplication.processEvents()
    shown = pixels(window.view.viewport())
    below = window.view.viewportTransform().map(window.scene.mirror.bounds().topLeft())
    assert int(like(shown[int(below.y()) :], PAPER.gradient, 40).sum()) > 300
    action.trigger()
    assert not window.scene.mirror.wanted


def test_the_tool_tip_gives_all_digits(view: SlowView) -> None:
    assert view.motion is not None
    view.go(1)
    cell = view.sheet.cell("x   [2]", 0, 1)
    value = float(view.motion.passages[0].entries[0].value.shown[0, 1])
    assert view.sheet.told(cell.center()) == f"x [2] = {value:.9g}"
    assert view.sheet.told(QPointF(QPoint(2, 2))) == ""

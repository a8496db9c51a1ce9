"""What is painted: known colours at known places, troubles, pulses, the overview, pictures; what is made anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QImage

from app.canvas import faces
from app.canvas.picture import Picture, Shown
from app.canvas.tips import tip_at
from app.theme import BOARD, PAPER, Theme
from graph.diagram import Block, Diagram, Pin, Wire
from graph.problem import Problem
from runtime.snapshot import Flow, Report, Snapshot
from tests.app.canvas_bench import Bench, block, closing, diagram, spiral
from tests.app.driving import until

__all__ = ["closing"]  # a fixture for every test here


def is_near(color: QColor, wanted: str, within: int = 12) -> bool:
    other = QColor(wanted)
    pairs = zip(color.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(a - b) <= within for a, b in pairs)


def count(image: QImage, wanted: str, within: int = 12) -> int:
    """How many pixels have a colour."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    shape = (plain.height(), plain.bytesPerLine() // 4, 4)
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(shape)[:, : plain.width(), 2::-1]
    away = np.abs(pixels.astype(int) - QColor(wanted).getRgb()[:3])
    return int((away <= within).all(axis=2).sum())


def snapshot(of: Diagram, gradient: float = 1e-2, playing: bool = True) -> Snapshot:
    flow = Flow(value=3.0, gradient=gradient)
    return Snapshot(
        1,
        100,
        1.0,
        0.1704,
        costs={"cross_entropy1": 0.1704},
        flows={wire: flow for wire in of.wires},
        variables={Pin(name, "y"): flow for name in ("linear1", "relu1", "linear2")},
        playing=playing,
    )


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_roles_have_the_colours_of_the_notation_at_their_places(qapp: Any, theme: Theme) -> None:
    bench = Bench(spiral(), theme)
    made = bench.scene.blocks["linear1"].face.form
    flat = 120 - made.width / 2
    assert is_near(bench.color(flat, 15), theme.function)
    assert is_near(bench.color(120, 15), theme.background)
    ring = made.rings["y"]
    assert is_near(bench.color(120 + ring.x, ring.y + ring.radius), theme.computed, within=40)
    assert is_near(bench.color(-12, -12), theme.observed_fill)
    assert is_near(bench.color(0, -24), theme.observed_rim)
    assert is_near(bench.color(650, 20), theme.cost_fill)
    edge = bench.scene.blocks["cross_entropy1"].face.form.width / 2
    assert is_near(bench.color(680 - edge, 20), theme.cost)
    assert is_near(bench.color(60, 0), theme.wire)


def test_on_paper_the_colours_are_those_of_the_notation() -> None:
    colors = (PAPER.function, PAPER.computed, PAPER.cost, PAPER.latent, PAPER.cost_fill)
    assert colors == ("#6262f5", "#9696fa", "#f53c3c", "#f53c3c", "#fddede")
    assert (PAPER.observed_fill, PAPER.gradient) == ("#dedede", "#1f9d55")


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_all_that_is_read_has_contrast(theme: Theme) -> None:
    for ink in (theme.text, theme.muted, theme.gradient_text, theme.problem):
        for ground in (theme.background, theme.panel, theme.field):
            assert _contrast(ink, ground) >= 4.5, (ink, ground)
    assert _contrast(theme.text, theme.cost_fill) >= 4.5
    assert _contrast(theme.text, theme.observed_fill) >= 4.5


def _contrast(one: str, other: str) -> float:
    """Of WCAG 2: (L1 + 0.05) / (L2 + 0.05)."""

    def luminance(color: str) -> float:
        parts = [c / 255 for c in QColor(color).getRgb()[:3]]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_shapes_stand_above_the_circles_with_the_recipes_batch(qapp: Any) -> None:
    bench = Bench(spiral().with_(recipe={"batch": 32}))
    bench.scene.show_report(Report(shapes={Pin("linear1", "y"): (-1, 100)}))
    assert bench.scene.blocks["linear1"].face.shapes == {"y": "32×100"}


def test_a_regulariser_without_a_wire_tells_its_weight_and_use(qapp: Any) -> None:
    face = Bench(spiral()).scene.blocks["l2"].face
    assert face.caption == "λ = 1e-5 · training" and face.beside


def test_an_error_is_ringed_where_it_is_and_written_beside(qapp: Any) -> None:
    bench = Bench(spiral())
    assert count(bench.shot(), PAPER.problem) == 0
    message = (
        "linear needs vectors, not images, and this sentence goes on for much longer than fits"
    )
    bench.scene.show_report(Report(problems=(Problem("relu1.z", message),)))
    face = bench.scene.blocks["relu1"].face
    x = 300 - face.form.width / 2
    assert is_near(bench.color(x - 8, 0), PAPER.problem, within=60)
    assert len(" ".join(face.trouble_lines)) <= 60 and face.trouble_lines[-1].endswith("…")
    assert count(bench.shot(), PAPER.problem) > 60
    point = bench.scene.place_of(Pin("relu1", "z"))
    assert message in tip_at(bench.scene, point, 1.0)
    bench.scene.show_report(Report())
    assert count(bench.shot(), PAPER.problem) == 0


def test_what_is_merely_open_is_marked_without_a_text(qapp: Any) -> None:
    bench = Bench(diagram((block("t", "tanh", 300, 60),)))
    problem = Problem("t.z", "the input z has no wire.", "Draw one.", kind="open")
    bench.scene.show_report(Report(problems=(problem,)))
    face = bench.scene.blocks["t"].face
    assert face.trouble_lines == []
    assert 4 < count(bench.shot(), PAPER.problem, within=50) < 60
    assert "has no wire" in tip_at(bench.scene, bench.scene.place_of(Pin("t", "z")), 1.0)


def test_pulses_are_painted_green_and_run_backward(qapp: Any) -> None:
    bench = Bench(spiral())
    assert count(bench.shot(), PAPER.gradient) == 0
    bench.scene.show_frame(snapshot(bench.diagram))
    assert bench.scene.pulses.are_running
    flows = bench.scene.pulses.flows
    wire = Wire(Pin("linear2", "y"), Pin("cross_entropy1", "prediction"))
    assert count(bench.shot(), PAPER.gradient) > 40
    bench.scene.pulses._timer.stop()  # the clock is ours from here
    tip, start = bench.scene.wires[wire].way[-1][0], bench.scene.wires[wire].way[0][0]

    def greens() -> list[float]:
        image, y = bench.shot(), bench.at(0, 0).y()
        left, right = bench.at(start, 0).x() + 4, bench.at(tip, 0).x() - 4
        columns = [x for x in range(left, right) if is_near(image.pixelColor(x, y), PAPER.gradient)]
        assert columns
        return columns

    flows._phases[:] = 0.5
    before = greens()
    flows.advance(0.03)
    after = greens()
    assert min(after) < min(before), "a pulse runs from the cost towards the input"


def test_values_run_forward_in_grey_when_wanted(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.show_frame(snapshot(bench.diagram, gradient=0.0))
    assert count(bench.shot(), PAPER.gradient) == 0
    bare = count(bench.shot(), PAPER.muted)
    bench.scene.pulses.flows.show_values = True
    assert count(bench.shot(), PAPER.muted) > bare + 40


def test_stopping_stops_the_timer_and_the_numbers_stay(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.show_frame(snapshot(bench.diagram))
    bench.scene.show_frame(snapshot(bench.diagram, playing=False))
    assert not bench.scene.pulses.are_running
    assert count(bench.shot(), PAPER.gradient_text, within=40) > 20
    bench.scene.show_frame(None)
    assert count(bench.shot(), PAPER.gradient_text, within=40) == 0


def test_an_idle_engine_rests_the_timer(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.canvas.pulses.STALLED", 0.05)
    bench = Bench(spiral())
    bench.scene.show_frame(snapshot(bench.diagram))
    until(lambda: not bench.scene.pulses.are_running, "the timer's rest")


def test_reduced_motion_shows_widths_and_no_dots(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.pulses.motion = False
    bench.scene.show_frame(snapshot(bench.diagram))
    assert not bench.scene.pulses.are_running
    assert count(bench.shot(), PAPER.gradient) == 0
    band = bench.color(620, 3)
    assert band.green() > band.red() + 10, "the pale band stays"


def test_a_gradient_that_is_no_number_is_red(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.show_frame(snapshot(bench.diagram, gradient=float("nan")))
    assert count(bench.shot(), PAPER.gradient) == 0
    assert count(bench.shot(), PAPER.problem) > 40


def test_an_edit_while_it_trains_is_seen_at_once(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.show_frame(snapshot(bench.diagram))
    bench.shot()
    bench.drop("squared_error", bench.at(200, 200))
    assert is_near(bench.color(200 - 30, 185), PAPER.cost_fill)


def test_far_away_an_overview_stands_for_the_items(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.view.set_zoom(0.2)
    bench.view.centerOn(400, 0)
    assert not bench.view.is_far, "a few blocks are painted in full as long as they can be seen"
    bench.view.set_zoom(0.1)
    bench.view.centerOn(400, 0)
    assert bench.view.is_far
    assert is_near(bench.color(120, 0), PAPER.function)
    assert is_near(bench.color(680, 0), PAPER.cost)
    bench.scene.show_frame(snapshot(bench.diagram))
    assert count(bench.shot(), PAPER.gradient) > 3


def test_a_theme_repaints_everything(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.view.set_theme(BOARD)
    assert is_near(bench.color(650, 20), BOARD.cost_fill)
    assert is_near(bench.color(240, 250), BOARD.background)


def test_a_picture_has_the_whole_diagram_at_its_scale(qapp: Any) -> None:
    made = Picture(Shown(spiral(), PAPER))
    one, two = made.image(1.0), made.image(2.0)
    assert abs(two.width() - 2 * one.width()) <= 2
    assert one.width() > 800 and one.height() > 150
    assert count(one, PAPER.cost_fill) > 4_000
    assert not Picture(Shown(Diagram(), BOARD)).image().isNull()


def test_a_picture_of_a_huge_diagram_is_bounded(qapp: Any) -> None:
    far = diagram((block("x", "observed", 0, 0), block("y", "observed", 1e6, 0)))
    assert Picture(Shown(far, PAPER)).image(2.0).width() <= 16_000


def test_svg_is_read_by_qts_own_renderer(qapp: Any) -> None:
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(Picture(Shown(spiral(), PAPER)).svg()))
    image = QImage(renderer.defaultSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert count(image, PAPER.cost_fill) > 4_000


def test_every_one_of_a_thousand_blocks_is_made_once_and_a_move_makes_few_anew(
    qapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [block("b0", "observed", 0, 0)]
    blocks += [block(f"b{i}", "relu", 180 * (i % 40), 150 * (i // 40)) for i in range(1, 1_000)]
    wires = [f"b{i - 1}.y -> b{i}.z" for i in range(1, 1_000)]
    bench = Bench(Diagram())
    big = diagram(blocks, *wires)
    made: list[str] = []
    face = faces.face

    def watched(diagram: Diagram, block: Block, *more: Any) -> faces.Face:
        made.append(block.id)
        return face(diagram, block, *more)

    monkeypatch.setattr(faces, "face", watched)
    bench.scene.show(big)
    assert sorted(made) == sorted(big.blocks)
    assert len(bench.scene.blocks) == 1_000 and len(bench.scene.wires) == 999
    bench.diagram = big
    made.clear()
    bench.drag(bench.at(180, 10), bench.at(180, 60))
    assert {"b1"} <= set(made) <= {"b1", "b2"}  # itself, and what it feeds
    assert bench.diagram.blocks["b1"].position == (180.0, 50.0)


def test_hovering_marks_the_circle_from_which_a_wire_is_drawn(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.hover(bench.pin("relu1.y"))
    assert bench.scene.blocks["relu1"].marks.near == "y"
    assert bench.view.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    bench.hover(bench.at(240, 250))
    assert bench.scene.blocks["relu1"].marks.near == ""

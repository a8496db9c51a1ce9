"""What is shown on the drawing: legend, signs of lost gradients, dead units, tint, card, and the switches of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication

from app.canvas.inks import inks
from app.canvas.scale import Scale
from app.canvas.strength import level
from app.canvas.tips import tip_at
from app.theme import BOARD, PAPER, Theme
from app.window import MainWindow
from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from runtime.figures.card import Card
from runtime.figures.shares import Shares
from runtime.snapshot import Ask, Flow, Histogram, Snapshot
from tests.app.canvas_bench import Bench, closing, spiral
from tests.app.driving import opened

__all__ = ["closing"]


def frame(of: Diagram, playing: bool = True, **gradients: float) -> Snapshot:
    flows = {name: Flow(3.0, g) for name, g in gradients.items()}
    return Snapshot(
        1,
        10,
        0.1,
        0.5,
        flows={w: flows[w.source.block] for w in of.wires if w.source.block in flows},
        variables={Pin(name, "y"): flow for name, flow in flows.items()},
        playing=playing,
    )


def deep() -> Diagram:
    """x through five linear blocks into a cost."""
    blocks = {"x": Block("x", "observed", Frozen(), (0.0, 0.0))}
    wires = []
    before = "x"
    for n in range(1, 6):
        name = f"linear{n}"
        blocks[name] = Block(name, "linear", Frozen(), (n * 160.0 - 60, 0.0))
        wires.append(Wire(Pin(before, "y"), Pin(name, "z")))
        before = name
    blocks["cost"] = Block("cost", "cross_entropy", Frozen(), (920.0, 0.0))
    wires.append(Wire(Pin(before, "y"), Pin("cost", "prediction")))
    return Diagram(blocks, tuple(wires))


LOST = {"linear5": 1.0, "linear4": 1.0, "linear3": 1.0, "linear2": 1e-4, "linear1": 1e-5, "x": 1e-6}


def reddish(bench: Bench, x: float, y: float, theme: Theme) -> int:
    """How many pixels around a point of the scene have the colour of problems."""
    image, middle = bench.shot(), bench.at(x, y)
    wanted = QColor(theme.problem).getRgb()[:3]
    found = 0
    for dx in range(-40, 41):
        for dy in range(-7, 8):
            got = image.pixelColor(middle + QPoint(dx, dy)).getRgb()[:3]
            found += all(abs(a - b) < 40 for a, b in zip(got, wanted, strict=True))
    return found


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_a_lost_gradient_is_signed_where_it_begins(qapp: Any, theme: Theme) -> None:
    bench = Bench(deep(), theme)
    bench.scene.show_frame(frame(bench.diagram, playing=False, **LOST))
    signs = bench.scene.signs
    assert set(signs.starts) == {Pin("linear2", "y")}
    place = bench.scene.pulses.flows
    bench.shot()
    at = place.place_after(Pin("linear2", "y"))
    other = place.place_after(Pin("linear3", "y"))
    assert at is not None and other is not None
    assert reddish(bench, at.x, at.y, theme) > 20
    assert reddish(bench, other.x, other.y, theme) == 0
    told = tip_at(bench.scene, bench.scene.place_of(Pin("linear2", "y")), 1.0)
    assert "vanishing" in told and "median" in told and "He" in told
    signs.marks = False
    bench.scene.ticked.emit()
    assert reddish(bench, at.x, at.y, theme) == 0
    bench.scene.show_frame(None)
    assert not signs.starts


def saturated(**settings: bool) -> tuple[Diagram, Snapshot]:
    """One hidden layer whose tanh is saturated throughout, after a step of a real run."""
    import gradboard as gb
    from runtime.program import compile
    from runtime.run import Run

    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.tanh(s.linear(x, units=4, init="constant", scale=1e4, **settings))
    s.cross_entropy(s.linear(hidden, units=2), y)
    points = np.array([[1.0, 2.0], [3.0, 1.0], [-1.0, -2.0], [-2.0, -1.0]], np.float32)
    data = {"x": points, "y": np.array([0, 1, 1, 0])}
    diagram = s.diagram(data=data, batch=4, seed=0)
    return diagram, Run(compile(diagram)).watch()


def test_one_saturated_layer_is_signed_where_the_gradient_is_0(qapp: Any) -> None:
    diagram, snapshot = saturated()
    gradients = {str(pin): flow.gradient for pin, flow in snapshot.variables.items()}
    assert gradients["linear1.y"] == 0.0 < gradients["tanh1.y"], "σ′ underflows"
    bench = Bench(diagram)
    bench.scene.show_frame(replace(snapshot, playing=False))
    assert set(bench.scene.signs.starts) == {Pin("linear1", "y")}
    told = tip_at(bench.scene, bench.scene.place_of(Pin("linear1", "y")), 1.0)
    assert "exactly 0" in told and "saturated" in told


def test_where_nothing_learns_no_gradient_is_missing(qapp: Any) -> None:
    diagram, snapshot = saturated(freeze=True)
    assert snapshot.variables[Pin("linear1", "y")].gradient == 0.0
    bench = Bench(diagram)
    bench.scene.show_frame(replace(snapshot, playing=False))
    assert not bench.scene.signs.starts


def test_one_minibatch_makes_no_sign_and_takes_none_away(qapp: Any) -> None:
    bench = Bench(deep())
    signs = bench.scene.signs
    even = dict.fromkeys(LOST, 1.0)

    def look(norms: dict[str, float]) -> set[Pin]:
        signs._looked_at = 0.0  # long ago
        signs.show(frame(bench.diagram, **norms))
        return set(signs.starts)

    lost = {Pin("linear2", "y")}
    assert [look(norms) for norms in (even, even, even, LOST, LOST)] == [set()] * 5
    assert look(LOST) == lost, "most of the last looks say so"
    assert [look(norms) for norms in (even, LOST, even, even)] == [lost, lost, lost, set()]
    signs.show(frame(bench.diagram, playing=False, **LOST))
    assert set(signs.starts) == lost, "a step that is looked at is shown as it is"
    signs.show(None)
    assert look(even) == set()


def test_dead_units_make_way_for_a_sign(qapp: Any) -> None:
    bench = Bench(deep())
    signs = bench.scene.signs
    bench.scene.show_frame(frame(bench.diagram, playing=False, **LOST))
    item = bench.scene.blocks["linear2"]
    ring = bench.scene.place_of(Pin("linear2", "y"))
    wide = 2 * (ring.x() - item.x()) + 40  # a name so wide that the sign reaches below the block
    signs.dead = {"linear2": 0.62}
    sign = signs.room(Pin("linear2", "y"), signs.starts[Pin("linear2", "y")], 2.0)
    below = signs.place_dead("linear2", wide, [sign])
    alone = signs.place_dead("linear2", wide, [])
    assert alone.intersects(sign) and not below.intersects(sign)
    assert below.top() >= sign.bottom() and below.center().x() == alone.center().x() == item.x()


def test_dead_units_are_written_below_their_block(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.show_frame(frame(bench.diagram, playing=False, linear1=0.1, relu1=0.1))
    item = bench.scene.blocks["relu1"]
    x, y = item.x(), item.y() + item.face.form.height / 2 + 12
    assert reddish(bench, x, y, PAPER) == 0
    bench.scene.signs.show_dead({"relu1": 0.62})
    bench.scene.ticked.emit()
    assert reddish(bench, x, y, PAPER) > 20
    assert "62% of the units dead" in tip_at(bench.scene, item.pos(), 1.0)
    bench.scene.signs.dead_wanted = False
    bench.scene.ticked.emit()
    assert reddish(bench, x, y, PAPER) == 0


@pytest.mark.parametrize("playing", [False, True], ids=["still", "playing"])
@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_a_block_is_tinted_the_more_its_weights_have_moved(
    qapp: Any, theme: Theme, playing: bool
) -> None:
    bench = Bench(spiral(), theme)
    bench.scene.show_frame(frame(bench.diagram, playing=playing, linear1=0.1, relu1=0.1))

    def away(name: str) -> float:
        item = bench.scene.blocks[name]
        color = bench.color(item.x() - 30, item.y() + 20)
        ground = QColor(theme.background)
        pairs = zip(color.getRgb()[:3], ground.getRgb()[:3], strict=True)
        return float(np.abs([a - b for a, b in pairs]).sum())

    signs = bench.scene.signs
    signs.show_moved({"linear1": 0.9, "linear2": 0.05})
    assert away("linear1") < 6, "it is not wanted at first"
    signs.tint_wanted = True
    bench.scene.tinted.emit()
    assert away("linear1") > away("linear2") + 15 > 20
    assert away("relu1") < 6
    assert "90.0%" in tip_at(bench.scene, bench.scene.blocks["linear1"].pos(), 1.0)
    signs.show_moved({"linear1": 0.0})
    assert away("linear1") < 6


def test_colours_widths_and_speeds_follow_the_norm_on_their_own_scales(qapp: Any) -> None:
    bench = Bench(spiral())
    shown = frame(bench.diagram, x=1e-8, linear1=1e-6, relu1=1e-3, linear2=1.0)
    bench.scene.show_frame(shown)
    bench.shot()
    flows = bench.scene.pulses.flows
    assert flows.scale == Scale(-8, 0) and flows.value_scale.high == 1
    assert level(1e-8, flows.scale) == 0
    colors = [c.lightness() for c in inks(PAPER).pulses[0]]
    assert colors == sorted(colors, reverse=True) and colors[0] > colors[-1] + 60
    keys = {str(k): n for n, k in enumerate(flows._keys)}
    strong, weak = keys["linear2.y -> cross_entropy1.prediction"], keys["x.y -> linear1.z"]
    flows._phases[:] = 0.0
    flows.advance(0.02)
    gaps = np.maximum(flows._lengths, 1.0) / flows._counts(flows._backward)
    moved = flows._phases[0] * gaps
    assert moved[strong] > 3 * moved[weak] > 0
    assert flows._phases[1, strong] * flows._lengths[strong] > 0


def test_the_legend_says_the_scale_and_goes_with_the_flows(qapp: Any) -> None:
    bench = Bench(spiral())
    legend = bench.view._legend
    assert not legend.isVisible()
    bench.scene.show_frame(frame(bench.diagram, playing=False, linear1=1e-8, relu1=1.0))
    assert legend.isVisible() and "1e-8 to 1e0" in legend.accessibleDescription()
    assert len(legend.rows) == 1
    bench.scene.pulses.flows.show_values = True
    bench.scene.ticked.emit()  # as the switch in the menu does
    assert len(legend.rows) == 2 and "value" in legend.accessibleDescription()
    bench.view.legend_wanted = False
    assert not legend.isVisible()


# --- the card --------------------------------------------------------------------------------------------------------


def card() -> Card:
    counts = np.zeros(40, np.int64)
    counts[10] = 50
    levels = np.full((2, 4, 4), 127, np.int8)
    levels[1] = -127
    histogram = Histogram(counts, -1.0, 1.0, 0.25)
    return Card((64, 2, 4, 4), 0.125, 0.5, -1.0, 1.0, 0.25, 0.0, histogram, 2e-3, levels, 1.0, 2)


def help_at(bench: Bench, place: QPoint) -> None:
    port = bench.view.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, place, port.mapToGlobal(place))
    QApplication.sendEvent(port, event)
    QApplication.processEvents()


@pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
def test_resting_over_a_circle_shows_its_card(qapp: Any, theme: Theme) -> None:
    bench = Bench(spiral(), theme)
    bench.scene.show_frame(frame(bench.diagram, playing=False, linear1=0.1, relu1=0.1))
    asked: list[object] = []
    bench.view.card.looked.connect(asked.append)
    place = bench.pin("relu1.y")
    bench.hover(place)
    help_at(bench, place)
    shown = bench.view.card
    assert shown.isVisible() and asked == [Pin("relu1", "y")]
    shown.show_figure(card())
    rows = dict(shown.face(Pin("relu1", "y")).rows)
    assert rows["mean"] == "0.125" and rows["zeros"] == "25.0 %" and rows["‖∂C/∂‖"] == "2.0e-3"
    image = shown.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(12, 240) for y in range(100, 250)}
    assert {theme.function, theme.classes[0], theme.classes[1]} <= colors
    assert not shown.geometry().contains(place)
    bench.hover(bench.at(-150, 200))
    assert not shown.isVisible() and asked[-1] is None


def test_a_key_shows_the_card_of_the_selected_block_until_escape(qapp: Any) -> None:
    bench = Bench(spiral())
    bench.scene.show_frame(frame(bench.diagram, playing=False, linear1=0.1, relu1=0.1))
    bench.view.card.toggle()
    assert bench.view.card.pin is None and "Select one block" in bench.said[-1]
    bench.scene.select({"relu1"})
    bench.view.card.toggle()
    bench.hover(bench.at(-150, 200))
    assert bench.view.card.isVisible()
    bench.key(Qt.Key.Key_Escape)
    assert not bench.view.card.isVisible() and bench.scene.selected == {"relu1"}


# --- in the window ---------------------------------------------------------------------------------------------------


@pytest.fixture
def window(qapp: Any) -> Iterator[MainWindow]:
    with opened(size=(1200, 800)) as made:
        yield made


def test_the_inspector_tells_the_dead_units_of_the_selected_rectifier(window: MainWindow) -> None:
    window.document.load(spiral(), None)
    window.scene.select({"relu1"})
    told = window.inspector.block.counts
    assert "at zero" not in told.text()
    seen = replace(frame(spiral()), views={Ask("dead"): Shares({"relu1": 0.38})})
    window.live.shown.emit(seen)
    assert told.text().endswith("38 % of the units at zero")
    window.scene.select({"linear1"})
    assert "at zero" not in told.text()
    window.scene.select({"relu1"})
    assert told.text().endswith("38 % of the units at zero")
    window.menus.actions["dead"].trigger()
    window.live.shown.emit(frame(spiral()))
    assert "at zero" not in told.text()


def test_switches_are_asked_for_only_while_on_and_are_remembered(window: MainWindow) -> None:
    actions = window.menus.actions
    on = {name for name in ("gradients", "values", "marks", "dead", "tint", "legend", "shapes")
          if actions[name].isChecked()}  # fmt: skip
    assert on == {"gradients", "marks", "dead", "legend", "shapes"}
    assert Ask("dead") in window.live.asks() and Ask("moved") not in window.live.asks()
    actions["dead"].trigger()
    actions["tint"].trigger()
    assert Ask("dead") not in window.live.asks() and Ask("moved") in window.live.asks()
    assert window.preferences.flag("tint", False) and not window.preferences.flag("dead", True)
    titles = [a.text().replace("&", "") for a in window.menus.menus["drawing"].actions()]
    assert len(titles) == 7 and "Legend" in titles


def test_answers_of_the_engine_reach_the_drawing(window: MainWindow) -> None:
    from app import gallery

    window.filing.open_file(gallery.path("spiral-mlp"))
    relu = next(n for n, b in window.document.diagram.blocks.items() if b.kind == "relu")
    views = {Ask("dead"): Shares({relu: 0.4}), Ask("card", relu, "y"): card()}
    window.scene.select({relu})
    window.menus.actions["card"].trigger()
    assert Ask("card", relu, "y") in window.live.asks()
    window.live.shown.emit(Snapshot(1, 5, 0.1, 0.5, views=views))
    assert window.scene.signs.dead == {relu: 0.4}
    assert window.view.card.card is not None
    window.menus.actions["shapes"].trigger()
    assert not any(item.face.shapes for item in window.scene.blocks.values())

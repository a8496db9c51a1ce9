"""Parts that show their insides at their place: by key, menu and button, in both flows and themes, in pictures, and back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.actions.expanding import expanding
from app.actions.turning import turning
from app.canvas.boxes import overlap
from app.canvas.drawing import replay
from app.canvas.faces import inside_of
from app.canvas.folding import sizes
from app.canvas.frames import tint
from app.canvas.hits import block_at, port_at, ring_at
from app.canvas.inks import inks
from app.canvas.miniature import LARGEST, Miniature
from app.canvas.picture import Picture, Shown
from app.canvas.recorder import Recorder
from app.canvas.scene import CanvasScene
from app.shelf import Shelf
from app.theme import BOARD, PAPER, Theme
from graph.change import Change
from graph.diagram import RIGHT, UP, Diagram, Pin
from graph.edit import Together
from graph.edits import AddBlock, SetMuted
from graph.files import from_text, load, to_text
from graph.frame import Comment, Frame
from graph.framing import AddComment, AddFrame
from graph.part_edits import InPart, scope
from nodes.sketch import Sketch
from tests.app.canvas_bench import block
from tests.app.driving import Ctrl, Hand, Plain, opened

GALLERY = Path(__file__).parents[2] / "app" / "gallery"
Key = Qt.Key
Alt = Qt.KeyboardModifier.AltModifier
THEMES = pytest.mark.parametrize("theme", [PAPER, BOARD], ids=lambda theme: theme.name)
FLOWS = pytest.mark.parametrize("flow", [RIGHT, UP])


def _net(flow: str = RIGHT) -> Diagram:
    """x -> stage1 -> stage2 -> cost <- y; a stage is a layer and a rectifier, a layer linear and tanh."""
    layer, stage, s = Sketch(), Sketch(), Sketch()
    layer.outlet(layer.tanh(layer.linear(layer.inlet("z"), units=2)))
    stage.define("layer", layer)
    stage.outlet(stage.relu(stage.use("layer", stage.inlet("z"))))
    s.define("stage", stage)
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.use("stage", s.use("stage", x)), y)
    made = s.diagram(data="spiral")
    return turning(made, flow).apply(made) if flow == UP else made


@pytest.fixture
def hand(qapp: Any, tmp_path: Path) -> Iterator[Hand]:
    with opened(size=(1300, 800), shelf=Shelf(tmp_path / "parts")) as window:
        window.document.load(_net(), None)
        window.filing.opened.emit()
        window.view.setFocus()
        QApplication.processEvents()
        yield Hand(window)


def _scene(diagram: Diagram, theme: Theme = PAPER) -> CanvasScene:
    scene = CanvasScene(lambda _: None, theme)
    scene.show(diagram)
    return scene


# --- by hand -------------------------------------------------------------------------------------------------------


def test_a_key_expands_and_collapses_and_undo_gives_the_same_bytes(hand: Hand) -> None:
    window, before = hand.window, to_text(hand.window.document.diagram)
    window.scene.select({"stage1", "stage2", "x"})
    hand.press(Key.Key_E)
    after = to_text(window.document.diagram)
    blocks = window.document.diagram.blocks
    assert blocks["stage1"].expanded and blocks["stage2"].expanded and not blocks["x"].expanded
    window.document.undo()
    assert to_text(window.document.diagram) == before
    window.document.redo()
    assert to_text(window.document.diagram) == after
    hand.press(Key.Key_E)
    assert to_text(window.document.diagram) == before


def test_with_one_expanded_the_others_follow_and_without_a_selection_all(hand: Hand) -> None:
    window = hand.window
    window.scene.select({"stage2"})
    hand.press(Key.Key_E)
    window.scene.select(())
    hand.press(Key.Key_E)
    assert all(window.document.diagram.blocks[n].expanded for n in ("stage1", "stage2"))
    window.scene.select({"x"})
    hand.press(Key.Key_E)
    assert "double rim" in window.status.currentMessage()


def test_the_inspector_has_a_button_that_says_which_way(hand: Hand) -> None:
    window = hand.window
    window.scene.select({"stage1"})
    QApplication.processEvents()
    button = window.inspector.block.part.buttons["expand"]
    assert button.text() == "Expand"
    hand.click(button)
    assert window.document.diagram.blocks["stage1"].expanded and button.text() == "Collapse"
    hand.click(button)
    assert window.document.diagram == _net()


def test_a_double_click_on_the_large_shape_still_opens_it(hand: Hand) -> None:
    window = hand.window
    window.scene.select({"stage1"})
    hand.press(Key.Key_E)
    window.scene.gliding.rest()
    form = window.scene.blocks["stage1"].face.form
    x, y = window.scene.diagram.blocks["stage1"].position
    at = hand.at(x - form.width / 2 + 20, y + form.height / 2 - 20)
    QTest.mouseDClick(hand.port, Qt.MouseButton.LeftButton, Plain, at)
    QApplication.processEvents()
    assert window.levels.path == "stage1"
    hand.press(Key.Key_E)  # the layer inside, at all uses of the stage
    inner = window.document.diagram.parts["stage"].blocks
    assert [n for n, b in inner.items() if b.expanded] == ["layer1"]
    hand.press(Key.Key_Up, Alt)
    assert window.levels.path == "" and window.document.diagram.blocks["stage1"].expanded


def _crowd(hand: Hand) -> None:
    """Expands stage1, drops blocks above it that have no room there without it, and selects it."""
    hand.pick("stage1")
    hand.press(Key.Key_E)
    x, y = hand.window.document.diagram.blocks["stage1"].position
    for kind, along in (("tanh", -100), ("softmax", 110), ("observed", 280)):
        hand.drop(kind, hand.at(x + along, y - 400))
    hand.pick("stage1")


def test_what_was_put_beside_an_expanded_part_does_not_lie_on_anything_after_it(hand: Hand) -> None:
    window = hand.window
    _crowd(hand)
    before = window.document.diagram
    assert len(before.blocks) == 8 and not _overlaps(before)
    hand.press(Key.Key_E)
    after = window.document.diagram
    assert not _overlaps(after) and after.blocks["stage1"].expanded is None
    flat = (d.blocks["stage1"].position[0] + sizes(d)["stage1"][0] for d in (before, after))
    assert next(flat) == next(flat)
    hand.press(Key.Key_Z, Ctrl)
    assert to_text(window.document.diagram) == to_text(before)


def test_room_that_was_left_free_is_used_again(hand: Hand) -> None:
    _crowd(hand)
    seen = [hand.window.document.diagram]
    for _ in range(4):
        hand.press(Key.Key_E)
        seen.append(hand.window.document.diagram)
    large, small = seen[0], seen[1]
    moved = [n for n in large.blocks if small.blocks[n].position != large.blocks[n].position]
    assert moved == ["stage1"]  # the others stay: they would lie on each other
    assert seen == [large, small, large, small, large]


@FLOWS
@pytest.mark.parametrize("seed", range(6))
def test_nothing_lies_on_anything_when_a_rearranged_diagram_is_collapsed(
    qapp: Any, flow: str, seed: int
) -> None:
    random, start = Random(seed), _net(flow)
    diagram = expanding(start, ("stage1",)).apply(start)
    for k in range(6):  # wherever there is room
        place = round(random.uniform(-600, 900)), round(random.uniform(-600, 600))
        more = AddBlock(block(f"b{k}", "relu", *place)).apply(diagram)
        diagram = diagram if _overlaps(more) else more
    after = expanding(diagram, ("stage1",)).apply(diagram)
    assert not _overlaps(after) and after.blocks["stage1"].expanded is None


# --- form ----------------------------------------------------------------------------------------------------------


@FLOWS
def test_pins_and_circles_are_at_the_edges_and_nothing_overlaps(qapp: Any, flow: str) -> None:
    before = _net(flow)
    diagram = expanding(before, ("stage1", "stage2")).apply(before)
    scene = _scene(diagram)
    assert not _overlaps(diagram)
    for name in ("stage1", "stage2"):
        place, form = QPointF(*diagram.blocks[name].position), scene.blocks[name].face.form
        assert form.expanded and form.length > 300
        port, ring = Pin(name, "z"), Pin(name, "y")
        assert port_at(scene, scene.place_of(port), 3.0) == port
        assert ring_at(scene, scene.place_of(ring)) == ring
        found = block_at(scene, place)
        assert found is not None and found.block == name
    way = next(w for w in scene.wires if w.target == Pin("stage1", "z"))
    tip = scene.place_of(Pin("stage1", "z"))
    end = scene.wires[way].way[-1]
    assert abs(end[0] - tip.x()) < 0.5 and abs(end[1] - tip.y()) < 0.5
    assert scene.bounds().contains(scene.bounds(("stage1",)))


@FLOWS
@pytest.mark.parametrize("page", ["residual-net", "transformer", "googlenet", "feature-pyramid"])
def test_all_parts_of_a_page_find_room_and_give_it_back(qapp: Any, page: str, flow: str) -> None:
    before = load(GALLERY / f"{page}.gradboard")
    before = turning(before, UP).apply(before) if flow == UP else before
    uses = tuple(n for n, b in before.blocks.items() if inside_of(before, b))
    after = expanding(before, uses).apply(before)
    assert uses and _overlaps(after) <= _overlaps(before)
    assert to_text(expanding(after, uses).apply(after)) == to_text(before)


def _overlaps(diagram: Diagram) -> set[tuple[str, str]]:
    """The blocks whose shapes, with circles, lie on each other."""
    boxes = {}
    for name, (left, top, right, bottom) in sizes(diagram).items():
        x, y = diagram.blocks[name].position
        boxes[name] = (x + left, y + top, x + right, y + bottom)
    return {(a, b) for a, b in combinations(boxes, 2) if overlap(boxes[a], boxes[b])}


@FLOWS
def test_another_flow_keeps_it_expanded(qapp: Any, flow: str) -> None:
    diagram = expanding(_net(), ("stage1",)).apply(_net())
    turned = turning(diagram, UP).apply(diagram)
    made = turned if flow == UP else turning(turned, RIGHT).apply(turned)
    form = _scene(made).blocks["stage1"].face.form
    assert form.expanded and form.up == (flow == UP)
    if flow == RIGHT:
        assert form == _scene(diagram).blocks["stage1"].face.form
        assert expanding(made, ("stage1",)).apply(made) == _net()


def test_an_edit_inside_is_seen_at_every_expanded_use(qapp: Any) -> None:
    before = _net()
    diagram = expanding(before, ("stage1",)).apply(before)
    scene = _scene(diagram)
    was = scene.blocks["stage1"].face
    more = InPart("stage", AddBlock(block("tanh9", "tanh", 0, 200))).apply(diagram)
    scene.show_change(more, Change.between(diagram, more))
    face = scene.blocks["stage1"].face
    assert face != was and face.form == was.form, "its size stays, so that nothing moves"
    assert "tanh" in _svg(more) and "tanh" not in _svg(diagram)


def test_what_is_no_use_of_a_known_part_is_drawn_as_ever(qapp: Any) -> None:
    text = to_text(_net()).replace('"part": "stage"}', '"part": "gone"}, "expanded": [100, 100]')
    scene = _scene(from_text(text))
    assert not any(item.face.form.expanded for item in scene.blocks.values())


# --- pictures ------------------------------------------------------------------------------------------------------


def _svg(diagram: Diagram) -> str:
    return Picture(Shown(diagram, PAPER)).svg().decode()


def _inner(diagram: Diagram, use: str) -> Miniature:
    inside = inside_of(diagram, diagram.blocks[use])
    assert inside is not None
    return Miniature(inside)


def _shot(diagram: Diagram, theme: Theme) -> tuple[QImage, Any]:
    picture = Picture(Shown(diagram, theme))
    return picture.image(2.0), picture.rect


@FLOWS
@THEMES
def test_inner_shapes_are_painted_in_their_colours(qapp: Any, theme: Theme, flow: str) -> None:
    before = _net(flow)
    diagram = expanding(before, ("stage1",)).apply(before)
    image, rect = _shot(diagram, theme)
    form = _scene(diagram).blocks["stage1"].face.form
    left, top, right, bottom = form.window
    mini = _inner(diagram, "stage1")
    scale = min((right - left) / mini.rect.width(), (bottom - top) / mini.rect.height(), 0.75)
    assert scale >= 0.4
    x, y = diagram.blocks["stage1"].position
    middle = QPointF(x + (left + right) / 2, y + (top + bottom) / 2)

    def color(at: tuple[float, float]) -> QColor:
        """Of what lies at a place of the part."""
        point = middle + (QPointF(*at) - mini.rect.center()) * scale - rect.topLeft()
        return QColor(image.pixel(round(2 * point.x()), round(2 * point.y())))

    part = diagram.parts["stage"].blocks
    z, layer = part["z"].position, part["layer1"].position
    dark = QColor(theme.observed_fill)
    aside = (0.0, 14.0) if flow == RIGHT else (14.0, 0.0)
    assert _near(color((z[0] + aside[0], z[1] + aside[1])), dark)
    assert _near(color((layer[0], layer[1] - 15)), QColor(theme.background))
    across = [color((layer[0] + dx / 4, layer[1] + 9)) for dx in range(-240, 0)]
    assert any(_near(c, QColor(theme.function), 60) for c in across), "a rim at its left"


def _near(one: QColor, other: QColor, within: int = 24) -> bool:
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[arg-type]
    return all(abs(a - b) <= within for a, b in pairs)


def test_screen_and_picture_show_the_same(qapp: Any) -> None:
    mini = _inner(_net(), "stage1")
    window, ink = (0.0, 0.0, 420.0, 90.0), inks(PAPER)

    def painted(paint: Any) -> QImage:
        image = QImage(420, 90, QImage.Format.Format_RGB32)
        image.fill(QColor(PAPER.background))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
        painter.end()
        return image

    recorder = Recorder(ink)
    mini.paint(recorder.painter, window, ink)
    paper = painted(lambda painter: replay(recorder.items, painter))
    screen = painted(lambda painter: mini.paint(painter, window, ink))
    differ = sum(
        not _near(paper.pixelColor(x, y), screen.pixelColor(x, y), 100)
        for x in range(420)
        for y in range(90)
    )
    inked = sum(
        not _near(screen.pixelColor(x, y), QColor(PAPER.background), 40)
        for x in range(420)
        for y in range(90)
    )
    assert inked > 1500 and differ < inked / 20


def test_exported_files_hold_the_inner_labels_at_their_size(qapp: Any) -> None:
    before = _net()
    plain, shown = _svg(before), _svg(expanding(before, ("stage1",)).apply(before))
    assert plain.count(">layer<") == 0 and shown.count(">layer<") == 1
    assert plain.count(">stage<") == shown.count(">stage<") == 2
    line = next(line for line in shown.split("<text")[1:] if ">layer<" in line)
    size = float(line.partition('font-size="')[2].partition('"')[0])
    assert 7 < size < 17
    tex = Picture(Shown(expanding(before, ("stage1",)).apply(before), PAPER)).tikz().decode()
    assert tex.count("layer") == 1


def test_only_one_level_is_shown_and_stands_as_if_nothing_in_it_were_expanded(qapp: Any) -> None:
    before = _net()
    inner = InPart("stage", expanding(_level(before), ("layer1",))).apply(before)
    assert inner.parts["stage"].blocks["layer1"].expanded
    one, other = _inner(before, "stage1"), _inner(inner, "stage1")
    assert one.rect == other.rect
    shown = _svg(expanding(inner, ("stage1",)).apply(inner))
    assert shown.count(">layer<") == 1 and "tanh" not in shown


def _level(diagram: Diagram) -> Diagram:
    return scope(diagram, "stage")


@THEMES
def test_frames_and_comments_inside_are_drawn(qapp: Any, theme: Theme) -> None:
    frame = Frame("one layer", (60, -70, 140, 140), "blue", "frame1")
    comment = Comment("at least $0$", (300, 60, 170), "green", "comment1")
    drawn = Together("Draw", (AddFrame(frame), AddComment(comment)))
    before = InPart("stage", drawn).apply(_net())
    diagram = expanding(before, ("stage1",)).apply(before)
    shown = Picture(Shown(diagram, theme)).svg().decode()
    assert ">one layer<" in shown and ">least<" in shown and ">least<" not in _svg(before)
    mini = _inner(before, "stage1")
    assert mini.rect.contains(QRectF(60, -70, 140, 140)) and mini.rect.contains(470, 61)
    image = QImage(mini.rect.size().toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.background))
    painter = QPainter(image)
    mini.paint(painter, (0.0, 0.0, mini.rect.width(), mini.rect.height()), inks(theme))
    painter.end()

    def color(x: float, y: float) -> QColor:
        """Of a place of the part, of which the picture is a smaller one in the middle."""
        at = (QPointF(x, y) - mini.rect.center()) * LARGEST + mini.rect.center()
        return image.pixelColor((at - mini.rect.topLeft()).toPoint())

    plain, inner, strip = QColor(theme.background), color(70, 50), color(190, -60)
    assert plain not in (inner, strip) and inner != strip
    assert _near(color(460, 75), tint("green", theme).card, 3)
    assert _near(color(250, 50), plain, 1)


def test_a_muted_use_is_pale_with_its_inside(qapp: Any) -> None:
    before = expanding(_net(), ("stage1",)).apply(_net())
    muted = SetMuted(("stage1",), True).apply(before)

    def darkest(diagram: Diagram) -> int:
        scene = _scene(diagram)
        image = QImage(900, 200, QImage.Format.Format_RGB32)
        image.fill(QColor(PAPER.background))
        painter = QPainter(image)
        painter.translate(450, 100)
        item = scene.blocks["stage1"]
        left, top, right, bottom = item.face.form.window
        item.paint(painter)
        painter.end()
        xs = range(round(450 + left), round(450 + right))
        ys = range(round(100 + top) + 2, round(100 + bottom))
        return min(image.pixelColor(x, y).lightness() for x in xs for y in ys)

    assert darkest(muted) > darkest(before) + 40

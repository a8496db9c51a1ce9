"""Views of pictures: the right colours at known places in both themes, numbers under the mouse, samples and cells by mouse and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.theme import BOARD, PAPER, Theme
from app.views.attention import AttentionView
from app.views.confusion import ConfusionView
from app.views.matrix import MatrixView
from app.views.patches import PatchesView
from app.views.pictures import PicturesView
from runtime.figures.attention import AttentionMap
from runtime.figures.confusion import Confusion, Examples
from runtime.figures.matrix import Matrix
from runtime.figures.pictures import Bank, Patches

THEMES = pytest.mark.parametrize("theme", [PAPER, BOARD])
Left = Qt.MouseButton.LeftButton


def grabbed(view: Any, width: int = 400, height: int = 280) -> QImage:
    view.resize(width, height)
    return view.grab().toImage()  # type: ignore[no-any-return]


def at(picture: QImage, x: float, y: float) -> str:
    return picture.pixelColor(int(x), int(y)).name()


def near(color: str, other: str, most: int = 6) -> bool:
    a, b = QColor(color), QColor(other)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return max(abs(x - y) for x, y in pairs) <= most


# --- filters and maps ----------------------------------------------------------------------------------------------


@THEMES
def test_signs_have_colours_and_zero_has_none(qapp: Any, theme: Theme) -> None:
    view = PicturesView(theme)
    view.select("conv2d1")
    levels = np.zeros((1, 1, 2, 2), np.int8)
    levels[0, 0, 0] = [127, -127]
    view.show_figures({view.asks()[0]: Bank("conv2d1", levels, 0.5, (1, 1))})
    picture = grabbed(view)
    area = view._shown[0].area
    x0, x1 = area.left() + area.width() / 4, area.left() + 3 * area.width() / 4
    y0, y1 = area.top() + area.height() / 4, area.top() + 3 * area.height() / 4
    assert near(at(picture, x0, y0), theme.classes[0])
    assert near(at(picture, x1, y0), theme.classes[1])
    assert near(at(picture, x0, y1), theme.field)
    assert view.told(x0, y0) == "filter 0, row 0, column 0: 0.500"
    assert view.told(x1, y0) == "filter 0, row 0, column 1: -0.500"
    assert view.told(1, 1) == ""


def test_many_filters_are_cut_to_what_is_legible_and_said(qapp: Any) -> None:
    view = PicturesView(PAPER)
    levels = np.full((64, 64, 3, 3), 100, np.int8)
    view.show_figures({view.asks()[0]: Bank("conv2d2", levels, 1.0, (128, 256))})
    grabbed(view, 300, 160)
    assert 0 < len(view._shown) < 64 * 64
    assert all(view.rect().contains(s.area.toAlignedRect()) for s in view._shown)
    assert min(s.area.height() for s in view._shown) >= 6


def test_a_person_leafs_through_samples_by_buttons_and_keys(qapp: Any) -> None:
    view, told = PicturesView(PAPER), list[str]()
    view.asked.connect(lambda: told.append(view.choice))
    maps = Bank(
        "tanh1", np.zeros((3, 1, 4, 4), np.int8), 1.0, (3, 1), 17, np.zeros((4, 4), np.uint8)
    )
    assert view.after.isHidden()
    view.show_figures({view.asks()[1]: maps})
    view.resize(400, 240)
    view.show()
    assert view.after.isVisible() and not view.before.isEnabled()
    QTest.mouseClick(view.after, Left)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.asks()[1].choice == "2" and view.before.isEnabled()
    QTest.mouseClick(view.before, Left)
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert told == ["1", "2", "1", "0", "0"]
    view.choose("7")
    assert view.asks()[1].choice == view.choice == "7"
    view.choose("nonsense")
    assert view.place == 0
    view.hide()


# --- patches -------------------------------------------------------------------------------------------------------


@THEMES
def test_patches_stand_in_a_row_and_are_empty_outside_the_image(qapp: Any, theme: Theme) -> None:
    view = PatchesView(theme)
    pictures = np.full((2, 4, 2, 2), 255, np.uint8)
    pictures[1] = 0
    corners = np.zeros((2, 4, 2), np.int64)
    corners[0, 1] = [-1, 0]  # its first row lies above the image
    values = np.array([[4.0, 3.0, 2.0, 1.0]] * 2)
    found = Patches("conv2d1", pictures, values, np.arange(8).reshape(2, 4), corners, (8, 8), 2, 40)
    view.show_figures({view.asks()[0]: found})
    picture = grabbed(view)
    box, cut, dark = view.box(0, 0), view.box(0, 1), view.box(1, 0)
    assert at(picture, box.center().x(), box.center().y()) == "#ffffff"
    assert at(picture, dark.center().x(), dark.center().y()) == "#000000"
    assert at(picture, cut.center().x(), cut.top() + cut.height() / 4) == theme.button
    assert at(picture, cut.center().x(), cut.top() + 3 * cut.height() / 4) == "#ffffff"
    assert box.left() < cut.left() and box.right() <= cut.left()
    assert view.told(cut.center().x(), cut.center().y()) == (
        "channel 0: 3.000 on sample 1, from row -1, column 0 on"
    )
    view.show_figures({view.asks()[0]: Patches("conv2d2", refusal="It sees everything.")})
    grabbed(view)


@pytest.mark.parametrize("size", [(300, 120), (390, 200), (420, 600)])
def test_patches_stay_legible_in_little_room(qapp: Any, size: tuple[int, int]) -> None:
    view = PatchesView(PAPER)
    shape = (24, 8)
    pictures, corners = np.zeros((*shape, 5, 5), np.uint8), np.zeros((*shape, 2), np.int64)
    found = Patches("c", pictures, np.ones(shape), np.zeros(shape, int), corners, (8, 8), 24, 40)
    view.show_figures({view.asks()[0]: found})
    grabbed(view, *size)
    boxes = list(view._boxes.values())
    assert boxes and all(box.width() >= 13 and view.rect().contains(box.toRect()) for box in boxes)
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])


# --- attention -----------------------------------------------------------------------------------------------------


@THEMES
def test_attention_is_a_table_of_queries_and_keys(qapp: Any, theme: Theme) -> None:
    view = AttentionView(theme)
    weights = np.zeros((2, 3, 4), np.float16)
    weights[:, :, 1], weights[1, 0] = 0.5, [0, 0, 0, 1]
    found = AttentionMap("softmax1", weights, 5, ("a", "b", "c"), ("a", "b", "c", "d"), (2, 3, 4))
    view.show_figures({view.asks()[0]: found})
    picture = grabbed(view, 420, 300)

    def color(head: int, query: int, key: int) -> str:
        corner = view.cell(head, query, key).topLeft()
        return at(picture, corner.x() + 3, corner.y() + 3)

    assert near(color(1, 0, 3), theme.function)
    assert near(color(0, 0, 0), theme.field) and near(color(1, 0, 1), theme.field)
    half = QColor(color(0, 2, 1))
    assert not near(half.name(), theme.field) and not near(half.name(), theme.function)
    middle = view.cell(1, 0, 3).center()
    assert view.told(middle.x(), middle.y()) == (
        "head 2: place 1 (a) looks at place 4 (d) with 1.00"
    )


@THEMES
def test_attention_is_written_as_its_matrix_is(qapp: Any, theme: Theme) -> None:
    """The first query at the top, the first key at the left: looking at the mirror image is an anti-diagonal."""
    view = AttentionView(theme)
    found = AttentionMap("w", np.eye(4, dtype=np.float16)[None, ::-1], 0, total=(1, 4, 4))
    view.show_figures({view.asks()[0]: found})
    picture = grabbed(view, 420, 300)
    strong = [
        (x, y)
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
        if near(at(picture, x, y), theme.function)
    ]
    left, right = min(strong), max(strong)
    assert left[1] > right[1] + 100, "the last query looks at the first key"
    table = view.square(0)
    assert view.told(table.left() + 5, table.top() + 5) == "place 1 looks at place 1 with 0.000"
    assert view.told(table.right() - 5, table.top() + 5) == "place 1 looks at place 4 with 1.00"
    assert view.told(table.left() + 5, table.bottom() - 5) == "place 4 looks at place 1 with 1.00"


# --- matrices ------------------------------------------------------------------------------------------------------


@THEMES
def test_the_same_weight_has_the_same_colour_along_a_diagonal(qapp: Any, theme: Theme) -> None:
    view = MatrixView(theme)
    values = (np.eye(6) * -2 + np.eye(6, k=1)).astype(np.float32)
    view.show_figures({view.asks()[0]: Matrix("filter", values, (6, 6), (6, 6))})
    picture = grabbed(view, 300, 200)
    area = view.area()
    side = area.width() / 6

    def color(row: int, column: int) -> str:
        return at(picture, area.left() + column * side + 4, area.top() + row * side + 4)

    assert len({color(n, n) for n in range(6)}) == 1 == len({color(n, n + 1) for n in range(5)})
    assert near(color(3, 3), theme.classes[1]) and near(color(4, 1), theme.field)
    assert view.words() == "filter: 6 × 6, 11 not 0 (31%)"
    assert (
        view.told(area.left() + 1.5 * side, area.top() + 0.5 * side) == "output 0, input 1: 1.000"
    )


# --- confusion -----------------------------------------------------------------------------------------------------


def _confused(cell: tuple[int, int] | None = None) -> Confusion:
    pictures = np.zeros((2, 4, 4), np.uint8)
    pictures[1] = 255
    true, answered = (
        (np.array([1, 2]), np.array([0, 1]))
        if cell is None
        else (np.full(2, cell[0]), np.full(2, cell[1]))
    )
    shown = Examples(np.array([7, 8]), true, answered, np.array([0.97, 0.6]), pictures)
    return Confusion(
        np.array([[9, 0, 0], [5, 5, 0], [0, 1, 8]]), {(1, 0): (7, 8)}, ("a", "b", "c"), shown, cell
    )


@THEMES
@pytest.mark.parametrize("size", [(420, 260), (260, 420)])
def test_samples_stand_beside_the_matrix(qapp: Any, theme: Theme, size: tuple[int, int]) -> None:
    view = ConfusionView(theme)
    view.show_figures({view.asks()[0]: _confused()})
    picture = grabbed(view, *size)
    gallery = view.gallery()
    assert gallery is not None and gallery.heading == "most confidently wrong"
    first, second = (box.center() for box in gallery.boxes())
    assert at(picture, first.x(), first.y()) == "#000000"
    assert at(picture, second.x(), second.y()) == "#ffffff"
    assert view.told(first.x(), first.y()) == "sample 7: b, answered a with 97 %"
    assert not any(
        box.intersects(view.cell(t, a)) for box in gallery.boxes() for t in (0, 2) for a in (0, 2)
    )


@pytest.mark.parametrize("size", [(420, 190), (300, 300), (700, 500), (420, 1000)])
@pytest.mark.parametrize(
    "names", [tuple("0123456789"), tuple(f"class number {n}" for n in range(30))]
)
def test_names_of_classes_do_not_run_into_each_other(
    qapp: Any, names: tuple[str, ...], size: tuple[int, int]
) -> None:
    view = ConfusionView(PAPER)
    nobody = np.zeros(0, int)
    none = Examples(nobody, nobody, nobody, np.zeros(0), np.zeros((0, 8, 8), np.int8))
    confused = Confusion(np.eye(len(names), dtype=int) * 9, {}, names, none, None)
    view.show_figures({view.asks()[0]: confused})
    grabbed(view, *size)
    rows, columns = view.named()
    assert rows[0] == columns[0] == 0 and len(rows) > 2 and len(columns) > 2
    metrics = view.fontMetrics()
    apart = view.cell(rows[1], 0).top() - view.cell(rows[0], 0).top()
    assert apart >= 11
    apart = view.cell(0, columns[1]).left() - view.cell(0, columns[0]).left()
    assert apart > min(22, max(map(metrics.horizontalAdvance, names)))
    gallery = view.gallery()
    assert gallery is not None and gallery.empty == "none: every answer is right"


def test_a_click_and_the_keys_choose_a_cell(qapp: Any) -> None:
    view, told = ConfusionView(PAPER), list[str]()
    view.asked.connect(lambda: told.append(view.choice))
    view.show_figures({view.asks()[0]: _confused()})
    view.resize(420, 260)
    view.show()

    def click(true: int, answered: int) -> None:
        QTest.mouseClick(view, Left, Qt.KeyboardModifier.NoModifier, _point(view, true, answered))

    click(1, 0)
    assert view.asks()[0].choice == view.choice == "1,0"
    view.show_figures({view.asks()[0]: _confused((1, 0))})
    picture = view.grab().toImage()
    cell = view.cell(1, 0)
    assert near(at(picture, cell.left(), cell.center().y()), PAPER.selection, 60)
    gallery = view.gallery()
    assert gallery is not None and gallery.heading == "b answered a: 5"
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Down)  # the last row already
    assert view.choice == "2,1"
    click(2, 1)  # again: none
    assert view.choice == ""
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.choice == "0,0"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.choice == "" and told == ["1,0", "2,0", "2,1", "2,1", "", "0,0", ""]
    view.choose("1,2")
    assert view.chosen == (1, 2)
    view.choose("1,x")
    assert view.chosen is None
    view.hide()


def _point(view: ConfusionView, true: int, answered: int) -> QPoint:
    return view.cell(true, answered).center().toPoint()


def test_samples_in_numbers_are_lines(qapp: Any) -> None:
    view = ConfusionView(PAPER)
    shown = Examples(
        np.array([3]), np.array([0]), np.array([1]), np.array([0.8]), None, ("0.5, -1",)
    )
    view.show_figures({view.asks()[0]: Confusion(np.array([[3, 1], [0, 4]]), {}, (), shown)})
    grabbed(view)
    gallery = view.gallery()
    assert gallery is not None
    middle = gallery.boxes()[0].center()
    assert view.told(middle.x(), middle.y()) == "sample 3: 0, answered 1 with 80 %; 0.5, -1"

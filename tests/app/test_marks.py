"""Classes are told by shape as well as by colour: marks of one area, each unlike the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QColor, QImage, QPainter

from app.theme import PAPER
from app.views.marks import SHAPES, paint_dots, paint_mark

SIZE = 60


def _ink(image: QImage) -> np.ndarray:
    """Where it is dark, `[rows, columns]`."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(SIZE, -1)[:, :SIZE]
    return np.asarray(rows < 128)


def _mark(number: int) -> np.ndarray:
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setBrush(QColor("#000000"))
    paint_mark(painter, number, SIZE / 2, SIZE / 2, 14.0)
    painter.end()
    return _ink(image)


def test_every_shape_is_unlike_the_others_and_of_about_one_area(qapp: Any) -> None:
    marks = [_mark(number) for number in range(len(SHAPES))]
    areas = np.array([mark.sum() for mark in marks])
    assert areas.min() > 0.65 * areas.max()
    for k, one in enumerate(marks):
        for other in marks[:k]:
            assert (one ^ other).sum() > 0.15 * areas.mean()
    assert np.array_equal(_mark(len(SHAPES)), marks[0])


def test_points_of_a_class_have_its_shape_and_without_classes_discs(qapp: Any) -> None:
    def drawn(classes: list[int] | None) -> np.ndarray:
        image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor("#ffffff"))
        painter = QPainter(image)
        painter.scale(5, 5)
        at = np.array([6.0])
        numbers = None if classes is None else np.array(classes)
        paint_dots(painter, at, at, [QColor("#000000")], PAPER, numbers)
        painter.end()
        return _ink(image)

    assert np.array_equal(drawn(None), drawn([0]))
    assert (drawn([1]) ^ drawn([0])).sum() > 20

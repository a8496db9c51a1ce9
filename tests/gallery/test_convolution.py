"""Convolutional nets: what the systems of the lectures must show."""

from __future__ import annotations

from tests.gallery.numbers import held_out, trained


def test_lenet_1990_reads_digits() -> None:
    assert held_out(trained("lenet-1990")) >= 0.97

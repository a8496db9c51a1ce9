"""Traditional nets: what the systems of the lectures must show."""

from __future__ import annotations

from tests.gallery.numbers import fresh_accuracy, trained


def test_spiral_linear_stalls() -> None:
    assert 0.4 < fresh_accuracy(trained("spiral-linear")) < 0.55


def test_spiral_mlp_passes_94_per_cent() -> None:
    assert fresh_accuracy(trained("spiral-mlp")) > 0.94


def test_xor_is_solved() -> None:
    assert fresh_accuracy(trained("xor")) > 0.95

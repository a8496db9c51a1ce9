"""Linear machines: what systems of the lectures must show."""

from __future__ import annotations

import numpy as np

from tests.gallery.numbers import held_out, trained


def test_linear_regression_meets_numpys_least_squares() -> None:
    result = trained("linear-regression")
    part = result.run.batches.part("training")
    x, y = part["x"].double().numpy(), part["y"].double().numpy()
    exact = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    found = [
        result.program.parameters[f"linear1.{n}"].detach().double() for n in ("weight", "bias")
    ]
    np.testing.assert_allclose(np.r_[found[0].T, found[1][None]], exact, atol=1e-3)


def test_softmax_regression_reads_digits() -> None:
    assert held_out(trained("softmax-regression")) >= 0.91

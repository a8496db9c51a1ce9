"""What stands below a cost is what the formula in its square gives."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.sketch import Sketch
from runtime.train import start


def test_a_regularisers_number_has_its_lambda_and_another_costs_has_not() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y, weight=0.5, id="error")
    s.l2(weight=1e-2, id="decay")
    s.l1(weight=1e-3, id="sparse")
    data = {"kind": "line", "inputs": 3}
    run = start(s.diagram(data=data, optimizer="sgd", rate=0.0, batch=1000, dtype="float64"))
    w = run.program.parameters["linear1.weight"].detach().numpy()
    b = run.program.parameters["linear1.bias"].detach().numpy()
    part = run.batches.part("training")
    error = np.mean((part["y"].numpy() - part["x"].numpy() @ w.T - b) ** 2)
    seen = run.watch()
    wanted = {
        "error": error,
        "decay": 1e-2 * np.sum(w**2),
        "sparse": 1e-3 * np.sum(np.abs(w)),
    }
    assert seen.costs == pytest.approx(wanted, rel=1e-12)
    assert seen.loss == pytest.approx(0.5 * error + wanted["decay"] + wanted["sparse"], rel=1e-12)

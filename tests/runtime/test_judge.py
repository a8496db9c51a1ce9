"""Judging holds a bounded number of values, whatever the size of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from nodes.sketch import Sketch
from runtime import judge
from runtime.program import compile
from runtime.run import Run


def test_few_samples_at_once_where_each_has_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=3), y)
    run = Run(compile(s.diagram(data={"kind": "spiral", "points": 100}, dtype="float64")))
    whole = run.evaluate("training")
    sizes: list[int] = []
    inner: Any = judge._judge

    def seen(program: Any, inputs: Sequence[torch.Tensor]) -> Any:
        sizes.append(len(inputs[0]))
        return inner(program, inputs)

    monkeypatch.setattr(judge, "_judge", seen)
    # one sample has 2 + 100 + 100 + 3 values and its class
    monkeypatch.setattr(judge, "NUMBERS", 10 * 206)
    assert run.evaluate("training") == pytest.approx(whole, rel=1e-12)
    assert sum(sizes) == len(run.batches.parts.training) and set(sizes[:-1]) == {10}

"""Numbers that the tests of the gallery judge a training by."""

from __future__ import annotations

from functools import lru_cache

import gradboard as gb
from app import gallery
from runtime.data import load
from runtime.train import Result


@lru_cache(maxsize=4)
def trained(name: str) -> Result:
    """The gallery diagram of this name, trained by its own recipe."""
    return gb.train(gb.load(gallery.path(name)))


def fresh_accuracy(result: Result) -> float:
    """Accuracy on points drawn with a seed that neither training nor testing used."""
    run = result.run
    data = load(run.recipe.data, run.recipe.seed + 1000)
    x = run.batches.normalized("x", data.fields["x"])
    answer = next(iter(result.program.predict(x=x).values())).argmax(1).numpy()
    return float((answer == data.fields["y"]).mean())


def held_out(result: Result) -> float:
    """Accuracy on the test part."""
    return result.metrics["test"]["accuracy"]

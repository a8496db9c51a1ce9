"""The live views' figures: each file computes one, from a run and a watched step, only when a screen asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graph.diagram import Frozen
from runtime.probe import Watched
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views import (
    answers,
    attention,
    card,
    columns,
    confusion,
    embedding,
    filters,
    histograms,
    matrix,
    patches,
    shares,
    slow,
    surface,
    warp,
)

View = Callable[[Run, Watched, Ask], Any]

VIEWS: Mapping[str, View] = Frozen(
    histograms=histograms.histograms,
    filters=filters.filters,
    maps=filters.maps,
    patches=patches.patches,
    attention=attention.attention,
    matrix=matrix.matrix,
    confusion=confusion.confusion,
    answers=answers.answers,
    embedding=embedding.embedding,
    path=surface.path,
    slow=slow.slow,
    card=card.card,
    columns=columns.columns,
    dead=shares.dead,
    moved=shares.moved,
    warp=warp.warp,
)


def figure(run: Run, watched: Watched, ask: Ask) -> Any:
    """The figure that `ask` names, plain numpy; None when the diagram has nothing to show there."""
    view = VIEWS.get(ask.view)
    return view(run, watched, ask) if view is not None else None

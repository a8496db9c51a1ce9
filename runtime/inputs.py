"""What is known of a program's inputs before it is compiled: recipe, data fields, shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from graph.diagram import Diagram
from graph.problem import Problem
from graph.settings import SettingError
from nodes.block import Glyph
from nodes.catalogue import type_of
from runtime.data import Data
from runtime.recipe import Recipe
from runtime.trial import SAMPLES, Kind


def glyph_of(diagram: Diagram, name: str) -> Glyph | None:
    cls = type_of(diagram.blocks[name])
    return cls.glyph if cls else None


def recipe_of(diagram: Diagram) -> tuple[Recipe, list[Problem]]:
    try:
        return Recipe.read(diagram.recipe), []
    except SettingError as error:
        return Recipe(), [
            Problem(f"recipe.{error.name}", str(error), "Change it in the training bar.")
        ]


def _observed(diagram: Diagram) -> list[tuple[str, str]]:
    return [
        (name, str(block.settings.get("field", "x")))
        for name, block in diagram.blocks.items()
        if glyph_of(diagram, name) is Glyph.OBSERVED
    ]


def all_given(diagram: Diagram, shapes: Mapping[str, Any]) -> bool:
    return bool(shapes) and all(
        name in shapes or field in shapes for name, field in _observed(diagram)
    )


def kinds_of(
    diagram: Diagram,
    shapes: Mapping[str, Any],
    data: Data | None,
    dtype: torch.dtype,
    problems: list[Problem],
) -> dict[str, Kind]:
    found = {}
    for name, field in _observed(diagram):
        given = shapes.get(name, shapes.get(field))
        if given is not None:
            found[name] = given if isinstance(given, Kind) else Kind((SAMPLES, *given), dtype)
        elif data is not None and field in data.fields:
            array = data.fields[field]
            real = array.dtype.kind == "f"
            top = 0 if real or not array.size else int(array.max())
            found[name] = Kind((SAMPLES, *array.shape[1:]), dtype if real else torch.int64, top=top)
        elif data is not None:
            have = ", ".join(data.fields)
            problems.append(
                Problem(
                    f"{name}.field",
                    f"the data have no field called {field!r:.60} (they have {have}).",
                    "Choose one of these.",
                )
            )
    return found

"""`--set NAME=VALUE`: a diagram with some settings of its blocks or entries of its recipe replaced."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.commands.wrong import WrongUse
from graph.diagram import Diagram, Frozen
from graph.settings import SettingError, settings_of
from nodes.catalogue import read, type_of

_NESTED = ("data", "optimizer")  # recipe entries with settings of their own


def changed(diagram: Diagram, wishes: Sequence[str]) -> Diagram:
    """The diagram after `linear1.units=50`, `rate=0.1`, `data=moons`, `data.arms=5`.  Raises WrongUse."""
    for wish in wishes:
        name, equals, text = wish.partition("=")
        if not equals or not name:
            raise WrongUse(f"--set {wish:.80}: write NAME=VALUE, as linear1.units=50 or rate=0.1.")
        owner, _, entry = name.partition(".")
        try:
            if not entry or owner in _NESTED:
                diagram = diagram.with_(recipe=_recipe(diagram.recipe, owner, entry, text))
            else:
                diagram = _with_setting(diagram, owner, entry, text)
        except SettingError as error:
            raise WrongUse(f"--set {wish:.80}: {error}") from None
    return diagram


def _recipe(recipe: Frozen, owner: str, entry: str, text: str) -> Frozen:
    from runtime.recipe import Recipe

    if entry:
        before = recipe.get(owner, {})
        named = {"kind": before} if isinstance(before, str) else dict(before)
        changed_recipe = recipe.with_(**{owner: {**named, entry: _plain(text)}})
    elif owner in _NESTED:
        changed_recipe = recipe.with_(**{owner: {"kind": text}})
    else:
        changed_recipe = recipe.with_(**{owner: _plain(text)})
    Recipe.read(changed_recipe)
    return changed_recipe


def _with_setting(diagram: Diagram, owner: str, entry: str, text: str) -> Diagram:
    block = diagram.blocks.get(owner)
    if block is None:
        known = ", ".join(diagram.blocks) or "none"
        raise WrongUse(
            f"--set {owner}.{entry}: there is no block {owner:.60} (there are: {known:.300})."
        )
    kind = type_of(block)
    if kind is None:
        raise WrongUse(f"--set {owner}.{entry}: the kind of block {block.kind} is not known here.")
    declared = settings_of(kind).get(entry)
    value = text if declared is not None and declared.type is str else _plain(text)
    block = replace(block, settings=block.settings.with_(**{entry: value}))
    read(block)
    return diagram.with_(blocks=Frozen({**diagram.blocks, owner: block}))


def _plain(text: str) -> Any:
    """A number, true, false or a list where the text is one (`3,3` too), else the text itself."""
    for source in (text, f"[{text}]"):
        try:
            value = json.loads(source)
        except (ValueError, RecursionError):
            continue
        return value
    return text

"""Blocks from other packages: entry points of the group `gradboard.blocks`, off until enabled by name.

A package names a module of block classes:

    [project.entry-points."gradboard.blocks"]
    optics = "optics.gradboard_blocks"

and a person enables it with GRADBOARD_PLUGINS=optics in the environment (several with commas).  An installed package
that nobody enabled is not even imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from nodes.block import BlockType

GROUP = "gradboard.blocks"
VARIABLE = "GRADBOARD_PLUGINS"
SECTION = "Plug-ins"


@dataclass(frozen=True)
class Plugins:
    """What the enabled plug-ins gave: their blocks, and a sentence for each that failed."""

    kinds: dict[str, type[BlockType]]
    troubles: tuple[str, ...] = ()


def available() -> tuple[str, ...]:
    """The names of all installed plug-ins, enabled or not."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def enabled() -> tuple[str, ...]:
    """The names that the environment enables."""
    return tuple(name for part in os.environ.get(VARIABLE, "").split(",") if (name := part.strip()))


def load(names: Iterable[str], taken: Iterable[str]) -> Plugins:
    """The blocks of the plug-ins called `names`; a kind in `taken` is left as it is.  Raises nothing."""
    points = {point.name: point for point in entry_points(group=GROUP)}
    kinds: dict[str, type[BlockType]] = {}
    troubles: list[str] = []
    for name in names:
        module = _module(name, points.get(name), troubles)
        for cls in blocks_of(module) if module else ():
            if cls.kind in kinds or cls.kind in taken:
                troubles.append(
                    f"plug-in {name}: there is a block called {cls.kind} already; its own is left out."
                )
                continue
            cls.section = SECTION
            kinds[cls.kind] = cls
    return Plugins(kinds, tuple(troubles))


def _module(name: str, point: EntryPoint | None, troubles: list[str]) -> ModuleType | None:
    if point is None:
        troubles.append(
            f"plug-in {name!r:.60} is not installed; there are: {', '.join(available()) or 'none'}."
        )
        return None
    try:
        found = point.load()
    except (
        Exception
    ) as error:  # a stranger's code may fail in any way; the program goes on without it
        troubles.append(
            f"plug-in {name} cannot be loaded ({type(error).__name__}: {str(error)[:120]})."
        )
        return None
    if not isinstance(found, ModuleType):
        troubles.append(f"plug-in {name} must name a module of blocks.")
        return None
    return found


def blocks_of(module: ModuleType) -> list[type[BlockType]]:
    """The block classes that a module defines, families left out."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, BlockType)
        and value.__module__ == module.__name__
        and value.kind
    ]

"""Finds every block class of the library: kind -> class."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import nodes.costs
import nodes.functions
from graph.diagram import Block
from graph.settings import read_settings
from nodes.block import BlockType


def _modules() -> list[ModuleType]:
    found = [importlib.import_module("nodes.variables")]
    for package in (nodes.functions, nodes.costs):
        found += [
            importlib.import_module(f"{package.__name__}.{m.name}")
            for m in pkgutil.iter_modules(package.__path__)
        ]
    return found


@cache
def catalogue() -> dict[str, type[BlockType]]:
    """Every kind of block by name, in the palette's order."""
    found: dict[str, type[BlockType]] = {}
    for module in _modules():
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, BlockType)
                and value.__module__ == module.__name__
            ):
                if not value.kind:
                    continue  # a family, not a block
                if value.kind in found:
                    raise TypeError(f"two blocks are called {value.kind}")
                found[value.kind] = value
    return dict(sorted(found.items(), key=lambda item: SECTIONS.index(item[1].section)))


SECTIONS = (
    "Variables",
    "Linear",
    "Non-linearity",
    "Expansion",
    "Convolution",
    "Pooling",
    "Normalization",
    "Attention, graphs",
    "Shape",
    "Combine",
    "Costs",
    "Regularisers",
)


def type_of(block: Block) -> type[BlockType] | None:
    """The class of a block's kind, None when the kind is unknown here."""
    return catalogue().get(block.kind)


def read(block: Block) -> BlockType:
    """The block's class with its settings checked.  Raises KeyError for an unknown kind, SettingError for a bad setting."""
    instance: BlockType = read_settings(catalogue()[block.kind], block.settings)
    return instance

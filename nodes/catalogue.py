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
from nodes import plugins
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
        for value in plugins.blocks_of(module):
            if value.kind in found:
                raise TypeError(f"two blocks are called {value.kind}")
            found[value.kind] = value
    own = dict(sorted(found.items(), key=lambda item: SECTIONS.index(item[1].section)))
    return own | added(tuple(own)).kinds


@cache
def added(own: tuple[str, ...]) -> plugins.Plugins:
    """The blocks of the plug-ins that are enabled, and what is wrong with them."""
    return plugins.load(plugins.enabled(), own)


def plugin_troubles() -> tuple[str, ...]:
    """A sentence for each enabled plug-in, or block of one, that cannot be used."""
    own = tuple(kind for kind, cls in catalogue().items() if cls.section != plugins.SECTION)
    return added(own).troubles


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

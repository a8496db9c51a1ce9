"""Lists every kind of block by section; with a KIND, explains it: what it computes, its pins and its settings.

example: gradboard blocks linear
"""

from __future__ import annotations

import argparse
import inspect
import sys

from app.commands.table import columns
from app.commands.wrong import WrongUse
from graph.settings import Setting, settings_of
from nodes import plugins
from nodes.block import FLANK_HELP, BlockType
from nodes.catalogue import catalogue, plugin_troubles


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="the block to explain")


def run(options: argparse.Namespace) -> int:
    """Prints the list, or one block's help."""
    known = catalogue()
    if not options.kind:
        print(_list(known))
        _print_plugins()
    elif options.kind in known:
        print(_help(known[options.kind]))
    else:
        raise WrongUse(
            f"there is no block {options.kind!r:.60}; `gradboard blocks` lists all of them."
        )
    return 0


def _print_plugins() -> None:
    off = [name for name in plugins.available() if name not in plugins.enabled()]
    if off:
        print(
            f"\nPlug-ins that are off: {', '.join(off)}. Enable with {plugins.VARIABLE}={','.join(off)}."
        )
    for trouble in plugin_troubles():
        print(f"gradboard: {trouble}", file=sys.stderr)


def _list(known: dict[str, type[BlockType]]) -> str:
    rows = [("", cls.kind, cls.formula, _summary(cls)) for cls in known.values()]
    lines = columns(rows).split("\n")
    found, section = [], ""
    for cls, line in zip(known.values(), lines, strict=True):
        if cls.section != section:
            section = cls.section
            found += ["", section]
        found.append(line)
    return "\n".join(found[1:])


def _summary(cls: type[BlockType]) -> str:
    return (inspect.getdoc(cls) or "").partition(".  ")[0].partition("\n")[0].rstrip(".")


def _help(cls: type[BlockType]) -> str:
    parts = [f"{cls.kind} ({cls.section})", inspect.getdoc(cls) or ""]
    if cls.formula:
        parts.append(f"formula:   {cls.formula}")
    if cls.gradient:
        parts.append(f"gradient:  {cls.gradient}")
    inputs = [f"{pin} (may stay open)" if pin in cls.optional else pin for pin in cls.inputs]
    if cls.variadic:
        inputs = [f"{cls.variadic}1, {cls.variadic}2, ... (as many as are wired)"]
    flanks = [f"{pin} (at the flank, replaces a weight)" for pin in cls.flanks]
    parts.append(f"inputs:    {', '.join([*inputs, *flanks]) or 'none'}")
    if flanks:
        parts.append(f"at a flank: {FLANK_HELP}")
    parts.append(f"outputs:   {', '.join(cls.outputs) or 'none: it adds to the energy'}")
    rows = [_row(declared) for declared in settings_of(cls).values()]
    parts.append("settings:\n" + columns(rows) if rows else "settings:  none")
    return "\n\n".join(parts)


def _row(declared: Setting) -> tuple[str, ...]:
    allowed = ", ".join(declared.choices)
    if declared.low is not None and declared.high is not None:
        allowed = " to ".join(
            f"{bound:,}" if declared.type is not float else f"{bound:g}"
            for bound in (declared.low, declared.high)
        )
    if declared.type is bool:
        allowed = "true, false"
    default = str(declared.default).lower() if declared.type is bool else str(declared.default)
    return (f"  {declared.name}", default, allowed, declared.help)

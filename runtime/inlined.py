"""Our own modules and functions as source that stands alone: each with the definitions and imports that it needs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from graph.problem import DiagramError

Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
HOUSE = "nodes"  # the folder whose definitions are written out; anything else is imported


class _Home(NamedTuple):
    """A module's text: its definitions by name, and where its imported names come from (module, name there)."""

    lines: list[str]
    definitions: dict[str, Definition]
    imported: dict[str, tuple[str, str]]


class Inlined:
    """Collects definitions in the order in which they can be written, and the import lines above them."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.texts: list[str] = []
        self.homes: dict[str, str] = {}  # by name: the module that it was taken from

    def add(self, thing: Any) -> str:
        """Takes a class or function in; the name to call it by.  Raises DiagramError when its source cannot be had."""
        self._take(thing.__module__, thing.__name__)
        return str(thing.__name__)

    def _take(self, module: str, name: str) -> None:
        known = self.homes.get(name)
        if known == module:
            return
        if known is not None:
            raise DiagramError(f"{name}: two blocks use different code of this name.")
        self.homes[name] = module
        home = _home(module)
        if name not in home.definitions:
            raise DiagramError(f"{name}: the code of this block cannot be written out.")
        found = home.definitions[name]
        for used in sorted({n.id for n in ast.walk(found) if isinstance(n, ast.Name)} - {name}):
            if used in home.definitions:
                self._take(module, used)
            elif used in home.imported:
                self._import(used, *home.imported[used])
        self.texts.append("\n".join(home.lines[_first(found) - 1 : found.end_lineno]))

    def _import(self, used: str, module: str, name: str) -> None:
        if module.split(".")[0] == HOUSE:
            self._take(module, name)
        elif not name:
            self.imports.add(f"import {module}" + (f" as {used}" if used != module else ""))
        else:
            self.imports.add(
                f"from {module} import {name}" + (f" as {used}" if used != name else "")
            )


def _first(found: Definition) -> int:
    decorators = getattr(found, "decorator_list", [])
    return min([found.lineno, *(d.lineno for d in decorators)])


@lru_cache(maxsize=256)
def _home(module: str) -> _Home:
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        raise DiagramError(f"{module}: the code of a block cannot be read.")
    text = Path(file).read_text(encoding="utf-8")
    tree = ast.parse(text)
    definitions = {name: node for node in tree.body for name in _defined(node)}
    imported = {name: where for node in tree.body for name, where in _imported(node)}
    return _Home(text.splitlines(), definitions, imported)  # type: ignore[arg-type]


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _imported(node: ast.stmt) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(node, ast.Import):
        yield from ((a.asname or a.name, (a.name, "")) for a in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
        yield from ((a.asname or a.name, (node.module, a.name)) for a in node.names)

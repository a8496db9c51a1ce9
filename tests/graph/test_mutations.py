"""Mutated files: whatever happens to a file, it is read as a diagram or refused by one FileError with one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from graph.diagram import Diagram
from graph.files import from_text, to_text
from graph.problem import FileError
from tests.graph.samples import classifier, random_diagram

_FOLDER = Path(__file__).parent / "golden"
GOLDEN = (_FOLDER / "version1.gradboard").read_text("utf-8")
ANNOTATED = (_FOLDER / "version1-annotated.gradboard").read_text("utf-8")
EXPANDED = (_FOLDER / "version1-expanded.gradboard").read_text("utf-8")
TOKENS = (
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "null",
    "true",
    "NaN",
    "-Infinity",
    "1e999",
    "-0.0",
    "9" * 30,
    "1" * 200,
)
TOKENS += (
    '"\\ud800"',
    '"\\u0000"',
    '"x"',
    '"x.y"',
    '"version"',
    '"blocks"',
    '"x-"',
    "\n",
    "\ufeff",
    "\x00",
    "\u2028",
    "[" * 50,
    "ž",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**64,
    1e300,
    "",
    "x",
    "x.y",
    "linear1",
    "\udc80",
    [],
    {},
    [[]],
    {"": {}},
    "a" * 300,
)
VALUES += ({"x": {"kind": "relu"}}, [["x.y", "x.z"]], {"p": {"parts": {"p": {"blocks": 3}}}}, [0] * 5, "x=print('!')", "__class__")  # fmt: skip


def _bytes_flipped(random: Random, text: str) -> str:
    found = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(random.choice((1, 1, 1, 2, 8, 100))):
        found[random.randrange(len(found))] = random.randrange(256)
    return found.decode("utf-8", random.choice(("replace", "ignore", "surrogateescape")))


def _cut(random: Random, text: str) -> str:
    start, end = sorted((random.randrange(len(text)), random.randrange(len(text))))
    return random.choice(
        (text[:end], text[start:], text[:start] + text[end:], text[:end] + text[start:])
    )


def _tokens_swapped(random: Random, text: str) -> str:
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(text))
        text = text[:at] + random.choice(TOKENS) + text[at + random.randrange(4) :]
    return text


def _lines_shuffled(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    if random.random() < 0.5:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines.insert(one, lines[other])
    return "".join(lines)


def _structure_changed(random: Random, text: str) -> str:
    document = json.loads(text)
    for _ in range(random.choice((1, 1, 2, 4))):
        _change_somewhere(random, document)
    return json.dumps(document, ensure_ascii=random.random() < 0.5)


def _change_somewhere(random: Random, container: Any) -> None:
    """Goes down to a random depth, and there removes, replaces, renames or doubles something."""
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    if not keys:
        return
    key = random.choice(keys)
    if isinstance(container[key], dict | list) and random.random() < 0.8:
        return _change_somewhere(random, container[key])
    what = random.randrange(4)
    if what == 0:
        del container[key]
    elif what == 1 and isinstance(container, dict):
        container[str(random.choice(VALUES))] = container.pop(key)
    elif what == 2 and isinstance(container, list):
        container.append(deepcopy(container[key]))
    else:
        container[key] = deepcopy(random.choice(VALUES))


MUTATIONS: tuple[Callable[[Random, str], str], ...] = (
    _bytes_flipped,
    _cut,
    _tokens_swapped,
    _lines_shuffled,
    _structure_changed,
)


def _mutate_and_read(count: int, seed: int) -> dict[str, int]:
    """How many mutated files were opened and refused; everything else fails the test."""
    random = Random(seed)
    small = to_text(random_diagram(Random(5), blocks=3, depth=1))
    sources = [GOLDEN, ANNOTATED, EXPANDED, to_text(classifier()), small, small]
    outcome = {"opened": 0, "refused": 0}
    for _ in range(count):
        text = random.choice(MUTATIONS)(random, random.choice(sources))
        if random.random() < 0.1:
            text = random.choice(MUTATIONS)(random, text) if _is_json(text) else text
        outcome[_outcome(text)] += 1
    return outcome


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _outcome(text: str) -> str:
    try:
        diagram = from_text(text, "f.gradboard")
    except FileError as error:
        said = str(error)
        assert said.startswith("f.gradboard: ") and "\n" not in said and len(said) < 400, said
        assert said.endswith((".", "update.")), said
        said.encode()
        return "refused"
    assert isinstance(diagram, Diagram)
    assert from_text(to_text(diagram)) == diagram
    return "opened"


def test_mutated_files_raise_only_file_errors() -> None:
    outcome = _mutate_and_read(20_000, seed=0)
    assert min(outcome.values()) > 1_000  # the mutations are neither harmless nor hopeless


@pytest.mark.slow
def test_a_hundred_thousand_mutated_files_raise_only_file_errors() -> None:
    outcome = _mutate_and_read(100_000, seed=1)
    assert min(outcome.values()) > 5_000

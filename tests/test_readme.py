"""The README tells the truth: its table is the gallery's, its pictures are there, what it names exists."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import cli, gallery
from app.cli import COMMANDS
from app.commands.gallery import markdown
from app.shortcuts import MENUS, table
from tests.benchmarks.__main__ import NAMES

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "app" / "pictures"
LARGEST = 2_000_000  # bytes of all pictures together
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
LINES = [shlex.split(line, comments=True) for _, code in BLOCKS for line in code.splitlines()]


def _section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _rows(title: str) -> list[list[str]]:
    """The cells of the first table of a section, without its head."""
    lines = [line for line in _section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_its_table_is_the_gallerys() -> None:
    between = README.split("<!-- gallery: gradboard gallery --markdown -->")[1].split(
        "<!-- end of gallery -->"
    )[0]
    assert between.strip() == markdown()


def test_running_and_testing_come_first() -> None:
    targets = [line.split()[1] for line in BLOCKS[0][1].splitlines()]
    assert targets == ["run", "test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_its_pictures_are_there_and_all_are_shown() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    for picture in shown:
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG"), picture
    assert {ROOT / picture for picture in shown} == set(PICTURES.iterdir())
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= LARGEST


def test_its_pictures_are_of_the_gallery_and_in_the_theme_that_they_are_named_by() -> None:
    found = {tuple(path.stem.rsplit("-", 1)) for path in PICTURES.iterdir()}
    assert {name for name, _ in found} <= set(gallery.names())
    assert {("spiral-mlp", "paper"), ("spiral-mlp", "board")} <= found
    for name, theme in found:
        with Image.open(PICTURES / f"{name}-{theme}.png") as picture:
            light = np.median(np.asarray(picture.convert("L"))) / 255
        assert light > 0.8 if theme == "paper" else light < 0.3, (name, theme, light)


@pytest.mark.parametrize(
    "name",
    ["one-one-one", "spiral-mlp", "lenet-1990", "thirty-layers-he", "thirty-layers-xavier"],
)
def test_what_the_lectures_begin_with_has_a_picture(name: str) -> None:
    assert f"(app/pictures/{name}-" in README


def _parser(words: list[str]) -> argparse.ArgumentParser:
    """What reads the rest of a `gradboard` line."""
    if len(words) < 2 or words[1] not in COMMANDS:
        return cli._window_parser()
    parser = argparse.ArgumentParser()
    importlib.import_module(f"app.commands.{words[1]}").arguments(parser)
    return parser


def test_its_command_lines_are_understood() -> None:
    lines = [words for words in LINES if words[:1] == ["gradboard"]]
    assert {words[1] for words in lines if len(words) > 1} >= set(COMMANDS)
    for words in lines:
        rest = words[2:] if words[1:2] and words[1] in COMMANDS else words[1:]
        _parser(words).parse_args(rest)  # ends the program where it does not understand


def test_options_named_in_its_sentences_exist() -> None:
    named = re.findall(r"`(gradboard )?([a-z]+) (--[a-z-]+)[^`]*`", PROSE)
    assert named
    for _, command, option in named:
        assert option in _parser(["gradboard", command]).format_help(), (command, option)


def test_diagrams_that_it_names_are_in_the_gallery() -> None:
    named = {name for row in _rows("What you can see") for name in re.findall(r"`([^`]+)`", row[2])}
    named |= set(re.findall(r"gallery:([a-z0-9-]+)", README))
    assert named and named <= set(gallery.names())


def test_its_table_of_views_has_them_all() -> None:
    pytest.importorskip("PySide6")
    from app.figures import VIEWS

    rows = [row[0].strip("*") for row in _rows("What you can see")]
    titles = [view.title.removesuffix(" (log)") for view in VIEWS.values()]
    assert sorted(rows) == sorted(titles)


def test_commands_of_the_menus_are_called_as_they_are() -> None:
    named = re.findall(r"\*([A-Z][a-z]+) › ([^*]+)\*", PROSE)
    assert len(named) > 10
    for menu, item in named:
        entries = next(rows for title, rows in MENUS.items() if title.replace("&", "") == menu)
        texts = {entry.text.replace("&", "") for entry in entries if entry}
        texts |= {entry.under.replace("&", "") for entry in entries if entry}
        assert item in texts or f"{item}…" in texts, f"{menu} › {item}"


def test_keys_that_it_names_do_something() -> None:
    keys = {key for entry in table() for key in entry.keys} | {"Tab", "Shift+F10"}  # Qt's own
    pattern = r"`((?:(?:Ctrl|Alt|Shift)\+)+[^`]+|F\d+|[A-Z]|Tab)`"
    named = set(re.findall(pattern, PROSE)) - {"H"}  # of the lecture
    assert len(named) > 15 and named <= keys


def test_files_that_it_names_exist() -> None:
    named = set(re.findall(r"`((?:graph|nodes|runtime|app|tests)/[\w/.]*)`", README))
    assert named and all((ROOT / path).exists() for path in named)


def test_benchmarks_that_it_names_exist() -> None:
    line = next(line for line in README.splitlines() if "tests.benchmarks" in line)
    words = re.findall(r"[a-z]+", line.split("tests.benchmarks")[1])
    assert set(NAMES) <= set(words)

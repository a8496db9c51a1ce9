"""The README tells the truth: its table is the gallery's, its pictures are there, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

from app.cli import COMMANDS
from app.commands.gallery import markdown

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_table_is_the_gallerys() -> None:
    between = README.split("<!-- gallery: gradboard gallery --markdown -->")[1].split(
        "<!-- end of gallery -->"
    )[0]
    assert between.strip() == markdown()


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert len(pictures) >= 3
    for picture in pictures:
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG"), picture


def test_its_commands_exist() -> None:
    named = set(re.findall(r"^gradboard ([a-z]+)\b(?!:)", README, re.MULTILINE))
    assert named and named <= set(COMMANDS)

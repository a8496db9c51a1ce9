"""Lists the diagrams that come with Gradboard by section, and what to look for in each; with a NAME, that one only.

examples: gradboard gallery
          gradboard gallery spiral-mlp --copy mine.gradboard
"""

from __future__ import annotations

import argparse
from pathlib import Path

from app import gallery
from app.commands.table import columns
from app.commands.wrong import WrongUse
from graph.files import atomic_write


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of the gallery")
    parser.add_argument("--copy", metavar="OUT", help="copy its file, to change it")
    parser.add_argument("--markdown", action="store_true", help="list as tables for a text")


def run(options: argparse.Namespace) -> int:
    """Prints the list, or copies one diagram to a file that is not there yet."""
    name = (options.name or "").removeprefix(gallery.PREFIX)
    if options.copy:
        if not name:
            raise WrongUse("say which diagram to copy: gradboard gallery NAME --copy OUT.")
        _copy(gallery.path(name), Path(options.copy))
        return 0
    if options.markdown:
        print(markdown())
    elif name:
        gallery.path(name)  # says so when there is none
        print(columns([(name, gallery.status(name), gallery.note(name))]))
    else:
        print(_listed())
        print("\nOpen one with `gradboard gallery:NAME --play`.")
    return 0


def _listed() -> str:
    """All names with their notes, indented under their sections."""
    lines = iter(
        columns([(n, gallery.status(n), gallery.note(n)) for n in gallery.names()]).splitlines()
    )
    line_of = dict(zip(gallery.names(), lines, strict=True))
    groups = (
        "\n".join([title, *(f"  {line_of[n]}" for n in held)]).strip("\n")
        for title, held in gallery.sections().items()
    )
    return "\n\n".join(groups)


def markdown() -> str:
    """The list as one table a section, as the README has it."""
    tables = []
    for title, held in gallery.sections().items():
        rows = [
            f"| `{n}` | {gallery.note(n).replace('|', r'&#124;')} | {gallery.status(n)} |"
            for n in held
        ]
        tables.append(
            "\n".join(
                [
                    f"**{title}**",
                    "",
                    "| diagram | what to look for | |",
                    "| --- | --- | --- |",
                    *rows,
                ]
            )
        )
    return "\n\n".join(tables)


def _copy(source: Path, target: Path) -> None:
    if target.is_dir():
        target = target / source.name
    if target.exists():
        raise WrongUse(f"{target} is there already; choose another name.")
    atomic_write(target, source.read_bytes())
    print(f"Copied to {target}.")

"""The command line: `gradboard [FILE]` opens the window, `gradboard COMMAND` does one thing without it."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from app.commands.wrong import WrongUse
from graph.problem import DiagramError, FileError
from graph.settings import SettingError

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130

COMMANDS = {
    "train": "train a diagram in the terminal and save its weights",
    "sweep": "train a diagram with several values and seeds, and compare",
    "check": "list a diagram's shapes, weights and problems",
    "export": "write a trained model's weights or its source",
    "render": "draw a diagram into a picture, without a screen",
    "diff": "say what differs between two diagrams, or draw it",
    "blocks": "list every kind of block, or explain one",
    "gallery": "list the diagrams that come with Gradboard",
    "doctor": "say what this machine lacks",
}

_EXAMPLES = """\
examples:
  gradboard                              an empty canvas
  gradboard gallery:spiral-mlp --play    a diagram of the gallery, already training
  gradboard mine.gradboard               a diagram of yours
  gradboard train gallery:xor            the same without a window

`gradboard COMMAND --help` explains a command.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong use or no screen, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # our notation needs Unicode, a terminal may lack it
    try:
        code = _run(given)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse has said what it had to say
        return stop.code if isinstance(stop.code, int) else DONE
    except KeyboardInterrupt:
        print("gradboard: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output, `head` perhaps, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        sentence = _sentence(error)
        if not sentence:
            raise
        print(f"gradboard: {sentence}", file=sys.stderr)
        return WRONG if isinstance(error, WrongUse) else FAILED


def _run(given: list[str]) -> int:
    if not given or given[0] not in COMMANDS:
        return _open_window(_window_parser().parse_args(given))
    command = importlib.import_module(f"app.commands.{given[0]}")
    parser = argparse.ArgumentParser(
        prog=f"gradboard {given[0]}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(parser)
    code: int = command.run(parser.parse_args(given[1:]))
    return code


def _sentence(error: Exception) -> str:
    """What to tell a person about an error that is theirs to mend, "" when it is ours."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    kinds = (WrongUse, FileError, DiagramError, SettingError, *_data_errors())
    return str(error) if isinstance(error, kinds) else ""


def _data_errors() -> tuple[type[Exception], ...]:
    data = sys.modules.get("runtime.data")  # who has not loaded it cannot have raised its error
    return (data.DataError,) if data else ()


def _window_parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  {name:9} {text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="gradboard",
        usage="gradboard [FILE] [options]\n       gradboard COMMAND ...",
        description="Opens a diagram in the window. Draw it, press play, watch it learn.",
        epilog=f"commands:\n{commands}\n\n{_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="a diagram, a picture that carries one, or gallery:NAME",
    )
    parser.add_argument("--play", action="store_true", help="start training at once")
    parser.add_argument(
        "--theme",
        choices=("paper", "board"),
        default="",
        help="light or dark (default: as last time)",
    )
    parser.add_argument("--size", type=_size, metavar="WxH", help="of the window, as 1440x900")
    parser.add_argument("--shot", metavar="OUT.png", help="save a picture of the window, then end")
    parser.add_argument(
        "--after",
        type=_seconds,
        default=1.0,
        metavar="SECONDS",
        help="when to take it: with --play, after torch is loaded (default: 1)",
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) < 20):
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no size: write WxH, as 1440x900")
    size = (int(width), int(height))
    if not all(100 <= side <= 10_000 for side in size):
        raise argparse.ArgumentTypeError("a side has 100 to 10000 pixels")
    return size


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no number of seconds from 0 to 86400")
    return value


def _open_window(options: argparse.Namespace) -> int:
    from app.gallery import located
    from app.screen import screen_trouble
    from graph.files import load

    path = str(located(options.file)) if options.file else None
    if path and options.shot:
        load(path)  # nobody would see the window's notice of a bad file
    trouble = screen_trouble()
    if trouble and options.shot:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif trouble:
        raise WrongUse(
            f"{trouble} Train in the terminal instead with `gradboard train {options.file or 'FILE'}`, "
            "or save a picture of the window with --shot OUT.png."
        )
    from app.window import open_window

    return open_window(
        path,
        play=options.play,
        shot=options.shot,
        after=options.after,
        theme=options.theme,
        size=options.size,
    )

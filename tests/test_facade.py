"""`import gradboard as gb`: what notebooks rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gradboard as gb


def test_every_public_name_is_there() -> None:
    assert set(gb.__all__) == {"Sketch", "compile", "load", "main", "save", "train"}
    assert all(callable(getattr(gb, name)) for name in gb.__all__)
    assert set(gb.__all__) <= set(dir(gb))


def test_a_notebook_shows_a_diagram_without_a_screen_or_an_application() -> None:
    program = (
        "import sys, gradboard as gb; s = gb.Sketch(); s.relu(s.linear(s.observed('x'), units=2))\n"
        "assert 'PySide6' not in sys.modules\n"
        "print(s.diagram()._repr_svg_())"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent,
        env={k: v for k, v in os.environ.items() if k not in hidden},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<?xml") and ">w₀x</text>" in done.stdout


def test_where_nobody_can_draw_a_diagram_shows_itself_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from graph import diagram

    assert gb.Sketch
    monkeypatch.setitem(sys.modules, "PySide6.QtGui", None)
    monkeypatch.delitem(sys.modules, "app.canvas.picture", raising=False)
    assert diagram.Diagram()._repr_svg_() is None
    monkeypatch.setattr(diagram, "draws", None)
    assert diagram.Diagram()._repr_svg_() is None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="attribute 'fit'"):
        gb.fit  # noqa: B018


def test_the_example_of_the_readme_keeps_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    exec(readme.split("```python\n")[1].split("```")[0], {})
    accuracy, keys = capsys.readouterr().out.splitlines()
    assert float(accuracy) > 0.9
    assert "linear1.weight" in keys
    assert set(gb.load("mine.gradboard").blocks) >= {"x", "y", "linear1"}

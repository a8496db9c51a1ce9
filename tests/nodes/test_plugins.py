"""Plug-ins: off until enabled by name, and a bad one harms nothing. Run in processes of their own, with real packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodes import plugins

GOOD = '''
"""Blocks of optics."""
from nodes.block import Function, block, setting
print("imported")

def twice(z):
    return 2 * z

@block
class Double(Function):
    """Twice the input.  [B, ...] -> [B, ...].  Source: optics."""
    formula = "y = 2 z"
    def build(self, z):
        return twice

@block
class Linear(Function):
    """Not the linear that is known.  Source: optics."""
    kind = "linear"
    def build(self, z):
        return twice
'''


def install(folder: Path, name: str, code: str) -> None:
    """A package with an entry point, as pip would lay it out."""
    (folder / f"{name}_blocks.py").write_text(code)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n".replace("\\n", "\n")
    )
    (info / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{name} = {name}_blocks\n")


def said(folder: Path, code: str, enabled: str = "") -> str:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{root}", plugins.VARIABLE: enabled}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    return done.stdout


KINDS = "from nodes.catalogue import catalogue; c = catalogue(); print('double' in c, c['linear'].__module__)"
TROUBLES = "from nodes.catalogue import plugin_troubles; print(*plugin_troubles(), sep='\\n')"


@pytest.fixture
def optics(tmp_path: Path) -> Path:
    install(tmp_path, "optics", GOOD)
    install(tmp_path, "broken", "raise SystemError('no lens')")
    return tmp_path


def test_an_installed_plugin_is_not_even_imported(optics: Path) -> None:
    assert said(optics, KINDS) == "False nodes.functions.linear\n"
    assert "broken', 'optics" in said(
        optics, "from nodes.plugins import available; print(available())"
    )


def test_an_enabled_plugin_adds_blocks_and_replaces_none(optics: Path) -> None:
    assert said(optics, KINDS, "optics") == "imported\nTrue nodes.functions.linear\n"
    assert "there is a block called linear already" in said(optics, TROUBLES, "optics")


def test_a_plugins_block_compiles_and_trains(optics: Path) -> None:
    code = (
        "import gradboard as gb\ns = gb.Sketch()\nx, y = s.observed('x'), s.observed('y')\n"
        "s.cross_entropy(s.linear(s.double(x), units=3), y)\n"
        "r = gb.train(s.diagram(data='spiral'), steps=3)\nprint(r.run.step_count, r.program.report.problems)"
    )
    assert said(optics, code, "optics").endswith("3 ()\n")


def test_a_broken_or_missing_plugin_is_one_sentence(optics: Path) -> None:
    told = said(optics, TROUBLES, "broken, nothing")
    assert "plug-in broken cannot be loaded (SystemError: no lens)." in told
    assert "plug-in 'nothing' is not installed; there are: broken, optics." in told

"""Which way imports go, and that torch stays out of the window's process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _python(program: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_the_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_facade_loads_neither_torch_nor_qt() -> None:
    done = _python(
        "import sys, gradboard; print(sorted({'torch', 'PySide6', 'numpy'} & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_command_line_loads_neither_torch_nor_qt_before_a_command_runs() -> None:
    done = _python(
        "import sys; from app.cli import main; code = main(['train', '--help'])\n"
        "print(code, sorted({'torch', 'PySide6'} & set(sys.modules)))"
    )
    assert done.stdout.strip().endswith("0 []"), done.stderr


def test_the_process_of_the_window_has_no_torch(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    done = _python(
        "import sys\n"
        "from app.cli import main\n"
        "if __name__ == '__main__':\n"
        f"    code = main(['--shot', {str(picture)!r}, '--after', '1'])\n"
        "    print(code, sorted(name for name in sys.modules if name.split('.')[0] == 'torch'))"
    )
    assert done.stdout.strip().endswith("0 []"), done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")

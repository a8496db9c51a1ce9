"""What a fresh machine needs: the Makefile, the Debian packages, the pins, the package."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from app import doctor

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".ci" / "debian.sh"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of made-up system commands: dpkg-query knows all packages but xdotool, apt-get notes its words."""
    commands = {
        "dpkg-query": 'case "$*" in *xdotool*) exit 1 ;; esac; printf installed',
        "apt-get": f'echo "$@" >> {tmp_path}/apt.log',
        "id": "echo 1000",
        "python3": "exit 0",
    }
    for name, body in commands.items():
        _command(tmp_path, name, body)
    return tmp_path


def _command(machine: Path, name: str, body: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\n{body}\n")
    (machine / name).chmod(0o755)


def _script(machine: Path, purpose: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine), "PYTHON": "python3"}
    return subprocess.run(
        ["/bin/sh", SCRIPT, purpose], env=environment, capture_output=True, text=True
    )


def test_nothing_is_said_when_nothing_is_missing(machine: Path) -> None:
    done = _script(machine, "run")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_user_is_told_the_line_to_run(machine: Path) -> None:
    done = _script(machine, "test")
    assert done.returncode == 2
    assert done.stdout.rstrip().endswith("sudo apt-get install -y xdotool")
    assert not (machine / "apt.log").exists()


def test_root_gets_the_missing_packages(machine: Path) -> None:
    _command(machine, "id", "echo 0")
    done = _script(machine, "test")
    assert done.returncode == 0, done.stdout
    log = (machine / "apt.log").read_text().splitlines()
    assert [line.split()[0] for line in log] == ["update", "install"]
    assert log[1].endswith(" xdotool")


def test_root_without_a_network_is_told_the_line(machine: Path) -> None:
    _command(machine, "id", "echo 0")
    _command(machine, "apt-get", "exit 100")
    done = _script(machine, "test")
    assert done.returncode == 2
    assert "sudo apt-get install -y xdotool" in done.stdout


def test_a_python_without_venv_asks_for_the_package(machine: Path) -> None:
    _command(machine, "python3", "exit 1")
    _command(machine, "dpkg-query", 'case "$*" in *venv*) exit 1 ;; esac; printf installed')
    assert "install -y python3-venv" in _script(machine, "run").stdout


def test_newer_names_of_packages_count(machine: Path) -> None:
    _command(machine, "dpkg-query", 'case "$*" in *t64) printf installed ;; *) exit 1 ;; esac')
    assert _script(machine, "test").returncode == 0


def test_other_systems_go_on(machine: Path) -> None:
    (machine / "apt-get").unlink()
    done = _script(machine, "test")
    assert (done.returncode, done.stdout) == (0, "")


def test_doctor_and_make_ask_for_the_same_packages() -> None:
    named = set(re.findall(r"\b(?:lib|fonts)[a-z0-9.-]+", SCRIPT.read_text()))
    known = {*doctor.LIBRARIES.values(), *doctor.X11_LIBRARIES.values(), doctor.FONTS}
    assert named == known


def test_every_dependency_is_pinned() -> None:
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().split()
    }
    wanted = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
    ]
    names = {re.split(r"[^A-Za-z0-9_-]", text)[0].lower().replace("_", "-") for text in wanted}
    assert names - pinned == set()


def test_the_pin_of_torch_brings_no_cuda_build() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert "torch==2.13.0" in lines
    assert not any(line.startswith(("nvidia-", "triton")) for line in lines)


def test_every_folder_of_source_is_a_package() -> None:
    for top in ("app", "graph", "nodes", "runtime", "tests"):
        for file in (ROOT / top).rglob("*.py"):
            assert (file.parent / "__init__.py").exists(), file


def test_there_are_no_other_top_level_folders() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    folders = {name.split("/")[0] for name in listed if "/" in name}
    assert folders <= {".ci", "app", "graph", "nodes", "runtime", "tests"}


def test_ci_runs_the_same_as_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS")}
    planned = subprocess.run(
        ["make", "--dry-run", "--always-make", "test"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    steps = [
        "debian.sh",
        "pip install",
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "pytest",
    ]
    places = [planned.index(step) for step in steps]
    assert places == sorted(places)

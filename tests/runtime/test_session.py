"""The handle on the engine process: what crosses the pipe, what is written before it closes, death and restart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file

from graph.diagram import Diagram
from runtime import messages as m
from runtime.session import Session
from runtime.snapshot import Snapshot
from tests.runtime.conftest import classifier


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session()
    HEARD.clear()
    made.start()
    yield made
    made.close()


HEARD: list[Any] = []


def wait_for(session: Session, kind: type, seconds: float = 180.0) -> Any:
    """The next message of a kind; what came after it stays for the next call."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        HEARD.extend(session.receive())
        while HEARD:
            message = HEARD.pop(0)
            if isinstance(message, kind):
                return message
        time.sleep(0.01)
    raise AssertionError(f"no {kind.__name__} within {seconds} s")


def test_the_engine_trains_in_its_own_process_dies_and_comes_back(
    session: Session, spiral: Diagram
) -> None:
    session.send(m.SetDiagram(1, classifier(seed=4)))
    session.send(m.SetDiagram(2, spiral))  # the last one counts
    session.send(m.Play())
    session.send(m.WantFrame())
    assert wait_for(session, m.Compiled).version == 2
    assert wait_for(session, Snapshot).loss > 0
    os.kill(session.pid or 0, signal.SIGKILL)
    assert "SIGKILL" in wait_for(session, m.Died).text
    assert not session.alive and session.receive() == []
    session.send(m.Play())  # goes nowhere, and does no harm
    session.restart()
    session.send(m.SetDiagram(3, spiral))
    assert wait_for(session, m.Compiled).version == 3


def test_what_was_to_be_written_is_written_before_the_end(session: Session, tmp_path: Path) -> None:
    """Whoever answers Save when the window closes says so, and then ends the engine at once."""
    session.send(m.SetDiagram(1, classifier()))
    session.send(m.Play())
    session.send(m.WantFrame())
    shown = wait_for(session, Snapshot)
    session.send(m.WantFrame())  # it is not taken any more, and must not stand in the way
    session.send(m.SaveWeights(str(tmp_path / "d.gradboard")))
    session.close()
    weights = load_file(tmp_path / "d.safetensors")
    assert weights["linear1.weight"].shape == (20, 2) and shown.step >= 0
    assert (tmp_path / "d.state.safetensors").exists() and not session.alive


def test_an_engine_that_hangs_is_ended_by_force(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(session, m.Ready)
    os.kill(session.pid or 0, signal.SIGSTOP)
    monkeypatch.setattr("runtime.session.SOON", 0.1)
    session.close()
    assert not session.alive and session.receive() == []


def test_the_engine_ends_with_its_screen() -> None:
    code = (
        "import time\nfrom runtime.session import Session\n"
        "if __name__ == '__main__':\n"
        "    s = Session(); s.start()\n"
        "    while not s.ready: s.receive(); time.sleep(0.01)\n"
        "    print(s.pid, flush=True); import os; os._exit(0)\n"
    )
    # not -c: a spawned process reads the main module's file again
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"gradboard_orphan_{os.getpid()}.py"
    path.write_text(code)
    try:
        out = subprocess.run(
            [sys.executable, str(path)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=Path.cwd(),
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
    finally:
        path.unlink()
    pid = int(out.stdout.split()[0])
    end = time.monotonic() + 10
    while time.monotonic() < end and _running(pid):
        time.sleep(0.05)
    assert not _running(pid)


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_session_imports_no_torch() -> None:
    code = "import sys, runtime.session, runtime.messages, runtime.recipe, runtime.data; print('torch' in sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert out.stdout.strip() == "False"

"""No work is lost: recovery copies, the version before, files written or opened elsewhere, windows that are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.document import Document
from app.keeping import Claim, before, keep_before, stamp
from app.rescue import LOCK, Rescue, lost
from app.settings import Blank, Preferences
from app.window import MainWindow
from graph.diagram import Block, Diagram
from graph.edits import AddBlock
from graph.files import load, save
from graph.problem import FileError
from tests.app.driving import until
from tests.app.fake_session import FakeSession


def _one(name: str = "relu1") -> Diagram:
    return Diagram({name: Block(name, "relu")})


class Windows:
    """Makes filled windows and closes them at the end."""

    def __init__(self) -> None:
        self.open: list[MainWindow] = []

    def __call__(self, folder: Path | None = None) -> MainWindow:
        window = MainWindow(FakeSession(), Preferences(Blank()), "paper", rescue=folder)
        window.resize(1200, 760)
        window.show()
        window.fill()
        QApplication.processEvents()
        window.filing.ask_unsaved = lambda: "discard"  # type: ignore[method-assign]
        self.open.append(window)
        return window

    def end(self) -> None:
        for window in self.open:
            window.close()
            window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def windows(qapp: Any) -> Iterator[Windows]:
    made = Windows()
    yield made
    made.end()


def _add(window: MainWindow, name: str) -> None:
    window.document.do(AddBlock(Block(name, "relu")))


def _abandon(folder: Path, diagram: Diagram, path: Path | None = None) -> None:
    """Leaves what a window leaves that is killed: a copy whose lock nobody holds."""
    document = Document()
    if path is not None:
        document.load(Diagram(), path)
    rescue = Rescue(document, folder)
    for block in diagram.blocks.values():
        document.do(AddBlock(block))
    rescue.write()
    rescue._threads.shutdown()
    assert rescue._lock is not None
    rescue._lock.unlock()


# --- copies --------------------------------------------------------------------------------------------------------


def test_a_copy_follows_an_edit_and_is_gone_when_the_work_is_saved(
    windows: Windows, tmp_path: Path
) -> None:
    folder = tmp_path / "rescue"
    window = windows(folder)
    _add(window, "relu1")
    until(lambda: list(folder.glob("*.gradboard")), "the copy", 5)
    (copy,) = folder.glob("*.gradboard")
    until(lambda: load(copy).blocks, "its content", 5)
    assert load(copy).blocks == window.document.diagram.blocks
    assert lost(folder) == ()  # its window lives
    window.filing.ask_save_path = lambda *_: str(tmp_path / "mine.gradboard")  # type: ignore[method-assign]
    assert window.filing.save()
    assert not list(folder.glob("*.gradboard")) and not list(folder.glob(f"*{LOCK}"))


def test_work_taken_back_needs_no_copy(windows: Windows, tmp_path: Path) -> None:
    window = windows(tmp_path)
    _add(window, "relu1")
    window.safety.rescue.write()
    window.document.undo()
    assert not list(tmp_path.glob("*.gradboard"))
    window.safety.rescue.write()  # nothing is unsaved
    assert not list(tmp_path.glob("*.gradboard"))


def test_what_a_window_left_is_offered_and_comes_back_as_unsaved_work(
    windows: Windows, tmp_path: Path
) -> None:
    file = tmp_path / "net.gradboard"
    save(_one("tanh1"), file)
    folder = tmp_path / "rescue"
    _abandon(folder, _one("relu7"), file)
    window = windows(folder)
    assert window.notice.isVisible() and "net.gradboard" in window.notice.text.text()
    assert window.notice.action.text() == "Recover"
    QTest.mouseClick(window.notice.action, Qt.MouseButton.LeftButton)
    assert list(window.document.diagram.blocks) == ["relu7"]
    assert window.document.path == file and not window.document.is_clean
    assert not any(name.startswith("x-") for name in window.document.diagram.extra)
    assert load(file).blocks.keys() == {"tanh1"}  # nothing is overwritten unasked
    until(lambda: len(list(folder.glob("*.gradboard"))) == 1, "only the living window's copy", 5)
    assert lost(folder) == ()


def test_several_are_offered_one_after_the_other_and_can_be_discarded(
    windows: Windows, tmp_path: Path
) -> None:
    for name in ("relu1", "relu2"):
        _abandon(tmp_path, _one(name))
    window = windows(tmp_path)
    assert "1 older one" in window.notice.text.text()
    QTest.mouseClick(window.notice.other, Qt.MouseButton.LeftButton)
    assert len(lost(tmp_path)) == 1 and "older" not in window.notice.text.text()
    QTest.mouseClick(window.notice.other, Qt.MouseButton.LeftButton)
    assert lost(tmp_path) == () and not window.notice.isVisible()
    assert not window.document.diagram.blocks


def test_a_broken_copy_is_left_alone(windows: Windows, tmp_path: Path) -> None:
    (tmp_path / "0123.gradboard").write_text("{")
    window = windows(tmp_path)
    assert not window.notice.isVisible() and (tmp_path / "0123.gradboard").exists()


def test_a_copy_that_cannot_be_written_is_said_once(windows: Windows, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("not a folder")
    window = windows(folder)
    for name in ("relu1", "relu2"):
        _add(window, name)
        window.safety.rescue.write()
        until(lambda: window.safety.rescue._writing.done(), "the attempt", 5)  # type: ignore[union-attr]
    assert "recovery copy" in window.notice.text.text()
    window.notice.dismiss()
    window.safety.rescue.write()
    assert not window.notice.isVisible()


# --- the version before ---------------------------------------------------------------------------------------------


def test_the_version_before_is_kept_and_can_be_shown(windows: Windows, tmp_path: Path) -> None:
    file = tmp_path / "net.gradboard"
    save(_one("tanh1"), file)
    window = windows()
    assert window.filing.open_file(file)
    _add(window, "relu1")
    assert window.filing.save()
    assert load(before(file)).blocks.keys() == {"tanh1"}
    assert window.filing.save()  # the same once more does not put the newest in its place
    assert load(before(file)).blocks.keys() == {"tanh1"}
    window.menus.actions["open_before"].trigger()
    assert window.document.diagram.blocks.keys() == {"tanh1"}
    assert window.document.path == file.resolve() and not window.document.is_clean
    assert load(file).blocks.keys() == {"tanh1", "relu1"}


def test_without_a_version_before_one_sentence_says_so(windows: Windows, tmp_path: Path) -> None:
    window = windows()
    window.menus.actions["open_before"].trigger()
    assert "no version before" in window.notice.text.text()


def test_keeping_leaves_nothing_beside_and_needs_no_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    keep_before(file, b"new")
    assert not list(tmp_path.iterdir())
    file.write_bytes(b"old")
    keep_before(file, b"new")
    assert before(file).read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 2


# --- elsewhere --------------------------------------------------------------------------------------------------------


def _opened(windows: Windows, file: Path, folder: Path | None = None) -> MainWindow:
    save(_one("tanh1"), file)
    window = windows(folder)
    assert window.filing.open_file(file)
    return window


def test_a_file_changed_elsewhere_is_noticed_and_read_again(
    windows: Windows, tmp_path: Path
) -> None:
    file = tmp_path / "net.gradboard"
    window = _opened(windows, file)
    save(_one("sigmoid1"), file)
    until(window.notice.isVisible, "the notice", 10)
    assert "changed by another" in window.notice.text.text()
    QTest.mouseClick(window.notice.action, Qt.MouseButton.LeftButton)
    assert window.document.diagram.blocks.keys() == {"sigmoid1"} and window.document.is_clean
    _add(window, "relu1")
    assert window.filing.save()
    QTest.qWait(600)  # one's own save is no change from elsewhere
    assert not window.notice.isVisible()


@pytest.mark.parametrize("answer", ["overwrite", "save as", "cancel"])
def test_a_file_changed_elsewhere_is_not_overwritten_unasked(
    windows: Windows, tmp_path: Path, answer: str
) -> None:
    file, aside = tmp_path / "net.gradboard", tmp_path / "aside.gradboard"
    window = _opened(windows, file)
    _add(window, "relu1")
    save(_one("sigmoid1"), file)
    asked: list[Path] = []

    def ask(path: Path) -> str:
        asked.append(path)
        return answer

    window.filing.ask_conflict = ask  # type: ignore[method-assign,assignment]
    window.filing.ask_save_path = lambda *_: str(aside)  # type: ignore[method-assign]
    assert window.filing.save() == (answer != "cancel")
    assert asked == [file.resolve()]
    mine = {"tanh1", "relu1"}
    assert load(file).blocks.keys() == (mine if answer == "overwrite" else {"sigmoid1"})
    if answer == "overwrite":
        assert load(before(file)).blocks.keys() == {"sigmoid1"}
    assert aside.exists() == (answer == "save as")
    assert window.document.is_clean == (answer != "cancel")


def test_two_windows_on_one_file_are_warned(windows: Windows, tmp_path: Path) -> None:
    file, folder = tmp_path / "net.gradboard", tmp_path / "state"
    first = _opened(windows, file, folder)
    assert not first.notice.isVisible()
    second = windows(folder)
    assert second.filing.open_file(file)
    assert "another window" in second.notice.text.text()
    first.close()
    third = windows(folder)
    assert third.filing.open_file(tmp_path / "net.gradboard")
    assert not third.notice.isVisible()


def test_a_claim_of_a_dead_window_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "net"
    code = (
        "import os, sys; from pathlib import Path; from app.keeping import Claim;"
        f"c = Claim(Path({str(tmp_path)!r})); assert c.take(Path({str(file)!r})); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert Claim(tmp_path).take(file)
    assert stamp(file) == ""


# --- killed ----------------------------------------------------------------------------------------------------------

EDITING = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.settings import Blank, Preferences
from app.window import MainWindow
from graph.diagram import Block
from graph.edits import AddBlock
from tests.app.fake_session import FakeSession
app = QApplication([])
window = MainWindow(FakeSession(), Preferences(Blank()), "paper", rescue=Path(sys.argv[1]))
window.show()
window.fill()
count = 0
def edit():
    global count
    count += 1
    window.document.do(AddBlock(Block(f"relu{count}", "relu")))
    print(count, time.time(), flush=True)
timer = QTimer()
timer.timeout.connect(edit)
timer.start(40)
app.exec()
"""
MOST_LOST = 5.0  # seconds of edits


def _killed(folder: Path, seed: int) -> float:
    """Kills a window in the midst of edits; returns how many seconds of them its copy lacks."""
    folder.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", EDITING, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    edits = {int(n): float(at) for n, at in [child.stdout.readline().split()]}
    time.sleep(random.Random(seed).uniform(0.0, 5.5))
    os.kill(child.pid, signal.SIGKILL)
    died = time.time()
    told = [line.split() for line in child.stdout if line.endswith("\n")]  # not what was cut off
    edits |= {int(number): float(at) for number, at in told}
    child.wait()
    there = [copy.diagram for copy in lost(folder)]
    kept = len(there[0].blocks) if there else 0
    missing = [at for number, at in edits.items() if number > kept]
    return died - min(missing) if missing else 0.0


def _kill_all(folder: Path, count: int) -> list[float]:
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(lambda k: _killed(folder / str(k), k), range(count)))


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
def test_killed_windows_lose_at_most_five_seconds(tmp_path: Path) -> None:
    assert max(_kill_all(tmp_path, 4)) <= MOST_LOST


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
def test_two_hundred_killed_windows_lose_at_most_five_seconds_each(tmp_path: Path) -> None:
    missing = _kill_all(tmp_path, 200)
    print(f"seconds of edits lost: median {sorted(missing)[100]:.1f}, most {max(missing):.1f}")
    assert max(missing) <= MOST_LOST


def test_a_full_disk_does_not_stop_the_editing(tmp_path: Path, qapp: Any) -> None:
    document = Document()
    rescue = Rescue(document, tmp_path)

    def refuse(*_: object) -> None:
        raise FileError("the disk is full.")

    said: list[str] = []
    rescue.failed.connect(said.append)
    import app.rescue

    before_it, app.rescue.save = app.rescue.save, refuse
    try:
        for number in range(3):
            document.do(AddBlock(Block(f"relu{number}", "relu")))
            rescue.write()
            until(lambda: rescue._writing.done(), "the attempt", 5)  # type: ignore[union-attr]
    finally:
        app.rescue.save = before_it
    assert len(said) == 1 and "the disk is full" in said[0] and len(document.diagram.blocks) == 3
    rescue.close()

"""atomic_write: at any moment, and after any failure, the old file or the new one is there, whole."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from graph.files import atomic_write, load, save
from graph.problem import FileError
from tests.graph.samples import chain, classifier


def test_writes_a_new_file_with_the_usual_mode(tmp_path: Path) -> None:
    atomic_write(tmp_path / "new", b"content")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "new").read_bytes() == b"content"
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert sorted(os.listdir(tmp_path)) == ["new", "plain"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_keeps_the_mode_of_the_old_file(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    atomic_write(path, b"new")
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == mode


def test_follows_links_to_their_target(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    target.write_bytes(b"old")
    (tmp_path / "second").symlink_to("folder/target")
    (tmp_path / "first").symlink_to("second")
    atomic_write(tmp_path / "first", b"new")
    assert (tmp_path / "first").is_symlink() and (tmp_path / "second").is_symlink()
    assert target.read_bytes() == b"new" and os.listdir(target.parent) == ["target"]


def test_a_path_relative_to_the_folder_we_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(classifier(), "a.gradboard")
    assert load("a.gradboard") == classifier()


def test_what_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    for path, sentence in {
        tmp_path: "this is a folder; choose a file in it.",
        tmp_path / "pipe": "this is a device or a pipe, not a file; choose a file.",
        tmp_path
        / "none"
        / "a": "it cannot be written: there is no such file or folder; check the name.",
        tmp_path / "file" / "a": "it cannot be written: there is no such folder; check the name.",
        tmp_path
        / "circle": "it cannot be written: its symbolic links lead in a circle; choose another file.",
        tmp_path / "nul\0": "it cannot be written: embedded null byte.",
        Path("/dev/full"): "this is a device or a pipe, not a file; choose a file.",
    }.items():
        with pytest.raises(FileError) as caught:
            atomic_write(path, b"new")
        assert str(caught.value) == f"{path}: {sentence}"
    assert sorted(os.listdir(tmp_path)) == ["circle", "file", "pipe"]


@contextmanager
def _untouched(folder: Path, reason: str) -> Iterator[Path]:
    """A file with old content; the body must fail to write it for this reason, and leave the folder as it was."""
    path = folder / "a"
    path.write_bytes(b"old" * 10_000)
    with pytest.raises(FileError) as caught:
        yield path
    assert str(caught.value).startswith(f"{path}: ") and reason in str(caught.value)
    assert path.read_bytes() == b"old" * 10_000 and os.listdir(folder) == ["a"]


def _failing(code: int, after: int = 0) -> Callable[..., int]:
    real, calls = os.write, iter(range(10**9))

    def write(descriptor: int, data: memoryview) -> int:
        if next(calls) >= after:
            raise OSError(code, os.strerror(code))
        return real(descriptor, data[:1000])

    return write


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EDQUOT, "your quota of the disk is used up"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_disk_that_fails_after_some_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, reason: str
) -> None:
    monkeypatch.setattr("graph.files.os.write", _failing(code, after=3))
    with _untouched(tmp_path, reason) as path:
        atomic_write(path, b"new" * 10_000)


@pytest.mark.parametrize("call", ["open", "fchmod", "fsync", "replace"])
def test_any_call_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with _untouched(tmp_path, "this disk is read-only; choose another folder") as path:
        monkeypatch.setattr(f"graph.files.os.{call}", fail)
        atomic_write(path, b"new")


def test_an_interruption_leaves_nothing_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("graph.files.os.fsync", interrupt)
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        atomic_write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old" and os.listdir(tmp_path) == ["a"]


def test_partial_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.files.os.write", _failing(errno.EIO, after=10**6))
    atomic_write(tmp_path / "a", b"0123456789" * 1234)
    assert (tmp_path / "a").read_bytes() == b"0123456789" * 1234


def test_a_file_larger_than_allowed(tmp_path: Path) -> None:
    """A real refusal of the kernel, for anyone: files of this process may not grow beyond 40 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with _untouched(tmp_path, "the disk does not take a file of this size") as path:
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
            atomic_write(path, b"new" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB, where we may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(tiny_disk: Path) -> None:
    with _untouched(tiny_disk, "the disk is full; free some space") as path:
        atomic_write(path, b"new" * 20_000)
    atomic_write(tiny_disk / "a", b"new")  # there is room for this, and for what it replaces
    assert (tiny_disk / "a").read_bytes() == b"new"


def test_a_read_only_disk(tiny_disk: Path) -> None:
    (tiny_disk / "a").write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for name in ("a", "new"):
        with pytest.raises(FileError, match="choose another folder"):
            atomic_write(tiny_disk / name, b"new")
    assert (tiny_disk / "a").read_bytes() == b"old"


def test_folders_and_files_that_we_may_not_write(tmp_path: Path) -> None:
    """In a child that is nobody, for root may write anywhere."""
    for name, folder_mode, file_mode in (("folder", 0o555, 0o666), ("file", 0o777, 0o444)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"old")
        (tmp_path / name / "a").chmod(file_mode)
        (tmp_path / name).chmod(folder_mode)
        said = _as_nobody(tmp_path, lambda name=name: atomic_write(f"{name}/a", b"new"))
        assert said.startswith(f"{name}/a: it cannot be written: you have no permission;"), said
        assert (tmp_path / name / "a").read_bytes() == b"old"
        (tmp_path / name).chmod(0o755)


def _as_nobody(folder: Path, work: Callable[[], None]) -> str:
    """What FileError says in a child process without rights, "" when there is none."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            work()
        except FileError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, "rb") as pipe:
        return pipe.read().decode()


def _kill_while_saving(folder: Path, kills: int, seed: int) -> int:
    """Kills a process that saves two files in turn; either must be there, whole, after every kill.

    How many kills came in the middle of a save.
    """
    path = folder / "a.gradboard"
    one, other = b"a" * 150_000, b"b" * 50_000
    path.write_bytes(one)
    random, seen, halfway = Random(seed), set[bytes](), 0
    for _ in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, b"!")
                for _ in range(10_000):
                    atomic_write(path, other)
                    atomic_write(path, one)
            finally:
                os._exit(1)
        os.read(reading, 1)  # it has begun, however busy the machine is
        time.sleep(random.uniform(0.0, 0.01))
        os.close(reading)
        os.close(writing)
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        found = path.read_bytes()
        assert found in (one, other)
        seen.add(found[:1])
        for left in folder.glob(".gradboard-*.tmp"):
            left.unlink()
            halfway += 1
        assert os.listdir(folder) == ["a.gradboard"]
    assert seen == {b"a", b"b"}
    return halfway


def test_fifty_kills_leave_the_old_or_the_new_file(tmp_path: Path) -> None:
    assert _kill_while_saving(tmp_path, kills=50, seed=0) > 5


@pytest.mark.slow
def test_a_thousand_kills_leave_the_old_or_the_new_file(tmp_path: Path) -> None:
    assert _kill_while_saving(tmp_path, kills=1000, seed=1) > 100


def test_saving_is_quick(tmp_path: Path) -> None:
    """Ten thousand blocks are saved in not more than a few times what reading them takes."""
    big = chain(10_000, skip=3)
    start = time.perf_counter()
    save(big, tmp_path / "big.gradboard")
    saved = time.perf_counter() - start
    start = time.perf_counter()
    assert load(tmp_path / "big.gradboard") == big
    assert saved < 5 * (time.perf_counter() - start)

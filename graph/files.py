"""Diagrams as files: one JSON text with one block and one wire a line, read with suspicion and written atomically."""

from __future__ import annotations

import errno
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from graph.diagram import Diagram
from graph.migrations import VERSION, migrate
from graph.pictures import HEAD, is_picture, packed_in
from graph.plain import MAX_VALUES, PlainError, count_values, entries, parse
from graph.problem import FileError
from graph.schema import plain_diagram, read_diagram

MAX_BYTES = 32 * 1024 * 1024
_LINE_BY_LINE = ("recipe", "blocks", "wires", "frames", "comments")


def load(path: str | os.PathLike[str]) -> Diagram:
    """The diagram in a file, or in a picture that carries one.

    Raises FileError, one sentence that names the file, the place and what to do.
    """
    shown = _shown(path)
    content = _read(path, shown)
    if is_picture(content[:HEAD]):
        return from_text(packed_in(content, shown, MAX_BYTES), shown)
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"{shown}: line {line}: it is not UTF-8 text, so it is not a diagram; choose another file."
        ) from None
    return from_text(source, shown)


def is_of_picture(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a picture, which a diagram may be read from but is not saved to."""
    try:
        with open(path, "rb") as file:
            return is_picture(file.read(HEAD))
    except OSError:
        return False


def save(diagram: Diagram, path: str | os.PathLike[str]) -> None:
    """Writes a diagram so that at any moment the old or the new file is there, whole.  Raises FileError."""
    atomic_write(path, to_text(diagram, _shown(path)).encode())


def from_text(source: str, where: str = "") -> Diagram:
    """The diagram that a text in the file's format describes; `where` names its origin in errors.  Raises FileError."""
    where = where or "this text"
    if len(source) > MAX_BYTES:
        raise FileError(
            f"{where}: it is larger than {MAX_BYTES // 2**20} MB, which no diagram needs."
        )
    try:
        document = migrate(entries(parse(source.removeprefix("\ufeff"))))
        return read_diagram({name: v for name, v in document.items() if name != "version"})
    except PlainError as error:
        raise FileError(f"{where}: {error}") from None
    except RecursionError:
        raise FileError(f"{where}: lists and objects are nested too deeply.") from None
    except MemoryError:
        raise FileError(f"{where}: it does not fit into memory.") from None


def to_text(diagram: Diagram, where: str = "") -> str:
    """A diagram in the file's format; what this returns, `from_text` reads.  Raises FileError."""
    try:
        found = plain_diagram(diagram)
    except PlainError as error:
        raise FileError(f"{where or 'this diagram'} cannot be written: {error}") from None
    text = _object({"version": VERSION} | found, "") + "\n"
    if len(text.encode()) > MAX_BYTES or count_values(text) > MAX_VALUES:
        raise FileError(
            f"{where or 'this diagram'} cannot be written: it is larger than {MAX_BYTES // 2**20} MB."
        )
    return text


def _object(found: dict[str, Any], indent: str) -> str:
    lines = [
        f"{indent}  {_json(name)}: {_value(name, v, indent + '  ')}" for name, v in found.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _value(name: str, value: Any, indent: str) -> str:
    if name == "parts":
        parts = [
            f"{indent}  {_json(n)}: {_object(part, indent + '  ')}" for n, part in value.items()
        ]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    if not value or name not in _LINE_BY_LINE:
        return _json(value)
    if isinstance(value, dict):
        lines = [f"{indent}  {_json(n)}: {_json(v)}" for n, v in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{indent}  {_json(v)}" for v in value) + f"\n{indent}]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _shown(path: str | os.PathLike[str]) -> str:
    return os.fsdecode(path).encode("utf-8", "backslashreplace").decode()


def _read(path: str | os.PathLike[str], shown: str) -> bytes:
    """The bytes of a regular file; looks before it opens, for opening a pipe would wait and opening a device may act."""
    try:
        _must_be_regular(os.stat(path), shown)
        # should a pipe have taken the file's place meanwhile, opening it does not wait either
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:
            _must_be_regular(os.fstat(file.fileno()), shown)
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError, MemoryError) as error:
        raise FileError(f"{shown}: {_reason(error, 'read')}") from None
    if len(content) > MAX_BYTES:
        raise FileError(
            f"{shown}: it is larger than {MAX_BYTES // 2**20} MB, which no diagram needs."
        )
    return content


def _must_be_regular(found: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise FileError(f"{shown}: this is a folder; choose a file in it.")
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{shown}: this is a device or a pipe, not a file; choose a file.")


def atomic_write(path: str | os.PathLike[str], data: bytes) -> None:
    """Replaces a file's content at once: written beside it, flushed to the disk, then renamed over it.

    Follows a symbolic link to its target and keeps the mode of the file that was there.  When it raises FileError the old
    file is untouched and nothing is left beside it; only a killed process may leave a hidden `.gradboard-...tmp`.
    """
    shown = _shown(path)
    try:
        target = Path(os.path.realpath(path))
        mode = _mode_of(target, shown)
        beside = target.with_name(f".gradboard-{secrets.token_hex(8)}.tmp")
        _write_beside(beside, data, mode)
        try:
            os.replace(beside, target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise FileError(f"{shown}: {_reason(error, 'written')}") from None
    _sync_folder(target.parent)


def _mode_of(target: Path, shown: str) -> int | None:
    """The permissions of the file to be replaced, None when there is none yet."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    _must_be_regular(found, shown)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected")
    return stat.S_IMODE(found.st_mode)


def _write_beside(beside: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(beside, flags, 0o666 if mode is None else 0o600)
    try:
        try:
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, mode)
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    # makes the new name survive a power cut; where a folder cannot be opened or synced the file is in place all the same
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space or choose another folder, nothing was changed",
    errno.EDQUOT: "your quota of the disk is used up; free some space, nothing was changed",
    errno.EFBIG: "the disk does not take a file of this size; choose another folder, nothing was changed",
    errno.ENOENT: "there is no such file or folder; check the name",
    errno.ENOTDIR: "there is no such folder; check the name",
    errno.EACCES: "you have no permission; choose another folder or change its permissions",
    errno.EPERM: "you have no permission; choose another folder or change its permissions",
    errno.EROFS: "this disk is read-only; choose another folder",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ELOOP: "its symbolic links lead in a circle; choose another file",
}


def _reason(error: Exception, done: str) -> str:
    code = error.errno if isinstance(error, OSError) else None
    advice = _ADVICE.get(
        code or 0, getattr(error, "strerror", "") or str(error) or "it is too large"
    )
    return f"it cannot be {done}: {advice}."

"""Data of one's own: a CSV file beside the diagram."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np

from runtime.data.dataset import MAX_CLASSES, Data, DataError, Dataset, dataset, setting
from runtime.data.table import MARKS, Plan, Table, read_table


def beside(path: str, folder: str) -> Path:
    """The file at the relative `path` in `folder`; a diagram from a stranger must not read any other.

    Raises DataError when the path is absolute or leads out of the folder, by `..` or by a link, or is no file.
    """
    if not folder:
        raise DataError(f"{path!r:.80} is looked up beside the diagram: save the diagram first.")
    if not path or "\0" in path:
        raise DataError("data.path names no file: write the name of a CSV file beside the diagram.")
    base, parts = Path(folder).resolve(), PureWindowsPath(path)
    absolute = PurePosixPath(path).is_absolute() or parts.drive or parts.root
    try:
        found = (base / path).resolve()
        inside = found.is_relative_to(base) and not absolute and ".." not in parts.parts
        is_file = inside and found.is_file()
    except (OSError, RuntimeError, ValueError):
        raise DataError(
            f"{path!r:.80} cannot be the path of a file: write the name of a CSV beside the diagram."
        ) from None
    if not inside:
        raise DataError(
            f"{path!r:.80} is not in the diagram's folder: put the CSV beside the diagram and write its name."
        )
    if not is_file:
        raise DataError(f"there is no file {path!r:.80} beside the diagram: put the CSV there.")
    return found


@dataset
class Csv(Dataset):
    """A CSV file beside the diagram.  x [N, columns]; y [N] class numbers or [N, 1] numbers, from the target column."""

    title = "CSV file"

    path: str = setting("", help="file name, beside the diagram")
    target: str = setting("", help="name of the column that becomes y, empty for the last")
    answers: str = setting(
        "auto",
        choices=("auto", "classes", "numbers", "none"),
        help="what the target holds; auto: classes when it begins with a text; none: every column is an input",
    )
    leave_out: str = setting("", help="names of columns not to use, with commas between")
    header: str = setting(
        "auto", choices=("auto", "yes", "no"), help="whether the first line names the columns"
    )
    delimiter: str = setting("auto", choices=("auto", *MARKS), help="what stands between two cells")

    def make(self, seed: int, folder: str = "") -> Data:
        path = beside(self.path, folder)
        table = _table(path, _stamp(path), self._plan)
        fields, classes = {"x": table.inputs.copy()}, {}
        if isinstance(table.answers, np.ndarray):
            fields["y"] = table.answers.copy()
        elif table.answers is not None:
            fields["y"], classes["y"] = _numbered(path.name, table.answers)
        return Data(path.name, fields, classes)

    @property
    def _plan(self) -> Plan:
        dropped = tuple(text.strip() for text in self.leave_out.split(",") if text.strip())
        return Plan(self.delimiter, self.header, self.target, self.answers, dropped)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _table(path: Path, stamp: tuple[int, int], plan: Plan) -> Table:
    # the stamp is an argument so that a new version of the file is read again
    return read_table(path, plan)


def _numbered(name: str, answers: list[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class numbers in the order of the names, by value where all are numbers."""
    texts = set(answers)
    if len(texts) > MAX_CLASSES:
        raise DataError(
            f"{name} has {len(texts):,} different classes, the limit is {MAX_CLASSES:,}:"
            " choose another target, or answers: numbers."
        )
    try:
        names = sorted(texts, key=lambda text: (float(text), text))
    except ValueError:
        names = sorted(texts)
    number = {text: n for n, text in enumerate(names)}
    return np.array([number[text] for text in answers], dtype=np.int64), tuple(names)

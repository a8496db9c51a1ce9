"""Data of one's own: a CSV file beside the diagram."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from runtime.data.dataset import MAX_CLASSES, Data, DataError, Dataset, dataset, setting
from runtime.data.places import beside, stamp
from runtime.data.table import MARKS, Plan, Table, read_table


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
        path = beside(self.path, folder, "CSV")
        table = _table(path, stamp(path), self._plan)
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


@lru_cache(maxsize=2)
def _table(path: Path, stamped: tuple[int, int], plan: Plan) -> Table:
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

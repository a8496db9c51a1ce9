"""Small data sets of real measurements that come with scikit-learn: digits, iris, wine, breast cancer, diabetes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from runtime.data.dataset import Data, DataError, Dataset, Field, dataset, setting

DIGITS = tuple(str(n) for n in range(10))
IRIS = ("setosa", "versicolor", "virginica")
WINE = ("class_0", "class_1", "class_2")
TUMOURS = ("malignant", "benign")


@cache
def loaded(name: str) -> Any:
    """What scikit-learn's `load_{name}` gives, read once.  Raises DataError when scikit-learn is missing."""
    try:
        from sklearn import datasets
    except ImportError as error:
        raise DataError(
            f"the data set {name} comes with scikit-learn: install scikit-learn."
        ) from error
    return getattr(datasets, f"load_{name}")()


@dataset
class Digits(Dataset):
    """1,797 handwritten digits, 8 × 8 pixels from 0 to 1.  y [N] class numbers.  Source: UCI, by scikit-learn."""

    images: bool = setting(True, help="x as [1, 8, 8] images; else as 64 numbers")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field(self._shape), "y": Field((), DIGITS)}

    def make(self, seed: int, folder: str = "") -> Data:
        raw = loaded("digits")
        x = (raw.data / 16.0).reshape(-1, *self._shape)
        return Data(self.title, {"x": x, "y": raw.target.astype(np.int64)}, {"y": DIGITS})

    @property
    def _shape(self) -> tuple[int, ...]:
        return (1, 8, 8) if self.images else (64,)


@dataset
class Iris(Dataset):
    """150 irises of three kinds, four lengths in cm.  x [150, 4], y [150].  Source: Fisher 1936, by scikit-learn."""

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((4,)), "y": Field((), IRIS)}

    def make(self, seed: int, folder: str = "") -> Data:
        raw = loaded("iris")
        fields = {"x": raw.data.astype(np.float64), "y": raw.target.astype(np.int64)}
        return Data(self.title, fields, {"y": IRIS})


@dataset
class Wine(Dataset):
    """178 wines of three growers, 13 measurements.  x [178, 13], y [178].  Source: Aeberhard 1992, by scikit-learn."""

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((13,)), "y": Field((), WINE)}

    def make(self, seed: int, folder: str = "") -> Data:
        raw = loaded("wine")
        fields = {"x": raw.data.astype(np.float64), "y": raw.target.astype(np.int64)}
        return Data(self.title, fields, {"y": WINE})


@dataset
class BreastCancer(Dataset):
    """569 tumours, 30 measurements of their cells' nuclei.  x [569, 30], y [569]: malignant or benign.

    Source: Wolberg, Street and Mangasarian 1995, by scikit-learn.
    """

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((30,)), "y": Field((), TUMOURS)}

    def make(self, seed: int, folder: str = "") -> Data:
        raw = loaded("breast_cancer")
        fields = {"x": raw.data.astype(np.float64), "y": raw.target.astype(np.int64)}
        return Data(self.title, fields, {"y": TUMOURS})


@dataset
class Diabetes(Dataset):
    """442 patients, ten measurements, the disease's progress a year later.  x [442, 10], y [442, 1].

    Source: Efron et al. 2004, by scikit-learn.
    """

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((10,)), "y": Field((1,))}

    def make(self, seed: int, folder: str = "") -> Data:
        raw = loaded("diabetes")
        y = raw.target.astype(np.float64)[:, None]
        return Data(self.title, {"x": raw.data.astype(np.float64), "y": y})

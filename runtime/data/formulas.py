"""Data computed from a formula: a noisy line or plane, a noisy curve, parity of bits, two samples, clusters."""

from __future__ import annotations

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, check_size, dataset, setting


@dataset
class Line(Dataset):
    """y = a·x + b + noise, x uniform in −1 … 1, a and b drawn from N(0, 1) by the seed.  x [N, inputs], y [N, 1]."""

    points: int = setting(200, low=1, high=1_000_000, help="samples")
    inputs: int = setting(1, low=1, high=1_000, help="numbers in x")
    noise: float = setting(0.1, low=0.0, high=1e3, help="standard deviation of the noise on y")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((self.inputs,)), "y": Field((1,))}

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.inputs)
        random = np.random.default_rng(seed)
        slope, offset = random.standard_normal((self.inputs, 1)), random.standard_normal()
        x = random.uniform(-1.0, 1.0, (self.points, self.inputs))
        noise = self.noise * random.standard_normal((self.points, 1))
        return Data(self.title, {"x": x, "y": x @ slope + offset + noise})


@dataset
class Curve(Dataset):
    """y = f(x) + noise for x evenly from −1 to 1.  x [N, 1], y [N, 1].  Source: LeCun and Canziani 2020, regression."""

    shape: str = setting(
        "cube", choices=("cube", "sine", "step"), help="f: x³, sin(π x) or sign(x)"
    )
    points: int = setting(100, low=1, high=1_000_000, help="samples")
    noise: float = setting(0.1, low=0.0, high=1e3, help="standard deviation of the noise on y")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((1,)), "y": Field((1,))}

    def make(self, seed: int, folder: str = "") -> Data:
        x = np.linspace(-1.0, 1.0, self.points)[:, None]
        y = {"cube": x**3, "sine": np.sin(np.pi * x), "step": np.sign(x)}[self.shape]
        noise = self.noise * np.random.default_rng(seed).standard_normal(x.shape)
        return Data(self.title, {"x": x, "y": y + noise})


@dataset
class Parity(Dataset):
    """All patterns of some bits; class 1 where the number of ones is odd.  x [2^bits, bits] of 0 and 1.

    Source: LeCun and Ranzato 2013, N-bit parity.
    """

    bits: int = setting(4, low=1, high=16, help="inputs")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((self.bits,)), "y": Field((), ("even", "odd"))}

    def make(self, seed: int, folder: str = "") -> Data:
        x = np.arange(2**self.bits)[:, None] >> np.arange(self.bits)[::-1] & 1
        fields = {"x": x.astype(np.float64), "y": x.sum(axis=1) % 2}
        return Data(self.title, fields, {"y": ("even", "odd")})


@dataset
class OneOneOne(Dataset):
    """Two samples, x = y = 0.5 and x = y = −0.5.  x [2, 1], y [2, 1].  Source: LeCun 2024, the net 1-1-1."""

    title = "0.5 and −0.5"

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((1,)), "y": Field((1,))}

    def make(self, seed: int, folder: str = "") -> Data:
        x = np.array([[0.5], [-0.5]])
        return Data(self.title, {"x": x, "y": x.copy()})


@dataset
class Clusters(Dataset):
    """Round Gaussian clouds, one class each, their middles drawn from N(0, 1) by the seed.  x [N, inputs], y [N]."""

    classes: int = setting(4, low=1, high=10_000, help="clouds")
    inputs: int = setting(2, low=1, high=100_000, help="numbers in x")
    points: int = setting(200, low=1, high=1_000_000, help="samples in each cloud")
    spread: float = setting(0.2, low=0.0, high=1e3, help="standard deviation inside a cloud")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((self.inputs,)), "y": Field((), self._names)}

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.classes, self.points, self.inputs)
        random = np.random.default_rng(seed)
        middles = random.standard_normal((self.classes, self.inputs))
        y = np.repeat(np.arange(self.classes), self.points)
        x = middles[y] + self.spread * random.standard_normal((len(y), self.inputs))
        return Data(self.title, {"x": x, "y": y}, {"y": self._names})

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"cloud {n}" for n in range(1, self.classes + 1))

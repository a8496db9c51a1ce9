"""Made-up classes of points in the plane: spiral, xor, circle, Gaussians, moons, circles."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, dataset, setting

MAX_POINTS = 1_000_000


@dataset
class Spiral(Dataset):
    """Arms of a spiral, one class each.  x [N, 2], y [N] class numbers.  Source: LeCun and Canziani 2020, practicum 2:

    x_c(t) = t (sin, cos)(2π/C (2t + c − 1) + noise), t from 0 to 1, c = 1 … C, noise drawn from N(0, noise²).
    """

    arms: int = setting(3, low=1, high=100, help="C, the number of arms and classes")
    points: int = setting(1000, low=1, high=100_000, help="samples on each arm")
    noise: float = setting(
        0.2, low=0.0, high=10.0, help="standard deviation of the angle, in radians"
    )

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((2,)), "y": Field((), self._classes)}

    def make(self, seed: int, folder: str = "") -> Data:
        noise = self.noise * np.random.default_rng(seed).standard_normal((self.arms, self.points))
        t = np.linspace(0.0, 1.0, self.points)
        arm = np.arange(self.arms)[:, None]  # c − 1
        angle = 2 * np.pi / self.arms * (2 * t + arm) + noise
        x = np.stack([t * np.sin(angle), t * np.cos(angle)], axis=-1).reshape(-1, 2)
        y = np.repeat(np.arange(self.arms), self.points)
        return Data(self.title, {"x": x, "y": y}, {"y": self._classes})

    @property
    def _classes(self) -> tuple[str, ...]:
        return tuple(f"arm {c}" for c in range(1, self.arms + 1))


@dataclass(frozen=True)
class TwoSets(Dataset):
    """Two sets of points in the plane: x [N, 2]; y [N] is the class number 0 or 1, or as signs −1.0 or +1.0."""

    labels: str = setting(
        "classes", choices=("classes", "signs"), help="y as class numbers 0, 1 or as −1, +1"
    )
    points: int = setting(500, low=1, high=MAX_POINTS, help="samples in each set")

    def fields(self, folder: str = "") -> dict[str, Field]:
        return {"x": Field((2,)), "y": Field((), self._classes)}

    def make(self, seed: int, folder: str = "") -> Data:
        first, second = self.sides(np.random.default_rng(seed))
        y = np.repeat(np.arange(2), [len(first), len(second)])
        fields = {"x": np.concatenate([first, second]), "y": y}
        if self.labels == "signs":
            return Data(self.title, {**fields, "y": 2.0 * y - 1.0})
        return Data(self.title, fields, {"y": self._classes})

    @abstractmethod
    def sides(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The points of either set, `[n, 2]` each."""

    @property
    def _classes(self) -> tuple[str, ...]:
        return () if self.labels == "signs" else ("0", "1")


@dataset
class Xor(TwoSets):
    """Class 1 where the two coordinates have different signs.  x [N, 2] in −1 … 1.  Source: Minsky and Papert 1969."""

    where: str = setting(
        "quadrants",
        choices=("quadrants", "corners"),
        help="spread over the squares, or at the corners ±1",
    )
    margin: float = setting(
        0.05, low=0.0, high=0.9, help="gap on each side of the axes (quadrants)"
    )
    noise: float = setting(
        0.0, low=0.0, high=10.0, help="standard deviation added to each coordinate"
    )

    def sides(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        size = random.uniform(self.margin, 1.0, (2, self.points, 2))
        if self.where == "corners":
            size = np.ones_like(size)
        sign = np.where(np.arange(self.points) % 2 == 0, 1.0, -1.0)
        same = np.stack([sign, sign], axis=-1)
        different = np.stack([sign, -sign], axis=-1)
        noise = self.noise * random.standard_normal(size.shape)
        return size[0] * same + noise[0], size[1] * different + noise[1]


@dataset
class Circle(TwoSets):
    """A disc inside a ring: radius up to 0.5 against 0.7 to 1.  x [N, 2].  Source: TensorFlow Playground."""

    noise: float = setting(
        0.0, low=0.0, high=10.0, help="standard deviation added to each coordinate"
    )

    def sides(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        radius = np.stack(
            [random.uniform(0.0, 0.5, self.points), random.uniform(0.7, 1.0, self.points)]
        )
        angle = random.uniform(0.0, 2 * np.pi, radius.shape)
        x = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1)
        x += self.noise * random.standard_normal(x.shape)
        return x[0], x[1]


@dataset
class Gaussians(TwoSets):
    """Two round Gaussians around (−d, −d) and (d, d), d = distance/2.  x [N, 2].  Source: TensorFlow Playground."""

    distance: float = setting(2.0, low=0.0, high=1e3, help="between the middles, along each axis")
    spread: float = setting(0.5, low=0.0, high=1e3, help="standard deviation of either")

    def sides(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = self.spread * random.standard_normal((2, self.points, 2))
        return x[0] - self.distance / 2, x[1] + self.distance / 2


@dataset
class Moons(TwoSets):
    """Two interleaving half circles.  x [N, 2].  Source: scikit-learn, make_moons."""

    noise: float = setting(
        0.1, low=0.0, high=10.0, help="standard deviation added to each coordinate"
    )

    def sides(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        angle = np.linspace(0.0, np.pi, self.points)
        outer = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        inner = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=-1)
        noise = self.noise * random.standard_normal((2, self.points, 2))
        return outer + noise[0], inner + noise[1]


@dataset
class Circles(TwoSets):
    """A circle around a smaller one.  x [N, 2].  Source: scikit-learn, make_circles."""

    factor: float = setting(
        0.5, low=0.0, high=0.99, help="radius of the inner circle, the outer has 1"
    )
    noise: float = setting(
        0.1, low=0.0, high=10.0, help="standard deviation added to each coordinate"
    )

    def sides(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        angle = np.linspace(0.0, 2 * np.pi, self.points, endpoint=False)
        outer = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        noise = self.noise * random.standard_normal((2, self.points, 2))
        return outer + noise[0], self.factor * outer + noise[1]

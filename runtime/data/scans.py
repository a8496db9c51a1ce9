"""Made-up scans: slices of bodies as a magnetic resonance scanner sees them when it skips most lines."""

from __future__ import annotations

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, check_size, dataset, setting


@dataset
class Scans(Dataset):
    """Slices of ellipses, and what a hasty scanner makes of them.  x, y [N, 1, size, size].

    y is the slice, 0 … 1.  The scanner measures lines of its Fourier transform (k-space): all of a middle band, and
    of the others as many, at random, as leave one out of `speed` in all.  x is the magnitude of the inverse transform
    with zeros for the lines that were left out.  Source: Zbontar et al. 2018, fastMRI.
    """

    points: int = setting(400, low=1, high=1_000_000, help="slices")
    size: int = setting(32, low=8, high=512, help="pixels on a side")
    speed: int = setting(4, low=1, high=64, help="how many times fewer lines are measured")
    band: float = setting(
        0.08, low=0.0, high=1.0, help="share of the lines, in the middle, that are always measured"
    )

    def fields(self, folder: str = "") -> dict[str, Field]:
        picture = Field((1, self.size, self.size))
        return {"x": picture, "y": picture}

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.size, self.size)
        random = np.random.default_rng(seed)
        y = np.stack([_slice(random, self.size) for _ in range(self.points)])
        measured = np.stack([self._lines(random) for _ in range(self.points)])
        lines = np.fft.fft2(y) * measured[:, None, :]
        x = np.abs(np.fft.ifft2(lines))
        return Data(self.title, {"x": x[:, None], "y": y[:, None]})

    def _lines(self, random: np.random.Generator) -> np.ndarray:
        """Which columns of k-space are measured `[size]`, the lowest frequency first."""
        waves = np.abs(np.fft.fftfreq(self.size) * self.size)
        found = waves <= self.band * self.size / 2
        left = np.flatnonzero(~found)
        count = min(len(left), max(0, round(self.size / self.speed) - int(found.sum())))
        found[random.choice(left, count, replace=False)] = True
        return found


def _slice(random: np.random.Generator, size: int) -> np.ndarray:
    """A bright body with some darker and brighter organs in it `[size, size]`."""
    at = (np.arange(size) + 0.5) / size - 0.5
    body = random.uniform(0.34, 0.44, 2)
    found = np.where(_within(at, np.zeros(2), body, 0.0), random.uniform(0.4, 0.6), 0.0)
    for _ in range(random.integers(3, 7)):
        middle, reach = random.uniform(-0.2, 0.2, 2), random.uniform(0.04, 0.12, 2)
        organ = _within(at, middle, reach, random.uniform(0, np.pi))
        found = np.where(organ, random.uniform(0.0, 1.0), found)
    return found


def _within(at: np.ndarray, middle: np.ndarray, reach: np.ndarray, angle: float) -> np.ndarray:
    """Which pixels lie in an ellipse with this middle and these half axes, turned by an angle."""
    across, down = at[None, :] - middle[0], at[:, None] - middle[1]
    along = across * np.cos(angle) + down * np.sin(angle)
    beside = down * np.cos(angle) - across * np.sin(angle)
    found: np.ndarray = (along / reach[0]) ** 2 + (beside / reach[1]) ** 2 <= 1.0
    return found

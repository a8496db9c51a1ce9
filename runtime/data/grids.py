"""Pairs of states on a grid, before and after a step of an equation: the heat equation."""

from __future__ import annotations

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, check_size, dataset, setting

TOGETHER = 1 << 20  # numbers whose waves are in memory at a time


@dataset
class Heat(Dataset):
    """Heat that spreads over a plate without walls (what leaves on one side comes back on the other).

    x [N, 1, size, size] is Z(t), y the same `steps` steps later, each Z + diffusion · ΔZ with the five-point Laplacian
    Δ.  The first states are smooth noise with mean 0 and standard deviation 1.  Source: LeCun and Canziani 2020.
    """

    title = "heat equation"

    points: int = setting(500, low=1, high=1_000_000, help="pairs of states")
    size: int = setting(16, low=3, high=512, help="cells on a side")
    steps: int = setting(1, low=1, high=1000, help="steps between x and y")
    diffusion: float = setting(
        0.2, low=0.0, high=0.25, help="dt times the diffusivity; above 0.25 it would explode"
    )
    noise: float = setting(0.0, low=0.0, high=10.0, help="standard deviation added to y")

    def fields(self, folder: str = "") -> dict[str, Field]:
        plate = Field((1, self.size, self.size))
        return {"x": plate, "y": plate}

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.size, self.size)
        random = np.random.default_rng(seed)
        x = random.standard_normal((self.points, 1, self.size, self.size))
        y = np.empty_like(x)
        # all steps at once: on a grid that wraps around the Laplacian only scales each wave
        kept = (1 + self.diffusion * _laplacian(self.size)) ** self.steps
        some = max(1, TOGETHER // self.size**2)
        for rows in (slice(n, n + some) for n in range(0, self.points, some)):
            x[rows] = _smooth(x[rows])
            y[rows] = np.fft.ifft2(np.fft.fft2(x[rows]) * kept).real
        return Data(self.title, {"x": x, "y": y + self.noise * random.standard_normal(y.shape)})


def _laplacian(size: int) -> np.ndarray:
    """What the five-point Laplacian of a grid that wraps around makes of each wave, [size, size]."""
    axis = 2 * np.cos(2 * np.pi * np.arange(size) / size) - 2
    found: np.ndarray = axis[:, None] + axis
    return found


def _smooth(noise: np.ndarray) -> np.ndarray:
    """Noise without its short waves, scaled to mean 0 and standard deviation 1."""
    size = noise.shape[-1]
    waves = np.hypot(*np.meshgrid(np.fft.fftfreq(size) * size, np.fft.fftfreq(size) * size))
    keep = np.exp(-((waves / max(2.0, size / 6)) ** 2))
    z = np.fft.ifft2(np.fft.fft2(noise) * keep).real
    z = z - z.mean(axis=(-2, -1), keepdims=True)
    smoothed: np.ndarray = z / z.std(axis=(-2, -1), keepdims=True)
    return smoothed

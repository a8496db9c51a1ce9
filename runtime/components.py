"""Planes in a space of many numbers: through two of its coordinates, or along its data's principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PIECE = 1 << 16  # numbers of each row that are multiplied at a time


@dataclass(frozen=True)
class Plane:
    """The points `origin` `[n]` + a `directions[0]` + b `directions[1]`; the directions `[2, n]` are orthonormal.

    A space of three numbers has a third direction.
    """

    origin: np.ndarray
    directions: np.ndarray

    def projected(self, values: np.ndarray) -> np.ndarray:
        """Where values `[N, n]` lie over the plane, `[N, 2]`."""
        found: np.ndarray = (values - self.origin) @ self.directions.T
        return found

    def lifted(self, points: np.ndarray) -> np.ndarray:
        """Points `[M, 2]` of the plane as values `[M, n]`."""
        found: np.ndarray = self.origin + points @ self.directions
        return found


def of_units(values: np.ndarray, first: int, second: int) -> Plane:
    """The plane of two coordinates of `[N, n]`, counted from 0; the others stay at their mean."""
    origin = values.mean(0)
    origin[[first, second]] = 0.0
    directions = np.zeros((2, values.shape[1]))
    directions[0, first] = directions[1, second] = 1.0
    return Plane(origin, directions)


def of_components(values: np.ndarray) -> tuple[Plane, tuple[float, float]]:
    """The plane through the mean of `[N, n]` in which the values vary most, and the share of the variance along each."""
    mean, directions, (first, second) = main_directions(values, 2)
    return Plane(mean, directions), (first, second)


def main_directions(values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """The mean of `[N, n]`, the orthonormal directions `[count, n]` in which it varies most, and the share of each.

    Of each direction the sign is that with which its largest number is positive.  Source: principal components as
    the singular vectors of the centred values; found from the smaller of the two products with themselves.
    """
    mean = values.mean(0)
    centred = values - mean
    centred /= float(np.linalg.norm(centred)) or 1.0  # of variance 1 in all
    samples, size = centred.shape
    if size <= samples:
        squares, vectors = np.linalg.eigh(centred.T @ centred)
        directions = vectors.T[::-1][:count]
    else:
        squares, vectors = np.linalg.eigh(_products(centred))
        directions = vectors.T[::-1][:count] @ centred
    directions = _completed(directions, count, size)
    largest = np.abs(directions).argmax(1)
    directions = directions * np.where(directions[range(count), largest] < 0, -1.0, 1.0)[:, None]
    shares = [float(max(s, 0.0)) for s in squares[::-1][:count]]
    return mean, directions, shares + [0.0] * (count - len(shares))


def _products(rows: np.ndarray) -> np.ndarray:
    """The inner products of rows with one another, in double precision without a copy of all in it."""
    pieces = (rows[:, at : at + PIECE].astype(np.float64) for at in range(0, rows.shape[1], PIECE))
    found = np.zeros((len(rows), len(rows)))
    for piece in pieces:
        found += piece @ piece.T
    return found


def _completed(directions: np.ndarray, count: int, size: int) -> np.ndarray:
    """Orthonormal directions, the given ones first; coordinates stand in where the values do not vary."""
    found: list[np.ndarray] = []
    for candidate in (*directions, *np.eye(min(size, count + 1), size)):
        rest = candidate.astype(np.float64)
        for _ in range(2):
            for one in found:
                rest = rest - one * (one @ rest)
        length = float(np.linalg.norm(rest))
        if length > 1e-9 and len(found) < count:
            found.append(rest / length)
    while len(found) < count:
        found.append(np.zeros(size))
    return np.stack(found)

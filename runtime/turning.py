"""Linear maps taken apart into rotation, stretching, rotation; and points turned so that they lie on others."""

from __future__ import annotations

from itertools import permutations

import numpy as np

FEW = 3  # dimensions that can be seen as they are


def procrustes(points: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The orthogonal `R` `[d, d]` that brings `points @ R` nearest to `goal`, both `[N, d]`.

    Source: Schönemann 1966, the orthogonal Procrustes problem: U V' of the singular vectors of `points' goal`.
    """
    left, _, right = np.linalg.svd(points.T @ goal)
    found: np.ndarray = left @ right
    return found


def taken_apart(
    weight: np.ndarray, seen: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """`U` `[m, k]`, `s` `[k]`, `V` `[k, n]` with `weight` `[m, n]` = U diag(s) V; None when neither m nor n is FEW or less.

    Of all singular value decompositions it is the one whose V turns least from what is seen, `[d, n]` directions of
    the n numbers: order and signs of singular vectors are free.  With n up to FEW, k is n and V is a rotation; else k
    is m, and the rows of V are orthonormal.  Where m and k are both FEW, U is a rotation too, for which the smallest
    singular value becomes negative if `weight` mirrors.
    """
    rows, columns = weight.shape
    if min(rows, columns) > FEW:
        return None
    count = columns if columns <= FEW else rows
    left, values, right = np.linalg.svd(weight, full_matrices=True)
    u, s = np.zeros((rows, count)), np.zeros(count)
    u[:, : len(values)], s[: len(values)] = left[:, : len(values)], values
    order, signs = _least_turn(right[:count], seen)
    u, s, v = u[:, order] * signs, s[order], right[order] * signs[:, None]
    if rows == count == FEW and np.linalg.det(u) < 0:
        weakest = int(s.argmin())
        s[weakest] *= -1.0
        u[:, weakest] *= -1.0
    return u, s, v


def _least_turn(vectors: np.ndarray, seen: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Order and signs of singular vectors `[k, n]` in which they point most as the directions seen, each as its own."""
    count, size = vectors.shape
    common = min(count, len(seen))
    agreement = (vectors @ seen.T)[:, :common]
    best, found = -np.inf, (list(range(count)), np.ones(count))
    for order in permutations(range(count)):
        along = agreement[list(order[:common]), range(common)]
        signs = np.ones(count)
        signs[:common] = np.where(along < 0, -1.0, 1.0)
        if count == size and np.linalg.det(vectors[list(order)] * signs[:, None]) < 0:
            signs[np.abs(along).argmin() if common == count else count - 1] *= -1.0
        if (total := float((signs[:common] * along).sum())) > best + 1e-12:
            best, found = total, (list(order), signs)
    return found


def as_rotation(matrix: np.ndarray) -> np.ndarray:
    """A matrix `[m, k]`, m and k up to 3, as a rotation `[3, 3]`: columns that are missing or 0 become what completes it.

    Raises ValueError when there is no such rotation: three columns of their own that mirror.
    """
    found = np.zeros((3, 3))
    found[: matrix.shape[0], : matrix.shape[1]] = matrix
    empty = [n for n in range(3) if not found[:, n].any()]
    if empty:
        rest = np.linalg.svd(np.delete(found, empty, axis=1))[0][:, 3 - len(empty) :]
        found[:, empty] = _like_axes(rest, empty)
        if np.linalg.det(found) < 0:
            found[:, empty[-1]] *= -1.0
    if np.linalg.det(found) < 0:
        raise ValueError("a mirror image is no rotation")
    return found


def _like_axes(basis: np.ndarray, axes: list[int]) -> np.ndarray:
    """Another orthonormal basis `[3, j]` of the same space, whose vectors point most along these axes."""
    return basis @ procrustes(basis, np.eye(3)[:, axes])

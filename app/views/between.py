"""Points between two stages of a space warp, and what part of a space is looked at from where.  Numbers only, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from runtime.figures.warp import Stage

BEYOND = 1.7  # times as far from the middle as the points go, the grid is still looked at
ROOM = 1.12  # times what is to be seen
LEAST = 0.7  # of what is looked at has to be filled
LEAD = 0.7  # of the way in which things move; the look follows them in the last 0.7
YAW, PITCH = -0.55, 0.4  # radians from which three dimensions are looked at, at first


class Look(NamedTuple):
    """The middle of what is looked at, and how far it goes to each side."""

    middle: np.ndarray
    half: float


# --- points ------------------------------------------------------------------------------------------------------


def deep(values: np.ndarray) -> np.ndarray:
    """`[..., 2 or 3]` as `[..., 3]` real numbers; a missing coordinate is 0."""
    found = np.zeros((*values.shape[:-1], 3))
    found[..., : values.shape[-1]] = values
    return found


def partly(turn: np.ndarray, share: float) -> np.ndarray:
    """A share of a rotation `[3, 3]`: about the same axis by that share of its angle."""
    axis = np.linalg.svd(turn - np.eye(3))[2][-1]
    sines = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    angle = share * math.atan2(float(sines @ axis) / 2, (float(np.trace(turn)) - 1) / 2)
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    found: np.ndarray = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
    return found


def between(before: Stage, after: Stage, share: float) -> tuple[np.ndarray, np.ndarray]:
    """The points `[N, 3]` and the grid `[2, lines, nodes, 3]` on their way from one stage to the next.

    A rotation turns them; everything else takes each straight to its place.
    """
    pairs = ((before.points, after.points), (before.grid, after.grid))
    if after.turn is not None and 0.0 < share < 1.0:
        turn = partly(after.turn, share).T
        points, grid = (deep(old) @ turn for old, _ in pairs)
    else:
        points, grid = (deep(old) * (1 - share) + deep(new) * share for old, new in pairs)
    return points, grid


def eased(share: float) -> float:
    """Slow at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def moved(share: float) -> float:
    """How far things have moved at a share of the time."""
    return eased(share / LEAD)


def followed(share: float) -> float:
    """How far the look has followed them."""
    return eased((share - 1 + LEAD) / LEAD)


# --- where one looks ---------------------------------------------------------------------------------------------


def looks(stages: Sequence[Stage], last: Sequence[Look] = ()) -> tuple[Look, ...]:
    """What is looked at in each stage: the same as in the last frame or the stage before, as long as things fit in it."""
    found: list[Look] = []
    for number, stage in enumerate(stages):
        needed = _needed(stage)
        known = [*(last[number : number + 1] if len(last) == len(stages) else ()), *found[-1:]]
        fitting = [look for look in known if _fits(needed, look)]
        found.append(fitting[0] if fitting else Look(needed.middle, needed.half * ROOM))
    return tuple(found)


def _needed(stage: Stage) -> Look:
    """All points, and the grid as far as it does not run away from them."""
    points, grid = deep(stage.points), deep(stage.grid).reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2 or 1.0
    inside = np.clip(grid, middle - BEYOND * half, middle + BEYOND * half)
    low, high = np.minimum(low, inside.min(0)), np.maximum(high, inside.max(0))
    return Look((low + high) / 2, float((high - low).max()) / 2 or 1.0)


def _fits(needed: Look, look: Look) -> bool:
    reach = float(np.abs(needed.middle - look.middle).max()) + needed.half
    return LEAST * look.half <= needed.half and reach <= look.half * 1.001


def look_between(before: Look, after: Look, share: float, turn: np.ndarray | None) -> Look:
    """The look at a share of the time; it goes along with a rotation, and follows everything else."""
    middle, late = before.middle, followed(share)
    if turn is not None:
        middle = partly(turn, moved(share)) @ middle
    half = math.exp((1 - late) * math.log(before.half) + late * math.log(after.half))
    return Look((1 - late) * middle + late * after.middle, half)


def turned(values: np.ndarray, yaw: float, pitch: float) -> np.ndarray:
    """`[..., 3]` as seen from `yaw` to the side and `pitch` above: across, up, and towards the eye."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    sideways = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    cos, sin = math.cos(pitch), math.sin(pitch)
    upwards = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    found: np.ndarray = values @ (upwards @ sideways).T
    return found


def keys_of(stages: Sequence[Stage]) -> tuple[str, ...]:
    """What the stages are called in a file: the variable, and on the way to it the number of the step."""
    found: list[str] = []
    step = 0
    for stage in stages:
        step = step + 1 if not stage.last else 0
        found.append(stage.pin if stage.last else f"{stage.pin} {step}")
    return tuple(found)

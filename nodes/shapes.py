"""Shapes as people read them, and the few rules that several blocks check before PyTorch would."""

from __future__ import annotations

import math

Shape = tuple[int, ...]  # the batch first


def shown(shape: Shape) -> str:
    """(2, 3, 32) -> "[B, 3, 32]"."""
    return "[" + ", ".join(["B", *map(str, shape[1:])]) + "]"


def elements(shape: Shape) -> int:
    """How many numbers one sample has."""
    return math.prod(shape[1:])


def axis_of(kind: str, shape: Shape, axis: int) -> int:
    """`axis` counted from 0.  Raises ValueError when the shape lacks it or it is the batch's."""
    if len(shape) < 2:
        raise ValueError(
            f"{kind} needs inputs [B, n, ...], not {shown(shape)}; put a flatten before it."
        )
    if not -len(shape) <= axis < len(shape):
        raise ValueError(
            f"{kind}: {shown(shape)} has no axis {axis}; choose one from 1 to {len(shape) - 1}."
        )
    if axis % len(shape) == 0:
        raise ValueError(
            f"{kind}: axis 0 is the batch, whose samples must not mix; choose 1 or more."
        )
    return axis % len(shape)


def whole_of(kind: str, shapes: tuple[Shape, ...]) -> Shape:
    """The shape of which all others are copies or stretched parts.  Raises ValueError when none is."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    whole = tuple(max(sizes) for sizes in zip(*padded, strict=True))
    stretches = all(size in (1, full) for p in padded for size, full in zip(p, whole, strict=True))
    if not stretches or whole not in shapes:
        batch = max(shapes, key=len)[:1]  # a drawn parameter has none
        texts = [shown(s) if s[:1] == batch else str(list(s)) for s in shapes[:4]]
        raise ValueError(f"{kind} needs inputs of one shape, not {' and '.join(texts)}.")
    return whole


def check_images(kind: str, shape: Shape, dimensions: int) -> None:
    """Raises ValueError unless `shape` is [B, channels, ...] with as many dimensions after the channels."""
    if len(shape) != dimensions + 2:
        wanted = {1: "signals [B, channels, length]", 2: "images [B, channels, height, width]"}.get(
            dimensions, "volumes [B, channels, depth, height, width]"
        )
        raise ValueError(f"{kind} needs {wanted}, not {shown(shape)}; put a reshape before it.")


def check_window(kind: str, shape: Shape, kernel: int, padding: int, dilation: int = 1) -> None:
    """Raises ValueError when a sliding window does not fit once into the padded image."""
    extent = dilation * (kernel - 1) + 1
    if any(size + 2 * padding < extent for size in shape[2:]):
        size = "×".join(map(str, shape[2:]))
        raise ValueError(
            f"{kind}: a window of {extent} does not fit into {size} with padding {padding}; "
            "use a smaller kernel or more padding."
        )


def channels_of(kind: str, shape: Shape) -> int:
    """How many channels `shape` has, along axis 1.  Raises ValueError when it has none."""
    if len(shape) < 2:
        raise ValueError(
            f"{kind} needs inputs [B, n, ...], not {shown(shape)}; put a flatten before it."
        )
    return shape[1]


def numbers_of(kind: str, shape: Shape) -> int:
    """How many numbers `shape` has along its last axis.  Raises ValueError when that is the batch's."""
    if len(shape) < 2:
        raise ValueError(
            f"{kind} needs inputs [B, ..., n], not {shown(shape)}; put a flatten before it."
        )
    return shape[-1]


def groups_of(kind: str, channels: int, filters: int, groups: int) -> int:
    """`groups`, or one a channel for 0.  Raises ValueError when the channels or the filters cannot be divided so."""
    found = groups or channels
    if channels % found or filters % found:
        raise ValueError(
            f"{kind}: {channels} channels in and {filters} out cannot be divided into {found} groups."
        )
    return found


def dimensions_of(kind: str, shape: Shape) -> int:
    """1 for signals, 2 for images, 3 for volumes.  Raises ValueError for anything else."""
    if not 3 <= len(shape) <= 5:
        raise ValueError(
            f"{kind} needs signals, images or volumes [B, channels, ...], not {shown(shape)}; "
            "put a reshape before it."
        )
    return len(shape) - 2


def check_pooling(kind: str, shape: Shape, kernel: int, padding: int) -> None:
    """Raises ValueError when a pooling window does not fit, or is mostly padding."""
    if 2 * padding > kernel:
        raise ValueError(
            f"{kind}: a padding of {padding} is more than half the window of {kernel}."
        )
    check_window(kind, shape, kernel, padding)


def check_sequence(kind: str, shape: Shape) -> None:
    """Raises ValueError unless `shape` is [B, T, d]."""
    if len(shape) != 3:
        raise ValueError(
            f"{kind} needs sequences of vectors [B, T, d], not {shown(shape)}; put a reshape before it."
        )


def check_attention(kind: str, query: Shape, key: Shape, value: Shape, mask: Shape | None) -> None:
    """Raises ValueError unless these are [B, T, ...], [B, S, ...], [B, S, ...] and [T, S] or [B, T, S]."""
    for shape in (query, key, value):
        check_sequence(kind, shape)
    if key[1] != value[1]:
        raise ValueError(
            f"{kind}: there are {key[1]} keys and {value[1]} values; each key needs one."
        )
    places = (query[1], key[1])
    if mask is not None and mask not in (places, (query[0], *places)):
        raise ValueError(
            f"{kind}: the mask must be {list(places)} or {shown((query[0], *places))}, not {shown(mask)}."
        )

"""The patches of the inputs that excite each channel of a block most."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from graph.diagram import OUTPUT, Pin
from runtime.figures.pictures import Bank, Patches
from runtime.judge import at_once
from runtime.probe import Watched
from runtime.replaced import holder
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.views.filters import bank_of
from runtime.views.values import as_pictures, field_of, first_of, in_pieces, samples_of, values
from runtime.views.window import POINTWISE, NoWindow, Window, window_of

KEPT = 8  # patches a channel
CHANNELS = 32
NUMBERS = 300_000  # bytes in all patches together
LOOKED = 400  # samples at the most
PER_CHANNEL = ("Non-linearity", "Pooling")  # sections whose blocks keep channels apart
WORK = 2e9  # multiply-adds that one look may take


def patches(run: Run, watched: Watched, ask: Ask) -> Patches | None:
    """For each channel the patches of training images with its largest activations, the best of each sample.

    Without a block, those of the first convolution.  A block whose units do not see one patch each is refused.
    """

    def look(block: str) -> Patches | None:
        kind = run.program.kinds.get(Pin(block, OUTPUT))
        filtered = isinstance(holder(run.program.stages[block].op), nn.Conv2d)
        if kind is None or len(kind.shape) != 4 or not (ask.block or filtered):
            return None
        return _patches(run, watched, block)

    return first_of(run, ask.block, look)


def _patches(run: Run, watched: Watched, block: str) -> Patches:
    pin = Pin(block, OUTPUT)
    try:
        window = window_of(run.program, pin)
    except NoWindow as why:
        return Patches(block, refusal=str(why))
    shape = run.program.kinds[Pin(window.input, OUTPUT)].shape
    numbers = run.batches.rows("training", _looked(run))
    best, places = _best(run, pin, numbers)
    size = _clipped(window, (shape[2], shape[3]))
    channels = _channels(shape[1], best.shape[1], size)
    order = np.argsort(-best[:, :channels], axis=0, kind="stable")[:KEPT].T  # [channels, k]
    tops = np.take_along_axis(best[:, :channels].T, order, axis=1)
    place = np.take_along_axis(places[:, :channels].T, order, axis=1)
    corners = _corners(window, place, run.program.kinds[pin].shape[3], (shape[2], shape[3]))
    samples = numbers[order]
    return Patches(
        block,
        _cut(run, window.input, samples, corners, size),
        tops,
        samples,
        corners,
        (shape[2], shape[3]),
        best.shape[1],
        len(numbers),
        _filters(run, watched, block, best.shape[1]),
    )


def _looked(run: Run) -> int:
    """How many samples are looked at: fewer where a sample is much work."""
    macs = max(1, run.program.report.total.macs)
    return int(min(LOOKED, max(KEPT, WORK / macs)))


def _best(run: Run, pin: Pin, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest activation of each sample and channel, and where it is: `[n, channels]` both."""
    found = [
        values(run, piece)[pin].flatten(2).max(2)
        for piece in in_pieces(numbers, at_once(run.program))
    ]
    best = torch.cat([f.values for f in found]).double().cpu().numpy()
    return best, torch.cat([f.indices for f in found]).cpu().numpy()


def _clipped(window: Window, image: tuple[int, int]) -> tuple[int, int]:
    """The size of a patch: what a unit sees, at most the whole image."""
    return min(window.size[0], image[0]), min(window.size[1], image[1])


def _channels(colors: int, channels: int, size: tuple[int, int]) -> int:
    """How many channels are sent."""
    one = KEPT * math.prod(size) * (3 if colors == 3 else 1)
    return max(1, min(channels, CHANNELS, NUMBERS // one))


def _corners(window: Window, place: np.ndarray, width: int, image: tuple[int, int]) -> np.ndarray:
    """Row and column in the image where the patch of a unit begins: `[channels, k, 2]`; 0 for a patch as wide as the image."""
    units = np.stack([place // width, place % width], axis=-1)
    corners = units * np.array(window.step) + np.array(window.start)
    whole = np.array(window.size) >= np.array(image)
    return np.where(whole, 0, corners)


def _cut(
    run: Run, source: str, samples: np.ndarray, corners: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """The patches, black where they lie outside the image."""
    needed, which = np.unique(samples, return_inverse=True)
    images = as_pictures(samples_of(run, field_of(run, source), needed))
    frame = [(0, 0), (size[0], size[0]), (size[1], size[1]), (0, 0)][: images.ndim]
    framed = np.pad(images, frame)
    (h, w), which = size, which.reshape(samples.shape)
    return np.stack(
        [
            np.stack(
                [
                    framed[n, r + h : r + 2 * h, c + w : c + 2 * w]
                    for n, (r, c) in zip(row, at, strict=True)
                ]
            )
            for row, at in zip(which, corners, strict=True)
        ]
    )


# --- the filter beside its patches ----------------------------------------------------------------------------


def _filters(run: Run, watched: Watched, block: str, channels: int) -> Bank | None:
    """The filters that give these channels, one picture each: those of the block, or of the convolution before it."""
    bank = None
    while bank is None and block in run.program.stages:
        bank = bank_of(run, watched, block)
        stage = run.program.stages[block]
        if stage.block.kind not in POINTWISE and stage.type.section not in PER_CHANNEL:
            break
        block = stage.sources[0].block
    if bank is None or bank.total[0] != channels:
        return None
    return bank if bank.levels.ndim == 5 or bank.levels.shape[1] == 1 else _tiled(bank)


def _tiled(bank: Bank) -> Bank:
    """The inputs of each filter as one square picture, with a line of nothing between them."""
    rows, inputs, height, width = bank.levels.shape
    across = math.ceil(math.sqrt(inputs))
    down = -(-inputs // across)
    tiles = np.zeros((rows, down, height + 1, across, width + 1), np.int8)
    for n in range(inputs):
        tiles[:, n // across, :height, n % across, :width] = bank.levels[:, n]
    whole = tiles.reshape(rows, 1, down * (height + 1), across * (width + 1))[..., :-1, :-1]
    return Bank(bank.block, np.ascontiguousarray(whole), bank.extent, (bank.total[0], 1))

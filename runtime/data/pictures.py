"""Made-up pictures: squares, discs and triangles with masks and boxes, blobs in a volume."""

from __future__ import annotations

import numpy as np

from runtime.data.dataset import Data, Dataset, Field, check_size, dataset, setting

SHAPES = ("square", "disc", "triangle")
BLOBS = ("ball", "rod", "plate")
_CHUNK = 4_000_000  # pixels that are worked on at once


@dataset
class Shapes(Dataset):
    """Bright squares, discs and triangles on noise, to classify, to parse pixel by pixel or to find.

    x [N, channels, size, size], about 0 … 1;  clean: the same without noise;  y [N] the shape, with several objects
    [N, objects];  mask [N, size, size] what every pixel shows, 0 the background;  box [N, 4], or [N, objects, 4]:
    middle across, middle down, width and height as shares of the side.  Later objects hide earlier ones.
    """

    points: int = setting(600, low=1, high=1_000_000, help="pictures")
    size: int = setting(32, low=8, high=512, help="pixels on a side")
    channels: int = setting(1, low=1, high=3, help="1 for grey, 3 for colours")
    objects: int = setting(1, low=1, high=16, help="shapes in each picture")
    noise: float = setting(0.1, low=0.0, high=10.0, help="standard deviation added to each pixel")

    def fields(self, folder: str = "") -> dict[str, Field]:
        picture = Field((self.channels, self.size, self.size))
        several = () if self.objects == 1 else (self.objects,)
        return {
            "x": picture,
            "clean": picture,
            "y": Field(several, SHAPES),
            "mask": Field((self.size, self.size), ("background", *SHAPES)),
            "box": Field((*several, 4)),
        }

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.channels, self.size, self.size)
        random = np.random.default_rng(seed)
        kinds = random.permuted(np.arange(self.points * self.objects) % 3)
        kinds = kinds.reshape(self.points, self.objects)
        half = random.uniform(0.12, 0.25, kinds.shape)
        middle = half[..., None] + random.random((*kinds.shape, 2)) * (1 - 2 * half[..., None])
        colour = random.uniform(0.4, 1.0, (*kinds.shape, self.channels))
        ground = random.uniform(0.0, 0.2, (self.points, self.channels))
        clean, mask = self._painted(kinds, middle, half, colour, ground)
        x = clean + self.noise * random.standard_normal(clean.shape)
        box = np.concatenate([middle, np.repeat(2 * half[..., None], 2, axis=-1)], axis=-1)
        if self.objects == 1:
            kinds, box = kinds[:, 0], box[:, 0]
        fields = {"x": x, "clean": clean, "y": kinds, "mask": mask, "box": box}
        return Data(self.title, fields, {"y": SHAPES, "mask": ("background", *SHAPES)})

    def _painted(
        self,
        kinds: np.ndarray,
        middle: np.ndarray,
        half: np.ndarray,
        colour: np.ndarray,
        ground: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The pictures without noise, and what every pixel shows."""
        clean = np.broadcast_to(
            ground[:, :, None, None], (*ground.shape, self.size, self.size)
        ).copy()
        mask = np.zeros((self.points, self.size, self.size), dtype=np.int64)
        chunk = max(1, _CHUNK // self.size**2)
        for start in range(0, self.points, chunk):
            rows = slice(start, start + chunk)
            for n in range(self.objects):
                inside = _inside(kinds[rows, n], middle[rows, n], half[rows, n], self.size)
                mask[rows] = np.where(inside, kinds[rows, n, None, None] + 1, mask[rows])
                paint = colour[rows, n, :, None, None]
                clean[rows] = np.where(inside[:, None], paint, clean[rows])
        return clean, mask


def _inside(kinds: np.ndarray, middle: np.ndarray, half: np.ndarray, size: int) -> np.ndarray:
    """Which pixels `[n, size, size]` lie inside the shapes with these middles (across, down) and half widths."""
    at = (np.arange(size) + 0.5) / size
    across = np.abs(at[None, None, :] - middle[:, 0, None, None])
    down = at[None, :, None] - middle[:, 1, None, None]
    reach = half[:, None, None]
    square = np.maximum(across, np.abs(down)) <= reach
    disc = across**2 + down**2 <= reach**2
    triangle = (np.abs(down) <= reach) & (across <= (down + reach) / 2)
    found: np.ndarray = np.choose(kinds[:, None, None], [square, disc, triangle])
    return found


@dataset
class Volumes(Dataset):
    """Soft blobs in a volume: balls, rods along one axis and plates across one.

    x [N, 1, size, size, size], about 0 … 1;  y [N] the kind;  mask [N, size, size, size]: 0 outside, else kind + 1.
    """

    points: int = setting(300, low=1, high=100_000, help="volumes")
    size: int = setting(12, low=6, high=96, help="voxels on a side")
    noise: float = setting(0.1, low=0.0, high=10.0, help="standard deviation added to each voxel")

    def fields(self, folder: str = "") -> dict[str, Field]:
        side = (self.size,) * 3
        mask = Field(side, ("background", *BLOBS))
        return {"x": Field((1, *side)), "y": Field((), BLOBS), "mask": mask}

    def make(self, seed: int, folder: str = "") -> Data:
        check_size(self.title, self.points, self.size, self.size, self.size)
        random = np.random.default_rng(seed)
        y = random.permuted(np.arange(self.points) % 3)
        widths = np.array([[0.12, 0.12, 0.12], [0.28, 0.07, 0.07], [0.2, 0.2, 0.05]])[y]
        widths = random.permuted(widths, axis=1) * random.uniform(0.85, 1.15, (self.points, 1))
        middle = random.uniform(0.35, 0.65, (self.points, 3))
        at = (np.arange(self.size) + 0.5) / self.size
        square = ((at[None, None] - middle[..., None]) / widths[..., None]) ** 2  # [N, 3, size]
        distance = square[:, 0, :, None, None] + square[:, 1, None, :, None]
        distance = distance + square[:, 2, None, None, :]
        mask = np.where(distance <= 2.0, y[:, None, None, None] + 1, 0)
        x = np.exp(-distance / 2.0) + self.noise * random.standard_normal(distance.shape)
        fields = {"x": x[:, None], "y": y, "mask": mask}
        return Data(self.title, fields, {"y": BLOBS, "mask": ("background", *BLOBS)})

"""The deep nets of ImageNet, built from parts.  Source: LeCun 2013, 2018 and 2020; the paper named at each.

Made-up shapes of the right size stand in for the photographs; every net has its published number of weights.
"""

from __future__ import annotations

from collections.abc import Callable

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import placed
from graph.diagram import Diagram, Pin
from nodes.sketch import Sketch

SECTION = SECTIONS[2]
CLASSES = 1000
Draw = Callable[[Sketch, Pin], Pin]


def part(draw: Draw, **parts: Sketch) -> Sketch:
    """A part with one inlet and one outlet, and the parts that it uses."""
    s = Sketch()
    for name, inner in parts.items():
        s.define(name, inner)
    s.outlet(draw(s, s.inlet()))
    return s


def chained(*names: str) -> Draw:
    """Draws one use of each of these parts, after each other."""

    def draw(s: Sketch, z: Pin) -> Pin:
        for name in names:
            z = s.use(name, z)
        return z

    return draw


def imagenet(**layers: Sketch) -> Diagram:
    """x -> one use of each part -> cross entropy, for photographs of 224 × 224 in colour."""
    s = Sketch()
    z, y = s.observed("x"), s.observed("y")
    for name, layer in layers.items():
        s.define(name, layer)
        z = s.use(name, z, id=name)
    s.cross_entropy(z, y)
    data = {"kind": "shapes", "points": 8, "size": 224, "channels": 3}
    optimizer = {"kind": "sgd", "momentum": 0.9}
    recipe = {"rate": 1e-3, "batch": 2, "epochs": 5, "validation": 0.25, "test": 0.25}
    return placed(s.diagram(data=data, optimizer=optimizer, **recipe))


# --- two full layers of 4096 on top: 2012 to 2014 -------------------------------------------------------------


def _full(s: Sketch, z: Pin) -> Pin:
    z = s.flatten(z)
    for _ in range(2):
        z = s.relu(s.linear(s.dropout(z), units=4096))
    return s.linear(z, units=CLASSES)


def _three_convolutions(s: Sketch, z: Pin, groups: tuple[int, int, int]) -> Pin:
    for channels, group in zip((384, 384, 256), groups, strict=True):
        z = s.relu(s.conv2d(z, channels=channels, kernel=3, padding=1, groups=group))
    return s.max_pool2d(z, kernel=3, stride=2)


def alexnet() -> Diagram:
    """Krizhevsky, Sutskever and Hinton 2012, with the groups that the slide of LeCun 2013 counts."""

    def first(s: Sketch, z: Pin) -> Pin:
        z = s.relu(s.conv2d(z, channels=96, kernel=11, stride=4, padding=2))
        return s.max_pool2d(s.divisive_norm(z, kernel=5), kernel=3, stride=2)

    def second(s: Sketch, z: Pin) -> Pin:
        z = s.relu(s.conv2d(z, channels=256, kernel=5, padding=2, groups=2))
        return s.max_pool2d(s.divisive_norm(z, kernel=5), kernel=3, stride=2)

    def third(s: Sketch, z: Pin) -> Pin:
        return _three_convolutions(s, z, (1, 1, 2))

    return imagenet(stage1=part(first), stage2=part(second), stage3=part(third), full=part(_full))


def zeiler_fergus() -> Diagram:
    """Zeiler and Fergus 2013: smaller filters and a smaller stride than AlexNet's in the first stage, no groups."""

    def stage(channels: int, kernel: int, padding: int) -> Draw:
        def draw(s: Sketch, z: Pin) -> Pin:
            z = s.relu(s.conv2d(z, channels=channels, kernel=kernel, stride=2, padding=padding))
            return s.divisive_norm(s.max_pool2d(z, kernel=3, stride=2, padding=1), kernel=5)

        return draw

    def third(s: Sketch, z: Pin) -> Pin:
        return _three_convolutions(s, z, (1, 1, 1))

    return imagenet(
        stage1=part(stage(96, 7, 1)),
        stage2=part(stage(256, 5, 0)),
        stage3=part(third),
        full=part(_full),
    )


def vgg_16() -> Diagram:
    """Simonyan and Zisserman 2014, configuration D."""

    def stage(channels: int, count: int) -> Sketch:
        def draw(s: Sketch, z: Pin) -> Pin:
            for _ in range(count):
                z = s.relu(s.conv2d(z, channels=channels, kernel=3, padding=1))
            return s.max_pool2d(z)

        return part(draw)

    sizes = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
    stages = {f"stage{n}": stage(*size) for n, size in enumerate(sizes, 1)}
    return imagenet(**stages, full=part(_full))


# --- many small modules: 2014 to 2017 -------------------------------------------------------------------------


def _normed(s: Sketch, z: Pin, channels: int, kernel: int, eps: float = 1e-5, **how: int) -> Pin:
    """Filters that keep the size at stride 1, then batch norm."""
    z = s.conv2d(z, channels=channels, kernel=kernel, padding=kernel // 2, bias=False, **how)
    return s.batch_norm(z, eps=eps)


def _inception(one: int, *rest: int) -> Draw:
    """1×1, 1×1 -> 3×3 (twice; the paper has 5×5 in one), 3×3 max -> 1×1, side by side."""

    def draw(s: Sketch, z: Pin) -> Pin:
        def unit(z: Pin, channels: int, kernel: int) -> Pin:
            return s.relu(_normed(s, z, channels, kernel, eps=1e-3))

        narrow3, wide3, narrow5, wide5, pooled = rest
        # the lowest first, for that is how they are placed
        lowest = unit(s.max_pool2d(z, kernel=3, stride=1, padding=1), pooled, 1)
        third = unit(unit(z, narrow5, 1), wide5, 3)
        second = unit(unit(z, narrow3, 1), wide3, 3)
        return s.concat(unit(z, one, 1), second, third, lowest)

    return draw


INCEPTIONS = {
    "a3": (64, 96, 128, 16, 32, 32),
    "b3": (128, 128, 192, 32, 96, 64),
    "a4": (192, 96, 208, 16, 48, 64),
    "b4": (160, 112, 224, 24, 64, 64),
    "c4": (128, 128, 256, 24, 64, 64),
    "d4": (112, 144, 288, 32, 64, 64),
    "e4": (256, 160, 320, 32, 128, 128),
    "a5": (256, 160, 320, 32, 128, 128),
    "b5": (384, 192, 384, 48, 128, 128),
}


def googlenet() -> Diagram:
    """Szegedy et al. 2014 as torchvision has it: batch norm, no auxiliary classifiers."""

    def stem(s: Sketch, z: Pin) -> Pin:
        z = s.relu(_normed(s, z, 64, 7, eps=1e-3, stride=2))
        z = s.relu(_normed(s, s.max_pool2d(z, kernel=3, stride=2, padding=1), 64, 1, eps=1e-3))
        z = s.relu(_normed(s, z, 192, 3, eps=1e-3))
        return s.max_pool2d(z, kernel=3, stride=2, padding=1)

    def stage(level: str, **pool: int) -> Sketch:
        modules = {
            f"inception_{name}": part(_inception(*sizes))
            for name, sizes in INCEPTIONS.items()
            if name.endswith(level)
        }

        def draw(s: Sketch, z: Pin) -> Pin:
            z = chained(*modules)(s, z)
            return s.max_pool2d(z, **pool) if pool else z

        return part(draw, **modules)

    def head(s: Sketch, z: Pin) -> Pin:
        return s.linear(s.dropout(s.global_avg_pool(z), p=0.2), units=CLASSES)

    return imagenet(
        stem=part(stem),
        stage3=stage("3", kernel=3, stride=2, padding=1),
        stage4=stage("4", kernel=2),
        stage5=stage("5"),
        head=part(head),
    )


def _stem(s: Sketch, z: Pin) -> Pin:
    z = s.relu(_normed(s, z, 64, 7, stride=2))
    return s.max_pool2d(z, kernel=3, stride=2, padding=1)


def _past(s: Sketch, inner: Pin, past: Pin, project: bool) -> Pin:
    """The sum of the filters' answer and of what went past them, the one that is drawn above first."""
    both: Pin = s.sum(inner, past) if project else s.sum(past, inner)
    return both


def _basic(channels: int, stride: int = 1, project: bool = False) -> Draw:
    """Two 3×3 and the way past them."""

    def draw(s: Sketch, z: Pin) -> Pin:
        past = _normed(s, z, channels, 1, stride=stride) if project else z
        inner = s.relu(_normed(s, z, channels, 3, stride=stride))
        return s.relu(_past(s, _normed(s, inner, channels, 3), past, project))

    return draw


def _bottleneck(channels: int, stride: int = 1, project: bool = False) -> Draw:
    """1×1, 3×3, 1×1 to four times the channels, and the way past them."""

    def draw(s: Sketch, z: Pin) -> Pin:
        past = _normed(s, z, 4 * channels, 1, stride=stride) if project else z
        inner = s.relu(_normed(s, z, channels, 1))
        inner = s.relu(_normed(s, inner, channels, 3, stride=stride))
        return s.relu(_past(s, _normed(s, inner, 4 * channels, 1), past, project))

    return draw


def _residual(unit: Callable[..., Draw], counts: tuple[int, ...], first: bool) -> Diagram:
    """Stem, stages of residual units, global average; `first` is whether stage 1 begins with a projection too."""

    def stage(number: int, count: int) -> Sketch:
        channels, name = 64 * 2**number, f"unit{64 * 2**number}"
        inner = {name: part(unit(channels))}
        if number or first:
            begin = unit(channels, stride=2 if number else 1, project=True)
            inner[f"{name}_first"] = part(begin)
        names = [f"{name}_first"] if number or first else [name]
        return part(chained(*names, *[name] * (count - 1)), **inner)

    def head(s: Sketch, z: Pin) -> Pin:
        return s.linear(s.global_avg_pool(z), units=CLASSES)

    stages = {f"stage{n + 1}": stage(n, count) for n, count in enumerate(counts)}
    return imagenet(stem=part(_stem), **stages, head=part(head))


def resnet_18() -> Diagram:
    """He et al. 2015, 18 layers: two 3×3 in every unit."""
    return _residual(_basic, (2, 2, 2, 2), first=False)


def resnet_50() -> Diagram:
    """He et al. 2015, 50 layers: bottlenecks, with the stride at the 3×3 as torchvision has it."""
    return _residual(_bottleneck, (3, 4, 6, 3), first=True)


def _dense_layer(s: Sketch, z: Pin) -> Pin:
    """32 new maps from all maps so far, beside them."""
    new = s.conv2d(s.relu(s.batch_norm(z)), channels=128, kernel=1, bias=False)
    new = s.conv2d(s.relu(s.batch_norm(new)), channels=32, kernel=3, padding=1, bias=False)
    return s.concat(z, new)


def densenet_121() -> Diagram:
    """Huang et al. 2016, 121 layers, 32 new maps in each dense layer."""

    def dense(count: int) -> Sketch:
        return part(chained(*["layer"] * count), layer=part(_dense_layer))

    def halving(channels: int) -> Sketch:
        def draw(s: Sketch, z: Pin) -> Pin:
            z = s.conv2d(s.relu(s.batch_norm(z)), channels=channels, kernel=1, bias=False)
            return s.avg_pool2d(z)

        return part(draw)

    def head(s: Sketch, z: Pin) -> Pin:
        return s.linear(s.global_avg_pool(s.relu(s.batch_norm(z))), units=CLASSES)

    layers = {"stem": part(_stem), "dense1": dense(6)}
    for number, (channels, count) in enumerate(((128, 12), (256, 24), (512, 16)), 1):
        layers |= {f"halving{number}": halving(channels), f"dense{number + 1}": dense(count)}
    return imagenet(**layers, head=part(head))


PAGES = (
    Page(
        "alexnet",
        SECTION,
        "Nearly all weights lie in the full layers, nearly all multiplications in the filters: see each block's counts.",
        alexnet,
        heavy=True,
    ),
    Page(
        "zeiler-fergus",
        SECTION,
        "AlexNet with 7 × 7 filters at stride 2 first: 110 × 110 places where AlexNet has 55 × 55, 62,357,608 weights.",
        zeiler_fergus,
        heavy=True,
    ),
    Page(
        "vgg-16",
        SECTION,
        "Only 3 × 3 filters, 16 layers, 138,357,544 weights; 102,764,544 of them in the first full layer. Slow on a CPU.",
        vgg_16,
        heavy=True,
    ),
    Page(
        "googlenet",
        SECTION,
        "Filters of several sizes side by side, 1 × 1 before them to save: 6,624,904 weights, a twentieth of VGG's.",
        googlenet,
    ),
    Page(
        "resnet-18",
        SECTION,
        "Open a stage, then a unit: the wire past the filters carries the gradient down. 11,689,512 weights.",
        resnet_18,
    ),
    Page(
        "resnet-50",
        SECTION,
        "Bottlenecks 1 × 1, 3 × 3, 1 × 1 with a wire past each: 25,557,032 weights, more depth for VGG's quarter of work.",
        resnet_50,
    ),
    Page(
        "densenet-121",
        SECTION,
        "Every layer sees all maps before it and adds 32: one part used 58 times, 7,978,856 weights.",
        densenet_121,
    ),
)

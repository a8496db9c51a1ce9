"""What blocks say of shapes that do not fit: one sentence with the way out."""

from typing import Any

import pytest

from nodes.catalogue import catalogue


def build(kind: str, *shapes: tuple[int, ...], **settings: Any) -> Any:
    return catalogue()[kind](**settings).build(*shapes)


@pytest.mark.parametrize(
    ("kind", "shapes", "settings", "message"),
    [
        (
            "linear",
            [(2,)],
            {},
            "linear needs inputs [B, ..., n], not [B]; put a flatten before it.",
        ),
        ("bias", [(2,)], {}, "bias needs inputs [B, n, ...], not [B]; put a flatten before it."),
        (
            "conv2d",
            [(2, 64)],
            {},
            "conv2d needs images [B, channels, height, width], not [B, 64]; put a reshape before it.",
        ),
        ("conv1d", [(2, 64)], {}, "conv1d needs signals [B, channels, length], not [B, 64]"),
        (
            "max_pool3d",
            [(2, 1, 8, 8)],
            {},
            "max_pool3d needs volumes [B, channels, depth, height, width]",
        ),
        (
            "conv2d",
            [(2, 3, 8, 8)],
            {"groups": 2},
            "3 channels in and 16 out cannot be divided into 2 groups",
        ),
        (
            "conv2d",
            [(2, 3, 5, 8)],
            {"kernel": 3, "dilation": 3},
            "a window of 7 does not fit into 5×8 with padding 0",
        ),
        ("avg_pool2d", [(2, 3, 1, 1)], {}, "a window of 2 does not fit into 1×1 with padding 0"),
        (
            "max_pool1d",
            [(2, 3, 9)],
            {"padding": 2},
            "a padding of 2 is more than half the window of 2",
        ),
        (
            "softmax",
            [(2, 3)],
            {"axis": 2},
            "softmax: [B, 3] has no axis 2; choose one from 1 to 1.",
        ),
        ("log_softmax", [(2, 3)], {"axis": -2}, "axis 0 is the batch, whose samples must not mix"),
        ("softmax", [(2,)], {}, "put a flatten before it"),
        (
            "batch_norm",
            [(2,)],
            {},
            "batch_norm needs inputs [B, C] to [B, C, depth, height, width], not [B].",
        ),
        (
            "reshape",
            [(2, 64)],
            {"size": (1, 8, 9)},
            "the 64 numbers of [B, 64] do not fill the size [1, 8, 9]",
        ),
        (
            "reshape",
            [(2, 64)],
            {"size": (-1, 3)},
            "the 64 numbers of [B, 64] do not fill the size [-1, 3]",
        ),
        ("reshape", [(2, 64)], {"size": (-1, -1)}, "needs positive numbers and at most one -1"),
        ("reshape", [(2, 64)], {"size": (0, 64)}, "needs positive numbers and at most one -1"),
        ("sum", [(2,), (2, 1)], {}, "sum needs inputs of one shape, not [B] and [B, 1]."),
        (
            "product",
            [(2, 3), (2, 4)],
            {},
            "product needs inputs of one shape, not [B, 3] and [B, 4].",
        ),
        ("sum", [(2, 3), (4,)], {}, "sum needs inputs of one shape, not [B, 3] and [4]."),
        (
            "concat",
            [(2, 3, 1), (2, 4, 2)],
            {},
            "differ along axis 1 only, not [B, 3, 1] and [B, 4, 2]",
        ),
        ("concat", [(2, 3, 1), (2, 4)], {"axis": 2}, "differ along axis 2 only"),
        (
            "squared_error",
            [(2, 3), (2,)],
            {},
            "the prediction [B, 3] and the target [B] need as many per sample",
        ),
        ("squared_error", [(2,), (2, 2)], {}, "the prediction [B] and the target [B, 2]"),
        ("perceptron", [(2, 2), (2,)], {}, "perceptron compares number by number"),
        ("logistic", [(2, 1), (2, 2)], {}, "logistic compares number by number"),
        ("cross_entropy", [(2, 1), (2,)], {}, "at least two classes [B, classes], not [B, 1]"),
        ("cross_entropy", [(2,), (2,)], {}, "at least two classes [B, classes], not [B]"),
        (
            "nll_loss",
            [(2, 3), (2, 3)],
            {},
            "needs class numbers [B] as the target of [B, 3], not [B, 3]",
        ),
        ("cross_entropy", [(2, 3, 4, 4), (2, 4)], {}, "needs class numbers [B, 4, 4]"),
    ],
)
def test_sentences(
    kind: str, shapes: list[tuple[int, ...]], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        build(kind, *shapes, **settings)
    text = str(caught.value)
    assert message in text
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        ("sum", [(2, 3), (3,)]),
        ("product", [(2, 3), (2, 1)]),
        ("squared_error", [(2, 1), (2,)]),
        ("cross_entropy", [(2, 3), (2, 1)]),
    ],
)
def test_shapes_that_do_fit(kind: str, shapes: list[tuple[int, ...]]) -> None:
    assert callable(build(kind, *shapes))

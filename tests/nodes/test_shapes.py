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
        ("prelu", [(2,)], {}, "prelu needs inputs [B, n, ...], not [B]; put a flatten before it."),
        ("hardtanh", [(2, 3)], {"lowest": 1.0}, "lowest 1 must lie below highest 1."),
        (
            "winner_takes_all",
            [(2, 3)],
            {"winners": 4},
            "4 winners are more than the 3 along axis 1.",
        ),
        ("low_rank", [(2,)], {}, "low_rank needs inputs [B, ..., n], not [B]"),
        ("bilinear", [(2, 3, 4), (2, 5)], {}, "differ along the last axis only, not [B, 3, 4] and"),
        ("polynomial", [(2, 1000)], {"degree": 4}, "1000 numbers have 42,084,793,750 products"),
        (
            "conv_transpose2d",
            [(2, 3, 4, 4)],
            {"extra": 2},
            "extra 2 must be smaller than the stride or the dilation.",
        ),
        (
            "conv_transpose1d",
            [(2, 3, 1)],
            {"padding": 1},
            "a padding of 1 leaves nothing of the output.",
        ),
        (
            "conv_transpose2d",
            [(2, 3, 4, 4)],
            {"groups": 0, "channels": 4},
            "3 channels in and 4 out cannot be divided into 3 groups.",
        ),
        ("local2d", [(2, 3, 2, 2)], {}, "a window of 3 does not fit into 2×2 with padding 0"),
        ("lp_pool", [(2, 3)], {}, "lp_pool needs signals, images or volumes [B, channels, ...]"),
        ("log_prob_pool", [(2, 3, 1)], {}, "a window of 2 does not fit into 1 with padding 0"),
        ("global_avg_pool", [(2, 3)], {}, "needs signals, images or volumes"),
        ("upsample", [(2, 3)], {}, "needs signals, images or volumes"),
        ("layer_norm", [(2, 3)], {"axes": 2}, "[B, 3] has 1 axes after the batch"),
        ("group_norm", [(2, 3)], {}, "3 channels cannot be divided into 2 groups."),
        ("instance_norm", [(2, 3, 1)], {}, "more than one place a channel, not [B, 3, 1]."),
        ("subtractive_norm", [(2, 3, 9)], {"kernel": 4}, "the kernel 4 has no middle"),
        ("divisive_norm", [(2, 3)], {}, "needs signals, images or volumes"),
        ("spatial_dropout", [(2,)], {}, "spatial_dropout needs inputs [B, n, ...], not [B]"),
        ("permute", [(2, 3, 4)], {"axes": (1, 1)}, "each axis from 1 to 2 once, not [1, 1]."),
        ("permute", [(2, 3)], {}, "each axis from 1 to 1 once, not [2, 1]."),
        ("duplicate", [(2, 3)], {"axis": 3}, "the new axis of [B, 3] can be 1 to 2, not 3."),
        (
            "slice",
            [(2, 3)],
            {"start": 3},
            "there is nothing from 3 to the end of the 3 along axis 1",
        ),
        ("slice", [(2, 3)], {"axis": 0}, "axis 0 is the batch"),
        ("select", [(2, 3)], {"index": 3}, "there is no place 3 among the 3 along axis 1."),
        ("split", [(2, 3)], {}, "the 3 along axis 1 cannot be divided at the half."),
        ("split", [(2, 3)], {"at": -3}, "cannot be divided at -3."),
        ("pad", [(2, 3)], {}, "[B, 3] has no axis after the channels; choose axis 1."),
        ("pad", [(2, 3, 2)], {"how": "reflect", "after": 2}, "2 is more than reflect can take"),
        ("crop", [(2, 3, 2)], {}, "nothing is left of [B, 3, 2]."),
        (
            "scaled_dot_product_attention",
            [(2, 3, 4), (2, 5, 3), (2, 5, 3)],
            {},
            "queries and keys must be equally long, not 4 and 3.",
        ),
        (
            "scaled_dot_product_attention",
            [(2, 3, 4), (2, 5, 4), (2, 6, 3)],
            {},
            "there are 5 keys and 6 values",
        ),
        (
            "multi_head_attention",
            [(2, 3, 8), (2, 5, 8), (2, 5, 8), (2, 5)],
            {},
            "the mask must be [3, 5] or [B, 3, 5], not [B, 5].",
        ),
        (
            "multi_head_attention",
            [(2, 3, 6), (2, 5, 8), (2, 5, 8)],
            {},
            "queries of length 6 cannot be divided into 4 heads.",
        ),
        ("positional_encoding", [(2, 3)], {}, "needs sequences of vectors [B, T, d], not [B, 3]"),
        (
            "aggregate",
            [(2, 3, 1), (2, 4, 4)],
            {},
            "adjacency [B, N, N] or [N, N], not [B, 3, 1] and",
        ),
        ("difference", [(2, 3), (2, 4)], {}, "difference needs inputs of one shape"),
        ("matmul", [(2, 3, 4), (2, 3, 4)], {}, "[B, 3, 4] times [B, 3, 4] is not defined"),
        ("matmul", [(2, 4), (2, 3, 4, 1)], {}, "whose axes before must be equal"),
        ("matmul", [(2, 4), (7, 4)], {"transpose_b": True}, "[B, 4] times [B, 4] is not defined"),
        ("matmul", [(2,), (2, 3)], {}, "matmul needs matrices, not [B] and [B, 3]."),
        ("distance", [(2, 3, 4), (2, 5, 6)], {"pairwise": True}, "distance needs points [B, k, n]"),
        ("distance", [(2, 4), (2, 4)], {"pairwise": True}, "distance needs points [B, k, n]"),
        ("distance", [(2,), (2,)], {}, "distance needs inputs [B, ..., n], not [B]"),
        ("mean_over", [(2, 3)], {"axis": 2}, "mean_over: [B, 3] has no axis 2"),
        ("sum_over", [(2, 3)], {"axis": 0}, "whose samples must not mix"),
        ("cosine_error", [(2,), (2,)], {}, "cosine_error needs vectors [B, n], not [B]"),
        ("huber_loss", [(2, 3), (2,)], {}, "huber_loss compares number by number"),
        ("hinge", [(2, 3), (2,)], {}, "hinge compares number by number"),
        ("multi_margin_loss", [(2, 1), (2,)], {}, "a value for each of at least two classes"),
        ("kl_div", [(2, 3), (2, 4)], {}, "kl_div needs two inputs of one shape, not [B, 3] and"),
        ("kl_normal", [(2, 3), (2,)], {}, "kl_normal needs two inputs of one shape"),
        (
            "triplet_margin_loss",
            [(2, 3), (2, 3), (2, 4)],
            {},
            "three inputs [B, n] of one shape, not [B, 3] and [B, 3] and [B, 4].",
        ),
        ("nearest", [(2,)], {}, "nearest needs inputs [B, n, ...], not [B]"),
        ("group_l2", [(2, 3)], {}, "3 numbers along axis 1 cannot be divided into groups of 2."),
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

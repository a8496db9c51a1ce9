"""Where a block could break: flat images, empty windows, large numbers, hidden rows, numbers without a row."""

import itertools

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.preprocessing import PolynomialFeatures
from torch import Tensor, nn
from torch.nn import functional as F

from nodes.catalogue import catalogue

T = torch.tensor


def build(kind: str, *shapes: tuple[int, ...], **settings: object) -> nn.Module:
    op = catalogue()[kind](**settings).build(*shapes)
    return op.double() if isinstance(op, nn.Module) else op


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def slope(op: nn.Module, *inputs: Tensor) -> Tensor:
    z = inputs[0].clone().requires_grad_()
    out = op(z, *inputs[1:])
    out = out[0] if isinstance(out, tuple) else out
    (found,) = torch.autograd.grad(out.sum(), z)
    return found


@pytest.mark.parametrize("p", [1.0, 2.0, 5.0])
def test_lp_pooling_of_rectified_maps_is_torchs(p: float) -> None:
    z = random(2, 3, 8, 8).abs()
    torch.testing.assert_close(
        build("lp_pool", z.shape, p=p, kernel=3, stride=2)(z), F.lp_pool2d(z, p, 3, 2)
    )


def test_pooling_of_empty_and_of_huge_windows_is_finite() -> None:
    for p in (1.0, 2.0, 100.0):
        pool = build("lp_pool", (1, 1, 4, 4), p=p)
        zero = torch.zeros(1, 1, 4, 4, dtype=torch.float64)
        assert not pool(zero).any() and not slope(pool, zero).any()
        large = pool.float()(torch.full((1, 1, 4, 4), 1e10))
        torch.testing.assert_close(large, torch.full((1, 1, 2, 2), 1e10 * 4 ** (1 / p)))
    soft = build("log_prob_pool", (1, 1, 4), b=1000.0)
    out = soft(T([[[1.0, 900.0, -900.0, -901.0]]], dtype=torch.float64))
    torch.testing.assert_close(out, T([[[900.0, -900.0]]], dtype=torch.float64))


def test_log_prob_pooling_goes_from_the_sum_to_the_largest() -> None:
    z = random(1, 1, 6)
    sharp = build("log_prob_pool", z.shape, b=1e5)(z)
    torch.testing.assert_close(sharp, F.max_pool1d(z, 2), atol=1e-4, rtol=0)
    mean = F.avg_pool1d(z, 2) + np.log(2) / 1e-3  # to first order: the mean, and (1/b) log n
    torch.testing.assert_close(build("log_prob_pool", z.shape, b=1e-3)(z), mean, atol=1e-2, rtol=0)


@pytest.mark.parametrize("kind", ["subtractive_norm", "divisive_norm"])
def test_contrast_of_a_flat_image(kind: str) -> None:
    norm = build(kind, (1, 2, 20, 20))
    zero = torch.zeros(1, 2, 20, 20, dtype=torch.float64)
    assert not norm(zero).any()
    assert torch.isfinite(slope(norm, zero)).all()


def test_contrast_normalization_does_what_it_is_for() -> None:
    image = random(1, 1, 30, 30)
    image = image * torch.where(torch.arange(30) < 15, 1.0, 20.0) + torch.arange(30.0)
    centred = build("subtractive_norm", image.shape)(image)
    assert centred.mean().abs() < 0.5 < image.mean()
    divide = build("divisive_norm", image.shape)
    even = divide(centred)
    assert 0.8 < even[..., 20:].std() < 1.2 < centred[..., 20:].std()
    quiet = even[..., :8] / centred[..., :8]  # below the mean of σ: divided by that mean
    torch.testing.assert_close(quiet, torch.full_like(quiet, quiet.mean()))
    torch.testing.assert_close(divide(1000 * centred), even)
    brighter = build("subtractive_norm", image.shape)(image + 7.0)
    torch.testing.assert_close(brighter, centred)


def test_normalization_in_float32_stays_float32() -> None:
    z = torch.randn(2, 3, 12, 12)
    for kind in ("subtractive_norm", "divisive_norm"):
        assert catalogue()[kind]().build(z.shape)(z).dtype is torch.float32
    sequence = torch.randn(2, 5, 4)
    encoded = catalogue()["positional_encoding"]().build(sequence.shape)(sequence)
    assert encoded.dtype is torch.float32


def test_a_row_that_may_look_nowhere_stays_finite() -> None:
    q, k, v = random(1, 2, 4), random(1, 3, 4), random(1, 3, 2)
    hidden = T([[1, 1, 0], [0, 0, 0]])
    attention = build("scaled_dot_product_attention", q.shape, k.shape, v.shape, (2, 3))
    out, weights = attention(q, k, v, hidden)
    torch.testing.assert_close(weights[0, 1], torch.full((3,), 1 / 3, dtype=torch.float64))
    assert weights[0, 0, 2] == 0
    assert torch.isfinite(slope(attention, q, k, v, hidden)).all()
    torch.testing.assert_close(out[:, 0], F.scaled_dot_product_attention(q, k, v, hidden > 0)[:, 0])


def test_masks_of_one_and_of_all_samples() -> None:
    q, k, v = random(2, 3, 4), random(2, 5, 4), random(2, 5, 4)
    mask = (random(3, 5) > -0.5).double()
    heads = build("multi_head_attention", q.shape, k.shape, v.shape, mask.shape, heads=2)
    own = mask.expand(2, 3, 5)
    for one, all_ in zip(heads(q, k, v, mask), heads(q, k, v, own), strict=True):
        torch.testing.assert_close(one, all_)
    changed = v.clone()
    changed[:, 4] += 100.0
    seen = (heads(q, k, v, mask)[0] - heads(q, k, changed, mask)[0]).abs().amax((0, 2)) > 1e-9
    assert torch.equal(seen, mask[:, 4] > 0)


def test_causal_attention_never_looks_ahead() -> None:
    z = random(1, 6, 4)
    heads = build("multi_head_attention", z.shape, z.shape, z.shape, heads=2, causal=True)
    later = z.clone()
    later[:, 4:] += 1.0
    torch.testing.assert_close(heads(z, z, z)[0][:, :4], heads(later, later, later)[0][:, :4])
    assert not heads(z, z, z)[1].triu(1).any()


def test_a_graph_in_common_and_lonely_nodes() -> None:
    z = random(3, 4, 2)
    adjacency = T([[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    for how in ("none", "row", "symmetric"):
        gather = build("aggregate", z.shape, (4, 4), how=how, loops=False)
        out = gather(z, adjacency)
        torch.testing.assert_close(out, gather(z, adjacency.expand(3, 4, 4)))
        assert not out[:, 3].any() and torch.isfinite(out).all()
    row = build("aggregate", z.shape, (4, 4), how="row", loops=False)(z, adjacency)
    torch.testing.assert_close(row[:, 0], (z[:, 1] + z[:, 2]) / 2)


def test_products_keep_samples_apart() -> None:
    """What looks like a matrix [B, n] is a vector of each sample, and never mixes them."""
    a, b = random(5, 3), random(5, 3, 4)
    torch.testing.assert_close(build("matmul", a.shape, b.shape)(a, b)[2], a[2] @ b[2])
    torch.testing.assert_close(build("matmul", a.shape, a.shape)(a, a)[2], a[2] @ a[2])
    one = random(1, 2, 3)  # a drawn parameter of size 1×2×3
    torch.testing.assert_close(build("matmul", one.shape, b.shape)(one, b)[2], one[0] @ b[2])


def test_distances_to_drawn_points() -> None:
    z, points = random(5, 3), random(4, 3)
    expected = (z[:, None] - points).norm(dim=2)
    for drawn in (points, points[None]):
        apart = build("distance", z.shape, drawn.shape, pairwise=True)
        torch.testing.assert_close(apart(z, drawn), expected)


@pytest.mark.parametrize(("wrong", "number"), [([3, 5, 9], 9), ([3, -1, 2], -1)])
def test_a_number_without_a_row_is_named(wrong: list[int], number: int) -> None:
    table = build("embedding", (1, 3), count=6, units=2)
    for values in (T([wrong]), T([wrong]).double()):
        with pytest.raises(ValueError, match=f"rows for 0 to 5, and the input holds {number};"):
            table(values)


@pytest.mark.parametrize(("n", "degree"), [(4, 3), (1, 5), (6, 1)])
def test_polynomials_are_scikit_learns(n: int, degree: int) -> None:
    z = random(5, n)
    expected = PolynomialFeatures(degree, include_bias=False).fit_transform(z.numpy())
    got = build("polynomial", z.shape, degree=degree)(z)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-12)


def test_a_random_projection_is_kept_but_never_trained() -> None:
    torch.manual_seed(0)
    projection = build("random_projection", (2, 100), units=2000)
    assert list(projection.parameters()) == [] and list(projection.state_dict()) == ["weight"]
    z = random(10, 100)
    ratio = projection(z).norm(dim=1) / z.norm(dim=1) / (2000 / 100) ** 0.5
    assert (ratio - 1).abs().max() < 0.1  # distances nearly stay (Johnson-Lindenstrauss)


def test_spatial_dropout_leaves_out_whole_channels() -> None:
    drop = build("spatial_dropout", (50, 8, 3, 3), p=0.25)
    torch.manual_seed(0)
    out = drop(torch.ones(50, 8, 3, 3, dtype=torch.float64)).flatten(2)
    assert ((out == 0).all(2) | (out == 1 / 0.75).all(2)).all()
    assert 0.7 < (out != 0).double().mean() < 0.8
    assert torch.equal(drop.eval()(out), out)


def test_of_equal_numbers_one_wins() -> None:
    winner = build("winner_takes_all", (1, 4))
    assert sorted(winner(T([[2.0, 2.0, 1.0, 2.0]])).flatten().tolist()) == [0.0, 0.0, 0.0, 2.0]
    assert winner(T([[-3.0, -1.0, -2.0, -9.0]])).tolist() == [[0.0, -1.0, 0.0, 0.0]]


def test_the_sign_passes_the_gradient_when_asked() -> None:
    s = T([-1e10, -0.3, 0.0, 0.1, 3.0], dtype=torch.float64)
    through, plain = build("sign", s.shape, straight_through=True), build("sign", s.shape)
    assert through(s).tolist() == plain(s).tolist() == [-1.0, -1.0, 0.0, 1.0, 1.0]
    assert slope(through, s).tolist() == [1.0] * 5
    assert slope(plain, s).tolist() == [0.0] * 5


def test_padding_on_any_axes_is_numpys() -> None:
    z = random(2, 3, 4, 5)
    modes = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    for (how, mode), axis in itertools.product(modes.items(), (1, 2, -1)):
        sides = [(0, 0)] * 4
        sides[axis] = (2, 1)
        got = build("pad", z.shape, axis=axis, before=2, after=1, how=how)(z)
        np.testing.assert_array_equal(got.numpy(), np.pad(z.numpy(), sides, mode=mode))


def test_local_filters_with_equal_weights_are_a_convolution() -> None:
    z = random(2, 3, 7, 6)
    conv = nn.Conv2d(3, 4, 3, stride=2, padding=1).double()
    local = build("local2d", z.shape, channels=4, stride=2, padding=1)
    places = conv(z)[0, 0].numel()
    with torch.no_grad():
        local.weight.copy_(conv.weight.flatten(1).repeat_interleave(places, 0))
        local.bias.copy_(conv.bias.repeat_interleave(places))
    torch.testing.assert_close(local(z), conv(z))


def test_weights_of_the_200_by_200_image_without_allocating() -> None:
    with torch.device("meta"):
        full = catalogue()["linear"](units=400_000, bias=False).build((2, 40_000))
        # ten maps of 10×10 fields; padded by 9, so that every pixel has a field
        local = catalogue()["local2d"](channels=10, kernel=10, bias=False).build((2, 1, 209, 209))
        conv = catalogue()["conv2d"](channels=10, kernel=10, bias=False).build((2, 1, 209, 209))
    assert full.weight.numel() == 16_000_000_000
    assert local.weight.numel() == 40_000_000
    assert conv.weight.numel() == 1_000


def test_the_nearest_prototypes_of_trained_k_means_are_at_rest() -> None:
    z = random(200, 2) + T([[4.0, 0.0], [-4.0, 1.0], [0.0, 6.0], [0.0, -5.0]]).repeat(50, 1)
    found = KMeans(4, n_init=5, random_state=0).fit(z.numpy())
    cost = build("nearest", z.shape, units=4)
    with torch.no_grad():
        cost.weight.copy_(torch.from_numpy(found.cluster_centers_))
    total = cost(z).sum()
    assert total.item() == pytest.approx(found.inertia_, rel=1e-9)
    (gradient,) = torch.autograd.grad(total, cost.weight)
    assert gradient.abs().max() < 1e-9


def test_dilated_grouped_and_depth_wise_convolutions_count_as_they_should() -> None:
    depthwise = build("conv2d", (2, 8, 5, 5), channels=16, groups=0, bias=False)
    assert depthwise.weight.shape == (16, 1, 3, 3)
    transposed = build("conv_transpose2d", (2, 8, 5, 5), channels=8, groups=0, bias=False)
    assert transposed.weight.shape == (8, 1, 2, 2)


@pytest.mark.parametrize(("kind", "layer"), [("conv1d", nn.Conv1d), ("conv2d", nn.Conv2d)])
def test_a_transposed_convolution_is_the_gradient_of_a_convolution(
    kind: str, layer: type[nn.Module]
) -> None:
    sides = int(kind[-2])
    forward = layer(2, 3, 3, stride=2, padding=1, bias=False).double()
    image = random(1, 2, *(7,) * sides).requires_grad_()
    out = forward(image)
    upstream = random(*out.shape)
    (expected,) = torch.autograd.grad(out, image, upstream)
    back = build(
        kind.replace("conv", "conv_transpose"),
        upstream.shape,
        channels=2,
        kernel=3,
        stride=2,
        padding=1,
        bias=False,
    )
    back.load_state_dict(forward.state_dict())
    torch.testing.assert_close(back(upstream), expected)


def test_low_rank_has_that_rank_and_few_weights() -> None:
    layer = build("low_rank", (2, 100), units=80, rank=3, bias=False)
    assert sum(p.numel() for p in layer.parameters()) == 3 * (100 + 80)
    assert torch.linalg.matrix_rank(layer(torch.eye(100, dtype=torch.float64))) == 3


def test_entropy_of_certain_answers_is_finite() -> None:
    op = catalogue()["entropy"]().build((2, 2))
    p = T([[1.0, 0.0], [0.5, 0.5]], dtype=torch.float64)
    torch.testing.assert_close(op(p), T([0.0, np.log(2)], dtype=torch.float64))
    assert torch.isfinite(slope(op, p)).all()


def test_equal_points_have_finite_gradients() -> None:
    z = random(3, 4)
    for kind in ("distance", "triplet_margin_loss"):
        shapes = [z.shape] * (2 if kind == "distance" else 3)
        assert torch.isfinite(slope(build(kind, *shapes), *[z] * len(shapes))).all()
    assert torch.isfinite(slope(build("group_l2", z.shape), torch.zeros_like(z))).all()

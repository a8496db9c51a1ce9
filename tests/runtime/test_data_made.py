"""Made-up pictures, pairs, sequences, graphs and grids against numpy, scipy, networkx and scikit-learn."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from scipy import ndimage

from graph.settings import SettingError, settings_of
from runtime.data import DataError, Dataset, catalogue, load, read, split
from runtime.data.dataset import MAX_VALUES
from runtime.recipe import Recipe


def test_shapes_show_what_mask_and_box_say() -> None:
    data = load({"kind": "shapes", "points": 60, "size": 40, "noise": 0.0, "channels": 3})
    x, y, mask, box = (data.fields[name] for name in ("x", "y", "mask", "box"))
    np.testing.assert_array_equal(x, data.fields["clean"])
    assert np.bincount(y).tolist() == [20, 20, 20]
    for n in range(len(data)):
        assert set(np.unique(mask[n])) == {0, y[n] + 1}
        assert len(np.unique(x[n].reshape(3, -1), axis=1)[0]) == 2  # ground and object
        objects, count = ndimage.label(mask[n] > 0)
        down, across = ndimage.find_objects(objects)[0]
        found = np.array([across.start, down.start, across.stop, down.stop]) / 40
        middle, size = box[n, :2], box[n, 2:]
        assert count == 1
        np.testing.assert_allclose(found, [*(middle - size / 2), *(middle + size / 2)], atol=2 / 40)
        assert box[n].min() > 0 and np.all(middle + size / 2 <= 1) and np.all(middle >= size / 2)


def test_areas_of_the_shapes_are_those_of_geometry() -> None:
    data = load({"kind": "shapes", "points": 30, "size": 128})
    area = (data.fields["mask"] > 0).mean(axis=(1, 2))
    side = data.fields["box"][:, 2]
    wanted = np.choose(data.fields["y"], [side**2, np.pi * side**2 / 4, side**2 / 2])
    np.testing.assert_allclose(area, wanted, rtol=0.06)


def test_several_shapes_and_noise() -> None:
    data = load({"kind": "shapes", "points": 50, "objects": 3, "noise": 0.2})
    assert data.fields["y"].shape == (50, 3) and data.fields["box"].shape == (50, 3, 4)
    noise = data.fields["x"] - data.fields["clean"]
    assert noise.std() == pytest.approx(0.2, rel=0.02) and abs(noise.mean()) < 0.005
    last = data.fields["y"][:, -1] + 1  # nothing hides the last one
    assert all(last[n] in data.fields["mask"][n] for n in range(50))


def test_volumes_have_the_extent_of_their_kind() -> None:
    data = load({"kind": "volumes", "points": 90, "size": 20, "noise": 0.0})
    at = np.arange(20) - 9.5
    spread = []
    for axis in range(3):
        others = tuple(1 + n for n in range(3) if n != axis)
        p = data.fields["x"][:, 0].sum(axis=others)
        p = p / p.sum(axis=1, keepdims=True)
        spread.append((p * at**2).sum(1) - (p * at).sum(1) ** 2)
    small, middle, large = np.sort(np.array(spread), axis=0) ** 0.5
    ball, rod, plate = (data.fields["y"] == n for n in range(3))
    assert np.all(large[ball] < 1.2 * small[ball])
    assert np.all(large[rod] > 2 * middle[rod]) and np.all(middle[rod] < 1.2 * small[rod])
    assert np.all(large[plate] < 1.2 * middle[plate]) and np.all(middle[plate] > 2 * small[plate])
    inside = data.fields["mask"] > 0
    assert data.fields["x"][:, 0][inside].min() > data.fields["x"][:, 0][~inside].max()


def test_pairs_of_digits_tell_whether_they_are_the_same_and_do_not_leak() -> None:
    from sklearn.datasets import load_digits

    raw = load_digits()
    number = {image.tobytes(): n for n, image in enumerate(raw.data / 16.0)}
    data = load({"kind": "digit_pairs", "points": 500, "images": False}, seed=1)
    first, second = (
        np.array([number[v.tobytes()] for v in data.fields[name]]) for name in ("x1", "x2")
    )
    same = raw.target[first] == raw.target[second]
    np.testing.assert_array_equal(data.fields["y"], same.astype(int))
    parts = split(data, Recipe())
    seen = {
        name: {*first[rows], *second[rows]}
        for name in ("training", "validation", "test")
        for rows in (getattr(parts, name),)
    }
    assert not seen["training"] & seen["test"] and not seen["training"] & seen["validation"]
    for rows in (parts.training, parts.validation, parts.test):
        assert abs(same[rows].mean() - 0.5) < 0.02
    assert (len(parts.training), len(parts.validation), len(parts.test)) == (300, 100, 100)


def test_the_nearest_key_of_a_memory_holds_the_answer() -> None:
    data = load({"kind": "memory", "points": 400})
    keys, values, query = (data.fields[name] for name in ("keys", "values", "query"))
    nearest = np.einsum("nkd,nd->nk", keys, query).argmax(axis=1)
    answer = values[np.arange(400), nearest].argmax(axis=1)
    assert (answer == data.fields["y"]).mean() > 0.99
    np.testing.assert_allclose(np.linalg.norm(keys, axis=-1), 1.0)
    np.testing.assert_array_equal(values.sum(axis=-1), 1.0)


def test_patches_are_cut_out_of_scikit_learns_photographs() -> None:
    from sklearn.datasets import load_sample_images

    data = load({"kind": "photographs", "points": 6, "size": 8, "channels": 3, "prepare": "plain"})
    pictures = [p.transpose(2, 0, 1) / 255.0 for p in load_sample_images().images]
    for patch in data.fields["x"]:
        corner = [np.argwhere(np.all(np.isclose(p, patch[:, :1, :1]), axis=0)) for p in pictures]
        assert any(
            np.allclose(pictures[n][:, i : i + 8, j : j + 8], patch)
            for n in (0, 1)
            for i, j in corner[n]
            if i <= pictures[n].shape[1] - 8 and j <= pictures[n].shape[2] - 8
        )


def test_centred_and_whitened_patches() -> None:
    centred = load({"kind": "photographs", "points": 3000, "images": False}).fields["x"]
    np.testing.assert_allclose(centred.mean(axis=1), 0.0, atol=1e-13)
    x = load({"kind": "photographs", "points": 3000, "images": False, "prepare": "whitened"})
    strength = np.linalg.eigvalsh(np.cov(x.fields["x"].T))
    before = np.linalg.eigvalsh(np.cov(centred.T))
    strong = before > 0.02 * before.max()
    np.testing.assert_allclose(strength[strong], 1.0, atol=0.1)
    assert strong.sum() > 5 and strength.max() < 1.01
    with pytest.raises(SettingError, match=r"1 \(grey\) or 3"):
        read({"kind": "photographs", "channels": 2})


@pytest.mark.parametrize("task", ["copy", "reverse", "echo"])
def test_sequences_say_again(task: str) -> None:
    data = load({"kind": "sequences", "task": task, "points": 20, "length": 7, "lag": 3})
    for x, y, previous in zip(
        *(data.fields[n].tolist() for n in ("x", "y", "previous")), strict=True
    ):
        wanted = {"copy": x, "reverse": x[::-1], "echo": [0] * 3 + x[:-3]}[task]
        assert y == wanted and previous == [0, *y[:-1]] and 0 not in x
    hot = load({"kind": "sequences", "task": task, "points": 20, "length": 7, "form": "one_hot"})
    np.testing.assert_array_equal(hot.fields["x"].argmax(-1), data.fields["x"])
    np.testing.assert_array_equal(hot.fields["previous"].argmax(-1), data.fields["previous"])
    assert hot.fields["y"].dtype == np.int64 and hot.fields["x"].sum() == 20 * 7


def test_an_echo_longer_than_the_sequence_is_silence() -> None:
    data = load({"kind": "sequences", "task": "echo", "length": 4, "lag": 4, "points": 3})
    assert not data.fields["y"].any()


def test_adding_adds_the_marked() -> None:
    x, y = load({"kind": "adding", "points": 100, "length": 9}).fields.values()
    for numbers, total in zip(x, y, strict=True):
        marked = np.flatnonzero(numbers[:, 1])
        assert len(marked) == 2 and marked[0] < 4 <= marked[1]
        assert total[0] == pytest.approx(numbers[marked, 0].sum())


def test_communities_have_links_in_the_asked_share() -> None:
    settings = {"loops": False, "graphs": 30, "nodes": 100, "inside": 0.4, "between": 0.1}
    data = load({"kind": "communities", **settings})
    a, y = data.fields["adjacency"], data.fields["y"]
    assert np.array_equal(a, a.swapaxes(1, 2)) and not a.diagonal(axis1=1, axis2=2).any()
    same = y[:, :, None] == y[:, None, :]
    other = ~np.eye(100, dtype=bool) & same
    assert a[other].mean() == pytest.approx(0.4, abs=0.01)
    assert a[~same].mean() == pytest.approx(0.1, abs=0.01)
    assert y.dtype == np.int64 and y.shape == (30, 100)


def test_the_karate_club_is_networkxs_and_scaled_as_graph_nets_do() -> None:
    import networkx

    club = networkx.karate_club_graph()
    plain = load({"kind": "karate_club", "loops": False}).fields["adjacency"][0]
    np.testing.assert_array_equal(plain, networkx.to_numpy_array(club, weight=None))
    laplacian = networkx.normalized_laplacian_matrix(club, weight=None).toarray()
    symmetric = load({"kind": "karate_club", "loops": False, "scaling": "symmetric"})
    np.testing.assert_allclose(symmetric.fields["adjacency"][0], np.eye(34) - laplacian, atol=1e-12)
    rows = load({"kind": "karate_club", "scaling": "rows"}).fields["adjacency"]
    np.testing.assert_allclose(rows.sum(-1), 1.0)
    parts = split(load({"kind": "karate_club"}), Recipe())
    assert parts.training.tolist() == [0] and not len(parts.test)


def test_heat_spreads_by_the_five_point_step() -> None:
    data = load({"kind": "heat", "points": 5, "size": 12, "steps": 3, "diffusion": 0.15})
    for before, after in zip(data.fields["x"][:, 0], data.fields["y"][:, 0], strict=True):
        for _ in range(3):
            before = before + 0.15 * ndimage.laplace(before, mode="grid-wrap")
        np.testing.assert_allclose(after, before, atol=1e-12)
    assert data.fields["x"].std() == pytest.approx(1.0)


def _largest(cls: type[Dataset]) -> dict[str, int]:
    whole = [s for s in settings_of(cls).values() if s.type is int]
    return {s.name: int(s.high) for s in whole if s.high}


@pytest.mark.parametrize("kind", [k for k, cls in catalogue().items() if len(_largest(cls)) > 1])
def test_the_largest_settings_fit_into_memory_or_are_refused(kind: str) -> None:
    with contextlib.suppress(DataError):
        data = load({"kind": kind, **_largest(catalogue()[kind])})
        assert max(values.size for values in data.fields.values()) <= MAX_VALUES


def test_clusters_and_the_two_samples() -> None:
    data = load({"kind": "clusters", "classes": 3, "points": 5000, "inputs": 5, "spread": 0.1})
    for n in range(3):
        cloud = data.fields["x"][data.fields["y"] == n]
        np.testing.assert_allclose(np.cov(cloud.T), 0.01 * np.eye(5), atol=1e-3)
    two = load({"kind": "one_one_one"})
    assert two.fields["x"].tolist() == two.fields["y"].tolist() == [[0.5], [-0.5]]
    assert len(split(two, Recipe()).training) == 2


@pytest.mark.parametrize(
    "mapping",
    [
        {"kind": "shapes", "points": 1_000_000, "size": 512},
        {"kind": "volumes", "points": 100_000, "size": 96},
        {"kind": "sequences", "points": 1_000_000, "length": 10_000},
        {"kind": "communities", "graphs": 10_000, "nodes": 2000},
        {"kind": "clusters", "points": 1_000_000, "inputs": 100_000},
        {"kind": "photographs", "points": 1_000_000, "size": 256},
    ],
    ids=lambda m: str(m["kind"]),
)
def test_what_would_not_fit_is_refused_before_it_is_made(mapping: dict[str, object]) -> None:
    with pytest.raises(DataError, match="the limit is 50,000,000: make it smaller"):
        load(mapping)
    assert read(mapping).fields()

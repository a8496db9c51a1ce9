"""How samples are divided and what normalizes them, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.data import Data, load, normalization, split
from runtime.recipe import Recipe


def recipe(validation: float = 0.2, test: float = 0.2, seed: int = 0) -> Recipe:
    return Recipe(validation=validation, test=test, seed=seed)


def classes(counts: list[int], seed: int = 0) -> Data:
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    x = np.arange(float(len(y)))[:, None]
    return Data("made", {"x": x, "y": y}, {"y": tuple(map(str, range(len(counts))))})


@pytest.mark.parametrize("validation", [0.0, 0.1, 0.25, 0.5])
@pytest.mark.parametrize("test", [0.0, 0.2, 0.33, 0.49])
def test_parts_are_every_sample_once_with_the_sizes_of_scikit_learn(
    validation: float, test: float
) -> None:
    from sklearn.model_selection import train_test_split

    for counts in ([50, 50, 50], [7, 90, 31], [3]):
        data = classes(counts)
        parts = split(data, recipe(validation, test))
        joined = np.concatenate([parts.training, parts.validation, parts.test])
        np.testing.assert_array_equal(np.sort(joined), np.arange(len(data)))
        for part, share in ((parts.test, test), (parts.validation, validation)):
            assert np.all(np.diff(part) > 0)
            if share and len(data) > 3:
                assert abs(len(part) - len(train_test_split(joined, test_size=share)[1])) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_every_part_has_the_classes_in_proportion(seed: int) -> None:
    counts = [10, 40, 150, 300]
    data = classes(counts, seed)
    parts = split(data, recipe(0.15, 0.3, seed))
    for part in (parts.training, parts.validation, parts.test):
        found = np.bincount(data.fields["y"][part], minlength=4)
        np.testing.assert_allclose(found, np.array(counts) * len(part) / 500, atol=2.0)


def test_signs_are_kept_in_proportion() -> None:
    data = load({"kind": "xor", "labels": "signs", "points": 50})
    assert data.fields["y"][split(data, recipe()).test].sum() == 0.0


def test_the_seed_decides_and_shuffle_does_not() -> None:
    data = load({"kind": "digits"})
    base = split(data, recipe())
    assert np.array_equal(base.test, split(data, Recipe(shuffle=False)).test)
    assert not np.array_equal(base.test, split(data, recipe(seed=1)).test)


def test_a_part_is_drawn_evenly_from_everywhere() -> None:
    data = Data("made", {"x": np.zeros((20, 1))})
    drawn = np.zeros(20)
    for seed in range(400):
        drawn[split(data, recipe(0.0, 0.25, seed)).test] += 1
    assert drawn.sum() == 2000 and np.all(np.abs(drawn - 100) < 45)  # 5 standard deviations


def test_a_subset_of_the_training_part_keeps_the_shares_and_leaves_the_other_parts_alone() -> None:
    data = classes([100, 300])
    whole, few = split(data, recipe()), split(data, Recipe(subset=20))
    np.testing.assert_array_equal(whole.test, few.test)
    np.testing.assert_array_equal(whole.validation, few.validation)
    assert len(few.training) == 20 and set(few.training) < set(whole.training)
    assert abs(int(data.fields["y"][few.training].sum()) - 15) <= 1


def test_parts_that_the_data_fix_stay() -> None:
    x, fixed = np.zeros((30, 1)), np.arange(20, 30)
    parts = split(Data("made", {"x": x}, parts={"test": fixed}), recipe(validation=0.25))
    np.testing.assert_array_equal(parts.test, fixed)
    assert len(parts.validation) == 5 and len(parts.training) == 15
    assert max(*parts.training, *parts.validation) < 20
    both = {"test": fixed, "validation": np.arange(5)}
    parts = split(Data("made", {"x": x}, parts=both), recipe())
    np.testing.assert_array_equal(parts.training, np.arange(5, 20))


@pytest.mark.parametrize("count", range(1, 12))
def test_training_keeps_a_sample_and_small_sets_stay_whole(count: int) -> None:
    data = Data("made", {"x": np.zeros((count, 1))})
    parts = split(data, recipe())
    assert len(parts.test) == len(parts.validation) == count // 5
    assert len(split(data, recipe(0.04, 0.95)).training) >= 1


def test_vectors_are_normalized_as_by_standard_scaler() -> None:
    from sklearn.preprocessing import StandardScaler

    data = load({"kind": "digits", "images": False})
    rows = split(data, recipe()).training
    (name, (mean, std)) = next(iter(normalization(data, rows).items()))
    scaler = StandardScaler().fit(data.fields["x"][rows])
    assert name == "x" and np.any(scaler.scale_ == 1.0)  # some pixels never change
    np.testing.assert_allclose(mean, scaler.mean_, atol=1e-13)
    np.testing.assert_allclose(std, scaler.scale_, atol=1e-13)


def test_a_constant_column_is_not_blown_up() -> None:
    data = Data("made", {"x": np.column_stack([np.full(10, 0.1), np.arange(10.0)])})
    mean, std = normalization(data, np.arange(10))["x"]
    assert std[0] == 1.0 and std[1] == np.arange(10.0).std()
    np.testing.assert_allclose((data.fields["x"] - mean)[:, 0], 0.0, atol=1e-16)


@pytest.mark.parametrize(
    ("shape", "moments"),
    [
        ((30,), ()),
        ((30, 4), (4,)),
        ((30, 5, 4), ()),
        ((30, 3, 5, 4), (3, 1, 1)),
        ((30, 2, 2, 5, 4), (2, 1, 1, 1)),
    ],
)
def test_what_is_taken_together(shape: tuple[int, ...], moments: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(3.0, 2.0, shape) * np.arange(1.0, 1.0 + shape[-1])
    data = Data("made", {"x": x})
    rows = np.arange(0, 30, 2)
    mean, std = normalization(data, rows)["x"]
    assert mean.shape == std.shape == moments
    scaled = (x[rows] - mean) / std
    axes = tuple(n for n in range(x.ndim) if not (n == 1 and len(shape) != 3 and len(shape) > 1))
    np.testing.assert_allclose(scaled.mean(axis=axes), 0.0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=axes), 1.0, atol=1e-12)


def test_targets_and_class_numbers_are_left_alone() -> None:
    data = Data(
        "made",
        {"x": np.ones((4, 2)), "y": np.ones((4, 1)), "kind": np.array([0, 1, 0, 1])},
        {"kind": ("a", "b")},
    )
    assert set(normalization(data, np.arange(4))) == {"x"}

"""The data sets against their formulas, numpy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from graph.settings import SettingError, settings_of
from runtime.data import Data, catalogue, load, read

MADE = sorted(set(catalogue()) - {"csv", "idx", "images", "npy", "npz", "text", "arrays"})
FIXED = {
    "digits",
    "iris",
    "wine",
    "breast_cancer",
    "diabetes",
    "parity",
    "one_one_one",
    "karate_club",
}
TWO = ["xor", "circle", "gaussians", "moons", "circles"]


@pytest.mark.parametrize("kind", MADE)
def test_every_set_declares_what_it_makes(kind: str) -> None:
    declared = catalogue()[kind]()
    made = declared.make(0)
    assert declared.fields() == made.described
    assert all(setting.help for setting in settings_of(catalogue()[kind]).values())
    assert f"{len(made):,} samples" in made.text
    for name, values in made.fields.items():
        assert len(values) == len(made) and np.all(np.isfinite(values))
        assert values.dtype == (np.int64 if name in made.classes else np.float64)
        if name in made.classes:
            blank = {0} if kind == "sequences" else set()  # not every task needs it
            assert set(np.unique(values)) | blank == set(range(len(made.classes[name])))


@pytest.mark.parametrize("kind", MADE)
def test_the_seed_decides(kind: str) -> None:
    once, again, other = (load({"kind": kind}, seed) for seed in (3, 3, 4))
    for name in once.fields:
        np.testing.assert_array_equal(once.fields[name], again.fields[name])
    assert (kind not in FIXED) == any(
        not np.array_equal(once.fields[name], other.fields[name]) for name in once.fields
    )


@pytest.mark.parametrize("arms", [1, 3, 5])
def test_spiral_is_the_lectures_formula(arms: int) -> None:
    data = load({"kind": "spiral", "arms": arms, "points": 11, "noise": 0.0})
    for n, (x, label) in enumerate(zip(data.fields["x"], data.fields["y"], strict=True)):
        c, t = n // 11 + 1, (n % 11) / 10
        angle = 2 * np.pi / arms * (2 * t + c - 1)
        np.testing.assert_allclose(x, [t * np.sin(angle), t * np.cos(angle)], atol=1e-15)
        assert label == c - 1


def test_spiral_noise_turns_each_point_by_a_normal_angle() -> None:
    plain = load({"kind": "spiral", "points": 20_000, "noise": 0.0}).fields["x"]
    noisy = load({"kind": "spiral", "points": 20_000}, seed=1).fields["x"]
    np.testing.assert_allclose(
        np.linalg.norm(noisy, axis=1), np.linalg.norm(plain, axis=1), atol=1e-12
    )
    away = np.linalg.norm(plain, axis=1) > 0
    turn = np.angle((noisy[away, 1] + 1j * noisy[away, 0]) / (plain[away, 1] + 1j * plain[away, 0]))
    assert abs(turn.mean()) < 0.005 and abs(turn.std() - 0.2) < 0.005


def test_moons_and_circles_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import make_circles, make_moons

    moons = load({"kind": "moons", "points": 40, "noise": 0.0})
    x, y = make_moons(80, shuffle=False)
    np.testing.assert_allclose(moons.fields["x"], x, atol=1e-14)
    np.testing.assert_array_equal(moons.fields["y"], y)

    circles = load({"kind": "circles", "points": 40, "noise": 0.0, "factor": 0.3})
    x, y = make_circles(80, shuffle=False, factor=0.3)
    np.testing.assert_allclose(circles.fields["x"], x, atol=1e-14)
    np.testing.assert_array_equal(circles.fields["y"], y)


@pytest.mark.parametrize("where", ["quadrants", "corners"])
def test_xor_is_the_sign_of_the_product(where: str) -> None:
    data = load({"kind": "xor", "where": where, "margin": 0.3, "points": 100})
    x, y = data.fields["x"], data.fields["y"]
    np.testing.assert_array_equal(y, (x[:, 0] * x[:, 1] < 0).astype(int))
    assert len(np.unique(np.sign(x), axis=0)) == 4
    assert np.abs(x).min() >= 0.3 and np.abs(x).max() <= 1.0
    if where == "corners":
        assert np.all(np.abs(x) == 1.0)


def test_circle_and_gaussians_keep_to_their_description() -> None:
    circle = load({"kind": "circle", "points": 5000})
    radius, y = np.linalg.norm(circle.fields["x"], axis=1), circle.fields["y"]
    assert radius[y == 0].max() <= 0.5 <= 0.7 <= radius[y == 1].min() and radius.max() <= 1.0
    data = load({"kind": "gaussians", "points": 20_000, "distance": 3.0, "spread": 0.25})
    for side, middle in ((0, -1.5), (1, 1.5)):
        x = data.fields["x"][data.fields["y"] == side]
        np.testing.assert_allclose(x.mean(axis=0), middle, atol=0.01)
        np.testing.assert_allclose(np.cov(x.T), 0.25**2 * np.eye(2), atol=0.003)


@pytest.mark.parametrize("kind", ["xor", "circle", "moons", "circles"])
def test_noise_is_added_to_each_coordinate(kind: str) -> None:
    plain, noisy = (
        load({"kind": kind, "points": 20_000, "noise": noise}, 2).fields["x"]
        for noise in (0.0, 0.3)
    )
    np.testing.assert_allclose(np.cov((noisy - plain).T), 0.09 * np.eye(2), atol=0.003)
    np.testing.assert_allclose((noisy - plain).mean(axis=0), 0.0, atol=0.01)


@pytest.mark.parametrize("kind", TWO)
def test_signs_instead_of_classes(kind: str) -> None:
    classes, signs = load({"kind": kind}), load({"kind": kind, "labels": "signs"})
    assert signs.classes == {} and signs.fields["y"].shape == (len(signs),)
    assert catalogue()[kind].read({"labels": "signs"}).fields() == signs.described
    np.testing.assert_array_equal(signs.fields["y"], np.array([-1.0, 1.0])[classes.fields["y"]])
    np.testing.assert_array_equal(signs.fields["x"], classes.fields["x"])


@pytest.mark.parametrize("kind", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_measured_sets_are_those_of_scikit_learn(kind: str) -> None:
    from sklearn import datasets

    raw = getattr(datasets, f"load_{kind}")()
    data = load({"kind": kind})
    scale = 16.0 if kind == "digits" else 1.0
    np.testing.assert_array_equal(data.fields["x"].reshape(len(data), -1) * scale, raw.data)
    np.testing.assert_array_equal(data.fields["y"].reshape(-1), raw.target)
    if kind != "diabetes":
        assert data.classes["y"] == tuple(str(name) for name in raw.target_names)


def test_digits_as_images_and_flat() -> None:
    images, flat = load({"kind": "digits"}), load({"kind": "digits", "images": False})
    assert images.fields["x"].shape == (1797, 1, 8, 8) and flat.fields["x"].shape == (1797, 64)
    assert images.fields["x"].min() == 0.0 and images.fields["x"].max() == 1.0
    flat.fields["x"][:] = 0.0
    assert load({"kind": "digits", "images": False}).fields["x"].max() == 1.0


def test_line_is_a_plane_plus_noise() -> None:
    exact = load({"kind": "line", "inputs": 4, "noise": 0.0, "points": 50}, seed=5).fields
    design = np.column_stack([exact["x"], np.ones(50)])
    _, residual, rank, _ = np.linalg.lstsq(design, exact["y"], rcond=None)
    assert rank == 5 and residual.sum() < 1e-25
    noisy = load({"kind": "line", "inputs": 4, "noise": 0.5, "points": 50_000}, seed=5).fields
    design = np.column_stack([noisy["x"], np.ones(50_000)])
    left = noisy["y"] - design @ np.linalg.lstsq(design, noisy["y"], rcond=None)[0]
    assert left.std() == pytest.approx(0.5, rel=0.02)


def test_curve_shapes() -> None:
    for shape, f in (
        ("cube", lambda x: x**3),
        ("sine", lambda x: np.sin(np.pi * x)),
        ("step", np.sign),
    ):
        fields = load({"kind": "curve", "shape": shape, "noise": 0.0, "points": 21}).fields
        np.testing.assert_allclose(fields["y"], f(fields["x"]), atol=1e-15)
        assert fields["x"].min() == -1.0 and fields["x"].max() == 1.0


def test_parity_lists_every_pattern_once() -> None:
    data = load({"kind": "parity", "bits": 5})
    patterns = [[int(bit) for bit in f"{n:05b}"] for n in range(32)]
    np.testing.assert_array_equal(data.fields["x"], patterns)
    np.testing.assert_array_equal(data.fields["y"], [sum(p) % 2 for p in patterns])


def test_arrays_keep_their_shape() -> None:
    values = {
        "x": [[[1, 2], [3, 4]]] * 3,
        "flat": [0.5, -1.0, 2.0],
        "signs": [-1, 1, 1],
        "y": [2, 0, 2],
    }
    data = load(values)
    assert data.fields["x"].shape == (3, 2, 2) and data.fields["x"].dtype == np.float64
    assert data.fields["flat"].shape == (3,) and data.fields["signs"].dtype == np.float64
    assert data.classes == {"y": ("0", "1", "2")} and data.fields["y"].tolist() == [2, 0, 2]
    assert data.inputs == ("x", "flat", "signs")


def test_arrays_of_texts_are_classes() -> None:
    data = load({"kind": "arrays", "y": ["dog", "cat", "dog"]})
    assert data.classes == {"y": ("cat", "dog")} and data.fields["y"].tolist() == [1, 0, 1]
    assert data.fields["y"].dtype == np.int64 and data.inputs == ()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"x": []}, "x"),
        ({"x": 3.0}, "x"),
        ({"x": "text"}, "x"),
        ({"x": [[]]}, "x"),
        ({"x": [[1, None]]}, "x"),
        ({"x": [[1, "a"]]}, "x"),
        ({"x": [float("nan")]}, "x"),
        ({"x": [[0.0], [1e31]]}, "x"),
        ({"x": [10**400, 0.5]}, "x"),
        ({"y": [10**9]}, "y"),
        ({"1x": [0.0]}, "1x"),
        ({"y": {"integers": [[0.5]]}}, "y"),
        ({"y": {"integers": [[-1]]}}, "y"),
        ({"y": {"integers": 3}}, "y"),
        ({"y": {"whole": [[1]]}}, "y"),
        ({"x": [[0.0]], "y": [0, 1]}, "y"),
    ],
    ids=str,
)
def test_arrays_that_cannot_be(values: dict[str, object], name: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(values)
    assert caught.value.name == name and str(caught.value).endswith(".")


def test_whole_numbers_of_any_shape_stay_whole() -> None:
    mask = np.array([[[0, 1], [2, 0]], [[1, 1], [0, 0]]])
    written = {"kind": "arrays", "x": [[0.0], [1.0]], "y": {"integers": mask.tolist()}}
    assert read({"x": np.array([[0.0], [1.0]]), "y": mask}).to_mapping() == written
    data = load(written)
    np.testing.assert_array_equal(data.fields["y"], mask)
    assert data.fields["y"].dtype == np.int64 and data.classes == {"y": ("0", "1", "2")}
    assert data.text.endswith("y of 2 × 2 symbols out of 3")


def test_text_describes_the_fields() -> None:
    assert (
        load({"kind": "spiral"}).text == "spiral: 3,000 samples, x of 2 numbers, y one of 3 classes"
    )
    assert load({"kind": "digits"}).text.startswith("digits: 1,797 samples, x of 1 × 8 × 8 numbers")
    assert Data("own", {"x": np.zeros((5, 1))}).text == "own: 5 samples, x one number"

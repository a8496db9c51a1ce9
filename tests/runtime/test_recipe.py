"""The recipe: defaults, what it takes, what it gives back, and how it names what is wrong."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from graph.diagram import Frozen
from graph.settings import SettingError, settings_of
from runtime.data import catalogue as datasets
from runtime.data import read
from runtime.optimizers import catalogue as optimizers
from runtime.recipe import Recipe


def test_defaults() -> None:
    recipe = Recipe.read({})
    assert recipe == Recipe()
    assert (recipe.batch, recipe.rate, recipe.epochs, recipe.clip) == (64, 1e-2, 100, 0.0)
    assert (recipe.shuffle, recipe.normalize) == (True, False)
    assert (recipe.validation, recipe.test) == (0.2, 0.2)
    assert (recipe.dtype, recipe.device, recipe.threads, recipe.seed) == ("float32", "auto", 0, 0)
    assert recipe.data == {"kind": "spiral"} and recipe.optimizer == {"kind": "adam"}
    assert recipe.to_mapping() == {}


def test_the_single_settings_make_a_form() -> None:
    declared = settings_of(Recipe)
    assert set(declared) == {
        *("batch", "shuffle", "normalize", "rate", "clip", "epochs", "validation", "test"),
        *("dtype", "device", "threads", "seed", "clip_value", "patience", "subset"),
    }
    assert all(setting.help for setting in declared.values())


def test_names_stand_for_kinds() -> None:
    recipe = Recipe.read({"data": "moons", "optimizer": "sgd"})
    assert read(recipe.data) == datasets()["moons"]()
    assert recipe.method == optimizers()["sgd"]()


@pytest.mark.parametrize(
    "mapping",
    [
        {"batch": 7, "rate": 0.5, "dtype": "float64", "seed": 2**32 - 1},
        {"data": {"kind": "spiral", "arms": 5}},
        {"optimizer": {"kind": "sgd", "momentum": 0.9, "nesterov": True}},
        {"data": {"kind": "arrays", "x": [[0, 1], [1, 0]], "y": [0, 1]}, "test": 0.0},
    ],
)
def test_round_trip(mapping: dict[str, object]) -> None:
    recipe = Recipe.read(mapping)
    assert recipe.to_mapping() == mapping
    assert Recipe.read(json.loads(json.dumps(recipe.to_mapping()))) == recipe
    assert pickle.loads(pickle.dumps(recipe)) == recipe


def test_what_is_default_is_not_written() -> None:
    recipe = Recipe.read({"batch": 64, "data": {"kind": "spiral", "arms": 3}, "optimizer": "adam"})
    assert recipe == Recipe() and hash(recipe) == hash(Recipe())


def test_arrays_by_field() -> None:
    x, y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1, 0])
    recipe = Recipe.read({"data": {"x": x, "y": y}})
    assert recipe.data == {"kind": "arrays", "x": [[0.0, 1.0], [1.0, 0.0]], "y": [1, 0]}
    assert isinstance(recipe.data, Frozen)
    np.testing.assert_array_equal(read(recipe.data).make(0).fields["x"], x)


BAD = [
    ({"rate": -1}, "rate", "must lie between"),
    ({"rate": "fast"}, "rate", "a finite number"),
    ({"rate": float("nan")}, "rate", "a finite number"),
    ({"batch": 0}, "batch", "must lie between"),
    ({"batch": 2.5}, "batch", "a whole number"),
    ({"shuffle": 1}, "shuffle", "true or false"),
    ({"dtype": "float16"}, "dtype", "float32, float64"),
    ({"device": "cuda:0; rm"}, "device", "auto, cpu, cuda, mps"),
    ({"test": 0.6, "validation": 0.5}, "validation", "leave nothing for training"),
    ({"data": {"kind": "spiral", "arms": 0}}, "data.arms", "data spiral"),
    ({"data": {"kind": "spiral", "wings": 2}}, "data.wings", "arms, points, noise"),
    ({"data": {"kind": "nothing"}}, "data.kind", "spiral"),
    ({"data": {"kind": ["spiral"]}}, "data.kind", "choose one of"),
    ({"data": 3}, "data", "a name"),
    ({"data": {}}, "data.x", "at least one field"),
    ({"data": {"x": [[1, 2], [3]]}}, "data.x", "differ in shape"),
    ({"data": {"x": [1.0, 2.0], "y": [1]}}, "data.y", "x has 2, y has 1"),
    ({"optimizer": {"kind": "sgd", "momentum": 2}}, "optimizer.momentum", "optimizer sgd"),
    ({"optimizer": {"kind": "sgd", "nesterov": True}}, "optimizer.nesterov", "set momentum"),
    ({"optimizer": "newton"}, "optimizer.kind", "adamw"),
    ({"optimizer": None}, "optimizer", "a name"),
    ({"schedul": 1}, "schedul", "there is no entry 'schedul'"),
]


@pytest.mark.parametrize(("mapping", "name", "text"), BAD, ids=str)
def test_what_is_wrong_is_named(mapping: dict[str, object], name: str, text: str) -> None:
    with pytest.raises(SettingError) as caught:
        Recipe.read(mapping)
    assert caught.value.name == name
    message = str(caught.value)
    assert text in message and message.startswith("recipe") and message.endswith(".")


def test_private_entries_are_left_alone() -> None:
    assert Recipe.read({"x-note": {"any": "thing"}}) == Recipe()


def test_the_screen_can_import_it_without_torch_or_sklearn() -> None:
    code = "import sys, runtime.recipe; print(*sorted({'torch', 'sklearn', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

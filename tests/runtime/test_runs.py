"""Records of runs: what they hold, that files give them back, what is refused, and their export."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import gallery
from graph.diagram import Diagram, Frozen
from graph.edits import MoveBlocks, SetLabel, SetRecipe, SetSetting
from graph.files import load
from graph.problem import FileError
from graph.settings import Setting, SettingError
from nodes.sketch import Sketch
from runtime import runbook
from runtime.curve import Curve
from runtime.recipe import Recipe
from runtime.runbook import SUFFIX, RunBook, folder_for
from runtime.runfile import from_text, to_text
from runtime.runs import RunRecord, begun, curves_csv, digest, table_csv
from runtime.variations import (
    declared,
    differing,
    edit_for,
    parse_values,
    settings_in,
    use,
    value_of,
    with_values,
)


def spiral(**recipe: Any) -> Diagram:
    sketch = Sketch()
    x, y = sketch.observed("x"), sketch.observed("y")
    hidden = sketch.relu(sketch.linear(x, units=30))
    sketch.cross_entropy(sketch.linear(hidden, units=3), y)
    entries: dict[str, Any] = {"data": "spiral", "rate": 0.02, "epochs": 4, "threads": 1}
    return sketch.diagram(**entries | recipe)


def record(**changes: Any) -> RunRecord:
    steps = np.arange(5.0)
    made = begun(spiral(), when=1_000_000.0, torch="2.10").with_(
        steps=5,
        epochs=1.25,
        seconds=0.1 + 0.2,
        device="cpu",
        curve=np.stack([steps, 1 / (1 + steps)], axis=1),
        validation=np.array([[4.0, 0.5]]),
        metrics={"training": {"loss": 1 / 3, "accuracy": 0.75, "samples": 600}},
        marks=((3, "Set rate"),),
    )
    return made.with_(**changes)


# --- settings by name ----------------------------------------------------------------------------------------------


def test_every_setting_of_recipe_and_blocks_has_a_name() -> None:
    found = settings_in(spiral(optimizer={"kind": "sgd", "momentum": 0.9}))
    assert found["rate"] == 0.02 and found["batch"] == 64  # its default
    assert (found["optimizer"], found["optimizer.momentum"]) == ("sgd", 0.9)
    assert (found["linear1"], found["linear1.units"]) == ("linear", 30)
    assert value_of(found, "linear1.bias") is True  # the default of its kind
    assert value_of(found, "data.arms") == 3
    assert value_of(found, "linear9.units") is None


def test_the_recipe_read_from_the_settings_is_the_recipe() -> None:
    """Every entry that training goes by stands in a record: Recipe.read, which knows them all, is the judge."""
    diagram = spiral(data={"kind": "moons", "noise": 0.3}, schedule={"kind": "cosine"}, clip=2.0)
    made = with_values(
        spiral(),
        {
            k: v
            for k, v in settings_in(diagram).items()
            if "1" not in k and "2" not in k and k not in "xy" and "y." not in k and "x." not in k
        },
    )
    assert Recipe.read(made.recipe) == Recipe.read(diagram.recipe)


def test_only_what_differs_is_named() -> None:
    one, other = settings_in(spiral()), settings_in(spiral(rate=0.5, optimizer="sgd"))
    assert differing([one, other]) == ["rate", "optimizer"]
    assert differing([one, one]) == []
    same = settings_in(SetSetting("linear1", "bias", True).apply(spiral()))
    assert differing([one, same]) == []  # written or not, it is the default


def test_a_setting_inside_a_part_is_reached_by_the_parts_name() -> None:
    diagram = load(gallery.path("resnet-18"))
    part = next(name for name, inside in diagram.parts.items() if inside.blocks)
    name = next(
        k for k in settings_in(diagram) if k.startswith(f"{part}/") and k.endswith(".channels")
    )
    made = with_values(diagram, {name: 7})
    block = name.removeprefix(f"{part}/").removesuffix(".channels")
    assert made.parts[part].blocks[block].settings["channels"] == 7
    assert differing([settings_in(diagram), settings_in(made)]) == [name]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("raet", "the recipe has no setting 'raet'"),
        ("linear1.width", "the block linear1 has no setting 'width'"),
        ("linear7.units", "there is no block 'linear7'"),
        ("optimizer.arms", "the optimizer adam has no setting 'arms'"),
        ("nowhere/linear1.units", "there is no block 'nowhere/linear1'"),
    ],
)
def test_a_setting_that_is_not_there_is_named(name: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        declared(spiral(), name)


RATE = Setting("rate", float, 0.01, 0.0, 1e6, step="log")
SHARE = Setting("validation", float, 0.2, 0.0, 0.95)
UNITS = Setting("units", int, 10, 1, 1000)
KERNEL = Setting("kernel", tuple, (3, 3), 1, 99)
KIND = Setting("optimizer", str, "adam", choices=("adam", "sgd"))
SWITCH = Setting("bias", bool, True)


@pytest.mark.parametrize(
    ("text", "setting", "expected"),
    [
        ("0.1, 0.01,1e-3", RATE, (0.1, 0.01, 0.001)),
        ("0.1; 0.1; 0.2", RATE, (0.1, 0.2)),
        ("1..4", UNITS, (1, 2, 3, 4)),
        ("4..1", UNITS, (4, 3, 2, 1)),
        ("10..30:3", UNITS, (10, 20, 30)),
        ("1..100:3 log", UNITS, (1, 10, 100)),
        ("2, 5..6", UNITS, (2, 5, 6)),
        ("1e-3..1e-1:3", RATE, (0.001, 0.01, 0.1)),
        ("0..1:3 linear", RATE, (0.0, 0.5, 1.0)),
        ("0.1..0.3:2", SHARE, (0.1, 0.3)),
        ("0..0.4", SHARE, (0.0, 0.1, 0.2, 0.3, 0.4)),
        ("3x3, 5×5", KERNEL, ((3, 3), (5, 5))),
        ("sgd, adam", KIND, ("sgd", "adam")),
        ("true, False", SWITCH, (True, False)),
    ],
)
def test_values_are_typed_as_lists_and_ranges(
    text: str, setting: Setting, expected: tuple[Any, ...]
) -> None:
    found = parse_values(text, setting)
    assert found == expected and all(
        type(a) is type(b) for a, b in zip(found, expected, strict=True)
    )


def test_a_range_by_factors_is_even_in_the_logarithm() -> None:
    found = parse_values("2e-5..3:7 log", RATE)
    np.testing.assert_allclose(found, np.geomspace(2e-5, 3, 7), rtol=1e-5)


@pytest.mark.parametrize(
    ("text", "setting", "sentence"),
    [
        ("", RATE, "write the values of rate"),
        (" , ;", RATE, "write the values of rate"),
        ("fast", RATE, "rate must be a finite number, not 'fast'"),
        ("1, -2", UNITS, "units must lie between 1 and 1,000"),
        ("1.5", UNITS, "units must be a whole number"),
        ("0..1:3 log", RATE, "begins above 0"),
        ("1..", UNITS, "is no range"),
        ("1..5:0", UNITS, "1 to 1,000 values"),
        ("1..5:999999", RATE, "1 to 1,000 values"),
        ("adam..sgd", KIND, "is no range"),
        ("newton", KIND, "must be one of adam, sgd"),
        ("3xthree", KERNEL, "a list of whole numbers"),
        ("maybe", SWITCH, "must be true or false"),
    ],
)
def test_what_cannot_be_a_value_is_refused_in_one_sentence(
    text: str, setting: Setting, sentence: str
) -> None:
    with pytest.raises(SettingError, match=sentence) as caught:
        parse_values(text, setting)
    assert "\n" not in str(caught.value)


def test_the_settings_of_a_run_can_be_used_again() -> None:
    past = spiral(rate=0.3, optimizer={"kind": "sgd", "momentum": 0.5}, data="moons")
    past = SetSetting("linear1", "units", 7).apply(past)
    edit, lost = use(spiral(), settings_in(past))
    made = edit.apply(spiral())
    assert lost == () and differing([settings_in(made), settings_in(past)]) == []
    assert Recipe.read(made.recipe) == Recipe.read(past.recipe)


def test_settings_without_a_place_are_named_and_left() -> None:
    past = settings_in(spiral()) | {"linear9": "linear", "linear9.units": 5, "rate": 0.7}
    edit, lost = use(spiral(), past)
    assert edit.apply(spiral()).recipe["rate"] == 0.7
    assert "linear9.units" in lost


# --- records --------------------------------------------------------------------------------------------------------


def test_places_and_labels_do_not_change_the_digest_but_settings_do() -> None:
    diagram = spiral()
    moved = MoveBlocks({"linear1": (5.0, 6.0)}).apply(SetLabel("relu1", "h").apply(diagram))
    assert digest(moved) == digest(diagram) == digest(SetRecipe("rate", 1.0).apply(diagram))
    assert digest(SetSetting("linear1", "units", 31).apply(diagram)) != digest(diagram)
    fewer = diagram.with_(wires=diagram.wires[1:])
    assert digest(fewer) != digest(diagram)


def test_a_file_gives_the_record_back() -> None:
    made = record(number=3, name="ünïcode", group="a", varied={"rate": 0.02}, problem="it broke.")
    back = from_text(to_text(made))
    for name in (
        "number",
        "name",
        "seconds",
        "metrics",
        "marks",
        "varied",
        "problem",
        "settings",
        "versions",
        "digest",
    ):
        assert getattr(back, name) == getattr(made, name), name
    np.testing.assert_allclose(back.curve, made.curve, rtol=1e-6)
    np.testing.assert_array_equal(back.validation, made.validation)
    assert to_text(back) == to_text(made)
    assert Recipe.read(back.recipe) == Recipe.read(spiral().recipe)


def test_samples_that_stand_in_the_recipe_are_not_kept_again() -> None:
    samples = {"x": [[0.0, 1.0]] * 90, "y": [0] * 90}
    made = begun(spiral(data=samples), when=0.0)
    assert "[0.0, 1.0]" not in to_text(made)
    assert made.settings["data"] == "arrays"


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"curve": [[1, 2, 3]]},
        {"curve": [[0, 1]] * 2_001},
        {"curve": "steep"},
        {"steps": -1},
        {"steps": 1.5},
        {"seconds": "long"},
        {"settings": [1]},
        {"metrics": {"training": {"loss": "low"}}},
        {"marks": [[1]]},
        {"marks": 7},
        {"name": 7},
        {"versions": {"torch": 2}},
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(change: dict[str, Any]) -> None:
    found = {**json.loads(to_text(record())), **change}
    with pytest.raises(FileError) as caught:
        from_text(json.dumps(found), "bad")
    assert str(caught.value).startswith("bad: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format": 1, "a": ' + "[" * 5000,
        "\x00",
        '{"format": 1, "seconds": NaN}',
        '{"format": 1, "seconds": 1e999}',
    ],
)
def test_text_that_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(FileError):
        from_text(text)


def test_a_long_curve_keeps_the_means_of_equal_pieces() -> None:
    curve, rng = Curve(2_000), np.random.default_rng(0)
    rows = np.stack([np.arange(16_000.0), rng.normal(size=16_000)], axis=1)
    for piece in np.array_split(rows, 37):
        curve.extend(piece)
    assert len(curve) <= 2_000
    expected = rows[: len(curve) * curve.stride].reshape(len(curve), curve.stride, 2).mean(axis=1)
    np.testing.assert_allclose(curve.rows, expected, rtol=1e-12)


# --- the book ---------------------------------------------------------------------------------------------------------


def test_runs_are_found_again_in_their_folder(tmp_path: Path) -> None:
    book = RunBook(tmp_path / "runs")
    first, second = book.keep(record()), book.keep(record(name="second"))
    assert (first.number, second.number) == (1, 2)
    book.keep(first.with_(steps=9))
    again = RunBook(tmp_path / "runs")
    assert [(r.number, r.name, r.steps) for r in again.records] == [(1, "", 9), (2, "second", 5)]
    assert again.next_number() == 3 and len(list((tmp_path / "runs").iterdir())) == 2


def test_the_oldest_run_without_a_name_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runbook, "KEPT", 3)
    book = RunBook(tmp_path)
    for name in ("dear", "", "", "", ""):
        book.keep(record(name=name))
    assert [r.number for r in book.records] == [1, 4, 5]
    assert [r.number for r in RunBook(tmp_path).records] == [1, 4, 5]


def test_bad_files_are_left_out_with_a_sentence_each(tmp_path: Path) -> None:
    RunBook(tmp_path).keep(record())
    (tmp_path / f"000007-bad{SUFFIX}").write_text("{")
    (tmp_path / f"000008-binary{SUFFIX}").write_bytes(b"\xff\xfe\x00")
    (tmp_path / f"000009-folder{SUFFIX}").mkdir()
    (tmp_path / f"000010-large{SUFFIX}").write_text(" " * (runbook.LARGEST + 1))
    (tmp_path / "notes.txt").write_text("mine")
    book = RunBook(tmp_path)
    assert len(book.records) == 1 and len(book.troubles) == 4
    assert all(text.endswith(".") and "\n" not in text for text in book.troubles)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_file_that_never_ends_is_left_out(tmp_path: Path) -> None:
    (tmp_path / f"000001-x{SUFFIX}").symlink_to("/dev/zero")
    book = RunBook(tmp_path)
    assert book.records == () and len(book.troubles) == 1


def test_two_windows_may_write_the_same_number(tmp_path: Path) -> None:
    one, other = RunBook(tmp_path), RunBook(tmp_path)
    one.keep(record(name="one"))
    other.keep(record(name="other"))
    assert sorted(r.name for r in RunBook(tmp_path).records) == ["one", "other"]


def test_what_was_removed_can_be_kept_again(tmp_path: Path) -> None:
    book = RunBook(tmp_path)
    for _ in range(3):
        book.keep(record())
    gone = book.remove([2, 3, 77])
    assert [r.number for r in gone] == [2, 3]
    assert [r.number for r in RunBook(tmp_path).records] == [1]
    for each in gone:
        book.keep(each)
    assert [r.number for r in RunBook(tmp_path).records] == [1, 2, 3]


def test_a_folder_that_cannot_be_written_keeps_runs_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = RunBook(tmp_path / "file" / "runs")
    book.keep(record())
    assert len(book.records) == 1 and "kept in memory only" in book.troubles[0]


def test_runs_of_an_untitled_diagram_go_along_when_it_is_saved(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert folder_for(home, None) is None and folder_for(None, tmp_path / "a") is None
    book = RunBook()
    book.keep(record(name="first"))
    place = folder_for(home, tmp_path / "a.gradboard")
    assert place is not None and place.parent == home
    RunBook(place).keep(record(name="there already"))
    moved = book.moved(place)
    assert [r.name for r in moved.records] == ["there already", "first"]
    assert [r.name for r in RunBook(place).records] == ["there already", "first"]


# --- export -----------------------------------------------------------------------------------------------------------


def test_the_table_is_read_back_from_csv() -> None:
    one = record(number=1, name="=1+1", settings=settings_in(spiral(rate=0.3)))
    two = record(number=2, name='a, "b"\nc', problem="the loss is no number.")
    rows = list(csv.DictReader(io.StringIO(table_csv([one, two], ["rate", "linear1.units"]))))
    assert [r["run"] for r in rows] == ["1", "2"]
    assert float(rows[0]["rate"]) == 0.3 and rows[1]["linear1.units"] == "30"
    assert float(rows[0]["seconds"]) == 0.1 + 0.2 and float(rows[0]["training_loss"]) == 1 / 3
    assert rows[0]["validation_loss"] == "" and rows[1]["problem"] == "the loss is no number."
    assert rows[0]["name"] == "'=1+1" and rows[1]["name"] == two.name


def test_the_curves_are_read_back_from_csv() -> None:
    one = record(number=4)
    rows = list(csv.DictReader(io.StringIO(curves_csv([one]))))
    for part, curve in (("training", one.curve), ("validation", one.validation)):
        found = [(float(r["step"]), float(r["loss"])) for r in rows if r["part"] == part]
        np.testing.assert_array_equal(found, curve)


def test_an_edit_of_the_kind_of_data_keeps_nothing_of_the_old() -> None:
    diagram = spiral(data={"kind": "spiral", "arms": 5})
    made = edit_for(diagram, "data", "moons").apply(diagram)
    assert made.recipe["data"] == Frozen(kind="moons")

"""Files: the format, the round trip, the golden file, and a sentence for everything that is wrong."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import graph.migrations
from graph.diagram import Block, Diagram, Frozen
from graph.edits import MoveBlocks, SetRecipe
from graph.files import MAX_BYTES, from_text, load, save, to_text
from graph.frame import Comment, Frame
from graph.problem import FileError
from tests.graph.samples import chain, classifier, random_diagram

GOLDEN = Path(__file__).parent / "golden" / "version1.gradboard"
ANNOTATED = Path(__file__).parent / "golden" / "version1-annotated.gradboard"


def test_golden_file_of_version_1(tmp_path: Path) -> None:
    diagram = load(GOLDEN)
    save(diagram, tmp_path / "again.gradboard")
    assert (tmp_path / "again.gradboard").read_bytes() == GOLDEN.read_bytes()
    assert diagram.blocks["linear2"].shares == "linear1"
    assert diagram.blocks["z"].settings == {"size": [2, 3], "steps": 20, "rate": 0.1}
    assert diagram.blocks["z"].position == (-12.5, 1e-07)
    assert diagram.blocks["warp1"].kind == "warp_of_tomorrow"
    assert diagram.blocks["warp1"].extra == {"x-colour": "teal"}
    assert diagram.recipe["data"] == {"kind": "spiral", "arms": 3}
    assert diagram.frames[0] == Frame("recurrence", (400, -60, 300, 300.5), "#ddeeff")
    assert diagram.parts["cell"].parts["inner"] == Diagram()
    assert diagram.parts["cell"].extra == {"x-from": "a lecture"}
    assert diagram.extra["x-author"] == "someone"


def test_golden_file_with_frames_comments_and_a_muted_block(tmp_path: Path) -> None:
    diagram = load(ANNOTATED)
    save(diagram, tmp_path / "again.gradboard")
    assert (tmp_path / "again.gradboard").read_bytes() == ANNOTATED.read_bytes()
    assert diagram.blocks["relu1"].muted and not diagram.blocks["linear1"].muted
    assert diagram.frames == (
        Frame("first layer", (40, -90, 350, 160), "blue"),
        Frame("", (500, -90, 200, 160.5), "", "head"),
    )
    assert diagram.comments[0] == Comment(
        "the loss is $\\sum_i C_i$,\nnothing else: <b>not bold</b>", (40, 100, 240), "green"
    )
    assert diagram.comments[1].id == "why"


@pytest.mark.parametrize("seed", range(60))
def test_round_trip(seed: int) -> None:
    diagram = random_diagram(Random(seed), depth=2)
    text = to_text(diagram)
    again = from_text(text)
    assert again == diagram and list(again.blocks) == list(diagram.blocks)
    assert to_text(again) == text
    assert json.loads(text)["version"] == 1


def test_one_block_one_wire_one_entry_a_line() -> None:
    diagram = SetRecipe("data", {"kind": "spiral"}).apply(
        SetRecipe("rate", 0.1).apply(classifier())
    )
    lines = to_text(diagram).splitlines()
    assert '    "linear1": {"kind": "linear", "position": [0, 0]},' in lines
    assert '    ["x.y", "linear1.z"],' in lines
    assert '    "rate": 0.1,' in lines and '    "data": {"kind": "spiral"}' in lines


def test_moving_a_block_changes_one_line() -> None:
    moved = MoveBlocks({"relu1": (12.5, -3)}).apply(classifier())
    before, after = to_text(classifier()).splitlines(), to_text(moved).splitlines()
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        (
            '    "relu1": {"kind": "relu", "position": [0, 0]},',
            '    "relu1": {"kind": "relu", "position": [12.5, -3]},',
        )
    ]


def test_a_label_never_breaks_its_line() -> None:
    text = to_text(Diagram({"a": Block("a", "b", label='line\nfeed "quote" \\ \x00 \x85')}))
    assert text.count("\n") == to_text(Diagram({"a": Block("a", "b")})).count("\n")
    assert from_text(text).blocks["a"].label == 'line\nfeed "quote" \\ \x00 \x85'


def test_any_layout_of_the_same_json_is_read() -> None:
    document = json.loads(GOLDEN.read_text("utf-8"))
    shuffled = {name: document[name] for name in reversed(document)}
    assert from_text(json.dumps(shuffled, indent=7)) == load(GOLDEN)


def test_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "bom.gradboard"
    path.write_bytes(b"\xef\xbb\xbf" + GOLDEN.read_bytes())
    assert load(path) == load(GOLDEN)


def test_every_truncation_is_called_so() -> None:
    text = GOLDEN.read_text("utf-8")
    for length in range(1, len(text) - 1):
        with pytest.raises(FileError) as caught:
            from_text(text[:length], "cut.gradboard")
        said = str(caught.value)
        assert said.startswith("cut.gradboard: line ") and "it is truncated" in said, text[:length]


def _file(**entries: Any) -> str:
    return json.dumps({"version": 1, **entries})


def _block(**entries: Any) -> str:
    return _file(blocks={"a": {"kind": "relu", **entries}})


REFUSED = {
    "": "it is empty.",
    " \n": "it is empty.",
    "hello": "it is not a diagram: a diagram begins with {.",
    "[]": "there must be an object {...}, not a list of 0.",
    "{}": 'it has no "version", so it is not a diagram.',
    '{"version": "1"}': "the version must be a whole number, not '1'.",
    '{"version": true}': "the version must be a whole number, not True.",
    '{"version": 1.0}': "the version must be a whole number, not 1.0.",
    '{"version": 7}': "it was made by a newer Gradboard (version 7; this one reads up to 1): update.",
    '{"version": 0}': "version 0 of the format is not one that Gradboard ever wrote.",
    '{"version": 1}\n\n  x': "line 3, column 3: this is not JSON (extra data); correct it or take another copy of the file.",
    '{"version": 1,\n "blocks" {}\n}': "line 2, column 11: this is not JSON (expecting ':' delimiter); correct it or take another copy of the file.",
    '{"version": 1, "version": 1}': "'version' stands twice in one object; remove one of them.",
    '{"version": 1, "x-a": NaN}': "'x-a': a number must be finite and of a reasonable length.",
    '{"version": 1, "x-a": [-Infinity]}': "'x-a': a number must be finite and of a reasonable length.",
    '{"version": 1, "x-a": 1e999}': "'x-a': a number must be finite and of a reasonable length.",
    _file(**{"x-a": 2**63}): "'x-a': a whole number must lie within ±9,223,372,036,854,775,807.",
    _file(**{f"x-{n}": n for n in range(1_001)}): "there are more than 1,000 names that begin with x-.",
    _file(blocs={}): "there is no entry 'blocs'; the names of your own begin with x-.",
    _file(blocks=[]): "blocks: there must be an object {...}, not a list of 0.",
    _file(blocks={"1a": {"kind": "b"}}): "block '1a': '1a' cannot be the id of a block: use a letter, then letters, digits or _.",
    _file(blocks={"a": 1}): "block a: there must be an object {...}, not 1.",
    _file(blocks={"a": {}}): 'block a: its "kind" is missing.',
    '{"version": 1, "blocks": {"a": {"kind": "b"}, "a": {"kind": "c"}}}': "blocks: 'a' stands twice in one object; remove one of them.",
    '{"version": 1, "blocks": {"a": {"kind": "b", "settings": {"n": 1, "n": 2}}}}': "block a: settings: 'n' stands twice in one object; remove one of them.",
    _block(kind="no kind"): "block a: kind: there must be a letter, then at most 63 letters, digits or _, not 'no kind'.",
    _block(colour="red"): "block a: there is no entry 'colour'; the names of your own begin with x-.",
    _block(position=[1]): "block a: position: there must be 2 numbers within ±10,000,000.",
    _block(position=[1, 1e8]): "block a: position: there must be 2 numbers within ±10,000,000.",
    _block(position=[1, "2"]): "block a: position: there must be a number, not '2'.",
    _block(position=[1, True]): "block a: position: there must be a number, not True.",
    _block(label=3): "block a: label: there must be a text, not 3.",
    _block(label="a" * 201): "block a: label: a text has at most 200 characters here, this one 201.",
    _block(label="\ud800"): "block a: label: '\\ud800' holds half a character (a lone surrogate).",
    _block(settings={"a b": 1}): "block a: settings: there must be a letter, then at most 63 letters, digits or _, not 'a b'.",
    _block(settings={"a": [[[[[[[[[1]]]]]]]]]}): "block a: settings: a: lists and objects are nested too deeply.",
    _block(settings={"a": [0] * 10_000}): "block a: settings: a: there are too many values in one entry.",
    _block(settings={"a": "b" * 10_001}): "block a: settings: a: a text has at most 10,000 characters here, this one 10,001.",
    _block(shares="nobody"): "block a shares the weights of 'nobody', which is not there.",
    _block(shares="a"): "block a would share its own weights with itself.",
    _block(shares=None): "block a: shares: there must be a letter, then at most 63 letters, digits or _, not null.",
    _file(wires=[["a.y", "b.z"]]): "the wire a.y -> b.z ends at 'a', which is not there.",
    _file(wires=[["a.y"]]): 'wire 1: a wire is ["block.pin", "block.pin"], not a list of 1.',
    _file(wires=[["a.y", "b"]]): "wire 1: the end of a wire is written \"block.pin\", not 'b'.",
    _file(wires=[["a.y", 3]]): "wire 1: there must be a text, not 3.",
    _file(wires=[0] * 100_001): "a diagram has at most 100,000 wires, this one 100,001.",
    _file(wires={}): "wires: there must be a list [...], not an object.",
    _file(frames=[{}]): 'frame 1: its "rectangle" is missing.',
    _file(frames=[{"rectangle": [0, 0, -1, 0]}]): "frame 1: rectangle: width and height cannot be negative.",
    _file(frames=[{"rectangle": [0, 0, 1, 0], "x-a": 1}]): "frame 1: there is no entry 'x-a'; the names of your own begin with x-.",
    _file(frames=[{"rectangle": [0] * 4}] * 10_001): "a diagram has at most 10,000 frames, this one 10,001.",
    _file(frames=[{"rectangle": [0] * 4, "id": "a b"}]): "frame 1: id: there must be a letter, then at most 63 letters, digits or _, not 'a b'.",
    _file(frames=[{"rectangle": [0] * 4, "id": "a"}] * 2): "two frames or comments are called a.",
    _file(frames=[{"rectangle": [0] * 4, "title": "t" * 201}]): "frame 1: title: a text has at most 200 characters here, this one 201.",
    _file(comments=[{}]): 'comment 1: its "place" is missing.',
    _file(comments=[{"place": [0, 0, 59]}]): "comment 1: place: the width must lie between 60 and 2000.",
    _file(comments=[{"place": [0, 1e8, 90]}]): "comment 1: place: there must be 3 numbers within ±10,000,000.",
    _file(comments=[{"place": [0, 0, 90], "text": "t" * 2001}]): "comment 1: text: a text has at most 2,000 characters here, this one 2,001.",
    _file(comments=[{"place": [0, 0, 90]}] * 1_001): "a diagram has at most 1,000 comments, this one 1,001.",
    _file(frames=[{"rectangle": [0] * 4, "id": "a"}], comments=[{"place": [0, 0, 90], "id": "a"}]): "two frames or comments are called a.",
    _file(blocks={"a": {"kind": "relu", "muted": 1}}): "block a: muted: there must be true or false, not 1.",
    _file(recipe={"rate": "\udfff"}): "recipe: rate: '\\udfff' holds half a character (a lone surrogate).",
    _file(parts={"a b": {}}): "part 'a b': there must be a letter, then at most 63 letters, digits or _, not 'a b'.",
    _file(parts={"a": {"version": 1}}): "part a: there is no entry 'version'; the names of your own begin with x-.",
    _file(blocks={f"b{i}": {"kind": "relu"} for i in range(20_001)}): "a file holds at most 20,000 blocks, those of its parts included.",
    _file(parts={f"p{i}": {"blocks": {f"b{j}": {"kind": "relu"} for j in range(200)}} for i in range(100)}): "part p99: a file holds at most 20,000 blocks, those of its parts included.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items(), ids=[f"{t:.50}" for t in REFUSED])
def test_refused_with_one_sentence_and_a_place(text: str, sentence: str) -> None:
    with pytest.raises(FileError) as caught:
        from_text(text, "f.gradboard")
    assert str(caught.value) == f"f.gradboard: {sentence}"


def _nested(depth: int) -> str:
    inner: dict[str, Any] = {}
    for _ in range(depth):
        inner = {"parts": {"p": inner}}
    return _file(**inner)


def test_parts_nest_sixteen_deep() -> None:
    assert to_text(from_text(_nested(16))).count('"p"') == 16
    with pytest.raises(FileError, match=r"parts are nested deeper than 16\.$"):
        from_text(_nested(17))


BOMBS: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * MAX_BYTES,
    "objects": lambda: '{"a":' * (MAX_BYTES // 5),
    "deep and closed": lambda: '{"version":1,"x-a":' + "[" * 100_000 + "]" * 100_000 + "}",
    "below the limit of recursion": lambda: '{"version":1,"x-a":' + "[" * 900 + "]" * 900 + "}",
    "empty lists": lambda: '{"version":1,"x-a":[' + "[]," * (MAX_BYTES // 3 - 10) + "0]}",
    "two million values": lambda: '{"version":1,"x-a":[' + "0," * 2_000_000 + "0]}",
    "many parts": lambda: (
        '{"version":1,"parts":{' + ",".join(f'"a{i}":{{}}' for i in range(300_000)) + "}}"
    ),
    "one long number": lambda: '{"version":1,"x-a":' + "1" * (MAX_BYTES - 30) + "}",
    "one long fraction": lambda: '{"version":1,"x-a":0.' + "1" * (MAX_BYTES - 30) + "}",
    "version of many digits": lambda: '{"version":1' + "0" * 5000 + "}",
    "one long text": lambda: '{"version":1,"x-a":"' + "a" * (MAX_BYTES - 30) + '"}',
    "one long id": lambda: '{"version":1,"blocks":{"' + "a" * 1_000_000 + '":{}}}',
    "blanks": lambda: " " * MAX_BYTES,
    "line feeds": lambda: "\n" * (MAX_BYTES - 1) + "{",
    "too large": lambda: " " * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused(name: str) -> None:
    with pytest.raises(FileError) as caught:
        from_text(BOMBS[name](), "bomb.gradboard")
    assert str(caught.value).startswith("bomb.gradboard: ") and len(str(caught.value)) < 300


def test_reading_deep_in_the_stack_is_refused_not_fatal() -> None:
    def dig(depth: int) -> Diagram:
        return dig(depth + 1) if depth < 960 else from_text(GOLDEN.read_text("utf-8"))

    with suppress(FileError, RecursionError):  # whichever it is, the interpreter must live
        dig(0)
    assert load(GOLDEN)


def test_names_that_look_like_programs_run_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    program = 'x=print("!")'
    harmless = from_text(_block(label=program, settings={"units": program}))
    assert harmless.blocks["a"].label == program
    for text in (
        _file(blocks={program: {"kind": "relu"}}),
        _block(kind=program),
        _file(wires=[[f"a.{program}", "b.z"]]),
        _file(parts={"__import__('os')": {}}),
    ):
        with pytest.raises(FileError):
            from_text(text)
    assert capsys.readouterr().out == ""


def test_unknown_kinds_and_entries_of_others_survive_an_edit() -> None:
    diagram = MoveBlocks({"warp1": (1, 1)}).apply(load(GOLDEN))
    again = from_text(to_text(diagram))
    assert again.blocks["warp1"].settings["flux"] == {"a": [1, 2.5, "3"]}
    assert again.blocks["warp1"].extra == {"x-colour": "teal"} and again.extra == load(GOLDEN).extra


@pytest.mark.parametrize(
    ("diagram", "sentence"),
    [
        (Diagram(recipe=Frozen(rate=float("nan"))), "recipe: rate: a number must be finite and of a reasonable length."),
        (Diagram(recipe=Frozen(data=b"raw")), "recipe: data: a bytes cannot be kept in a file; use numbers, texts and lists."),
        (Diagram(extra=Frozen(note=1)), "'note': names of your own begin with x-."),
        (Diagram({"a": Block("a", "b", label="\ud800")}), "block a: label: '\\ud800' holds half a character (a lone surrogate)."),
        (Diagram(parts={"a b": Diagram()}), "part 'a b': there must be a letter, then at most 63 letters, digits or _, not 'a b'."),
        (Diagram(recipe=Frozen({f"r{i}": "a" * 10_000 for i in range(3400)})), "it is larger than 32 MB."),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_not_written(
    tmp_path: Path, diagram: Diagram, sentence: str
) -> None:
    path = tmp_path / "a.gradboard"
    path.write_text("old")
    with pytest.raises(FileError) as caught:
        save(diagram, path)
    assert str(caught.value) == f"{path} cannot be written: {sentence}"
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.gradboard"]


def test_tuples_become_lists() -> None:
    diagram = Diagram(
        {"a": Block("a", "latent", Frozen(size=(2, 3)))}, recipe=Frozen(data=Frozen(kind="xor"))
    )
    again = from_text(to_text(diagram))
    assert again.blocks["a"].settings == {"size": [2, 3]} and again.recipe["data"] == {
        "kind": "xor"
    }


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "latin1").write_bytes(b'{"version": 1,\n"x-a": "\xe4"}')
    (tmp_path / "utf16").write_bytes('{"version": 1}'.encode("utf-16"))
    (tmp_path / "large").write_bytes(b" " * (MAX_BYTES + 1))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "socket"))
        for name, sentence in {
            "missing": "it cannot be read: there is no such file or folder; check the name.",
            "latin1/a": "it cannot be read: there is no such folder; check the name.",
            "folder": "this is a folder; choose a file in it.",
            "pipe": "this is a device or a pipe, not a file; choose a file.",
            "link": "this is a device or a pipe, not a file; choose a file.",
            "socket": "this is a device or a pipe, not a file; choose a file.",
            "circle": "it cannot be read: its symbolic links lead in a circle; choose another file.",
            "latin1": "line 2: it is not UTF-8 text, so it is not a diagram; choose another file.",
            "utf16": "line 1: it is not UTF-8 text, so it is not a diagram; choose another file.",
            "large": "it is larger than 32 MB, which no diagram needs.",
            "a" * 300: "it cannot be read: the name is too long; choose a shorter one.",
            "nul\0": "it cannot be read: embedded null byte.",
        }.items():
            with pytest.raises(FileError) as caught:
                load(tmp_path / name)
            assert str(caught.value) == f"{tmp_path / name}: {sentence}"
    with pytest.raises(FileError, match="a device or a pipe"):
        load("/dev/zero")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a").write_text("{}")
    monkeypatch.setattr("graph.files.os.open", refuse)  # root may read whatever the mode is
    with pytest.raises(FileError, match="you have no permission"):
        load(tmp_path / "a")


def test_migrations_apply_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(document: dict[str, Any]) -> dict[str, Any]:
        return {"version": 1, "blox": document["boxes"]}

    def wrap(document: dict[str, Any]) -> dict[str, Any]:
        return {"blocks": {name: {"kind": kind} for name, kind in document["blox"].items()}}

    monkeypatch.setattr(graph.migrations, "VERSION", 3)
    monkeypatch.setattr(graph.migrations, "MIGRATIONS", {2: wrap, 1: rename})
    assert from_text('{"version": 1, "boxes": {"a": "relu"}}') == Diagram({"a": Block("a", "relu")})
    assert from_text('{"version": 2, "blox": {"a": "relu"}}') == Diagram({"a": Block("a", "relu")})
    assert from_text('{"version": 3, "blocks": {}}') == Diagram()
    with pytest.raises(
        FileError, match=r"^f: it is not a correct file of version 1; take another copy of it\.$"
    ):
        from_text('{"version": 1}', "f")
    with pytest.raises(FileError, match=r"version 4; this one reads up to 3\): update\.$"):
        from_text('{"version": 4}')


def test_every_version_ever_released_has_a_migration_and_a_golden_file() -> None:
    versions = range(1, graph.migrations.VERSION + 1)
    assert list(graph.migrations.MIGRATIONS) == list(versions)[:-1]
    assert {f"version{v}.gradboard" for v in versions} <= {p.name for p in GOLDEN.parent.iterdir()}


def test_twenty_thousand_blocks_survive() -> None:
    big = chain(10_000, skip=3)
    assert from_text(to_text(big)) == big
    most = Diagram({f"b{i}": Block(f"b{i}", "relu") for i in range(20_000)})
    assert from_text(to_text(most)) == most
    one_part = replace(most, parts={"p": Diagram()})
    with pytest.raises(FileError, match="at most 20,000 blocks"):
        to_text(one_part)

"""The command line: every command as a person types it, its exit code, and one clear sentence for every mistake."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import doctor, gallery
from app.cli import COMMANDS, main
from app.gallery.pages import SECTIONS
from graph.diagram import Diagram
from graph.files import load, save
from nodes.catalogue import catalogue
from nodes.sketch import Sketch

ROOT = Path(__file__).resolve().parent.parent.parent


def spiral(**recipe: Any) -> Diagram:
    """Two layers on three arms."""
    sketch = Sketch()
    x, y = sketch.observed("x"), sketch.observed("y")
    hidden = sketch.relu(sketch.linear(x, units=30))
    sketch.cross_entropy(sketch.linear(hidden, units=3), y)
    entries: dict[str, Any] = {"data": "spiral", "rate": 0.02, "epochs": 4, "threads": 1}
    return sketch.diagram(**entries | recipe)


@dataclass(frozen=True)
class Said:
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def gradboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs a command line in this process, in a temporary folder that holds spiral.gradboard."""
    monkeypatch.chdir(tmp_path)
    save(spiral(), "spiral.gradboard")

    def call(*words: str) -> Said:
        code = main(words)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs a command line in a process of its own, without a screen."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    environment |= options.pop("env", {})
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=options.pop("cwd", ROOT),
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def one_sentence(said: Said | subprocess.CompletedProcess[str]) -> str:
    """What was said on the error stream, which must be one line and no traceback."""
    err = said.err if isinstance(said, Said) else said.stderr
    assert "Traceback" not in err
    assert err.startswith("gradboard: ") and err.count("\n") == 1, err
    return err.removeprefix("gradboard: ").strip()


# --- help ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(gradboard: Any, command: str) -> None:
    said = gradboard(command, "--help")
    assert said.code == 0
    assert f"gradboard {command}" in said.out and "example" in said.out


def test_the_help_names_every_command(gradboard: Any) -> None:
    said = gradboard("--help")
    assert said.code == 0
    assert all(f"\n  {name} " in said.out for name in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ["--size", "wide"],
        ["--size", "10x10"],
        ["--after", "-1"],
        ["--after", "nan"],
        ["--theme", "pink"],
        ["a.gradboard", "b.gradboard"],
        ["train"],
        ["train", "spiral.gradboard", "--epochs", "-3"],
        ["train", "spiral.gradboard", "--epochs", "3", "--steps", "3"],
        ["export", "spiral.gradboard"],
    ],
)
def test_wrong_use_ends_with_2(gradboard: Any, words: list[str]) -> None:
    said = gradboard(*words)
    assert said.code == 2
    assert said.err.startswith("usage: gradboard")


def test_the_module_does_the_same_as_the_command(gradboard: Any) -> None:
    done = process("blocks")
    assert (done.returncode, done.stdout) == (0, gradboard("blocks").out)


def test_a_reader_that_goes_away_is_no_error() -> None:
    line = f"{sys.executable} -m app blocks | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")


# --- blocks, gallery, doctor ----------------------------------------------------------------------------------------


def test_blocks_lists_every_kind_under_its_section(gradboard: Any) -> None:
    lines = gradboard("blocks").out.splitlines()
    for kind, cls in catalogue().items():
        place = next(n for n, line in enumerate(lines) if line.split()[:1] == [kind])
        heading = next(line for line in reversed(lines[:place]) if line and line[0] != " ")
        assert heading == cls.section


def test_blocks_explains_one(gradboard: Any) -> None:
    said = gradboard("blocks", "linear")
    assert said.code == 0
    for text in ("Weighted sum", "s = W z + b", "units", "1 to 10,000,000", "number of outputs"):
        assert text in said.out


def test_an_unknown_block_is_told(gradboard: Any) -> None:
    said = gradboard("blocks", "linaer")
    assert said.code == 2
    assert "linaer" in one_sentence(said)


@pytest.fixture
def small_gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gallery of one diagram in place of the real one."""
    folder = tmp_path / "gallery"
    folder.mkdir()
    diagram = spiral().with_(extra={"x-note": "the arms come apart"})
    save(diagram, folder / "arms.gradboard")
    monkeypatch.setattr(gallery, "_FOLDER", folder)
    return folder


def test_gallery_tells_what_to_look_for(gradboard: Any, small_gallery: Path) -> None:
    said = gradboard("gallery")
    assert said.code == 0
    assert "arms  plays  the arms come apart" in said.out


def test_the_real_gallery_has_a_note_for_every_diagram() -> None:
    wanted = {"spiral-linear", "spiral-mlp", "xor", "linear-regression", "softmax-regression"}
    assert wanted | {"lenet-1990"} <= set(gallery.names())
    assert all(gallery.note(name) for name in gallery.names())


def test_the_gallery_is_listed_by_section_in_the_order_of_the_lectures(gradboard: Any) -> None:
    lines = gradboard("gallery").out.splitlines()
    titles = [line for line in lines[:-1] if line and line[0] != " "]
    assert titles == [title for title in SECTIONS if title in titles]
    assert {"Linear machines", "Traditional nets", "Learning procedures"} <= set(titles)
    for name in gallery.names():
        place = next(n for n, line in enumerate(lines) if line.split()[:1] == [name])
        heading = next(line for line in reversed(lines[:place]) if line and line[0] != " ")
        assert heading == gallery.section(name)


def test_gallery_copies_but_never_over_a_file(gradboard: Any, small_gallery: Path) -> None:
    assert gradboard("gallery", "arms", "--copy", "mine.gradboard").code == 0
    assert load("mine.gradboard") == load(small_gallery / "arms.gradboard")
    said = gradboard("gallery", "gallery:arms", "--copy", "mine.gradboard")
    assert said.code == 2
    assert "already" in one_sentence(said)


def test_an_unknown_gallery_name_is_told_with_the_known_ones(
    gradboard: Any, small_gallery: Path
) -> None:
    for words in (["gallery", "leggs"], ["train", "gallery:leggs"], ["check", "gallery:../arms"]):
        said = gradboard(*words)
        assert said.code == 1
        assert "it has arms" in one_sentence(said)


def test_doctor_finds_this_machine_well(gradboard: Any) -> None:
    said = gradboard("doctor")
    assert said.code == 0, said.out
    assert "OK: nothing is missing." in said.out


def test_doctor_names_a_missing_library_and_its_package(
    gradboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", {"libnowhere.so.9": "libnowhere9"})
    said = gradboard("doctor")
    assert said.code == 1
    assert "sudo apt-get install -y libnowhere9" in said.out


def test_doctor_survives_a_program_that_crashes() -> None:
    told, trouble = doctor._told_by("import os; os.abort()", {})
    assert told == {} and "-6" in trouble
    told, trouble = doctor._told_by("raise ImportError('libfoo.so.1: cannot open')", {})
    assert told == {} and "libfoo.so.1" in trouble


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_tells_shapes_weights_and_multiplications(gradboard: Any) -> None:
    said = gradboard("check", "spiral.gradboard")
    assert said.code == 0
    rows = {line.split()[0]: line.split() for line in said.out.splitlines() if line}
    assert rows["linear1"][-3:] == ["B×30", str(2 * 30 + 30), str(2 * 30)]
    assert rows["total"][1:] == [str(90 + 93), str(60 + 90)]
    assert "can be trained" in said.out


def test_check_fails_for_an_error_but_not_for_an_open_pin(gradboard: Any) -> None:
    diagram = spiral()
    save(diagram.with_(wires=diagram.wires[1:]), "open.gradboard")
    said = gradboard("check", "open.gradboard")
    assert said.code == 0
    assert "unfinished: linear1.z" in said.out
    save(diagram.with_(recipe=diagram.recipe.with_(data={"kind": "nowhere"})), "wrong.gradboard")
    said = gradboard("check", "wrong.gradboard")
    assert said.code == 1
    assert "error: recipe.data" in said.out and "nowhere" in said.out


# --- files that are no diagrams ---------------------------------------------------------------------------------------


def _bad_files() -> dict[str, bytes]:
    return {
        "other text": Path(__file__).read_bytes(),
        "empty": b"",
        "truncated": b'{"version": 1, "blocks": {"x": {"kind": "obs',
        "too new": b'{"version": 999, "blocks": {}, "wires": []}',
        "not text": bytes(range(128, 256)),
        "deep": b"[" * 100_000,
        "hostile": b'{"version": 1, "blocks": {"x=print(1)": {"kind": "observed"}}, "wires": []}',
    }


@pytest.mark.parametrize(("name", "content"), _bad_files().items(), ids=_bad_files())
def test_a_bad_file_is_one_sentence(gradboard: Any, name: str, content: bytes) -> None:
    Path("bad.gradboard").write_bytes(content)
    for words in (["train"], ["check"], ["export", "--to", "m.py"], ["render", "--to", "m.png"]):
        said = gradboard(words[0], "bad.gradboard", *words[1:])
        assert said.code == 1
        assert one_sentence(said).startswith("bad.gradboard: ")
    assert sorted(os.listdir()) == ["bad.gradboard", "spiral.gradboard"]


def test_a_file_that_is_not_there_and_a_folder(gradboard: Any) -> None:
    for name in ("nowhere.gradboard", "."):
        said = gradboard("train", name)
        assert said.code == 1
        assert one_sentence(said).startswith(name)


# --- train ----------------------------------------------------------------------------------------------------------


def test_train_saves_weights_beside_the_diagram(gradboard: Any) -> None:
    from safetensors.numpy import load_file

    said = gradboard("train", "spiral.gradboard")
    assert said.code == 0
    assert "accuracy" in said.out and "spiral.safetensors" in said.out
    assert "epoch 4/4" in said.err
    weights = load_file("spiral.safetensors")
    assert weights["linear1.weight"].shape == (30, 2)


def test_train_tells_its_result_as_json(gradboard: Any) -> None:
    found = json.loads(gradboard("train", "spiral.gradboard", "--json").out)
    assert found["epochs"] == 4 and len(found["history"]) == 4
    assert found["history"][-1]["loss"] < found["history"][0]["loss"]
    assert 0.5 < found["metrics"]["test"]["accuracy"] <= 1
    assert found["weights"] == "spiral.safetensors"


def _losses(said: Said) -> list[float]:
    assert said.code == 0, said.err
    return [row["loss"] for row in json.loads(said.out)["history"]]


def test_the_same_seed_gives_the_same_losses(gradboard: Any) -> None:
    first, again, other = (
        _losses(gradboard("train", "spiral.gradboard", "--json", "--seed", seed)) for seed in "774"
    )
    assert first == again
    assert first != other


def test_a_resumed_run_gives_the_losses_of_an_unbroken_one(gradboard: Any) -> None:
    whole = _losses(gradboard("train", "spiral.gradboard", "--json"))
    gradboard("train", "spiral.gradboard", "--epochs", "2")
    rest = _losses(gradboard("train", "spiral.gradboard", "--json", "--resume"))
    assert rest == whole[2:]


def test_resume_says_when_there_is_nothing_to_resume(gradboard: Any) -> None:
    said = gradboard("train", "spiral.gradboard", "--resume")
    assert said.code == 2
    assert "no saved run" in one_sentence(said)
    gradboard("train", "spiral.gradboard")
    said = gradboard("train", "spiral.gradboard", "--resume")
    assert said.code == 2
    assert "--epochs" in one_sentence(said)


def test_resume_leaves_a_state_alone_that_does_not_fit(gradboard: Any) -> None:
    gradboard("train", "spiral.gradboard", "--epochs", "1")
    before = Path("spiral.state.safetensors").read_bytes()
    for wish, told in [
        ("linear1.units=31", "another diagram"),
        ("optimizer=sgd", "another optimizer"),
    ]:
        said = gradboard("train", "spiral.gradboard", "--resume", "--set", wish)
        assert said.code == 1
        assert told in one_sentence(said)
    assert Path("spiral.state.safetensors").read_bytes() == before


def test_resume_takes_a_new_rate(gradboard: Any) -> None:
    words = ["train", "spiral.gradboard", "--json", "--resume", "--set"]
    for rate, moves in [("rate=0", False), ("rate=0.02", True)]:
        gradboard("train", "spiral.gradboard", "--epochs", "1")
        before = Path("spiral.safetensors").read_bytes()
        assert gradboard(*words, rate).code == 0
        assert (Path("spiral.safetensors").read_bytes() != before) == moves


def test_settings_can_be_replaced(gradboard: Any) -> None:
    wishes = ["linear1.units=7", "linear2.units=5", "data.arms=5", "optimizer=sgd", "batch=50"]
    words = [word for wish in wishes for word in ("--set", wish)]
    found = json.loads(gradboard("train", "spiral.gradboard", "--steps", "3", "--json", *words).out)
    assert found["steps"] == 3
    from safetensors.numpy import load_file

    weights = load_file("spiral.safetensors")
    assert weights["linear1.weight"].shape == (7, 2) and weights["linear2.weight"].shape == (5, 7)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ("linear1.units", "NAME=VALUE"),
        ("=3", "NAME=VALUE"),
        ("linear1.units=0", "between 1 and"),
        ("linear1.units=many", "whole number"),
        ("linear1.width=3", "there is no setting"),
        ("linear9.units=3", "there is no block"),
        ("speed=3", "no entry"),
        ("rate=NaN", "finite"),
        ("rate=1e999", "finite"),
        ("data=nowhere", "no data set"),
        ("data.arms=0", "between"),
        ("optimizer=nowhere", "no optimizer"),
    ],
)
def test_a_wrong_setting_is_one_sentence(gradboard: Any, wish: str, told: str) -> None:
    said = gradboard("train", "spiral.gradboard", "--set", wish)
    assert said.code == 2
    assert told in one_sentence(said)


def test_a_gallery_diagram_leaves_its_weights_here(gradboard: Any, small_gallery: Path) -> None:
    said = gradboard("train", "gallery:arms", "--steps", "2")
    assert said.code == 0
    assert Path("arms.safetensors").exists()
    assert os.listdir(small_gallery) == ["arms.gradboard"]


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder with a diagram in which nobody may write, root neither while it lasts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        closed = folder / "closed"
        closed.mkdir()
        save(spiral(), closed / "spiral.gradboard")
        (folder / "free").mkdir(mode=0o777)
        (folder / "free").chmod(0o777)
        closed.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield closed
        finally:
            if root:
                os.seteuid(0)
            closed.chmod(0o755)


def test_a_read_only_folder(
    read_only: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", str(read_only / "spiral.gradboard"), "--steps", "2"]
    monkeypatch.chdir(read_only)
    assert main(words) == 2
    err = capsys.readouterr().err
    assert "--out" in err and err.count("\n") == 1
    monkeypatch.chdir(read_only.parent / "free")
    assert main(words) == 0
    assert Path("spiral.safetensors").exists()
    monkeypatch.chdir("/")


def test_out_names_another_place(gradboard: Any) -> None:
    Path("runs").mkdir()
    for out, file in [
        ("a.safetensors", "a.safetensors"),
        ("b", "b.safetensors"),
        ("runs", "runs/spiral.safetensors"),
    ]:
        assert gradboard("train", "spiral.gradboard", "--steps", "1", "--out", out).code == 0
        assert Path(file).exists()
    said = gradboard("train", "spiral.gradboard", "--steps", "1", "--out", "nowhere/c")
    assert said.code == 2
    assert "nowhere" in one_sentence(said)


def test_a_diagram_that_cannot_be_trained(gradboard: Any) -> None:
    save(Diagram(), "nothing.gradboard")
    said = gradboard("train", "nothing.gradboard")
    assert said.code == 1
    assert "nothing to train" in one_sentence(said)


def test_a_missing_csv_is_named(gradboard: Any) -> None:
    recipe = {"kind": "csv", "path": "nowhere.csv"}
    save(spiral(data=recipe), "csv.gradboard")
    for command in ("train", "check"):
        said = gradboard(command, "csv.gradboard")
        assert said.code == 1
        assert "nowhere.csv" in said.err + said.out and "Traceback" not in said.err


def test_a_loss_that_is_no_number_names_the_block_and_keeps_finite_weights(gradboard: Any) -> None:
    from safetensors.numpy import load_file

    sketch = Sketch()
    x, y = sketch.observed("x"), sketch.observed("y")
    sketch.squared_error(sketch.linear(sketch.linear(x, units=5), units=1), y)
    save(sketch.diagram(data="line", optimizer="sgd", rate=1e6, threads=1), "wild.gradboard")
    said = gradboard("train", "wild.gradboard")
    assert said.code == 1
    assert "linear" in said.err and "Traceback" not in said.err
    assert all(np.isfinite(value).all() for value in load_file("wild.safetensors").values())


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (MemoryError(), "out of memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "out of memory"),
        (RuntimeError("CUDA error: device-side assert\nmore lines"), "a step failed: CUDA error"),
        (RuntimeError("CUDA error: an illegal memory access"), "a step failed: CUDA error"),
    ],
)
def test_a_step_that_fails_keeps_what_was_learned_before(
    gradboard: Any, monkeypatch: pytest.MonkeyPatch, trouble: Exception, told: str
) -> None:
    from runtime.run import Run

    step = Run.step

    def fail_at(number: int) -> None:
        def failing(run: Run) -> float:
            if run.step_count == number:
                raise trouble
            return step(run)

        monkeypatch.setattr(Run, "step", failing)

    fail_at(3)
    said = gradboard("train", "spiral.gradboard")
    assert said.code == 1
    assert told in said.err and "after step 3" in said.err and "Traceback" not in said.err
    kept = Path("spiral.safetensors").read_bytes()
    fail_at(0)
    said = gradboard("train", "spiral.gradboard", "--seed", "5")
    assert said.code == 1
    assert "Nothing was saved." in said.err
    assert Path("spiral.safetensors").read_bytes() == kept


def _wait_for(stream: Any, text: str, seconds: float = 60) -> None:
    seen, end = "", time.monotonic() + seconds
    while text not in seen:
        assert time.monotonic() < end, seen
        if select.select([stream], [], [], 0.5)[0]:
            seen += os.read(stream.fileno(), 4096).decode()


def test_ctrl_c_saves_what_is_there(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    save(spiral(epochs=1_000_000), tmp_path / "spiral.gradboard")
    words = [sys.executable, "-m", "app", "train", str(tmp_path / "spiral.gradboard")]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stderr is not None
        _wait_for(run.stderr, "epoch 1/")
        run.send_signal(signal.SIGINT)
        _out, err = run.communicate(timeout=250)
    assert run.returncode == 130
    assert b"Traceback" not in err and b"interrupted" in err
    assert load_file(tmp_path / "spiral.safetensors")["linear1.weight"].shape == (30, 2)
    again = process("train", str(tmp_path / "spiral.gradboard"), "--resume", "--steps", "1")
    assert again.returncode == 0, again.stderr


# --- export, render -------------------------------------------------------------------------------------------------


def test_export_writes_source_that_computes_the_same(gradboard: Any) -> None:
    import torch
    from safetensors.torch import load_file

    from runtime.program import compile

    gradboard("train", "spiral.gradboard")
    assert gradboard("export", "spiral.gradboard", "--to", "model.py").code == 0
    assert gradboard("export", "spiral.gradboard", "--to", "weights.safetensors").code == 0
    space: dict[str, Any] = {}
    exec(Path("model.py").read_text(), space)
    model, weights = space["Diagram"](), load_file("weights.safetensors")
    model.load_state_dict(weights)
    program = compile(load("spiral.gradboard"))
    program.load(weights)
    x = torch.randn(5, 2)
    assert torch.equal(model(x), program.predictor()(x))


def test_export_says_what_it_lacks(gradboard: Any) -> None:
    said = gradboard("export", "spiral.gradboard", "--to", "weights.safetensors")
    assert said.code == 2
    assert "train first" in one_sentence(said)
    said = gradboard("export", "spiral.gradboard", "--to", "model.doc")
    assert said.code == 2
    assert ".pt2 or .onnx" in one_sentence(said)
    gradboard("train", "spiral.gradboard", "--steps", "1", "--set", "linear1.units=4")
    said = gradboard("export", "spiral.gradboard", "--to", "weights.safetensors")
    assert said.code == 2
    assert "linear1.weight" in one_sentence(said)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", ["paper", "board"])
def test_render_draws_the_diagram(gradboard: Any, theme: str) -> None:
    from PySide6.QtGui import QColor, QImage

    from app.theme import THEMES

    words = ["spiral.gradboard", "--to", "spiral.png", "--theme", theme]
    assert gradboard("render", *words, "--scale", "1").code == 0
    picture = QImage("spiral.png")
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
    }
    wanted = THEMES[theme]
    assert picture.pixelColor(0, 0) == QColor(wanted.background)
    assert {QColor(wanted.function).name(), QColor(wanted.cost).name()} <= colours
    assert gradboard("render", *words, "--scale", "2").code == 0
    assert abs(QImage("spiral.png").width() - 2 * picture.width()) <= 2


@pytest.mark.usefixtures("qapp")
def test_render_writes_svg_with_shapes(gradboard: Any) -> None:
    words = ["render", "spiral.gradboard", "--to"]
    assert gradboard(*words, "plain.svg", "--no-shapes").code == 0
    assert gradboard(*words, "shapes.svg").code == 0
    plain, shapes = (Path(name).read_text() for name in ("plain.svg", "shapes.svg"))
    assert plain.lstrip().startswith("<?xml")
    assert ">64×30</text>" in shapes and "×30" not in plain


@pytest.mark.usefixtures("qapp")
def test_render_carries_the_diagram(gradboard: Any) -> None:
    for name in ("a.png", "a.svg", "a.pdf"):
        assert gradboard("render", "spiral.gradboard", "--to", name, "--no-shapes").code == 0
        assert load(name) == spiral()
    assert gradboard("check", "a.pdf").code == 0, "whatever takes a diagram takes such a picture"


@pytest.mark.usefixtures("qapp")
def test_render_draws_what_is_selected_in_a_style(gradboard: Any) -> None:
    words = ["render", "spiral.gradboard", "--no-shapes", "--select", "relu1", "linear2"]
    assert gradboard(*words, "--to", "part.tex", "--style", "filled").code == 0
    text = Path("part.tex").read_text()
    assert "$h(s_{1})$" in text and "C(y" not in text
    assert r"\definecolor{gb-computed-fill}{HTML}{FFFFFF}" not in text
    assert gradboard(*words, "--to", "part.svg").code == 0
    assert set(load("part.svg").blocks) == {"relu1", "linear2"}
    said = gradboard("render", "spiral.gradboard", "--to", "p.svg", "--select", "relu9")
    assert said.code == 2
    assert "relu9" in one_sentence(said)


@pytest.mark.usefixtures("qapp")
def test_render_shows_the_gradients_of_the_weights_beside_it(gradboard: Any) -> None:
    def numbers() -> set[str]:
        words = ["render", "spiral.gradboard", "--to", "g.svg", "--gradients"]
        assert gradboard(*words).code == 0
        return set(re.findall(r">(\d\.\de-?\d+)</text>", Path("g.svg").read_text()))

    fresh = numbers()
    assert len(fresh) >= 3
    gradboard("train", "spiral.gradboard")
    assert numbers() != fresh


def test_render_says_what_it_cannot_write(gradboard: Any) -> None:
    for out in ("spiral.gif", "nowhere/spiral.png"):
        said = gradboard("render", "spiral.gradboard", "--to", out)
        assert said.code == 2
        assert out in one_sentence(said)


# --- the window -----------------------------------------------------------------------------------------------------


def test_without_a_screen_the_window_says_so() -> None:
    done = process("spiral.gradboard")
    assert done.returncode == 2
    assert "no screen" in one_sentence(done)


def test_a_screen_that_does_not_answer_is_no_screen() -> None:
    done = process(env={"DISPLAY": ":9876"})
    assert done.returncode == 2
    assert "DISPLAY=:9876" in one_sentence(done)


def test_a_picture_of_the_window_needs_no_screen(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    save(spiral(), tmp_path / "spiral.gradboard")
    words = ["spiral.gradboard", "--shot", "out.png", "--after", "0.5", "--size", "1000x700"]
    done = process(*words, "--theme", "board", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    picture = QImage(str(tmp_path / "out.png"))
    assert (picture.width(), picture.height()) == (1000, 700)


def test_a_picture_of_the_training_waits_until_it_can_begin(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    from app.theme import PAPER

    save(spiral(), tmp_path / "spiral.gradboard")
    for after in ("3", "30"):  # the first frame of a busy machine takes its time
        words = ["spiral.gradboard", "--play", "--shot", "out.png", "--after", after]
        done = process(*words, "--size", "1000x700", "--theme", "paper", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        picture = QImage(str(tmp_path / "out.png"))
        canvas = [picture.pixelColor(x, y) for x in range(230, 640, 2) for y in range(150, 600, 2)]
        pulses = sum(color.name() == PAPER.gradient for color in canvas)
        if pulses > 10:
            break
    assert pulses > 10, "no pulses run"


def test_the_window_is_not_opened_on_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "bad.gradboard").write_text("{")
    done = process("bad.gradboard", "--shot", "out.png", "--after", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert one_sentence(done).startswith("bad.gradboard: ")
    assert not (tmp_path / "out.png").exists()

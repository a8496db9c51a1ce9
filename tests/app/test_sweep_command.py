"""`gradboard sweep`: its table, files and exit codes, and that its numbers are those of `gradboard train`."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from graph.files import save
from tests.app.test_cli import ROOT, Said, one_sentence, spiral


@pytest.fixture
def gradboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    monkeypatch.chdir(tmp_path)
    save(spiral(dtype="float64"), "spiral.gradboard")

    def call(*words: str) -> Said:
        code = main(words)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


def test_every_row_is_the_training_with_that_value(gradboard: Any, tmp_path: Path) -> None:
    words = ("--set", "rate=0.01,0.05", "--seeds", "2", "--steps", "20")
    said = gradboard(
        "sweep", "spiral.gradboard", *words, "--csv", "o.csv", "--curves", "c.csv", "--json"
    )
    assert (
        said.code == 0 and said.err.count("\n") == 4
    )  # a line for each where there is no terminal
    found = json.loads(said.out)
    assert [r["varied"] for r in found] == [
        {"rate": rate, "seed": seed} for rate in (0.01, 0.05) for seed in (0, 1)
    ]
    alone = gradboard(
        "train", "spiral.gradboard", "--set", "rate=0.05", "--seed", "1", "--steps", "20", "--json"
    )
    single = json.loads(alone.out)["metrics"]
    swept = found[3]["metrics"]
    assert {p: {k: v for k, v in n.items() if k != "samples"} for p, n in swept.items()} == single
    rows = list(csv.DictReader((tmp_path / "o.csv").open()))
    assert [(r["rate"], r["seed"]) for r in rows] == [
        ("0.01", "0"), ("0.01", "1"), ("0.05", "0"), ("0.05", "1")
    ]  # fmt: skip
    assert float(rows[3]["test_loss"]) == single["test"]["loss"]
    curves = list(csv.DictReader((tmp_path / "c.csv").open()))
    assert sum(r["run"] == "2" and r["part"] == "training" for r in curves) == 20


def test_a_value_that_fails_is_a_row_and_all_failing_is_a_failure(gradboard: Any) -> None:
    said = gradboard("sweep", "spiral.gradboard", "--set", "validation=0.2,0.9", "--steps", "2")
    assert said.code == 0 and "leave nothing for training" in said.out
    said = gradboard("sweep", "spiral.gradboard", "--set", "validation=0.9", "--steps", "2")
    assert said.code == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--set", "rate"],
        ["--set", "rate=fast"],
        ["--set", "raet=1"],
        ["--set", "linear1.units=1..9999"],
        ["--set", "seed=1,2", "--seeds", "2"],
    ],
)
def test_what_cannot_be_meant_is_one_sentence(gradboard: Any, words: list[str]) -> None:
    said = gradboard("sweep", "spiral.gradboard", *words)
    assert said.code == 2 and one_sentence(said).endswith(".")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_ends_it_and_writes_what_is_done(tmp_path: Path) -> None:
    save(spiral(epochs=1_000_000), tmp_path / "long.gradboard")
    words = ["sweep", "long.gradboard", "--set", "validation=0.9,0.2", "--csv", "o.csv"]
    running = subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # as from a terminal
    )
    assert running.stderr is not None
    try:
        assert "leave nothing" in running.stderr.readline()  # the first is done at once
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        _out, err = running.communicate(timeout=250)
    finally:
        running.kill()
    assert running.returncode == 130 and "1 of 2 were not trained" in err
    assert len(list(csv.DictReader((tmp_path / "o.csv").open()))) == 1


def test_training_without_tensorboard_says_what_to_install(
    gradboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runtime import tensorboard
    from runtime.extras import NO_TENSORBOARD

    monkeypatch.setattr(tensorboard, "lacks_tensorboard", lambda: NO_TENSORBOARD)
    said = gradboard("train", "spiral.gradboard", "--steps", "1", "--tensorboard", "logs")
    assert said.code == 1 and "pip install" in one_sentence(said)

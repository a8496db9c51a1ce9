"""What is written for TensorBoard, read back by TensorBoard itself; and the numbers that stay of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.diagram import Diagram
from graph.problem import FileError
from nodes.sketch import Sketch
from runtime import final, tensorboard
from runtime import messages as m
from runtime.engine import Engine
from runtime.extras import NO_TENSORBOARD
from runtime.final import final_numbers
from runtime.snapshot import Snapshot
from runtime.tensorboard import Log
from runtime.train import finish, start


def spiral() -> Diagram:
    sketch = Sketch()
    x, y = sketch.observed("x"), sketch.observed("y")
    hidden = sketch.relu(sketch.linear(x, units=10))
    sketch.cross_entropy(sketch.linear(hidden, units=3), y)
    return sketch.diagram(data="spiral", rate=0.02, threads=1, device="cpu")


def engine() -> tuple[Engine, list[Any]]:
    said: list[Any] = []
    made = Engine(said.append)
    made.handle(m.SetDiagram(1, spiral()))
    return made, said


# --- final numbers ---------------------------------------------------------------------------------------------------


def test_final_numbers_are_those_of_the_whole_parts() -> None:
    run = start(spiral())
    for _ in range(20):
        run.step()
    found = final_numbers(run, patience=60.0)
    for part, numbers in found.items():
        whole = len(getattr(run.batches.parts, part))
        assert numbers == {**run.evaluate(part), "samples": whole}
    assert set(found) == {"training", "validation", "test"} and found["training"]["samples"] == 1800


def test_a_part_that_takes_too_long_is_judged_by_some_samples() -> None:
    run = start(spiral())
    found = final_numbers(run, patience=0.0)
    assert {part: n["samples"] for part, n in found.items()} == {
        "training": final.SOME,
        "validation": final.SOME,
        "test": final.SOME,
    }
    assert found["training"]["loss"] == run.evaluate("training", final.SOME)["loss"]


def test_the_engine_answers_with_the_numbers_of_the_present() -> None:
    made, said = engine()
    made.handle(m.Step(30))
    while made.trainer.playing:
        made.work()
    shot = next(s for s in reversed(said) if isinstance(s, Snapshot))
    assert 0 < shot.seconds == made.trainer.seconds or shot.seconds < made.trainer.seconds
    said.clear()
    made.handle(m.Evaluate())
    (answer,) = said
    assert isinstance(answer, m.Evaluated) and answer.step == 30 and answer.seconds > 0
    assert made.trainer.run is not None
    assert answer.metrics["test"]["loss"] == made.trainer.run.evaluate("test")["loss"]
    made.handle(m.LookAt(0))
    said.clear()
    made.handle(m.Evaluate())  # what is shown now is no end of a run
    assert said == []
    made.handle(m.Reset())
    assert made.trainer.seconds == 0.0


# --- without the package -------------------------------------------------------------------------------------------------


def test_without_tensorboard_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tensorboard, "lacks_tensorboard", lambda: NO_TENSORBOARD)
    with pytest.raises(FileError, match="pip install"):
        Log().to(str(tmp_path))
    made, said = engine()
    said.clear()
    made.handle(m.LogTo(str(tmp_path)))
    assert isinstance(said[0], m.Failed) and "pip install" in str(said[0].problem)
    made.handle(m.Step(3))
    while made.trainer.playing:
        made.work()
    assert (
        made.trainer.run is not None and made.trainer.run.step_count == 3
    )  # it trains all the same


def test_nothing_is_written_until_a_folder_is_named(tmp_path: Path) -> None:
    log = Log()
    log.write(1, {"loss/training": 1.0})
    log.judged(1, {"test": {"loss": 1.0}})
    log.note(start(spiral()))
    log.end()
    assert log.folder == "" and list(tmp_path.iterdir()) == []


# --- with it -----------------------------------------------------------------------------------------------------------


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard reads from a run's folder."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder))
    read.Reload()
    return {tag: [(e.step, e.value) for e in read.Scalars(tag)] for tag in read.Tags()["scalars"]}


def test_every_epoch_of_a_training_is_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    log = Log()
    log.to(str(tmp_path / "new" / "logs"))
    result = finish(
        start(spiral()), epochs=3, progress=lambda _run, row: log.epoch(row) if row else None
    )
    log.judged(result.run.step_count, result.metrics)
    log.end()
    (folder,) = (tmp_path / "new" / "logs").iterdir()
    found = scalars(folder)
    for tag, name in (("loss/training", "loss"), ("rate", "rate")):
        assert [s for s, _ in found[tag]] == [row["step"] for row in result.history]
        np.testing.assert_allclose(
            [v for _, v in found[tag]], [row[name] for row in result.history], rtol=1e-6
        )
    assert found["loss/test"] == [
        (result.run.step_count, pytest.approx(result.metrics["test"]["loss"], rel=1e-6))
    ]


def test_each_run_of_the_engine_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorboard")
    monkeypatch.setattr(tensorboard, "PACE", 0.0)
    made, said = engine()
    made.handle(m.LogTo(str(tmp_path)))
    losses: list[list[float]] = []
    for _ in range(2):
        made.handle(m.Step(40))
        while made.trainer.playing:
            made.work()
        rows = np.concatenate([s.curve for s in said if isinstance(s, Snapshot)])
        losses.append(rows[:, 1].tolist())
        said.clear()
        made.handle(m.Reset())
        said.clear()
    made.handle(m.Quit())
    folders = sorted(tmp_path.iterdir())
    assert len(folders) == 2
    for folder, known in zip(folders, losses, strict=True):
        written = scalars(folder)["loss/training"]
        assert 0 < len(written) <= 40 and written[-1][0] <= 40
        assert min(known) - 1e-6 <= min(v for _, v in written)
        assert max(v for _, v in written) <= max(known) + 1e-6


class Full:
    """A writer on a full disk."""

    def add_scalar(self, *_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_full_disk_ends_the_log_and_not_the_training(tmp_path: Path) -> None:
    made, said = engine()
    log = made.trainer.log
    log.folder, log._writer = str(tmp_path), Full()
    made.handle(m.Play())
    for _ in range(3):
        made.work()
    failed = [message for message in said if isinstance(message, m.Failed)]
    assert len(failed) == 1 and "No space left" in failed[0].problem.message
    assert made.trainer.playing and not log.folder
    log.folder, log._writer = str(tmp_path), Full()
    made.handle(m.Reset())
    assert isinstance(said[-1], m.Compiled) and said[-1].report.trainable

"""Training on fields that are read by rows: the same numbers as from memory, read ahead, and stopped by what is broken."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import gradboard as gb
from graph.diagram import Diagram
from runtime import messages as m
from runtime.ahead import Ahead
from runtime.data import DataError, Stream, folder, stream
from runtime.engine import Engine
from runtime.program import compile
from runtime.run import Run
from runtime.snapshot import Snapshot


def net(**recipe: Any) -> Diagram:
    """A convolution on 6 × 6 pictures in two classes."""
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.flatten(s.relu(s.conv2d(x, channels=3, kernel=3)))
    s.cross_entropy(s.linear(z, units=2), y)
    settings = {"dtype": "float64", "batch": 5, "validation": 0.25, "test": 0.25, "rate": 0.01}
    return s.diagram(**{**settings, **recipe})


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """24 noisy pictures of two classes."""
    from PIL import Image

    random = np.random.default_rng(0)
    for n in range(24):
        kind = tmp_path / "d" / ("dark", "light")[n % 2]
        kind.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 100, (6, 6, 3)) + 120 * (n % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(kind / f"{n:02}.png")
    return tmp_path


DATA = {"kind": "images", "path": "d", "size": 6}


def runs(pictures: Path, monkeypatch: pytest.MonkeyPatch, **recipe: Any) -> tuple[Run, Run]:
    """The same run from memory and by rows."""
    diagram = net(data=DATA, **recipe)
    place = str(pictures)
    memory = Run(compile(diagram, folder=place), folder=place)
    monkeypatch.setattr(folder, "LARGE", 10)
    rows = Run(compile(diagram, folder=place), folder=place)
    assert isinstance(rows.data.fields["x"], Stream)
    return memory, rows


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("normalize", [True, False])
def test_by_rows_is_the_same_as_from_memory(
    pictures: Path, monkeypatch: pytest.MonkeyPatch, shuffle: bool, normalize: bool
) -> None:
    memory, rows = runs(pictures, monkeypatch, shuffle=shuffle, normalize=normalize)
    assert [memory.step() for _ in range(11)] == [rows.step() for _ in range(11)]
    assert memory.watch().loss == rows.watch().loss
    for part in ("training", "validation", "test"):
        assert rows.evaluate(part) == pytest.approx(memory.evaluate(part), rel=1e-12)
        for name, values in memory.batches.part(part).items():
            torch.testing.assert_close(rows.batches.part(part)[name], values, rtol=0, atol=0)


def test_a_part_is_judged_piece_by_piece(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, rows = runs(pictures, monkeypatch)
    monkeypatch.setattr("runtime.batches.PIECE", 6 * 6 * 3 * 4)
    sizes = [len(piece["x"]) for piece in rows.batches.chunks("training")]
    assert sizes == [4, 4, 4] == [len(piece["y"]) for piece in rows.batches.chunks("training")]
    assert rows.evaluate("training") == pytest.approx(memory.evaluate("training"), rel=1e-12)


def test_a_run_by_rows_is_resumed(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, rows = runs(pictures, monkeypatch)
    for _ in range(4):
        rows.step()
    state = rows.state()
    rest = [rows.step() for _ in range(6)]
    rows.restore(state)
    assert [rows.step() for _ in range(6)] == rest


class Counted(Stream):
    """Tells which thread asked for which samples."""

    def __init__(self) -> None:
        super().__init__((20, 1))
        self.asked: list[tuple[bool, list[int]]] = []

    def fetch(self, numbers: np.ndarray) -> np.ndarray:
        main = threading.current_thread() is threading.main_thread()
        self.asked.append((main, numbers.tolist()))
        return numbers[:, None].astype(np.float64)


def test_the_next_batch_is_read_in_the_background() -> None:
    counted = Counted()
    ahead = Ahead({"x": counted})
    first, second, other = np.array([1, 2]), np.array([7, 4]), np.array([9])
    assert ahead.take(first, second)["x"].ravel().tolist() == [1, 2]
    assert ahead.take(second, first)["x"].ravel().tolist() == [7, 4]
    assert ahead.take(other)["x"].ravel().tolist() == [9]
    ahead._reader.shutdown()
    assert sorted(counted.asked) == sorted(
        [(True, [1, 2]), (False, [7, 4]), (False, [1, 2]), (True, [9])]
    )


def test_the_engine_stops_at_a_broken_image_and_goes_on_living(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LARGE", 10)
    said: list[Any] = []
    engine = Engine(said.append)
    engine.handle(m.SetDiagram(1, net(data={**DATA, "broken": "stop"}), str(pictures)))
    for path in (pictures / "d" / "light").iterdir():
        path.write_bytes(b"gone bad")
    engine.handle(m.Play())
    for _ in range(3):
        if engine.trainer.playing:
            engine.work()
    stopped = said[-1]
    assert isinstance(stopped, m.Stopped) and stopped.problem is not None
    assert stopped.problem.where == "recipe.data" and "d/light/" in stopped.problem.message
    engine.handle(m.SetDiagram(2, net(data={**DATA, "broken": "skip"}), str(pictures)))
    with pytest.raises(DataError, match="12 cannot be read"):
        assert engine.trainer.run is not None
        engine.trainer.run.evaluate("training")


def test_the_engine_trains_by_rows(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "LARGE", 10)
    said: list[Any] = []
    engine = Engine(said.append)
    engine.handle(m.SetDiagram(1, net(data=DATA), str(pictures)))
    engine.handle(m.WantFrame())
    engine.handle(m.Step(7))
    while engine.trainer.playing:
        engine.work()
    shots = [s for s in said if isinstance(s, Snapshot)]
    assert shots[-1].step == 7 and set(shots[-1].accuracy) == {"training", "validation"}
    engine.handle(m.CheckGradients(()))
    assert isinstance(said[-1], m.Checked) and not said[-1].wrong


def test_pixels_of_bytes_train_by_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 6, 6), dtype=np.uint8)
    np.savez(tmp_path / "d.npz", x=pixels, y=(pixels.mean((1, 2)) > 127).astype(int))
    diagram = net(data={"kind": "npz", "path": "d.npz"})
    memory = gb.train(diagram, epochs=3, folder=str(tmp_path))
    monkeypatch.setattr(stream, "LARGE", 10)
    rows = gb.train(diagram, epochs=3, folder=str(tmp_path))
    assert isinstance(rows.run.data.fields["x"], Stream)
    assert rows.metrics == memory.metrics
    assert [r["loss"] for r in rows.history] == [r["loss"] for r in memory.history]

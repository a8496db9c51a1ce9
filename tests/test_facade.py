"""`import gradboard as gb`: what notebooks rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

import gradboard as gb


def test_every_public_name_is_there() -> None:
    assert set(gb.__all__) == {"Sketch", "compile", "load", "main", "save", "train"}
    assert all(callable(getattr(gb, name)) for name in gb.__all__)
    assert set(gb.__all__) <= set(dir(gb))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="attribute 'fit'"):
        gb.fit  # noqa: B018


def test_the_example_of_the_readme_keeps_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    exec(readme.split("```python\n")[1].split("```")[0], {})
    accuracy, keys = capsys.readouterr().out.splitlines()
    assert float(accuracy) > 0.9
    assert "linear1.weight" in keys
    assert set(gb.load("mine.gradboard").blocks) >= {"x", "y", "linear1"}

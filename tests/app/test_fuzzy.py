"""Letters typed in haste find what was meant."""

from __future__ import annotations

import pytest

from app.fuzzy import match
from nodes.catalogue import catalogue


def _best(typed: str) -> str:
    titles = [kind.title for kind in catalogue().values()]
    return max(titles, key=lambda title: match(typed, title))


@pytest.mark.parametrize(
    ("typed", "found"),
    [("lin", "linear"), ("rel", "ReLU"), ("cren", "cross entropy"), ("ce", "cross entropy")],
)
def test_a_few_letters_find_a_kind(typed: str, found: str) -> None:
    assert _best(typed) == found


def test_letters_must_all_be_there_and_in_order() -> None:
    assert match("tnh", "tanh") > 0
    assert match("hnt", "tanh") == 0
    assert match("tanhx", "tanh") == 0


def test_the_very_text_is_best_then_its_beginning_then_a_word_then_letters_in_between() -> None:
    scores = [match("sum", text) for text in ("sum", "sum of all", "weighted sum", "consumed")]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 4
    assert scores[0] == 1.0


def test_case_does_not_matter_and_nothing_typed_fits_everything() -> None:
    assert match("ReLU", "relu") == match("relu", "ReLU") == 1.0
    assert match("", "anything") == match("  ", "anything") == 1.0


def test_scattered_letters_are_no_answer() -> None:
    assert match("ner", "one of several layers") == 0
    assert match("l" * 100_000, "linear") == 0

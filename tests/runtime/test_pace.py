"""What is looked at keeps to its share of the time."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from runtime import pace
from runtime.pace import SHARE, Budget, Pool

TICK = 0.001


class Clock:
    """A clock that goes on only when it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def until(self, due: Callable[[], bool]) -> float:
        """Seconds until something is due."""
        began = self.now
        while not due():
            self.now += TICK
        return self.now - began


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pace, "time", SimpleNamespace(perf_counter=lambda: made.now))
    return made


def test_the_dearer_it_is_the_later_it_is_due_again(clock: Clock) -> None:
    budget = Budget()
    assert budget.due
    with budget.spend():
        clock.sleep(0.01)
    assert budget.due, "the first time is a warm-up"
    for seconds in (0.01, 0.05):
        with budget.spend():
            clock.sleep(seconds)
        assert clock.until(lambda: budget.due) == pytest.approx(seconds / SHARE, abs=2 * TICK)


def test_what_would_have_been_spent_anyway_does_not_count(clock: Clock) -> None:
    budget = Budget()
    for _ in range(2):
        with budget.spend(free=10.0):
            clock.sleep(9.0)
    assert budget.due


def test_looks_share_one_pool_and_take_turns(clock: Clock) -> None:
    pool = Pool(each=0.05)
    assert pool.order(["grid", "judge"]) == ["grid", "judge"]
    for name in ("grid", "judge"):
        assert pool.due(name)
        with pool.spend(name):
            clock.sleep(0.005)
    assert pool.due("grid"), "the first time is a warm-up"
    with pool.spend("grid"):
        clock.sleep(0.005)
    assert not pool.due("grid") and not pool.due("judge")
    assert pool.order(["grid", "judge"]) == ["judge", "grid"]
    assert clock.until(lambda: pool.due("judge")) >= 0.005 / 0.1 - 0.005


@pytest.mark.parametrize(("wanted", "share"), [("a", 0.05), ("ab", 0.1), ("abcd", 0.1)])
def test_every_look_adds_to_what_all_may_take_up_to_a_limit(
    clock: Clock, wanted: str, share: float
) -> None:
    pool, spent = Pool(each=0.05, most=0.1), 0.0
    for name in wanted:  # their first times
        with pool.spend(name):
            pass
    began = clock.now
    for _ in range(200):
        for name in pool.order(wanted):
            if pool.due(name):
                with pool.spend(name):
                    clock.sleep(0.004)
                spent += 0.004
        clock.sleep(0.01)
    assert spent / (clock.now - began) == pytest.approx(share, rel=0.1)


def test_a_least_time_is_kept_until_it_is_forgotten(clock: Clock) -> None:
    pool = Pool()
    with pool.spend("judge"):
        pass
    assert not pool.due("judge", least=60.0)
    pool.forget("judge")
    assert pool.due("judge", least=60.0)

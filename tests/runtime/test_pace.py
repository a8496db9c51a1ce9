"""What is looked at keeps to its share of the time."""

from __future__ import annotations

import time

from runtime.pace import SHARE, Budget, Pool


def test_the_dearer_it_is_the_later_it_is_due_again() -> None:
    pace = Budget()
    assert pace.due
    with pace.spend():
        time.sleep(0.01)
    assert pace.due, "the first time is a warm-up"
    began = time.perf_counter()
    with pace.spend():
        time.sleep(0.01)
    assert not pace.due
    while not pace.due:
        time.sleep(0.001)
    assert time.perf_counter() - began >= 0.01 / SHARE


def test_what_would_have_been_spent_anyway_does_not_count() -> None:
    pace = Budget()
    for _ in range(2):
        with pace.spend(free=10.0):
            time.sleep(0.001)
    assert pace.due


def test_looks_share_one_pool_and_take_turns() -> None:
    pool = Pool(share=0.1)
    for name in ("grid", "judge"):
        assert pool.due(name)
        with pool.spend(name):
            time.sleep(0.005)
    assert pool.due("grid"), "the first time is a warm-up"
    began = time.perf_counter()
    with pool.spend("grid"):
        time.sleep(0.005)
    assert not pool.due("grid") and not pool.due("judge")
    assert pool.order(["grid", "judge"]) == ["judge", "grid"]
    while not pool.due("judge"):
        time.sleep(0.001)
    assert time.perf_counter() - began >= 0.005 / 0.1


def test_a_least_time_is_kept_until_it_is_forgotten() -> None:
    pool = Pool()
    with pool.spend("judge"):
        pass
    assert not pool.due("judge", least=60.0)
    pool.forget("judge")
    assert pool.due("judge", least=60.0)

"""Where gradients begin to vanish or explode, on made-up numbers and on the thirty layers of the gallery."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from app.canvas.scale import AT_FIRST, FEWEST, MOST, Scale, fitted
from app.canvas.vanishing import EXPLODING, VANISHING, Sign, reached, starts, troubled, usual
from runtime.run import Run


def chain(*norms: float) -> tuple[dict[int, float], dict[int, tuple[int, ...]]]:
    """A chain by its gradients from the cost backwards: number 0 is nearest to the cost."""
    return dict(enumerate(norms)), {n: (n - 1,) for n in range(1, len(norms))}


def test_an_even_flow_has_no_sign() -> None:
    norms, after = chain(1.0, 0.7, 1.3, 0.2, 3.0)
    assert troubled(norms, after) == {}


def test_vanishing_begins_where_it_falls_below_a_hundredth_of_the_median() -> None:
    norms, after = chain(1.0, 1.0, 1.0, 0.5, 0.5, 0.2, 0.009, 0.001, 1e-6)
    found = troubled(norms, after)
    assert set(found) == {7, 8}
    begun = starts(found, norms, after)
    assert begun == {7: Sign(VANISHING, pytest.approx(0.001 / 0.5))}
    assert "He" in begun[7].advice


def test_exploding_is_growth_on_the_way_back() -> None:
    norms, after = chain(1.0, 1.0, 2.0, 3.0, 500.0, 9e4)
    begun = starts(troubled(norms, after), norms, after)
    assert set(begun) == {4} and begun[4].kind == EXPLODING
    assert begun[4].ratio == pytest.approx(500.0 / 2.5) and "rate" in begun[4].advice


def test_a_flow_that_only_shrinks_does_not_explode_at_its_end() -> None:
    norms, after = chain(*(10.0 ** (3 - 0.5 * n) for n in range(13)))
    kinds = {sign.kind for sign in troubled(norms, after).values()}
    assert kinds == {VANISHING}
    norms, after = chain(*(10.0 ** (-3 + 0.5 * n) for n in range(13)))
    kinds = {sign.kind for sign in troubled(norms, after).values()}
    assert kinds == {EXPLODING}


def test_each_branch_has_its_own_beginning() -> None:
    norms = {"end": 1.0, "a": 1.0, "b": 1.0, "good": 0.8, "lost": 1e-4, "gone": 1e-5}
    after = {"a": ("end",), "b": ("end",), "good": ("a",), "lost": ("b",), "gone": ("lost",)}
    assert set(starts(troubled(norms, after), norms, after)) == {"lost"}


def test_a_sign_does_not_flicker() -> None:
    norms, after = chain(1.0, 1.0, 1.0, 1.0, 0.02)
    assert troubled(norms, after) == {}
    assert set(troubled(norms, after, {4: VANISHING})) == {4}
    norms[4] = 0.05
    assert troubled(norms, after, {4: VANISHING}) == {}


def test_nothing_and_no_number_are_the_extremes() -> None:
    norms, after = chain(1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
    assert starts(troubled(norms, after), norms, after) == {4: Sign(VANISHING, 0.0)}
    norms, after = chain(1.0, 1.0, 1.0, 1.0, math.inf)
    assert starts(troubled(norms, after), norms, after)[4].kind == EXPLODING
    assert troubled({0: 1.0, 1: 1e-9}, {1: (0,)}) == {}  # two say nothing about what is usual


def test_nothing_at_all_has_vanished_however_few_there_are() -> None:
    norms, after = chain(0.4, 0.5, 0.0, 0.0)
    found = starts(troubled(norms, after), norms, after)
    assert found == {2: Sign(VANISHING, 0.0)}
    assert "exactly 0" in found[2].finding and "saturated" in found[2].advice
    assert troubled({0: 1.0, 1: 0.0}, {1: (0,)}, learning=()) == {}, "no weights are behind it"
    assert set(troubled(norms, after, learning={2})) == {2}
    norms, after = chain(0.0, 0.0, 0.0)
    assert troubled(norms, after) == {}, "nothing set out: what is right has no gradient"
    norms, after = chain(1.0, 1.0, 1.0, 1.0, 0.0)
    assert troubled(norms, after, learning={0, 1, 2, 3}) == {}, "data has nothing to learn"


def test_what_is_computed_with_weights_is_reached_around_loops_too() -> None:
    after = {"x": ["s"], "s": ["z"], "z": ["delay", "out"], "delay": ["s"], "y": []}
    assert reached(["s"], after) == {"s", "z", "delay", "out"}
    assert reached([], after) == set()


def test_of_some_looks_the_median_counts() -> None:
    looks = [{"a": 1.0, "b": 2.0}, {"a": 1e-9, "b": 2.0}, {"a": 3.0, "c": 7.0}]
    assert usual(looks) == {"a": 1.0, "c": 7.0}  # b is no variable any more
    assert usual(looks[:2]) == {"a": 1e-9, "b": 2.0}
    assert usual([]) == {}
    assert usual([{"a": math.nan}, {"a": 1.0}, {"a": math.nan}]) == {"a": math.inf}


def gallery_run(name: str) -> Run:
    import gradboard as gb
    from runtime.program import compile

    return Run(compile(gb.load(f"app/gallery/{name}.gradboard")))


def gradients(run: Run) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    """The norms of a deep net from its cost to its input, and which variable each is before."""
    flows = run.watch().variables
    order = [p for p in reversed(flows) if flows[p].gradient > 0]
    norms = {str(p): flows[p].gradient for p in order}
    return norms, {str(b): (str(a),) for a, b in pairwise(order)}


def of_run(name: str, steps: int) -> dict[str, Sign]:
    run = gallery_run(name)
    for _ in range(steps):
        run.step()
    norms, after = gradients(run)
    return starts(troubled(norms, after), norms, after)


@pytest.mark.parametrize("steps", [0, 60])
def test_with_xavier_the_gradient_vanishes_near_the_input_and_with_he_nowhere(steps: int) -> None:
    assert of_run("thirty-layers-he", steps) == {}
    found = of_run("thirty-layers-xavier", steps)
    assert [sign.kind for sign in found.values()] == [VANISHING]
    (where,) = found
    assert 1 <= int(where.removeprefix("layer").partition("/")[0]) <= 12


@pytest.mark.slow
def test_with_xavier_the_sign_goes_when_the_gradient_has_come_back_and_not_before() -> None:
    """About step 1,000 the first layers begin to learn: there the gradient is no hundredth of the usual any more."""
    run, looks, kinds = gallery_run("thirty-layers-xavier"), [], dict[str, str]()
    signed: dict[int, bool] = {}
    first: dict[int, float] = {}
    for step in range(1901):
        if step % 10 == 0:
            norms, after = gradients(run)
            looks = [*looks[-4:], norms]
            found = troubled(usual(looks), after, kinds)
            kinds = {key: sign.kind for key, sign in found.items()}
            signed[step] = bool(starts(found, norms, after))
            first[step] = [*norms.values()][-1] / sorted(norms.values())[len(norms) // 2]
        run.step()
    steps = sorted(signed)
    until = next(step for step in steps if not signed[step])
    assert 600 < until < 1500
    assert not any(signed[step] for step in steps if step >= until), "it does not flicker"
    before = [first[step] for step in steps if step < until]
    later = [first[step] for step in steps if step > until]
    assert max(before) < 0.04 and min(later[:5]) > 0.02
    assert max(later) > 0.2, "it comes back altogether"


def test_the_scale_holds_what_is_there_and_stands_still_while_it_does() -> None:
    assert fitted([]) == fitted([0.0, math.nan]) == AT_FIRST
    assert fitted([1e-5, 0.3]) == AT_FIRST
    assert fitted([30.0, 1e-5]) == Scale(-5, 2)
    grown = fitted([30.0, 1e-5])
    assert fitted([20.0, 3e-4], grown) == grown
    assert fitted([2.0, 0.5], Scale(-9, 1)) == Scale(1 - FEWEST, 1)
    wide = fitted([1e-30, 1.0])
    assert wide.high - wide.low == MOST
    assert (wide.part(1.0), wide.part(1e-30)) == (1.0, 0.0)

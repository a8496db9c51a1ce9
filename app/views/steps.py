"""The steps of slow motion: forward block by block, the cost, backward block by block, the updates.  No Qt."""

from __future__ import annotations

from typing import NamedTuple

from runtime.figures.slow import Passage, SlowMotion

SAMPLE, FORWARD, BACKWARD, UPDATE = "sample", "forward", "backward", "update"


class Step(NamedTuple):
    """One step: its phase, and the number of the block's passage; -1 for the sample itself."""

    phase: str
    passage: int


def steps(motion: SlowMotion) -> tuple[Step, ...]:
    """All steps of a sample, in their order."""
    passages = motion.passages
    forward = range(len(passages))
    backward = [n for n in reversed(forward) if _goes_back(passages[n])]
    moved = [n for n in forward if any(w.gradient is not None for w in passages[n].weights)]
    return (
        Step(SAMPLE, -1),
        *(Step(FORWARD, n) for n in forward),
        *(Step(BACKWARD, n) for n in backward),
        *(Step(UPDATE, n) for n in moved),
    )


def _goes_back(passage: Passage) -> bool:
    return passage.out.gradient is not None and bool(passage.entries or passage.weights)


def same_way(one: SlowMotion, other: SlowMotion) -> bool:
    """Whether two motions have the same steps, so that a place in one is a place in the other."""
    return [p.block for p in one.passages] == [p.block for p in other.passages] and (
        steps(one) == steps(other)
    )

"""Where the gradient begins to vanish or to explode on its way back from the cost.  Pure functions of numbers, no Qt."""

from __future__ import annotations

import math
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from statistics import median, median_low
from typing import NamedTuple, TypeVar

from app.panels.numbers import readable

Key = TypeVar("Key", bound=Hashable)
DECADES = 2.0  # away from the median, and from where it set out, from which on a gradient is lost or too large
BACK = 1.5  # and nearer than which it is all right again: between the two it stays as it was
FEWEST = 4  # variables whose median says something
VANISHING, EXPLODING = "vanishing", "exploding"


class Sign(NamedTuple):
    """What begins at a variable, and its gradient's norm as a multiple of the median of all."""

    kind: str
    ratio: float

    @property
    def finding(self) -> str:
        """What is the case, in one sentence without its end."""
        if not self.ratio:
            return "The gradient is exactly 0 from here on"
        return f"The gradient begins {self.kind} here: {readable(self.ratio, 2)} × the median"

    @property
    def advice(self) -> str:
        """What is to be done about it, in one sentence."""
        if not self.ratio:
            return "What follows is saturated or dead: try smaller weights, a lower rate, normalization, or a leaky non-linearity."
        if self.kind == VANISHING:
            return "Try He initialisation, normalization, or a residual path."
        return "Try a lower rate, clipping, normalization, or smaller first weights."


def usual(looks: Sequence[Mapping[Key, float]]) -> dict[Key, float]:
    """The median of each norm of the last look over all looks: minibatches differ from one to the next by a decade."""

    def over(key: Key) -> float:
        known = [look[key] for look in looks if key in look]
        return median_low(math.inf if math.isnan(norm) else norm for norm in known)

    return {key: over(key) for key in (looks[-1] if looks else ())}


def troubled(
    norms: Mapping[Key, float],
    after: Mapping[Key, Sequence[Key]],
    before: Mapping[Key, str] | None = None,
    learning: Container[Key] | None = None,
) -> dict[Key, Sign]:
    """The variables whose gradient has vanished or exploded.

    `norms` are the gradients' norms, those nearest to the cost first; `after` names the variables computed directly
    from one.  A gradient has vanished that is DECADES below the median and below where it set out at the cost, so
    that a net in which it only shrinks is not said to explode at its end.  Those troubled `before` stay so until
    they are nearer than BACK.

    Nothing at all of what set out at the cost needs no median: a gradient of exactly 0 has vanished, however few there
    are, at those variables that are `learning`, which are computed with weights that training moves; None for all.
    """
    sound = [n for n in norms.values() if n > 0.0 and math.isfinite(n)]
    middle = median(sound) if len(sound) >= FEWEST else math.nan
    seeds, found = dict[Key, float](), dict[Key, Sign]()
    for key, norm in norms.items():
        into = [seeds[k] for k in after.get(key, ()) if k in seeds]
        seeds[key] = max(into) if into else norm
        if not into:
            continue
        if norm == 0.0:
            if seeds[key] != 0.0 and (learning is None or key in learning):
                found[key] = Sign(VANISHING, 0.0)
        elif not math.isnan(middle):
            was = (before or {}).get(key, "")
            kind = _kind(_decades(norm, middle), _decades(norm, seeds[key]), was)
            if kind:
                found[key] = Sign(kind, norm / middle)
    return found


def _kind(away: float, grown: float, was: str) -> str:
    for kind, way in ((VANISHING, -1.0), (EXPLODING, 1.0)):
        limit = BACK if was == kind else DECADES
        if way * away >= limit and way * grown >= limit:
            return kind
    return ""


def _decades(norm: float, base: float) -> float:
    """log10 of a ratio; no number at all is as large as can be."""
    if not math.isfinite(norm):
        return math.inf
    if not math.isfinite(base):
        return -math.inf
    return math.log10(norm / base) if base > 0.0 else math.inf


def starts(
    found: Mapping[Key, Sign],
    order: Iterable[Key],
    after: Mapping[Key, Sequence[Key]],
) -> dict[Key, Sign]:
    """Those at which it begins: nothing between them and the cost is in the same trouble.

    `order` has all variables, those nearest to the cost first.
    """
    begun: dict[Key, Sign] = {}
    passed: dict[Key, frozenset[str]] = {}  # the kinds of trouble met from the cost up to here
    for key in order:
        met = frozenset[str]().union(*(passed.get(k, frozenset()) for k in after.get(key, ())))
        sign = found.get(key)
        if sign is not None:
            if sign.kind not in met:
                begun[key] = sign
            met |= {sign.kind}
        passed[key] = met
    return begun


def reached(first: Iterable[Key], after: Mapping[Key, Sequence[Key]]) -> set[Key]:
    """These variables and all that are computed from them, once around every loop."""
    found = set[Key]()
    ahead = list(first)
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += after.get(key, ())
    return found

"""The rows of a drawing in columns: which nodes stand on one straight line, and how far the lines are apart."""

from __future__ import annotations

import math
from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from itertools import pairwise

Edge = tuple[int, int]
Place = tuple[int, int]  # column, and index in it

GRID = 10
WIRE_BONUS = 1e-3  # of two equally long paths the one that passes fewer blocks is drawn straight


def up(length: float) -> float:
    """The next point of the grid at or beyond `length`."""
    return GRID * math.ceil(length / GRID)


def rows(
    columns: list[list[int]], links: list[Edge], halves: Mapping[int, float], blocks: int
) -> dict[int, float]:
    """A y for every node of a drawing in columns whose links lead from one column to the next.

    `halves` says how much room a node needs above and below it; nodes numbered `blocks` and more are wires that pass a column.
    Straight lines of links have one y, the longest line 0; the others come as near to it as the order within the columns
    allows.
    """
    line_of, longest = _lines(columns, links, blocks)
    half: dict[int, float] = defaultdict(float)
    for node, line in line_of.items():
        half[line] = max(half[line], halves[node])
    above: dict[int, set[int]] = {line: set() for line in half}
    for nodes in columns:
        for upper, lower in pairwise(nodes):
            above[line_of[lower]].add(line_of[upper])
    y = _apart(longest, half, above)
    return {node: y[line] for node, line in line_of.items()}


def _apart(
    longest: int, half: Mapping[int, float], above: Mapping[int, set[int]]
) -> dict[int, float]:
    """A y for every line, given which lines are next above it: packed towards the longest line from both sides."""
    order = list(TopologicalSorter({line: sorted(above[line]) for line in above}).static_order())
    y = {longest: 0.0}
    for line in order:
        tops = [y[u] + up(half[u] + half[line]) for u in above[line] if u in y]
        if tops and line != longest:
            y[line] = max(tops)
    below: dict[int, list[int]] = defaultdict(list)
    for line in order:
        for upper in above[line]:
            below[upper].append(line)
    for line in reversed(order):
        if line not in y:
            y[line] = min((y[u] - up(half[u] + half[line]) for u in below[line]), default=0.0)
    return y


def _lines(columns: list[list[int]], links: list[Edge], blocks: int) -> tuple[dict[int, int], int]:
    """For every node the first node of its straight line; and the longest line.

    Links on long paths come first; a link is bent where a node has a straight one already or where it would cross one.
    """
    place = {node: (c, i) for c, nodes in enumerate(columns) for i, node in enumerate(nodes)}
    weight = _weights(place, links, blocks)
    links = sorted(links, key=lambda link: (-weight[link], place[link[0]], place[link[1]]))
    left: dict[int, int] = {}
    straight: dict[int, list[Edge]] = defaultdict(list)  # by column: pairs of indices, in order
    for a, b in links:
        (column, i), (_, j) = place[a], place[b]
        if _fits(straight[column], i, j):
            insort(straight[column], (i, j))
            left[b] = a
    line_of: dict[int, int] = {}
    for nodes in columns:
        for node in nodes:
            line_of[node] = line_of[left[node]] if node in left else node
    return line_of, line_of[links[0][0]]


def _fits(straight: list[Edge], i: int, j: int) -> bool:
    """Whether a link from index i to index j meets no straight link of the same column."""
    at = bisect(straight, (i, j))
    before, after = straight[at - 1 : at] if at else [], straight[at : at + 1]
    return all(a < i and b < j for a, b in before) and all(a > i and b > j for a, b in after)


def _weights(place: Mapping[int, Place], links: Iterable[Edge], blocks: int) -> dict[Edge, float]:
    """For every link the length of the longest path through it."""
    lengths = {(a, b): 1 + WIRE_BONUS * (max(a, b) >= blocks) for a, b in links}
    to: dict[int, float] = defaultdict(float)
    on: dict[int, float] = defaultdict(float)
    by_column = sorted(lengths, key=lambda link: place[link[0]])
    for a, b in by_column:
        to[b] = max(to[b], to[a] + lengths[a, b])
    for a, b in reversed(by_column):
        on[a] = max(on[a], on[b] + lengths[a, b])
    return {(a, b): to[a] + length + on[b] for (a, b), length in lengths.items()}

"""The order in which a person has put blocks below each other, kept where no more wires cross than must."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from itertools import pairwise

from graph.rows import Edge

Columns = list[list[int]]
Reach = tuple[float, int]  # a height, and how many columns away it is


def as_by_hand(columns: Columns, links: list[Edge], heights: list[float]) -> Columns:
    """The columns in the order of `heights`, of the blocks by number, or as near to it as no more links cross.

    Numbers beyond the blocks are wires that pass a column; they are as high as the middle between what they join.
    """
    height = _heights(columns, links, heights)
    by_hand = [
        [n for _, _, n in sorted((height[n], i, n) for i, n in enumerate(nodes))]
        for nodes in columns
    ]
    upside_down = [nodes[::-1] for nodes in columns]
    choices = [columns, by_hand, upside_down]
    return min(choices, key=lambda made: (crossings(made, links), _against(made, height)))


def _heights(columns: Columns, links: list[Edge], heights: list[float]) -> dict[int, float]:
    """The height of every node; of a wire that passes, that of its ends, farther ones counting less."""
    count = len(heights)
    before, after = dict[int, Reach](), dict[int, Reach]()
    into = {b: a for a, b in links if b >= count}
    out = {a: b for a, b in links if a >= count}
    for nodes in columns:
        for node in nodes:
            before[node] = (heights[node], 0) if node < count else _further(before[into[node]])
    for nodes in reversed(columns):
        for node in nodes:
            after[node] = (heights[node], 0) if node < count else _further(after[out[node]])
    found = dict(enumerate(heights))
    for node in before.keys() - found.keys():
        (start, back), (end, ahead) = before[node], after[node]
        found[node] = (start * ahead + end * back) / (ahead + back)
    return found


def _further(reach: Reach) -> Reach:
    return reach[0], reach[1] + 1


def crossings(columns: Columns, links: list[Edge]) -> int:
    """How many links cross, drawn straight from each column to the next."""
    place = {node: (c, i) for c, nodes in enumerate(columns) for i, node in enumerate(nodes)}
    gaps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for a, b in links:
        column, i = place[a]
        gaps[column].append((i, place[b][1]))
    total = 0
    for ends in gaps.values():
        seen: list[int] = []
        for _, j in sorted(ends):
            total += len(seen) - bisect_right(seen, j)
            insort(seen, j)
    return total


def _against(columns: Columns, height: dict[int, float]) -> int:
    """How many neighbours in the columns stand the other way round than by hand."""
    return sum(height[a] > height[b] for nodes in columns for a, b in pairwise(nodes))

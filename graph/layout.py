"""Tidy placement: blocks along the flow from left to right, chains on straight lines, targets behind their costs.

fast-sugiyama finds the columns and the order within them, `hand` keeps the order in which they were put, where no more
wires cross so; `rows` pulls the longest lines of wires straight.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import NamedTuple

from graph.diagram import DELAY, RIGHT, UP, Diagram
from graph.hand import as_by_hand
from graph.rows import GRID, Edge, rows, up
from graph.turning import rightwards, upwards

Position = tuple[float, float]
Boxes = Mapping[str, tuple[float, float, float, float]]

COLUMN_GAP = 36.0
ROW_GAP = 44.0
PIECE_GAP = 50.0  # between pieces that no wire connects
FUNCTION = (84.0, 56.0)
CIRCLE = 60.0  # how far the output circle reaches beyond a function: a gap of 24, a diameter of 36
VARIABLE = (48.0, 48.0)
OBSERVED = "observed"
VARIABLES = (OBSERVED, "latent", "parameter")  # drawn as a circle alone
LANE = 10.0  # room above and below a wire that passes other blocks
MAX_LANES = 50_000  # wires times columns they pass; more would take seconds


class Extent(NamedTuple):
    """How far a shape reaches from its position: to the left, to the right, and up as well as down."""

    left: float
    right: float
    half: float


class Piece(NamedTuple):
    """Blocks that wires connect, placed around (0, 0): positions by number, the x of every column, top and bottom."""

    places: dict[int, Position]
    columns: list[float]
    top: float
    bottom: float


def tidy(
    diagram: Diagram, sizes: Boxes | None = None, ids: Iterable[str] | None = None
) -> dict[str, Position]:
    """Positions of blocks, the middles of their shapes, on a grid of 10 canvas units; always the same for the same diagram.

    `sizes` gives left, top, right and bottom, around (0, 0) and with the circles of outputs, of shapes that are not of the
    usual size.
    `ids` chooses some blocks; only they are placed, with the upper left corner where it was.
    A diagram that flows upwards is placed as if it flowed to the right, and turned.
    """
    if diagram.flow == UP:
        lying = {n: (-b, le, -t, r) for n, (le, t, r, b) in (sizes or {}).items()}
        return {n: upwards(at) for n, at in tidy(_lying(diagram), lying, ids).items()}
    wanted = None if ids is None else set(ids)
    chosen = [name for name in diagram.blocks if wanted is None or name in wanted]
    targets = _targets(diagram)
    flow = _flow(diagram, set(chosen), targets)
    wired = {end for edge in flow for end in edge}
    names = [n for n in chosen if n in wired] + [n for n in chosen if n not in wired]
    number = {name: i for i, name in enumerate(names)}
    costs = {w.target.block for y in targets for w in diagram.wires_from(y)}
    extents = [_extent(diagram.blocks[n].kind, n in costs, (sizes or {}).get(n)) for n in names]
    heights = [diagram.blocks[name].position[1] for name in names]
    pieces = _pieces([(number[a], number[b]) for a, b in flow], extents, heights)
    places = _stack(pieces, range(len(wired), len(names)), extents)
    dx, dy = (0.0, 0.0) if wanted is None else _way_back(diagram, chosen, places)
    return {name: (places[number[name]][0] + dx, places[number[name]][1] + dy) for name in chosen}


def _lying(diagram: Diagram) -> Diagram:
    """A diagram that flows upwards as one to the right, at the same distances."""
    blocks = {n: replace(b, position=rightwards(b.position)) for n, b in diagram.blocks.items()}
    return diagram.with_blocks(*blocks.values()).with_(flow=RIGHT)


def _extent(kind: str, is_cost: bool, box: tuple[float, float, float, float] | None) -> Extent:
    if box is not None:
        left, top, right, bottom = box
        return Extent(-left, right, max(-top, bottom))
    is_variable = kind in VARIABLES
    width, height = VARIABLE if is_variable else FUNCTION
    return Extent(width / 2, width / 2 + (0 if is_variable or is_cost else CIRCLE), height / 2)


def _targets(diagram: Diagram) -> set[str]:
    """Observed variables that stand behind their costs: those that feed final blocks only, which others feed as well."""
    ends = {n for n, wires in diagram.wires_of.items() if wires and _is_final(diagram, n)}
    found = {
        name
        for name, block in diagram.blocks.items()
        if block.kind == OBSERVED and diagram.wires_of[name] and not diagram.wires_into(name)
        if all(wire.target.block in ends for wire in diagram.wires_from(name))
    }
    for name in diagram.blocks:
        sources = [w.source.block for w in diagram.wires_into(name)] if name in ends else []
        if sources and found.issuperset(sources):
            found.discard(sources[0])
    return found


def _is_final(diagram: Diagram, name: str) -> bool:
    # numbered pins are those of a sum or a product, whose result is merely not used yet
    into = diagram.wires_into(name)
    return not diagram.wires_from(name) and not any(w.target.name[-1].isdigit() for w in into)


def _flow(diagram: Diagram, chosen: Collection[str], targets: set[str]) -> list[tuple[str, str]]:
    """Who stands left of whom: the wires' blocks without loops and doubles, targets after their costs."""
    pairs = dict.fromkeys(
        (w.source.block, w.target.block)
        for w in diagram.wires
        if w.source.block in chosen
        and w.target.block in chosen
        and w.source.block != w.target.block
    )
    delays = {name for name in chosen if diagram.blocks[name].kind == DELAY}
    backward = _closing_loops(pairs, delays) if delays else set()
    return [(b, a) if a in targets else (a, b) for a, b in pairs if (a, b) not in backward]


def _closing_loops(pairs: Iterable[tuple[str, str]], delays: set[str]) -> set[tuple[str, str]]:
    import networkx as nx

    graph = nx.DiGraph(list(pairs))
    loop = {name: i for i, c in enumerate(nx.strongly_connected_components(graph)) for name in c}
    return {(a, b) for a, b in graph.edges if b in delays and loop[a] == loop[b]}


def _pieces(edges: list[Edge], extents: list[Extent], heights: list[float]) -> list[Piece]:
    """The connected pieces, in the order in which they stand now, then of their first blocks."""
    if not edges:
        return []
    from fast_sugiyama import from_edges

    # shortest wires over all are best, but in large tangles finding them takes seconds
    is_tangle = len(edges) > max(300, 2 * len(extents))
    layouts = from_edges(
        _short(edges),
        dummy_vertices=True,
        check_layout=False,
        ranking_type="up" if is_tangle else "minimize",
        transpose=not is_tangle,
    )
    found = [_piece(places, links or [], extents, heights) for places, _, _, links in layouts]

    def order(piece: Piece) -> tuple[float, int]:
        return min(heights[n] for n in piece.places), min(piece.places)

    return sorted(found, key=order)


def _short(edges: list[Edge]) -> list[Edge]:
    """The edges without the longest, should they cross too many columns; every block keeps its shortest."""
    before: dict[int, list[int]] = defaultdict(list)
    for a, b in edges:
        before[b].append(a)
    column: dict[int, int] = {}
    for block in TopologicalSorter(before).static_order():
        column[block] = max((column[b] + 1 for b in before.get(block, ())), default=0)
    kept, lanes, seen = [], 0, set[int]()
    for a, b in sorted(edges, key=lambda edge: column[edge[1]] - column[edge[0]]):
        length = column[b] - column[a] - 1
        if lanes + length <= MAX_LANES or a not in seen or b not in seen:
            kept.append((a, b))
            lanes += length
            seen |= {a, b}
    return kept


def _piece(
    positions: Iterable[tuple[int, Position]],
    links: list[Edge],
    extents: list[Extent],
    heights: list[float],
) -> Piece:
    """Places one piece from fast-sugiyama's answer; numbers beyond the blocks are lanes, where a wire passes a column."""
    layers: dict[float, list[tuple[float, int]]] = defaultdict(list)
    for node, (x, y) in positions:
        layers[-y].append((x, node))
    columns = [[node for _, node in sorted(layers[y])] for y in sorted(layers)]
    columns = as_by_hand(columns, links, heights)
    halves = {
        node: extents[node].half + ROW_GAP / 2 if node < len(extents) else LANE
        for nodes in columns
        for node in nodes
    }
    ys = rows(columns, links, halves, len(extents))
    xs = _column_xs([[extents[n] for n in nodes if n < len(extents)] for nodes in columns])
    places = {
        n: (x, ys[n])
        for x, nodes in zip(xs, columns, strict=True)
        for n in nodes
        if n < len(extents)
    }
    top = min(y - extents[n].half for n, (_, y) in places.items())
    bottom = max(y + extents[n].half for n, (_, y) in places.items())
    return Piece(places, xs, top, bottom)


def _column_xs(columns: list[list[Extent]]) -> list[float]:
    xs = [0.0]
    for here, there in pairwise(columns):
        right, left = max(e.right for e in here), max(e.left for e in there)
        xs.append(xs[-1] + up(right + COLUMN_GAP + left))
    return xs


def _stack(pieces: list[Piece], lone: range, extents: list[Extent]) -> dict[int, Position]:
    """All pieces below each other, and the blocks without wires in rows below them."""
    places: dict[int, Position] = {}
    bottom = -PIECE_GAP
    for i, piece in enumerate(pieces):
        dy = up(bottom + PIECE_GAP - piece.top) if i else 0.0
        places |= {number: (x, y + dy) for number, (x, y) in piece.places.items()}
        bottom = dy + piece.bottom
    per_row = max(6, math.isqrt(len(lone)))
    first = _first_lone_x(pieces[0].columns if pieces else [0.0], min(len(lone), per_row))
    for start in range(0, len(lone), per_row):
        row = lone[start : start + per_row]
        half = max(extents[i].half for i in row)
        y = up(bottom + PIECE_GAP + half) if places else 0.0
        xs = _column_xs([[extents[i]] for i in row])
        places |= {i: (first + x, y) for i, x in zip(row, xs, strict=True)}
        bottom = y + half
    return places


def _first_lone_x(columns: list[float], count: int) -> float:
    """Where a row of `count` blocks begins that is to stand below the middle of a piece with such columns."""
    return columns[max(0, len(columns) // 2 - count // 2)]


def _way_back(diagram: Diagram, names: list[str], places: dict[int, Position]) -> Position:
    """How far to move the places, on the grid, for the upper left corner to be where the blocks had it."""
    if not names:
        return 0.0, 0.0
    old = [diagram.blocks[name].position for name in names]
    dx = min(x for x, _ in old) - min(x for x, _ in places.values())
    dy = min(y for _, y in old) - min(y for _, y in places.values())
    return GRID * round(dx / GRID), GRID * round(dy / GRID)

"""Wires of diagrams that flow upwards: their ends are laid down, the way is found as if all flowed to the right, and turned.

Routing so knows one direction only.  No Qt.
"""

from __future__ import annotations

import numpy as np

from app.canvas import paths
from app.canvas.boxes import Box
from app.canvas.geometry import Port, Ring, laid, lying, rightwards, upwards
from app.canvas.paths import Pair, Points
from app.canvas.router import Link


def laid_box(box: Box, up: bool) -> Box:
    """A box of the scene where the ways are found."""
    left, top, right, bottom = box
    return (-bottom, left, -top, right) if up else box


def laid_link(link: Link, up: bool) -> Link:
    """The ends of a wire where its way is found."""
    if not up:
        return link
    at, to = rightwards(*link.at), rightwards(*link.to)
    return Link(link.source, laid(link.ring), at, link.target, lying(link.port), to)


def risen(way: Points, up: bool) -> Points:
    """A way that was found, in the scene."""
    return np.column_stack([way[:, 1], -way[:, 0]]) if up else way


def laid_way(way: Points, up: bool) -> Points:
    """A way of the scene where it was found."""
    return np.column_stack([-way[:, 1], way[:, 0]]) if up else way


def laid_place(place: Pair, up: bool) -> Pair:
    """A place of the scene where ways are found."""
    return rightwards(*place) if up else place


def risen_place(place: Pair, up: bool) -> Pair:
    """The reverse."""
    return upwards(*place) if up else place


def laid_port(port: Port, up: bool) -> Port:
    """An input where ways are found."""
    return lying(port) if up else port


def route(ring: Ring, at: Pair, port: Port, to: Pair, up: bool) -> Points:
    """The way from a circle to a port as if nothing else were there."""
    link = laid_link(Link("", ring, at, "", port, to), up)
    return risen(paths.route(link.ring, link.at, link.port, link.to), up)


def loose(ring: Ring, at: Pair, end: Pair, up: bool) -> Points:
    """The way from a circle to a free point, for a wire that is being dragged."""
    if not up:
        return paths.loose(ring, at, end)
    return risen(paths.loose(laid(ring), rightwards(*at), rightwards(*end)), up)

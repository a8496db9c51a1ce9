"""One number for each block: the share of its units that are dead, or how far its weights have moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shares:
    """A number by block id; blocks that have none are missing."""

    blocks: Mapping[str, float] = field(default_factory=dict)

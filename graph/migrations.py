"""Old file versions: one function per version that turns its plain dictionary into the next version's.

A version that was ever released keeps its migration, and a golden file in the tests, for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph.plain import PlainError, shown

Document = dict[str, Any]

VERSION = 1  # what this Gradboard writes
MIGRATIONS: dict[int, Callable[[Document], Document]] = {}  # from this version to the next


def migrate(document: Document) -> Document:
    """The document as the present version has it, `version` included.  Raises PlainError when that cannot be."""
    if "version" not in document:
        raise PlainError('it has no "version", so it is not a diagram.')
    version = document["version"]
    if isinstance(version, bool) or not isinstance(version, int):
        raise PlainError(f"the version must be a whole number, not {shown(version)}.")
    if version > VERSION:
        raise PlainError(
            f"it was made by a newer Gradboard (version {shown(version)}; this one reads up to {VERSION}): update."
        )
    while version < VERSION:
        document = {**_step(version, document), "version": version + 1}
        version += 1
    return document


def _step(version: int, document: Document) -> Document:
    if version not in MIGRATIONS:
        raise PlainError(
            f"version {shown(version)} of the format is not one that Gradboard ever wrote."
        )
    try:
        return MIGRATIONS[version](document)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise PlainError(
            f"it is not a correct file of version {version}; take another copy of it."
        ) from None

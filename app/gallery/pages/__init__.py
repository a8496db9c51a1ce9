"""The gallery's diagrams, written in Python; `python -m app.gallery.pages` writes their files anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.diagram import Diagram, Frozen
from graph.files import save

SECTIONS = (
    "Linear machines",
    "Traditional nets",
    "Convolutional nets",
    "Shared and computed parameters, attention",
    "Loops in time",
    "Energy-based machines",
    "Learning procedures",
)


@dataclass(frozen=True)
class Page:
    """One diagram of the gallery: its name, where it stands, what to look for, and how it is drawn.

    A `heavy` one is too large to be trained in passing; tests only compile it, and allocate nothing.
    `views` names the views that are opened with it, each with its choice, "" for none.
    """

    name: str
    section: str
    note: str
    draw: Callable[[], Diagram]
    heavy: bool = False
    views: Mapping[str, str] | None = None

    def diagram(self) -> Diagram:
        """The diagram as its file holds it."""
        drawn = self.draw()
        extra: dict[str, object] = {"x-section": self.section, "x-note": self.note}
        if self.heavy:
            extra["x-heavy"] = True
        if self.views is not None:
            extra["x-views"] = dict(self.views)
        return drawn.with_(extra=Frozen({**drawn.extra, **extra}))


def pages() -> tuple[Page, ...]:
    """Every page, section by section, in the order of the lectures."""
    from app.gallery.pages import (
        attention,
        bignets,
        convolution,
        gates,
        linear,
        nets,
        pictures,
        procedures,
        stages,
    )

    return (
        *(*linear.PAGES, *nets.PAGES),
        *(*convolution.PAGES, *stages.PAGES, *bignets.PAGES, *pictures.PAGES),
        *(*gates.PAGES, *attention.PAGES),
        *procedures.PAGES,
    )


def write(folder: Path) -> None:
    """Writes every page to its file in `folder`."""
    for page in pages():
        save(page.diagram(), folder / f"{page.name}.gradboard")

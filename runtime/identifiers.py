"""Names for Python source: of a diagram's blocks and variables, none of which can become anything but a name."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable

from torch import nn

from graph.diagram import OUTPUT, Diagram, Pin
from graph.parts import SLASH
from graph.problem import DiagramError
from nodes.names import names

_ACCENTS = {"\u0304": "_bar", "\u0302": "_hat", "\u0303": "_tilde", "\u0307": "_dot"}
LONGEST_NAME = 40  # of a variable; a block with a longer one is called by its id


def variables(diagram: Diagram, blocks: Iterable[str], taken: set[str]) -> dict[str, str]:
    """A variable for every block: called as it stands at its circle, else by the block's id; none that is `taken`."""
    shown = names(diagram).variables
    found: dict[str, str] = {}
    for name in blocks:
        called = _identifier(shown.get(Pin(name, OUTPUT), ""))
        local = called if called and called not in taken else name.replace(SLASH, "__")
        while local in taken or keyword.iskeyword(local):
            local += "_"
        found[name] = local
        taken = {*taken, local}
    return found


def attribute(name: str) -> str:
    """The block's id, which is also its prefix in the weights.  Raises DiagramError for one that PyTorch takes itself."""
    if keyword.iskeyword(name) or hasattr(nn.Module(), name):
        raise DiagramError(
            f"{name}: PyTorch's modules use this name themselves; give the block another."
        )
    return name


def _identifier(text: str) -> str:
    """s₁ as s1, ȳ as y_bar; "" for what makes no name."""
    made = ""
    for sign in unicodedata.normalize("NFKD", text):
        made += _ACCENTS.get(sign, sign)
    fine = made.isidentifier() and not made.startswith("_") and not keyword.iskeyword(made)
    return made if fine and len(made) <= LONGEST_NAME and made.isprintable() else ""

"""Where a command may write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app import gallery
from app.commands.wrong import WrongUse

WEIGHTS = ".safetensors"


def place_for_weights(diagram: Path, out: str = "") -> Path:
    """Where the weights of a diagram go: to `out`, else beside it, else (a gallery diagram, a read-only folder) here.

    Found out before any work is done.  Raises WrongUse when no such folder can be written to.
    """
    if out:
        target = Path(out)
        if target.is_dir():
            target = target / f"{diagram.stem}{WEIGHTS}"
        elif target.suffix != WEIGHTS:
            target = target.with_name(f"{target.name}{WEIGHTS}")
        if not can_write_in(target.parent):
            raise WrongUse(f"{target.parent} cannot be written to; name another place with --out.")
        return target
    folders = [Path()] if gallery.holds(diagram) else [diagram.parent, Path()]
    for folder in folders:
        if can_write_in(folder):
            return folder / f"{diagram.stem}{WEIGHTS}"
    tried = " or ".join(dict.fromkeys(str(folder.resolve()) for folder in folders))
    raise WrongUse(
        f"nothing can be written in {tried}; name a place for the weights with --out FILE."
    )


def can_write_in(folder: Path) -> bool:
    """Whether a file can be made in this folder, tried out: permissions alone do not tell."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

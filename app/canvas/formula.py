r"""Comments laid out in lines: plain words, and between dollar signs a few of TeX's ways to write a formula.  No Qt.

Understood are _ and ^ with one sign or {several}, Greek letters and signs by name (\lambda, \partial, \sum), and \bar{y},
\hat{y}, \tilde{y}, \vec{y}.  Everything else is shown as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

SIZE = 14  # of the text, in canvas units
LINE = 20.0  # from one line to the next
SMALLER = 0.72  # an index beside its letter
DOWN, UP = 5.0, -6.0  # how far an index stands below or above

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_SIGNS = {
    "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "cdot": "·", "times": "×",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "propto": "∝",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "mapsto": "↦", "in": "∈", "pm": "±", "sqrt": "√", "ldots": "…",
    "dots": "…", "cdots": "⋯", "top": "⊤", "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "ell": "ℓ", "langle": "⟨",
    "rangle": "⟩", "|": "‖", ",": "\u2009", "{": "{", "}": "}", "$": "$", "\\": "\\", "_": "_", "^": "^",
}  # fmt: skip
_WORDS = (
    "log",
    "ln",
    "exp",
    "min",
    "max",
    "argmin",
    "argmax",
    "sin",
    "cos",
    "tanh",
    "det",
    "softmax",
)
_ACCENTS = {
    "bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"
}  # fmt: skip
_NAMED = _GREEK | _SIGNS | {word: word for word in _WORDS}


class Atom(NamedTuple):
    """Signs of one look: `level` is 0 on the line, -1 below it, 1 above it; `italic` in a formula."""

    text: str
    italic: bool = False
    level: int = 0

    @property
    def size(self) -> int:
        """In canvas units."""
        return SIZE if not self.level else round(SIZE * SMALLER)


class Run(NamedTuple):
    """An atom and where it is written: its left end, and the middle of its line."""

    x: float
    y: float
    atom: Atom


Word = tuple[Atom, ...]
Measure = Callable[[Atom], float]


def lay_out(text: str, width: float, measure: Measure) -> tuple[list[Run], float]:
    """What is written where in a column of a width, from (0, 0) downwards, and how high it is in all."""
    runs: list[Run] = []
    space, y = measure(Atom(" ")), LINE / 2
    for paragraph in words(text):
        x = 0.0
        for word in paragraph:
            for piece in _pieces(word, width, measure):
                wide = sum(measure(atom) for atom in piece)
                if x and x + wide > width:
                    x, y = 0.0, y + LINE
                for atom in piece:
                    runs.append(Run(x, y + {-1: DOWN, 0: 0.0, 1: UP}[atom.level], atom))
                    x += measure(atom)
            x += space
        y += LINE
    return runs, y - LINE / 2


def _pieces(word: Word, width: float, measure: Measure) -> Iterator[Word]:
    """A word, cut where it is wider than the column."""
    if sum(measure(atom) for atom in word) <= width:
        yield word
        return
    piece: list[Atom] = []
    used = 0.0
    for atom in word:
        for char in atom.text:
            one = atom._replace(text=char)
            wide = measure(one)
            if piece and used + wide > width:
                yield tuple(piece)
                piece, used = [], 0.0
            if piece and piece[-1][1:] == one[1:]:
                piece[-1] = one._replace(text=piece[-1].text + char)
            else:
                piece.append(one)
            used += wide
    yield tuple(piece)


@lru_cache(maxsize=512)
def words(text: str) -> tuple[tuple[Word, ...], ...]:
    """The words of each line of a text; a dollar sign without a second one is a dollar sign."""
    lines = []
    for line in text.split("\n"):
        found: list[list[Atom]] = [[]]
        for index, piece in enumerate(_by_dollars(line)):
            for atom in _formula(piece) if index % 2 else _plain(piece):
                if atom.text.isspace() and atom.text != "\u2009":
                    found.append([])
                elif atom.text:
                    found[-1].append(atom)
        lines.append(tuple(tuple(word) for word in found if word))
    return tuple(lines)


def _by_dollars(line: str) -> list[str]:
    """Text, formula, text, formula, ..., text."""
    pieces = line.split("$")
    if len(pieces) % 2 == 0:
        last = pieces.pop()
        pieces[-1] += f"${last}"
    return pieces


def _plain(text: str) -> Iterator[Atom]:
    for index, word in enumerate(text.replace("\t", " ").split(" ")):
        if index:
            yield Atom(" ")
        yield Atom(word)


def _formula(text: str) -> Iterator[Atom]:
    """The atoms of a formula; those of one look together."""
    last: Atom | None = None
    for atom in _signs(text, 0):
        if last is not None and last[1:] == atom[1:] and " " not in (last.text, atom.text):
            last = last._replace(text=last.text + atom.text)
            continue
        if last is not None:
            yield last
        last = atom
    if last is not None:
        yield last


def _signs(text: str, level: int) -> Iterator[Atom]:
    at = 0
    while at < len(text):
        char = text[at]
        if char in "_^" and at + 1 < len(text):
            inner, at = _argument(text, at + 1)
            yield from _flat(inner, level or (-1 if char == "_" else 1))
            continue
        sign, at = _sign(text, at)
        yield Atom(sign.replace("-", "−"), sign != " ", level)


def _flat(text: str, level: int) -> Iterator[Atom]:
    """An index: what stands below or above has no further level."""
    at = 0
    while at < len(text):
        if text[at] in "_^" and at + 1 < len(text):
            at += 1
            continue
        sign, at = _sign(text, at)
        yield Atom(sign.replace("-", "−").replace(" ", "\u2009"), True, level)


def _sign(text: str, at: int) -> tuple[str, int]:
    """The sign at a place, and where the next one begins."""
    if text[at] in "{}":
        return "", at + 1
    if text[at] != "\\":
        return text[at], at + 1
    end = at + 1
    while end < len(text) and text[end].isascii() and text[end].isalpha():
        end += 1
    end = max(end, min(at + 2, len(text)))
    name = text[at + 1 : end]
    while name in _ACCENTS and end < len(text) and text[end] == " ":
        end += 1
    if name in _ACCENTS and end < len(text):
        inner, after = _argument(text, end)
        base = "".join(atom.text for atom in _flat(inner, 0))
        return base + _ACCENTS[name], after
    if name in _NAMED:
        skip = end < len(text) and text[end] == " " and name[-1].isalpha() and name not in _WORDS
        return _NAMED[name], end + skip
    return text[at:end], end


def _argument(text: str, at: int) -> tuple[str, int]:
    """What follows _ or ^ or an accent: {several signs}, a name, or one sign; and where it ends."""
    if text[at] == "{":
        depth, end = 0, at
        while end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                return text[at + 1 : end - 1], end
        return text[at + 1 :], len(text)
    if text[at] == "\\":
        end = at + 1
        while end < len(text) and text[end].isascii() and text[end].isalpha():
            end += 1
        return text[at:end], end
    return text[at], at + 1

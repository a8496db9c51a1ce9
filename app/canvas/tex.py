r"""Texts of the canvas as LaTeX: w₀x₁ becomes $w_{0}x_{1}$.  Nothing that a person wrote can become a command."""

from __future__ import annotations

import unicodedata
from itertools import groupby

_SUBS = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True)
)
_SUPS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿᵀᵖ", "0123456789+-=()inTp", strict=True))
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0305": "bar", "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030c": "check", "\u20d7": "vec",
}  # fmt: skip
_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "o",
    "pi",
    "rho",
    "varsigma",
    "sigma",
    "tau",
    "upsilon",
    "varphi",
    "chi",
    "psi",
    "omega",
]
_CAPITALS = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_SIGNS = {
    "×": "times", "·": "cdot", "⋅": "cdot", "…": "dots", "⋯": "cdots", "∂": "partial", "∇": "nabla", "∞": "infty",
    "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx", "∼": "sim", "→": "to", "←": "leftarrow", "↦": "mapsto",
    "↑": "uparrow", "↓": "downarrow", "⇒": "Rightarrow", "∗": "ast", "⊗": "otimes", "⊙": "odot", "⊕": "oplus",
    "⌈": "lceil", "⌉": "rceil", "⌊": "lfloor", "⌋": "rfloor", "∀": "forall", "∃": "exists", "∠": "angle", "↔": "leftrightarrow",
    "⇄": "rightleftarrows", "▣": "boxdot", "◱": "square", "½": "tfrac12", "‾": "bar{}", "⋆": "star", "∘": "circ", "°": "circ", "±": "pm", "∑": "sum", "∏": "prod", "∫": "int", "√": "surd", "∈": "in", "∉": "notin",
    "⊤": "top", "⊥": "bot", "∥": "parallel", "‖": "Vert", "⟨": "langle", "⟩": "rangle", "ℓ": "ell", "★": "star",
    "†": "dagger", "ϵ": "epsilon", "ϑ": "vartheta", "ϕ": "phi", "µ": "mu", "∧": "wedge", "∨": "vee",
    "{": "{", "}": "}", "\\": "backslash", "|": "vert", "÷": "div", "∝": "propto",
}  # fmt: skip
_PLAIN = {
    "−": "-",
    "–": "-",
    "—": "-",
    "′": "{'}",
    "'": "{'}",
    "’": "{'}",
    "~": r"{\sim}",
    "∖": r"{\backslash}",
}
_ESCAPED = {"#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_"}
_TEXT = _ESCAPED | {
    "{": r"\{", "}": r"\}", "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": "$<$", ">": "$>$", "|": "$|$", '"': r"\textquotedbl{}", "–": "--", "—": "---", "’": "'", "−": "$-$", "′": "$'$",
    "…": r"\dots{}", "✓": r"ok", "✗": r"wrong", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
}  # fmt: skip
_RAW = set("+=-*/()[],.;:!?<>@")


def math(text: str) -> str:
    """A label as the inside of $...$."""
    made, after_base = [], False
    for kind, run in groupby(_tokens(text), key=lambda token: token[0]):
        values = [value for _, value in run]
        if kind in ("_", "^"):
            # a second index needs a base of its own, and so does one at the beginning
            made.append(f"{'' if after_base else '{}'}{kind}{{{''.join(values)}}}")
            after_base = False
            continue
        made.append(_letters("".join(values)) if kind == "letter" else "".join(values))
        after_base = True
    return "".join(made)


def upright(text: str) -> str:
    """A text as the inside of a paragraph."""
    return "".join(_upright(char) for char in unicodedata.normalize("NFC", text))


def _letters(word: str) -> str:
    return word if len(word) < 2 else rf"\mathit{{{word}}}"


def _tokens(text: str) -> list[tuple[str, str]]:
    """Pieces with what they are: "letter", "_" or "^" for an index, "" for the rest."""
    found: list[tuple[str, str]] = []
    for char in unicodedata.normalize("NFD", text):
        if char in _ACCENTS and found and found[-1][0] in ("letter", ""):
            found[-1] = "", rf"\{_ACCENTS[char]}{{{found[-1][1]}}}"
        elif char in _SUBS:
            found.append(("_", _SUBS[char]))
        elif char in _SUPS:
            found.append(("^", _SUPS[char]))
        else:
            found.append(_sign(char))
    return found


def _sign(char: str) -> tuple[str, str]:
    if char.isascii() and char.isalpha():
        return "letter", char
    if (char.isascii() and char.isdigit()) or char in _RAW:
        return "", char
    if char in _PLAIN or char in _ESCAPED:
        return "", _PLAIN.get(char) or _ESCAPED[char]
    if command := _command(char):
        return "", rf"{{\{command}}}"
    if char.isspace():
        return "", r"\ "
    return "", rf"\mbox{{{_upright(char)}}}"


def _command(char: str) -> str:
    """The command of a Greek letter or a sign, without its backslash; "" for none."""
    place = ord(char) - ord("α")
    if 0 <= place < len(_GREEK):
        return _GREEK[place] if _GREEK[place] != "o" else "mathit{o}"
    return _CAPITALS.get(char) or _SIGNS.get(char, "")


def _upright(char: str) -> str:
    if char in _TEXT:
        return _TEXT[char]
    if char.isascii():
        return char if char.isprintable() else " "
    if char in _SUBS:
        return rf"$_{{{_SUBS[char]}}}$"
    if char in _SUPS:
        return rf"$^{{{_SUPS[char]}}}$"
    if command := _command(char):
        return rf"$\{command}$"
    parts = unicodedata.normalize("NFD", char)
    if len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS:
        return rf"$\{_ACCENTS[parts[1]]}{{\mathsf{{{parts[0]}}}}}$"
    if char.isspace() or unicodedata.category(char).startswith(("C", "M")):
        return " " if char.isspace() else ""
    # what the fonts of pdflatex lack is named rather than left out
    return rf"{{\tiny\texttt{{U+{ord(char):04X}}}}}"

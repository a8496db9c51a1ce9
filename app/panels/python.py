"""The colours of Python source: words of the language, names that are made, numbers, texts and comments."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.theme import Theme, mixed

READABLE = 4.5  # contrast of every colour with the background, at least
IN_DOCSTRING = 1
_TOKEN = re.compile(
    r"(?P<comment>\#.*)"
    r'|(?P<text>[rRbBfF]?(?:"[^"\\]*(?:\\.[^"\\]*)*"|\'[^\'\\]*(?:\\.[^\'\\]*)*\'))'
    r"|(?P<number>\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b)"
    r"|(?P<name>\b[^\W\d]\w*\b)"
)
_MADE = ("def", "class")


def contrast(one: QColor, other: QColor) -> float:
    """How well two colours can be told apart, 1 to 21.  Source: WCAG 2.1, contrast ratio."""
    lights = sorted(_luminance(color) for color in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def readable(color: str, theme: Theme) -> QColor:
    """The colour, mixed with that of texts until it can be read on a field."""
    for part in range(11):
        made = mixed(color, theme.text, part / 10)
        if contrast(made, QColor(theme.field)) >= READABLE:
            return made
    return QColor(theme.text)


def inks(theme: Theme) -> dict[str, QColor]:
    """The colour of every kind of token."""
    found = {
        "keyword": theme.function,
        "made": theme.text,
        "number": theme.latent,
        "text": theme.gradient_text,
        "comment": theme.muted,
    }
    return {name: readable(color, theme) for name, color in found.items()}


class PythonColors(QSyntaxHighlighter):
    """Colours a document in the colours of a theme."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._looks: dict[str, QTextCharFormat] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        for name, color in inks(theme).items():
            look = self._looks[name] = QTextCharFormat()
            look.setForeground(color)
            if name == "made":
                look.setFontWeight(QFont.Weight.Bold)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        inside = self.previousBlockState() == IN_DOCSTRING
        start = self._docstring(text, inside)
        if start < 0:
            return
        before = ""
        for match in _TOKEN.finditer(text, start):
            kind, word = match.lastgroup, match.group()
            if kind == "name":
                kind = "made" if before in _MADE else "keyword" if _is_word(word) else ""
                before = word
            if kind:
                self.setFormat(match.start(), len(word), self._looks[kind])

    def _docstring(self, text: str, inside: bool) -> int:
        """Colours what belongs to a text over several lines; where the rest begins, -1 for nowhere."""
        self.setCurrentBlockState(0)
        if not inside and not text.lstrip().startswith('"""'):
            return 0
        start = 0 if inside else text.index('"""')
        end = text.find('"""', start if inside else start + 3)
        self.setCurrentBlockState(IN_DOCSTRING if end < 0 else 0)
        length = len(text) - start if end < 0 else end + 3 - start
        self.setFormat(start, length, self._looks["text"])
        return -1 if end < 0 else end + 3


def _is_word(word: str) -> bool:
    return keyword.iskeyword(word) or (word == "self") or (word in ("True", "None", "super"))


def _luminance(color: QColor) -> float:
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

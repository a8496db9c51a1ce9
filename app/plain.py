"""Texts that people or files wrote, shown letter by letter where Qt would read markup in them."""

from __future__ import annotations

from html import escape


def plain(text: str) -> str:
    """The same text for a tool tip: what looks like markup is shown and not obeyed."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text else text

"""Writes the gallery's files."""

from pathlib import Path

from app.gallery.pages import write

write(Path(__file__).resolve().parent.parent)

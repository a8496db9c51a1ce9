"""What Qt needs to draw where there is no screen, and in notebooks."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication


def application() -> QCoreApplication:
    """The application of this process, a new one without a screen when there is none yet; keep what is returned."""
    # told by an argument, so that no variable is left for programs that this process starts
    return QApplication.instance() or QApplication(["gradboard", "-platform", "offscreen"])

"""The strip above the canvas while an earlier step of the run is shown: which one, and the two ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

if TYPE_CHECKING:
    from runtime.snapshot import Recorded

PLAY = "Play trains on from now."
WEIGHTS_ALONE = "There was no room for the optimizer's memory: a branch begins with a new one."


class LookingBack(QFrame):
    """Hidden while the present is shown.  `branched` and `returned` say what was pressed."""

    branched = Signal()
    returned = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lookingBack")
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setAccessibleName("looking back")
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("role", "muted")
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.branch, self.back = QPushButton("Continue from here"), QPushButton("Back to now")
        self.branch.clicked.connect(self.branched)
        self.back.clicked.connect(self.returned)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.addWidget(self.text)
        row.addWidget(self.note, 1)
        row.addWidget(self.branch)
        row.addWidget(self.back)
        self.hide()

    def show_step(self, step: int | None, recorded: Recorded) -> None:
        """This step is looked back at; None hides the strip."""
        self.setVisible(step is not None)
        if step is None:
            return
        self.text.setText(f"Looking back at step {step:,} of {recorded.now:,}.")
        alone = recorded.kept == "weights"
        self.note.setText(WEIGHTS_ALONE if alone else PLAY)
        self.note.setToolTip(self.note.text())
        self.branch.setToolTip(
            f"Train on from step {step:,} as a branch, with the diagram as it is now; "
            "what came after it stays as a faded curve."
        )
        self.back.setToolTip(f"Show the run at step {recorded.now:,} again.")

"""The gradient check: asks the engine for it, and shows its answer as rings until the next edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.canvas.faces import scientific
from app.canvas.glyphs import Verdict
from app.panels.words import counted
from runtime.messages import Checked, CheckOverfit

if TYPE_CHECKING:
    from app.window import MainWindow

WHOLE = ""  # the whole diagram among the results
NAMED = 5  # wrong blocks that are named in the sentence


class Checking(QObject):
    """Checks the selected blocks, or all that are shown and, outside, the diagram as a whole."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._answer: Checked | None = None
        window.live.checked.connect(self._checked)
        window.live.failed.connect(lambda _problem: window.status.clearMessage())
        window.document.changed.connect(lambda _change: self.clear())
        window.levels.entered.connect(lambda _left: self._show())

    def check(self) -> None:
        """Asks for the check."""
        window, levels = self._window, self._window.levels
        ids = tuple(window.scene.selected) or (tuple(window.scene.blocks) if levels.path else ())
        asked = window.live.check_gradients(levels.inner(ids))
        window.status.say("Checking gradients…" if asked else "The engine is not ready yet.")

    def check_overfit(self) -> None:
        """Asks whether the diagram can learn a few samples by heart; the answer comes as a sentence."""
        asked = self._window.live.send(CheckOverfit())
        waiting = "Learning a few samples by heart…"
        self._window.status.say(waiting if asked else "The engine is not ready yet.")

    def clear(self) -> None:
        """Takes the rings away: they were about another diagram."""
        if self._answer is not None:
            self._answer = None
            self._show()

    def _checked(self, answer: Checked) -> None:
        self._answer = answer
        self._show()
        window = self._window
        if answer.wrong:
            window.notice.say(_wrong(answer))
        else:
            window.notice.dismiss()
            window.status.say(_right(answer))

    def _show(self) -> None:
        verdicts = self._verdicts()
        self._window.scene.show_verdicts(verdicts)
        told = {name: verdict.text for name, verdict in verdicts.items()}
        self._window.inspector.show_checks(told)

    def _verdicts(self) -> dict[str, Verdict]:
        """By block of the shown level; a use of a part is as bad as the worst block inside."""
        if self._answer is None:
            return {}
        levels = self._window.levels
        wrong = levels.gathered(dict.fromkeys(self._answer.wrong, 1.0))
        worst = levels.gathered(dict(self._answer.results))
        return {n: _verdict(d, n not in wrong) for n, d in worst.items() if n != WHOLE}


def _verdict(difference: float, ok: bool) -> Verdict:
    told = "the gradient is right" if ok else "the gradient is wrong"
    number = scientific(difference)
    return Verdict(
        ok, f"{told}: it differs from central differences by {number} at most (relative)"
    )


def _right(answer: Checked) -> str:
    if not answer.results:
        return "There is nothing to check: no gradient passes there."
    blocks = len(answer.results) - (WHOLE in answer.results)
    number = scientific(max(answer.results.values()))
    of_all = " and the whole diagram" if WHOLE in answer.results else ""
    told = counted(blocks, "block")
    return f"Gradients are right: {told}{of_all}, relative difference at most {number}."


def _wrong(answer: Checked) -> str:
    named = [name or "the whole diagram" for name in answer.wrong]
    rest = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return f"Gradients are wrong: {', '.join(named[:NAMED])}{rest} give other derivatives than central differences."

"""What the window does when something happens: an edit, a selection, a report or a frame of the engine, its end."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app import docks
from app.panels.words import problems_line, summary_line
from app.views.cover import cover
from graph.change import Change
from graph.edit import Edit
from graph.parts import join
from graph.problem import DiagramError, Problem
from runtime.messages import Compiled, Ready, Stopped
from runtime.snapshot import Report, Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow

SECOND = 1.0  # over which frames are counted
STOP = "stop"  # the subject of what is said when training cannot go on


class Reactions(QObject):
    """Connects all parts of the window.  Edits go to the document alone; everything else follows its `changed`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.report: Report | None = None  # of the whole
        self._shot: Snapshot | None = None
        self._frames: deque[float] = deque()
        self._stroke = ""
        self._connect_document()
        self._connect_engine()
        self._connect_panels()
        self._titled()
        self._changed(Change())
        self._level_changed(Change())

    def _connect_document(self) -> None:
        window = self._window
        window.document.changed.connect(self._changed)
        window.levels.changed.connect(self._level_changed)
        window.document.titled.connect(self._titled)
        window.filing.opened.connect(self._opened)
        window.filing.refused.connect(window.notice.say)
        window.filing.done.connect(window.status.say)

    def _connect_engine(self) -> None:
        window, live = self._window, self._window.live
        live.ready.connect(self._ready)
        live.played.connect(self._played)
        live.compiled.connect(self._compiled)
        live.shown.connect(self._shown)
        live.stopped.connect(self._stopped)
        live.failed.connect(self._failed)
        live.done.connect(window.status.say)
        live.died.connect(self._died)

    def _connect_panels(self) -> None:
        window = self._window
        window.bar.toggled.connect(window.live.toggle)
        window.bar.stepped.connect(window.live.step)
        window.bar.restarted.connect(window.live.reset)
        for panel in (window.bar, window.inspector):
            panel.edited.connect(self.do)
        window.bar.refused.connect(window.status.say)
        window.inspector.visited.connect(self._visit_here)
        window.scene.said.connect(window.status.say)
        window.scene.picked.connect(window.inspector.show_picked)
        window.scene.frames.picked.connect(window.inspector.show_notes)
        window.boundary.painted.connect(self._painted)
        window.view.zoomed.connect(window.status.show_zoom)
        window.library.chosen.connect(self._add)

    # --- the document --------------------------------------------------------------------------------------------

    def do(self, edit: Edit) -> None:
        """Gives an edit of a panel to the document, for the shown level; a refusal is said."""
        try:
            self._window.levels.do(edit)
        except DiagramError as error:
            self._window.status.say(str(error))
            self._window.bar.show_diagram(self._window.document.diagram)
            self._show_inspector()  # the panel shows again what is

    def _changed(self, change: Change) -> None:
        window, diagram = self._window, self._window.document.diagram
        window.bar.show_diagram(diagram)
        window.outline.show_diagram(diagram)
        if change.runs:
            window.live.show(diagram, window.document.folder)
        self._count()

    def _level_changed(self, change: Change) -> None:
        """The level that is shown, or what it is made of, has changed."""
        window, levels = self._window, self._window.levels
        window.scene.show_change(levels.diagram, change)
        window.library.show_parts(levels.diagram.parts, bool(levels.part))
        self._show_inspector()

    def _show_inspector(self) -> None:
        levels = self._window.levels
        place = levels.place
        self._window.inspector.show_diagram(levels.diagram, place)
        self._window.breadcrumb.show_steps(levels.steps(), place.uses.get(levels.part, 0))

    def show_level(self) -> None:
        """Another level is shown: with its part of the last report and of the last frame."""
        window, levels = self._window, self._window.levels
        window.scene.show(levels.diagram, levels.part)
        window.library.show_parts(levels.diagram.parts, bool(levels.part))
        self._show_inspector()
        self._show_report()
        if self._shot is not None:
            window.scene.show_frame(levels.snapshot(self._shot))

    def _titled(self) -> None:
        window, document = self._window, self._window.document
        window.setWindowTitle(f"{document.name}[*] — Gradboard")
        window.setWindowModified(not document.is_clean)
        saved = "saved" if document.is_clean else "not saved"
        window.status.show_saved(saved if document.path or not document.is_clean else "new")

    def _opened(self) -> None:
        """Another diagram: nothing of the run before may be left."""
        window = self._window
        window.notice.dismiss()
        window.visits.forget()
        window.scene.select(())
        window.scene.show_report(Report())
        self._forget()
        self._take_report(None)
        docks.open_views(window, window.document.diagram)
        window.view.frame_all()

    # --- the engine ----------------------------------------------------------------------------------------------

    def _ready(self, message: Ready) -> None:
        self._window.bar.show_ready(message)
        self._played(self._window.live.is_playing)

    def _played(self, playing: bool) -> None:
        window = self._window
        window.bar.show_state(window.live.is_ready, playing)
        if playing:
            window.notice.over(STOP)
        window.loss.set_playing(playing)
        window.menus.actions["play"].setText("&Pause" if playing else "&Play")
        self._frames.clear()

    def _compiled(self, message: Compiled) -> None:
        if message.restarted:
            self._forget()
        if message.report.trainable:
            self._window.notice.over(STOP)
        else:
            self._outdate()
        loss = self._window.loss
        cover(loss, not loss.is_empty and not message.report.trainable)
        self._take_report(message)

    def _take_report(self, message: Compiled | None) -> None:
        window = self._window
        self.report = message.report if message is not None else None
        window.outline.show_report(self.report)
        self._show_report(message.data if message is not None else "")
        self._count()

    def _show_report(self, data: str | None = None) -> None:
        """The report as the shown level sees it."""
        window = self._window
        here = window.levels.report(self.report) if self.report is not None else None
        window.scene.show_report(here or Report())
        window.inspector.show_report(here, data)

    def _count(self) -> None:
        counts = summary_line(self._window.document.diagram, self.report)
        self._window.status.show_counts(counts, problems_line(self.report))

    def _forget(self) -> None:
        """The run begins again: no numbers, no curve, no flows."""
        self._outdate()
        self._window.loss.clear()
        cover(self._window.loss, False)

    def _outdate(self) -> None:
        """The last frame was of an earlier diagram; the curve may go on with the next that can be trained."""
        self._shot = None
        self._window.scene.show_frame(None)
        self._window.inspector.show_dead({})
        self._window.bar.clear()

    def _shown(self, snapshot: Snapshot) -> None:
        window, now = self._window, time.monotonic()
        self._frames.append(now)
        while self._frames and now - self._frames[0] > SECOND:
            self._frames.popleft()
        self._shot = snapshot
        window.scene.show_frame(window.levels.snapshot(snapshot))
        window.bar.show_snapshot(snapshot, len(self._frames) if snapshot.playing else 0)
        window.loss.show_rows(snapshot.curve, snapshot.validation)
        window.filing.trained = window.filing.trained or snapshot.step > 0

    def _stopped(self, message: Stopped) -> None:
        if message.problem is None:
            return
        where = f"stopped at step {message.step:,}" if message.step else "cannot begin"
        self._window.notice.say(f"Training {where}: {message.problem}", subject=STOP)
        self.visit((message.problem.block,))

    def _failed(self, problem: Problem) -> None:
        self._window.notice.say(str(problem))

    def _died(self, text: str) -> None:
        self._window.bar.show_text("engine stopped")
        sentence = f"The engine stopped: {text.rstrip('.')}. Your diagram is safe."
        self._window.notice.say(sentence, ("Restart", self.restart))

    def restart(self) -> None:
        """Starts another engine; saved weights are read again."""
        window = self._window
        path = window.document.path
        window.live.restart()
        window.live.show(
            window.document.diagram, window.document.folder, fresh=True, weights=str(path or "")
        )
        self._forget()
        window.bar.show_state(ready=False, playing=False)
        window.bar.show_text("starting…")

    def _painted(self, x: float, y: float, number: int, begins: bool) -> None:
        """A point of the mouse on the boundary's plane becomes one of the data."""
        from app.painting import MOST, new_stroke, with_point

        if begins:
            self._stroke = new_stroke()
        diagram = self._window.document.diagram
        edit = with_point(
            diagram.recipe, self._window.boundary.points, (x, y, number), self._stroke
        )
        if edit is None:
            self._window.status.say(f"A diagram holds at most {MOST:,} painted points.")
        else:
            self.do(edit)

    # --- the palette ---------------------------------------------------------------------------------------------

    def _add(self, kind: str) -> None:
        self._window.view.new_blocks.add(kind)
        self._window.view.setFocus()

    # --- going to a place ----------------------------------------------------------------------------------------

    def visit(self, paths: tuple[str, ...]) -> None:
        """Selects blocks and shows them, going into parts where they lie in some; paths of no block do nothing."""
        if any(self._window.levels.holds(path) for path in paths):
            self._window.visits.visit(paths)
            self._window.view.point_out(self._window.scene.selected)

    def _visit_here(self, ids: tuple[str, ...]) -> None:
        self.visit(tuple(join(self._window.levels.path, name) for name in ids))

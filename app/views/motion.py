"""A place on a way of stages, and how it goes on by itself: to the next stage, or round and round."""

from __future__ import annotations

import math

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

REST = 1.2  # seconds at the end before it begins anew
TICK = 30  # milliseconds from one place to the next
LONGEST = 0.1  # seconds that one tick counts for, however late it comes


class Motion(QObject):
    """From stage 0 to the `last`; with reduced motion (`is_calm`) it stands at whole stages and goes nowhere by itself."""

    moved = Signal()
    changed = Signal()  # it began, came to rest, or may not move any more

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.place, self.last = 0.0, 0
        self.pace = 1.0  # stages a second
        self.is_calm = False
        self._goal: float | None = None  # a stage to which it glides
        self._rest = 0.0  # seconds that it has been at the end
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself, round and round."""
        return self._timer.isActive() and self._goal is None

    def begin(self, last: int, place: int) -> None:
        """Another way, at rest at one of its stages; nobody is told."""
        self.halt()
        self.last, self.place = last, float(place)

    def set_calm(self, calm: bool) -> None:
        """With reduced motion it comes to rest at the nearest stage."""
        self.is_calm = calm
        if calm and self.place != round(self.place):
            self.rest_at(self.place)
        self.halt()

    # --- by hand -------------------------------------------------------------------------------------------------

    def go(self, place: float) -> None:
        """To a place at once; what goes on by itself goes on from there."""
        self.place = min(max(float(place), 0.0), float(self.last))
        self.moved.emit()

    def rest_at(self, place: float) -> None:
        """To a place at once, and no farther."""
        self.halt()
        self.go(round(place) if self.is_calm else place)

    def step(self, by: int) -> None:
        """To the next stage (1) or the one before (-1), by a motion unless there shall be none."""
        start = self.place if self._goal is None else self._goal
        goal = math.floor(start + 1e-6) + 1 if by > 0 else math.ceil(start - 1e-6) - 1
        goal = min(max(goal, 0), self.last)
        self.halt()
        if self.is_calm:
            self.go(goal)
        elif goal != self.place:
            self._goal = float(goal)
            self._run()

    def toggle(self) -> None:
        """Plays from here, from the beginning when at the end, or pauses."""
        playing = self.is_playing
        self.halt()
        if self.is_calm or playing or not self.last:
            return
        if self.place >= self.last:
            self.go(0)
        self._run()

    def halt(self) -> None:
        """Comes to rest where it is."""
        self._timer.stop()
        self._goal = None
        self.changed.emit()

    # --- by itself -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._rest = 0.0
        self._clock.start()
        self._timer.start()
        self.changed.emit()

    def _tick(self) -> None:
        self.advance(min(self._clock.restart() / 1000, LONGEST))

    def advance(self, seconds: float) -> None:
        """Goes on by so much time: to its goal, or on and on."""
        by = seconds * self.pace
        if self._goal is not None:
            self._glide(self._goal, by)
        elif self.place < self.last:
            self.go(self.place + by)
        else:
            self._rest += seconds
            if self._rest >= REST:
                self._rest = 0.0
                self.go(0)

    def _glide(self, goal: float, by: float) -> None:
        way = goal - self.place
        if abs(way) > by:
            self.go(self.place + math.copysign(by, way))
        else:
            self.rest_at(goal)

"""The conversation with the engine: what is sent when, and what is made of answers that come late or never."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app import asking
from app.asking import Asking
from app.delivery import Delivery
from app.live import Live
from graph.diagram import Diagram
from graph.problem import Problem
from runtime import messages as m
from runtime.snapshot import Report, Snapshot
from tests.app.fake_session import FakeSession

TRAINABLE = Report(trainable=True)


class Talk:
    """A window's end of the conversation, and the session that stands for the engine."""

    def __init__(self, live: Live, session: FakeSession) -> None:
        self.live, self.session = live, session
        self.played: list[bool] = []
        live.played.connect(self.played.append)

    def hear(self, *messages: Any) -> None:
        """The engine says this."""
        self.session.inbox += messages
        self.live.tick()

    def begin(self) -> None:
        """The engine is ready, has the diagram, and has shown a frame of it."""
        self.live.show(Diagram())
        self.hear(m.Ready(("cpu",), "2"), m.Compiled(1, TRAINABLE))
        self.hear(Snapshot(1, 0, 0, 1.0))
        self.session.sent.clear()


@pytest.fixture
def talk(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    monkeypatch.setattr(asking, "FRAME", 0.0)
    session = FakeSession()
    live = Live(session)
    yield Talk(live, session)
    live.close()


def test_nothing_is_said_before_the_engine_is_ready_and_then_the_newest_diagram(talk: Talk) -> None:
    talk.live.show(Diagram(), "one", weights="a.gradboard")
    talk.live.show(Diagram(), "two")
    talk.live.play()
    assert not talk.live.send(m.CheckOverfit()) and not talk.session.sent
    talk.hear(m.Ready(("cpu",), "2"))
    first, weights, play = talk.session.sent[:3]
    assert (first.version, first.folder, first.fresh) == (1, "two", True)
    assert weights == m.LoadWeights("a.gradboard") and isinstance(play, m.Play)


def test_a_command_comes_after_the_diagram_that_it_is_about(talk: Talk) -> None:
    talk.begin()
    talk.live.show(Diagram(), "edited")
    assert talk.live.send(m.CheckOverfit())
    assert [type(c) for c in talk.session.sent] == [m.SetDiagram, m.CheckOverfit]


def test_a_step_that_ends_after_play_was_pressed_does_not_pause(talk: Talk) -> None:
    talk.begin()
    talk.live.step()
    (step,) = talk.session.sent_of(m.Step)
    talk.live.play()
    (play,) = talk.session.sent_of(m.Play)
    talk.hear(m.Stopped(1, None, step.order))
    assert talk.live.is_playing and talk.played == [True]
    talk.hear(m.Stopped(9, Problem("linear1", "it is no number."), play.order))
    assert not talk.live.is_playing


def test_a_frame_that_the_engine_could_not_give_is_asked_for_when_it_can(talk: Talk) -> None:
    talk.begin()
    talk.live.look_again()
    talk.live.tick()
    assert len(talk.session.sent_of(m.WantFrame)) == 1
    talk.live.show(Diagram())
    talk.live.send(m.Pause())
    talk.hear(m.Compiled(2, TRAINABLE))
    assert len(talk.session.sent_of(m.WantFrame)) == 2, "without waiting until it counts as lost"


@pytest.mark.parametrize("change", ["reset", "another file", "death"])
def test_a_step_that_was_wished_is_forgotten_with_its_run(talk: Talk, change: str) -> None:
    talk.begin()
    talk.live.asking.waiting = True  # so that the wish is not sent at once
    talk.live.look_at(30)
    if change == "reset":
        talk.live.reset()
    elif change == "another file":
        talk.live.show(Diagram(), fresh=True)
        talk.live.send(m.Pause())  # the diagram goes with it
    else:
        talk.hear(m.Died("killed"))
        talk.live.restart()
        talk.hear(m.Ready(("cpu",), "2"))
    talk.hear(m.Compiled(talk.live._delivery.version, TRAINABLE))
    talk.live.look_again()
    talk.live.tick()
    assert talk.session.sent_of(m.WantFrame) and not talk.session.sent_of(m.LookAt)


def test_after_a_death_nothing_is_said_until_another_engine_has_the_diagram(talk: Talk) -> None:
    talk.begin()
    talk.live.play()
    talk.hear(m.Died("killed"))
    talk.session.sent.clear()
    assert talk.played == [True, False] and not talk.live.send(m.Export("x.py"))
    talk.live.tick()
    assert not talk.session.sent
    talk.live.restart()
    talk.hear(m.Ready(("cpu",), "2"))
    given = talk.session.sent[0]
    assert isinstance(given, m.SetDiagram) and given.fresh and given.version == 2


def test_another_file_gets_nothing_that_was_under_way_for_the_one_before(talk: Talk) -> None:
    talk.begin()
    shown: list[Any] = []
    talk.live.shown.connect(shown.append)
    talk.live.compiled.connect(shown.append)
    talk.live.show(Diagram(), fresh=True)  # which goes to the engine when Qt has time
    talk.hear(Snapshot(1, 1, 0, 1.0), m.Compiled(1, TRAINABLE))
    assert shown == []


def test_answers_to_an_earlier_diagram_are_not_shown(talk: Talk) -> None:
    talk.begin()
    shown: list[Any] = []
    for signal in (talk.live.shown, talk.live.compiled, talk.live.mendable, talk.live.written):
        signal.connect(shown.append)
    talk.live.show(Diagram())
    talk.live.send(m.Pause())
    old = Snapshot(1, 1, 0, 1.0)
    talk.hear(old, m.Compiled(1, TRAINABLE), m.Mendable(1, {}), m.SourceText(1, "x = 1"))
    assert shown == []
    talk.hear(m.SourceText(2, "x = 1"), m.Mendable(2, {}))
    assert len(shown) == 2


def test_of_many_diagrams_one_that_is_fresh_makes_all_so() -> None:
    delivery = Delivery()
    delivery.commands()
    delivery.take(Diagram(), "", fresh=True, weights="b.gradboard")
    delivery.take(Diagram(), "here", fresh=False, weights="")
    given, weights = delivery.commands()
    assert isinstance(given, m.SetDiagram) and (given.fresh, given.folder) == (True, "here")
    assert weights == m.LoadWeights("b.gradboard") and delivery.commands() == ()
    delivery.take(Diagram(), "", fresh=False, weights="")
    (given,) = delivery.commands()
    assert isinstance(given, m.SetDiagram) and (given.version, given.fresh) == (3, False)


def test_of_many_wished_steps_the_last_is_asked_for() -> None:
    wish = Asking()
    wish.seek(3)
    wish.seek(None)
    assert wish.seeking and wish.is_due(training=False)
    assert wish.commands(()) == (m.LookAt(None), m.WantFrame())
    assert not wish.seeking and not wish.is_due(training=True), "the last one is still awaited"


def test_a_branch_plays_unless_something_else_was_wished_meanwhile(talk: Talk) -> None:
    talk.begin()
    talk.live.branch(5)
    talk.hear(m.Branched(5))
    assert talk.live.is_playing and len(talk.session.sent_of(m.Play)) == 1
    talk.live.pause()
    talk.live.branch(5)
    talk.live.reset()
    talk.hear(m.Branched(5))
    assert not talk.live.is_playing and len(talk.session.sent_of(m.Play)) == 1

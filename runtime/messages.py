"""What crosses the pipe between the screen and the engine: commands one way, messages the other; plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.diagram import Diagram
from graph.edit import Edit
from graph.problem import Problem
from runtime.snapshot import Ask, Report

# --- commands, screen -> engine -------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetDiagram:
    """This is the diagram now; `version` counts up.  Weights whose name and shape still fit are kept unless `fresh`."""

    version: int
    diagram: Diagram
    folder: str = ""  # relative data files are looked up here
    fresh: bool = False  # another file: forget all weights and start at step 0


@dataclass(frozen=True)
class Play:
    """Train until told otherwise; `order` comes back with what ends it."""

    order: int = 0


@dataclass(frozen=True)
class Pause:
    """Stop training after the current step."""


@dataclass(frozen=True)
class Step:
    """Make this many steps, show the last one, then pause; `order` comes back with what ends it."""

    count: int = 1
    order: int = 0


@dataclass(frozen=True)
class Reset:
    """New weights from the recipe's seed, step 0."""


@dataclass(frozen=True)
class LookAt:
    """Pause and show the run as it was recorded nearest to this step; None shows the present again.

    The run itself stays what it is: playing on, stepping, saving and loading concern the present.
    """

    step: int | None


@dataclass(frozen=True)
class Branch:
    """Go on from the state that was recorded nearest to this step, with the diagram as it is now; then it pauses."""

    step: int


@dataclass(frozen=True)
class WantFrame:
    """The screen has taken the last snapshot and can show another; `asks` names what the open views want."""

    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class SaveWeights:
    """Write a checkpoint (weights, optimizer and random state) beside the diagram at `path`."""

    path: str


@dataclass(frozen=True)
class LoadWeights:
    """Read the checkpoint beside the diagram at `path`, if there is one."""

    path: str


@dataclass(frozen=True)
class CheckOverfit:
    """Try on the side whether the diagram can learn `samples` training samples by heart; the run is left alone."""

    samples: int = 8


@dataclass(frozen=True)
class CheckGradients:
    """Compare gradients with central differences, of these blocks or, when empty, of all and the whole diagram."""

    blocks: tuple[str, ...] = ()


@dataclass(frozen=True)
class StartJob:
    """Compute a dear figure in the background, between steps; Computed tells of it until it is over."""

    ask: Ask


@dataclass(frozen=True)
class StopJob:
    """Leave that figure as far as it has come."""

    ask: Ask


@dataclass(frozen=True)
class WantSource:
    """The screen shows the source: SourceText tells it now."""


@dataclass(frozen=True)
class Export:
    """Write the predictor as it is trained now into a file, in the format that its ending names."""

    path: str


@dataclass(frozen=True)
class Evaluate:
    """Judge the run as it stands, over the whole of every part where that does not take long; Evaluated answers."""


@dataclass(frozen=True)
class LogTo:
    """Write losses and accuracies for TensorBoard below this folder from now on, "" to stop."""

    folder: str = ""


@dataclass(frozen=True)
class Quit:
    """End the process."""


Command = (
    SetDiagram
    | Play
    | Pause
    | Step
    | Reset
    | LookAt
    | Branch
    | WantFrame
    | SaveWeights
    | LoadWeights
    | CheckGradients
    | CheckOverfit
    | StartJob
    | StopJob
    | WantSource
    | Export
    | Evaluate
    | LogTo
    | Quit
)

# --- messages, engine -> screen (besides Snapshot) --------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """torch is loaded; these devices can be chosen ("cpu", "cuda:0", "mps")."""

    devices: tuple[str, ...]
    torch: str


@dataclass(frozen=True)
class Compiled:
    """The report on SetDiagram number `version`.

    `data` describes the data in a few words; `restarted` says the step counter is 0 again.
    """

    version: int
    report: Report
    data: str = ""
    device: str = "cpu"
    restarted: bool = False


@dataclass(frozen=True)
class Mendable:
    """After Compiled number `version`: by problem of its report the edit of the diagram that is certain to mend it."""

    version: int
    edits: Mapping[Problem, Edit]


@dataclass(frozen=True)
class Stopped:
    """Training paused by itself: why, and at which step; `problem` is None when a wanted number of steps is done.

    It was begun by the command with this `order`: whoever has sent another since is not concerned.
    """

    step: int
    problem: Problem | None = None
    order: int = 0


@dataclass(frozen=True)
class Branched:
    """The run goes on from this step; what came after it is forgotten."""

    step: int


@dataclass(frozen=True)
class Done:
    """Something was done, a file was written or read; `text` is one sentence for the status line."""

    text: str


@dataclass(frozen=True)
class Failed:
    """A command could not be carried out; the run goes on as before."""

    problem: Problem = field(default_factory=lambda: Problem("", "something failed."))


@dataclass(frozen=True)
class Checked:
    """The answer to CheckGradients: by block id ("" the whole diagram) the largest relative difference.

    `wrong` names those whose gradient is not that of what they compute; a block that is in neither has no gradient.
    """

    results: Mapping[str, float]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Computed:
    """How far a job has come: the share that is done, 0..1, and its figure so far, None while there is none.

    `over` says that nothing more comes: it is done, was stopped, failed, or its diagram is no more.
    """

    ask: Ask
    share: float
    figure: object = None
    over: bool = False


@dataclass(frozen=True)
class SourceText:
    """The predictor of diagram number `version` as Python source; by block of the expanded diagram its lines, from 1.

    `reason` says in one sentence why there is none.
    """

    version: int
    text: str = ""
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Evaluated:
    """The run after so many steps and `seconds` of training: by part loss, accuracy (0..1), and of how many samples."""

    step: int
    seconds: float
    metrics: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Died:
    """Made by the session itself: the engine process is gone; `text` says what is known."""

    text: str


Message = (
    Ready
    | Compiled
    | Mendable
    | Stopped
    | Branched
    | Done
    | Failed
    | Checked
    | Computed
    | SourceText
    | Evaluated
    | Died
)

"""Recipe: how a diagram is trained, and on what; checked here, every entry by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from graph.diagram import Frozen
from graph.settings import (
    SettingError,
    changed_settings,
    read_settings,
    setting,
    settings_of,
    structure,
)
from runtime import data as datasets
from runtime import optimizers, schedules
from runtime.optimizers import Optimizer
from runtime.schedules import Schedule

PARTS = ("data", "optimizer", "schedule")  # entries that have a kind and settings of their own


@dataclass(frozen=True)
class Recipe:
    """What training needs to know; `settings_of(Recipe)` lists the single settings, for a form.

    `data` is {"kind": name, setting: value ...}, `optimizer` and `schedule` likewise; only settings that differ
    from their defaults stand there.
    """

    batch: int = setting(64, low=1, high=1_000_000, help="samples in a minibatch", step="log")
    rate: float = setting(
        1e-2, low=0.0, high=1e6, help="η, the step size of the optimizer", step="log"
    )
    epochs: int = setting(
        100,
        low=0,
        high=10_000_000,
        help="passes over the training samples of a command or a sweep; played, it goes on until paused",
        step="log",
    )
    shuffle: bool = setting(True, help="a new order of the training samples in every epoch")
    normalize: bool = setting(False, help="give every input mean 0 and standard deviation 1")
    clip: float = setting(
        0.0, low=0.0, high=1e9, help="largest norm of the gradient, 0 for no limit", step="log"
    )
    clip_value: float = setting(
        0.0, low=0.0, high=1e9, help="largest entry of the gradient, 0 for no limit", step="log"
    )
    patience: int = setting(
        0,
        low=0,
        high=1_000_000,
        help="epochs without a better validation loss to stop after, 0: never",
    )
    subset: int = setting(
        0, low=0, high=100_000_000, help="train on so many samples only, 0 for all"
    )
    validation: float = setting(
        0.2, low=0.0, high=0.95, help="share of the samples held out to watch"
    )
    test: float = setting(0.2, low=0.0, high=0.95, help="share of the samples held out to the end")
    dtype: str = setting(
        "float32", choices=("float32", "float64"), help="numbers to calculate with"
    )
    device: str = setting("auto", choices=("auto", "cpu", "cuda", "mps"), help="where to calculate")
    threads: int = setting(0, low=0, high=1024, help="processor threads, 0 to choose by size")
    seed: int = setting(0, low=0, high=2**32 - 1, help="of data, split, first weights and order")
    data: Frozen = structure(Frozen(kind="spiral"))
    optimizer: Frozen = structure(Frozen(kind="adam"))
    schedule: Frozen = structure(Frozen(kind="constant"))

    def __post_init__(self) -> None:
        if self.validation + self.test > 0.99:
            raise SettingError(
                "validation",
                f"recipe: validation {self.validation:g} and test {self.test:g} leave nothing for training: "
                "make their sum 0.99 or less.",
            )

    @classmethod
    def read(cls, mapping: Mapping[str, Any]) -> Recipe:
        """The recipe that a diagram's `recipe` means.

        `data` may be the name of a set, its name and settings, or arrays by field; `optimizer` and
        `schedule` a name, or a name and settings.  Entries that begin with "x-" are left alone.  Raises SettingError, whose name is the
        entry: "rate", "data.arms", "optimizer.momentum".
        """
        known = [f.name for f in fields(cls)]
        entries = {k: v for k, v in mapping.items() if not str(k).startswith("x-")}
        unknown = [str(name) for name in entries if name not in known]
        if unknown:
            told = ", ".join(repr(name[:60]) for name in unknown[:5])
            raise SettingError(
                unknown[0], f"recipe: there is no entry {told} (there are: {', '.join(known)})."
            )
        data = _part("data", entries.pop("data", cls.data), _read_data)
        optimizer = _part("optimizer", entries.pop("optimizer", cls.optimizer), _read_optimizer)
        schedule = _part("schedule", entries.pop("schedule", cls.schedule), _read_schedule)
        try:
            single = {name: settings_of(cls)[name].read(value) for name, value in entries.items()}
        except SettingError as error:
            raise SettingError(error.name, f"recipe: {error}") from None
        return cls(**single, data=data, optimizer=optimizer, schedule=schedule)

    def to_mapping(self) -> dict[str, Any]:
        """The entries that differ from the defaults, JSON-plain; read() gives this recipe again."""
        changed = dict(changed_settings(self))
        for name in PARTS:
            if getattr(self, name) != getattr(Recipe, name):
                changed[name] = dict(getattr(self, name))
        return changed

    @property
    def method(self) -> Optimizer:
        """The optimizer with its settings; its build() makes torch's."""
        made: Optimizer = _chosen("optimizer", optimizers.catalogue(), self.optimizer)
        return made

    @property
    def timing(self) -> Schedule:
        """The schedule with its settings; its factor() times the rate is the optimizer's step size."""
        made: Schedule = _chosen("schedule", schedules.catalogue(), self.schedule)
        return made


def _part(entry: str, value: Any, read: Callable[[Mapping[str, Any]], Frozen]) -> Frozen:
    if isinstance(value, str):
        value = {"kind": value}
    if not isinstance(value, Mapping):
        raise SettingError(
            entry, f"recipe: {entry} must be a name, or a name with settings, not {value!r:.60}."
        )
    try:
        return read(value)
    except SettingError as error:
        kind = f" {value['kind']}" if error.name != "kind" and "kind" in value else ""
        raise SettingError(f"{entry}.{error.name}", f"recipe, {entry}{kind}: {error}") from None


def _read_data(mapping: Mapping[str, Any]) -> Frozen:
    return Frozen(datasets.read(mapping).to_mapping())


def _read_optimizer(mapping: Mapping[str, Any]) -> Frozen:
    method = _chosen("optimizer", optimizers.catalogue(), mapping)
    return Frozen({"kind": method.kind, **changed_settings(method)})


def _read_schedule(mapping: Mapping[str, Any]) -> Frozen:
    timing = _chosen("schedule", schedules.catalogue(), mapping)
    return Frozen({"kind": timing.kind, **changed_settings(timing)})


def _chosen(entry: str, known: Mapping[str, type], mapping: Mapping[str, Any]) -> Any:
    """An instance of the class that `mapping` names, with its settings.  Raises SettingError."""
    values = dict(mapping)
    kind = values.pop("kind", getattr(Recipe, entry)["kind"])
    if not isinstance(kind, str) or kind not in known:
        raise SettingError(
            "kind", f"there is no {entry} {kind!r:.60}: choose one of {', '.join(known)}."
        )
    return read_settings(known[kind], values)

"""Settings of blocks, datasets, optimizers and recipes: declared once as dataclass fields, read from files with one check.

A declaration drives the form in the inspector, the file entry, the defaults and the help.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import Any

from graph.diagram import Frozen

MAX_TEXT = 10_000


class SettingError(ValueError):
    """A setting that cannot be; `name` says which, the text is one sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form needs to know about one setting.

    `type` is int, float, bool, str or tuple (of ints); `low` and `high` bound it (both included); `choices` lists all
    that a text may be; `step` "log" asks for steps by factors.
    """

    name: str
    type: type
    default: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    step: str = ""
    general: bool = False

    def read(self, value: Any) -> Any:
        """`value` as this setting's type, or SettingError.  Lists become tuples; whole floats become ints."""
        if self.type is bool:
            ok = isinstance(value, bool)
        elif self.type is int:
            if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
                value = int(value)
            ok = isinstance(value, int) and not isinstance(value, bool)
        elif self.type is float:
            ok = isinstance(value, int | float) and not isinstance(value, bool)
            ok = ok and abs(value) < 1e300 and math.isfinite(value)
            value = float(value) if ok else value
        elif self.type is tuple:
            ok = isinstance(value, list | tuple) and len(value) <= 64
            ok = ok and all(isinstance(v, int) and not isinstance(v, bool) for v in value)
            value = tuple(value) if ok else value
        else:
            ok = isinstance(value, str) and len(value) <= MAX_TEXT
        if not ok:
            raise SettingError(
                self.name, f"{self.name} must be {self._wanted()}, not {value!r:.60}."
            )
        self._check_bounds(value)
        return value

    def _check_bounds(self, value: Any) -> None:
        if self.choices and value not in self.choices:
            raise SettingError(
                self.name,
                f"{self.name} must be one of {', '.join(self.choices)}, not {value!r:.60}.",
            )
        for v in value if self.type is tuple else (value,):
            if (self.low is not None and v < self.low) or (self.high is not None and v > self.high):
                raise SettingError(
                    self.name,
                    f"{self.name} must lie between {self.low:,} and {self.high:,}, not {v!r:.40}.",
                )

    def _wanted(self) -> str:
        return {
            bool: "true or false",
            int: "a whole number",
            float: "a finite number",
            tuple: "a list of whole numbers",
        }.get(self.type, "a text")


def setting(
    default: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    help: str = "",
    step: str = "",
    general: bool = False,
) -> Any:
    """Declares a setting as the default of a dataclass field; numbers need `low` and `high`."""
    declared = dict(low=low, high=high, choices=choices, help=help, step=step, general=general)
    return dataclasses.field(default=default, metadata=declared)


def structure(default: Frozen) -> Any:
    """Declares a dataclass field that is no single setting: no form and no check here, its class reads it."""
    return dataclasses.field(default=default, metadata={"structure": True})


def settings_of(cls: type) -> Mapping[str, Setting]:
    """The settings that a dataclass declares, in order, general ones last; fields declared with structure() are left out."""
    cached = cls.__dict__.get("_settings")
    if cached is None:
        hints = typing.get_type_hints(cls)
        found = {}
        for f in sorted(dataclasses.fields(cls), key=lambda f: f.metadata.get("general", False)):
            if "structure" in f.metadata:
                continue
            if f.default is MISSING or "low" not in f.metadata:
                raise TypeError(f"{cls.__name__}.{f.name} must be declared with setting(...)")
            kind = typing.get_origin(hints[f.name]) or hints[f.name]
            if kind in (int, float) and (f.metadata["low"] is None or f.metadata["high"] is None):
                raise TypeError(
                    f"{cls.__name__}.{f.name} needs low and high: every number in a file is bounded"
                )
            found[f.name] = Setting(f.name, kind, f.default, **f.metadata)
        cached = Frozen(found)
        cls._settings = cached  # type: ignore[attr-defined]
    return typing.cast(Mapping[str, Setting], cached)


def read_settings(cls: type, values: Mapping[str, Any]) -> Any:
    """An instance of `cls` with `values` checked against its declarations.  Raises SettingError at the first misfit."""
    declared = settings_of(cls)
    for name in values:
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise SettingError(
                str(name), f"there is no setting {name!r:.60} here (there are: {known})."
            )
    return cls(**{name: declared[name].read(value) for name, value in values.items()})


def changed_settings(instance: Any) -> Frozen:
    """The settings of an instance that differ from their defaults, JSON-plain."""
    found = {}
    for name, declared in settings_of(type(instance)).items():
        value = getattr(instance, name)
        if value != declared.default:
            found[name] = list(value) if isinstance(value, tuple) else value
    return Frozen(found)

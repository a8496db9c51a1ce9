"""The settings of a diagram by name, as "rate", "data.arms", "linear1.units": read, given other values, compared.

`stage/conv1.channels` is a setting of a block inside the part `stage`; "linear1" alone is the kind of a block.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from graph.diagram import Block, Diagram, Frozen
from graph.edit import Edit, Together
from graph.edits import SetRecipe, SetSetting
from graph.part_edits import InPart
from graph.settings import Setting, SettingError, settings_of
from nodes.catalogue import catalogue
from runtime import data, optimizers, schedules
from runtime.recipe import PARTS, Recipe

MOST_VALUES = 1_000  # of one sweep
MOST_SETTINGS = 20_000  # of one diagram that are noted
SHORT = 64  # entries or characters of a setting's value
FEW = 5  # values of a range that does not say how many
_RANGE = re.compile(r"\s*(\S+?)\s*\.\.\s*([^\s:]+)\s*(?::\s*(\d+))?\s*(log|linear)?\s*\Z")

Values = Mapping[str, Any]  # by name of the setting


def settings_in(diagram: Diagram) -> dict[str, Any]:
    """What distinguishes a diagram from another: every entry of its recipe, kind and written settings of every block."""
    found: dict[str, Any] = dict(_recipe_settings(diagram.recipe))
    for path, block in _blocks(diagram):
        if len(found) > MOST_SETTINGS:
            break
        found[path] = block.kind
        found |= {f"{path}.{name}": v for name, v in block.settings.items() if is_short(v)}
    return found


def _blocks(diagram: Diagram) -> Iterator[tuple[str, Block]]:
    yield from diagram.blocks.items()
    for part, inside in diagram.parts.items():
        yield from ((f"{part}/{name}", block) for name, block in inside.blocks.items())


def _recipe_settings(recipe: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, declared in settings_of(Recipe).items():
        yield name, recipe.get(name, declared.default)
    for entry in PARTS:
        part = _part(recipe, entry)
        yield entry, part.pop("kind")
        yield from ((f"{entry}.{name}", v) for name, v in part.items() if is_short(v))


def is_short(value: Any) -> bool:
    """Whether a value is a setting, and not samples that stand in the diagram itself."""
    return len(value) <= SHORT if isinstance(value, str | list | tuple | Mapping) else True


def _part(recipe: Mapping[str, Any], entry: str) -> dict[str, Any]:
    value = recipe.get(entry, getattr(Recipe, entry))
    return {"kind": "arrays", **value} if isinstance(value, Mapping) else {"kind": str(value)}


def _kinds(entry: str) -> Mapping[str, type]:
    modules = {"data": data, "optimizer": optimizers, "schedule": schedules}
    return modules[entry].catalogue()  # type: ignore[no-any-return]


def value_of(settings: Values, name: str) -> Any:
    """A setting's value; the default of its kind where it is not written, None where it does not exist."""
    if name in settings:
        return settings[name]
    owner, _, entry = name.rpartition(".")
    kind = str(settings.get(owner))
    known = _kinds(owner) if owner in PARTS else catalogue()
    declared = settings_of(known[kind]).get(entry) if kind in known else None
    return declared.default if declared is not None else None


def differing(every: list[Values]) -> list[str]:
    """The names of the settings whose values are not the same in all of these, in the order of the first."""
    names = dict.fromkeys(name for settings in every for name in settings)
    return [name for name in names if len({_key(value_of(s, name)) for s in every}) > 1]


def _key(value: Any) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)


# --- giving a setting another value --------------------------------------------------------------------------------


def declared(diagram: Diagram, name: str) -> Setting:
    """What is known of a setting of this diagram.  Raises SettingError with one sentence when there is none of the name."""
    if name in PARTS:
        kinds = tuple(k for k in _kinds(name) if k != "arrays")
        return Setting(name, str, _part(diagram.recipe, name)["kind"], choices=kinds)
    owner, _, entry = name.rpartition(".")
    if not owner:
        return _known(settings_of(Recipe), name, "the recipe")
    if owner in PARTS:
        kind = _part(diagram.recipe, owner)["kind"]
        cls = _kinds(owner).get(kind)
        return _known(settings_of(cls) if cls else {}, entry, f"the {owner} {kind}")
    block = _block(diagram, owner)
    known = catalogue().get(block.kind)
    return _known(settings_of(known) if known else {}, entry, f"the block {owner}")


def _known(settings: Mapping[str, Setting], name: str, where: str) -> Setting:
    if name not in settings:
        there = ", ".join(settings) or "none"
        raise SettingError(name, f"{where} has no setting {name!r:.60} (there are: {there:.300}).")
    return settings[name]


def _block(diagram: Diagram, path: str) -> Block:
    part, _, name = path.rpartition("/")
    level = diagram.parts.get(part) if part else diagram
    if level is None or name not in level.blocks:
        there = ", ".join(path for path, _ in _blocks(diagram)) or "none"
        raise SettingError(path, f"there is no block {path!r:.60} (there are: {there:.300}).")
    return level.blocks[name]


def edit_for(diagram: Diagram, name: str, value: Any) -> Edit:
    """The edit that gives a setting a value, of the whole diagram.  Raises SettingError with one sentence."""
    read = declared(diagram, name).read(value)
    value = list(read) if isinstance(read, tuple) else read
    owner, _, entry = name.rpartition(".")
    if name in PARTS:
        return SetRecipe(name, Frozen(kind=value))
    if not owner:
        return SetRecipe(name, value)
    if owner in PARTS:
        return SetRecipe(owner, Frozen({**_part(diagram.recipe, owner), entry: value}))
    part, _, block = owner.rpartition("/")
    edit = SetSetting(block, entry, value)
    return InPart(part, edit) if part else edit


def with_values(diagram: Diagram, values: Values) -> Diagram:
    """The diagram with some settings replaced.  Raises SettingError or DiagramError with one sentence."""
    for name, value in values.items():
        diagram = edit_for(diagram, name, value).apply(diagram)
        Recipe.read(diagram.recipe)
    return diagram


def use(diagram: Diagram, settings: Values) -> tuple[Together, tuple[str, ...]]:
    """The edit that brings the settings of another run into a diagram, and the names that have no place in it.

    Kinds of blocks stay as they are: a setting of a block of another kind has no place.
    """
    edits: list[Edit] = []
    lost: list[str] = []
    made = diagram
    for name in sorted(differing([settings, settings_in(diagram)]), key=lambda n: n not in PARTS):
        try:
            if name not in PARTS and name in dict(_blocks(diagram)):
                raise SettingError(name, "the kind of a block stays as it is.")
            edit = edit_for(made, name, value_of(settings, name))
        except SettingError:
            if value_of(settings, name) is not None:
                lost.append(name)
            continue
        made = edit.apply(made)
        edits.append(edit)
    return Together("Use the settings of a run", tuple(edits)), tuple(lost)


# --- values of a sweep as they are typed ---------------------------------------------------------------------------


def parse_values(text: str, setting: Setting) -> tuple[Any, ...]:
    """The values that a text lists: `0.1, 0.01`, `1..8`, `1e-4..1e-1:4 log`, `3×3, 5×5`.  Raises SettingError.

    A range has both its ends, and as many values as stand after the colon; without a number, every whole number,
    or five.  It is even, or even in the logarithm after `log` (and where the setting is stepped by factors).
    """
    found: list[Any] = []
    for piece in filter(None, (piece.strip() for piece in text.replace(";", ",").split(","))):
        values = _range(piece, setting) if ".." in piece else [_single(piece, setting)]
        found += [value for value in values if value not in found]
        if len(found) > MOST_VALUES:
            raise SettingError(
                setting.name, f"these are more than {MOST_VALUES:,} values: take fewer."
            )
    if not found:
        example = "0.1, 0.01, 0.001" if setting.type is float else "1..8"
        raise SettingError(setting.name, f"write the values of {setting.name}, as {example}.")
    return tuple(found)


def _single(text: str, setting: Setting) -> Any:
    if setting.type is bool:
        return setting.read({"true": True, "false": False}.get(text.lower(), text))
    if setting.type is str:
        return setting.read(text)
    if setting.type is tuple:
        return setting.read([_number(p) for p in re.split(r"[x×]", text)])
    return setting.read(_number(text))


def _number(text: str) -> Any:
    plain = text.strip().replace("−", "-")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text


def _range(text: str, setting: Setting) -> list[Any]:
    match = _RANGE.match(text)
    if match is None or setting.type not in (int, float):
        raise SettingError(
            setting.name, f"{text!r:.60} is no range: write LOW..HIGH:COUNT, as 1e-4..1e-1:4 log."
        )
    low, high = (setting.read(_number(match[k])) for k in (1, 2))
    log = match[4] == "log" or (not match[4] and setting.step == "log" and min(low, high) > 0)
    if log and min(low, high) <= 0:
        raise SettingError(setting.name, f"{text!r:.60}: a range by factors begins above 0.")
    whole = setting.type is int and not match[3] and match[4] != "log"
    count = abs(high - low) + 1 if whole else int(match[3] or FEW)
    if not 1 <= count <= MOST_VALUES:
        raise SettingError(setting.name, f"{text!r:.60}: a range has 1 to {MOST_VALUES:,} values.")
    return [setting.read(v) for v in _spread(low, high, count, log and not whole, setting.type)]


def _spread(low: float, high: float, count: int, log: bool, kind: type) -> list[Any]:
    shares = [n / (count - 1) for n in range(count)] if count > 1 else [0.0]
    if log:
        a, b = math.log10(low), math.log10(high)
        values = [10 ** (a + (b - a) * share) for share in shares]
    else:
        values = [low + (high - low) * share for share in shares]
    if kind is int:
        return list(dict.fromkeys(round(value) for value in values))
    return [float(f"{value:.6g}") for value in values]  # 0.001, not 0.0010000000000000002

"""What a step of slow motion shows, as lines of texts and matrices; how they are painted is the sheet's affair.  No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.views.steps import BACKWARD, FORWARD, SAMPLE, Step
from runtime.figures.slow import Entry, Numbers, Passage, SlowMotion, Value, Weight

NUMBER = "{:.4g}"
EQUALS, JOINED = "\u00a0=\u00a0", "]\u00a0["  # lines do not break there
TERMS = 24  # products of a weighted sum that are written out


@dataclass(frozen=True)
class Text:
    """One line of words: `look` is "title", "formula", "gradient", "plain" or "muted"."""

    words: str
    look: str = "plain"


@dataclass(frozen=True)
class Matrix:
    """Numbers under a title; `green` are gradients; with `unit` a click chooses an output of the block."""

    title: str
    numbers: Numbers
    green: bool = False
    unit: bool = False
    chosen: int = -1


@dataclass(frozen=True)
class Product:
    """`left` = `row` `jacobian`: three matrices that belong together."""

    left: Matrix
    row: Matrix
    jacobian: Matrix


Line = Text | Matrix | Product


def shape_text(numbers: Numbers) -> str:
    """`8`, `3×100`, `1×8×8`: the shape of a value; one number is 1."""
    return "×".join(map(str, numbers.shape)) or "1"


def by(name: str) -> str:
    """The gradient of the cost by a variable."""
    return f"∂C/∂{name}"


def page(motion: SlowMotion, step: Step, unit: int = -1) -> tuple[Line, ...]:
    """The lines of one step; `unit` is the output whose weighted sum is opened, -1 for none."""
    if step.phase == SAMPLE:
        return _sample(motion)
    passage = motion.passages[step.passage]
    if step.phase == FORWARD:
        return _forward(motion, passage, unit)
    return _backward(motion, passage) if step.phase == BACKWARD else _update(motion, passage)


def _sample(motion: SlowMotion) -> tuple[Line, ...]:
    return (
        Text(f"Sample {motion.sample} of {motion.samples:,}", "title"),
        Text("What the data give; the desired output waits at the cost.", "muted"),
        *(_matrix(value) for value in motion.given),
    )


def _matrix(value: Value) -> Matrix:
    return Matrix(f"{value.name}   [{shape_text(value.value)}]", value.value)


def _entry(entry: Entry) -> Matrix:
    return Matrix(f"{entry.name}   [{shape_text(entry.value)}]", entry.value)


# --- forward -------------------------------------------------------------------------------------------------------


def _forward(motion: SlowMotion, passage: Passage, unit: int) -> tuple[Line, ...]:
    lines: list[Line] = [Text(_title(passage), "title")]
    if passage.formula:
        lines.append(Text(passage.formula, "formula"))
    lines += [_entry(entry) for entry in passage.entries]
    lines += [Matrix(_weight_title(w), w.value) for w in passage.weights]
    opens = is_weighted_sum(passage)
    made = _matrix(passage.out)
    if passage.is_cost:
        lines.append(Matrix("C", passage.out.value))
        lines += _total(motion) if passage is motion.passages[-1] else []
        return tuple(lines)
    lines.append(Matrix(made.title, made.numbers, unit=opens, chosen=unit))
    if opens and unit < 0:
        lines.append(Text("Click a number of this row to open its weighted sum.", "muted"))
    if opens and unit >= 0:
        lines += weighted_sum(passage, unit)
    return tuple(lines)


def _total(motion: SlowMotion) -> list[Line]:
    costs = [p for p in motion.passages if p.is_cost]
    simple = len(costs) == 1 and _lambda(costs[0]) == 1.0
    return [] if simple else [Text(f"loss = Σ λ C = {NUMBER.format(motion.loss)}", "formula")]


def _lambda(cost: Passage) -> float:
    return float(cost.out.gradient.shown[0, 0]) if cost.out.gradient is not None else 0.0


def _title(passage: Passage) -> str:
    kind = passage.kind.replace("_", " ")
    return f"{passage.label}   {kind}, {passage.block}"


def _weight_title(weight: Weight) -> str:
    return f"{weight.symbol}   [{shape_text(weight.value)}]"


def is_weighted_sum(passage: Passage) -> bool:
    """Whether the terms of an output's sum can be told: a linear block with weights of its own, all of them sent."""
    if passage.kind != "linear" or len(passage.entries) != 1 or not passage.weights:
        return False
    return passage.weights[0].name.endswith(".weight")


def weighted_sum(passage: Passage, unit: int) -> list[Line]:
    """`s_k = Σ w_kj z_j + b_k` with its products, for output `unit` counted along the rows of what was sent."""
    z, w = passage.entries[0].value, passage.weights[0].value
    b = passage.weights[1].value if len(passage.weights) > 1 else None
    row, k = divmod(unit, passage.out.value.shown.shape[1])
    if k >= len(w.shown) or row >= len(z.shown):
        return [Text(f"The weights of unit {k + 1} are beyond what is shown.", "muted")]
    count = min(w.shown.shape[1], z.shown.shape[1], TERMS)
    factors, values = w.shown[k, :count], z.shown[row, :count]
    total = float(passage.out.value.shown[row, k])
    bias = float(b.shown[0, k]) if b is not None else 0.0
    name, symbol = passage.entries[0].name, passage.weights[0].symbol
    at = f"{k + 1}" if row == 0 and len(z.shown) == 1 else f"{row + 1}, {k + 1}"
    sum_ = f"{passage.out.name}[{at}] = Σⱼ {symbol}[{k + 1}, j] {name}[{f'{row + 1}, ' if ',' in at else ''}j]"
    lines: list[Line] = [Text(sum_ if b is None else f"{sum_} + b[{k + 1}]", "formula")]
    for j, (factor, value) in enumerate(zip(factors, values, strict=True), 1):
        product = f"{_number(factor)} · {_number(value)}"
        lines.append(Text(f"{'+' if j > 1 else ' '} {product} = {_number(factor * value)}", "term"))
    left = z.columns - count
    if left:
        rest = total - bias - float(np.dot(factors, values))
        lines.append(Text(f"+ {left:,} more terms = {_number(rest)}", "term"))
    if b is not None:
        lines.append(Text(f"+ b = {_number(bias)}", "term"))
    return [*lines, Text(f"= {_number(total)}", "total")]


def _number(value: float) -> str:
    return NUMBER.format(float(value)).replace("-", "−")


# --- backward ------------------------------------------------------------------------------------------------------


def _backward(motion: SlowMotion, passage: Passage) -> tuple[Line, ...]:
    lines: list[Line] = [Text(_title(passage), "title"), *_added_up(motion, passage)]
    if passage.backward:
        lines.append(Text(passage.backward, "gradient"))
    if passage.is_cost:
        seed = _lambda(passage)
        words = "1 at the cost" if seed == 1.0 else f"λ = {_number(seed)} at the cost"
        lines.append(Text(f"The gradient graph begins with {words}.", "muted"))
    for entry in passage.entries:
        lines += _chain(passage, entry, forks=len(_branches(motion, entry.source)) > 1)
    lines += [
        Matrix(f"{by(w.symbol)}   [{shape_text(w.gradient)}]", w.gradient, green=True)
        for w in passage.weights
        if w.gradient is not None
    ]
    return tuple(lines)


def _branches(motion: SlowMotion, source: str) -> list[tuple[Passage, Entry]]:
    """The blocks that a variable enters and from which a gradient comes back to it."""
    return [
        (passage, entry)
        for passage in motion.passages
        for entry in passage.entries
        if entry.source == source and entry.gradient is not None
    ]


def _added_up(motion: SlowMotion, passage: Passage) -> list[Line]:
    """Where the output forks: what comes back from each block that it enters, and their sum."""
    branches = _branches(motion, passage.out.pin)
    if len(branches) < 2 or passage.out.gradient is None:
        return []
    name = by(passage.out.name)
    parts = [
        Matrix(f"{name} from {other.label}   [{shape_text(e.gradient)}]", e.gradient, green=True)
        for other, e in branches
        if e.gradient is not None
    ]
    told = f"{passage.out.name} forks: what comes back from its {len(parts)} branches adds up."
    total = passage.out.gradient
    return [Text(told), *parts, Matrix(f"{name}   [{shape_text(total)}]", total, green=True)]


def _chain(passage: Passage, entry: Entry, forks: bool) -> list[Line]:
    """The row by g times the Jacobian is the row by f, or this branch's part of it."""
    above, g = passage.out.gradient, passage.out.name
    if entry.why or entry.gradient is None or entry.jacobian is None or above is None:
        found: list[Line] = []
        if entry.gradient is not None:
            found.append(
                Matrix(_row_title(by(entry.name), entry.gradient), _row(entry.gradient), True)
            )
        return [*found, Text(f"{entry.name}: {entry.why or 'no gradient arrives here'}.", "muted")]
    jacobian = entry.jacobian
    f, d_g, d_f = entry.name, jacobian.rows, jacobian.columns
    chain, shapes = f"{by(f)} = {by(g)} · ∂{g}/∂{f}", f"[1×{d_f}] = [1×{d_g}] [{d_g}×{d_f}]"
    fork = [Text(f"{f} forks: this is what comes back from here.", "muted")] if forks else []
    return [
        *fork,
        Text(f"{chain},   {shapes}".replace(" = ", EQUALS).replace("] [", JOINED), "gradient"),
        Product(
            Matrix(_row_title(by(f), entry.gradient), _row(entry.gradient), True),
            Matrix(_row_title(by(g), above), _row(above), True),
            Matrix(f"∂{g}/∂{f}   [{d_g}×{d_f}]", jacobian),
        ),
    ]


def _row_title(text: str, numbers: Numbers) -> str:
    return f"{text}   [1×{numbers.size}]"


def _row(numbers: Numbers) -> Numbers:
    """A gradient as the row vector that it is: of a large map only what lies in its first row."""
    if numbers.is_whole:
        return Numbers(numbers.shown.reshape(1, -1), 1, numbers.size, (numbers.size,))
    return Numbers(numbers.shown[:1], 1, numbers.size, (numbers.size,))


# --- update --------------------------------------------------------------------------------------------------------


def _update(motion: SlowMotion, passage: Passage) -> tuple[Line, ...]:
    lines: list[Line] = [Text(_title(passage), "title")]
    lines += [
        Text("w ← w − η ∂C/∂w", "formula"),
        Text(f"η = {_number(motion.rate)}. {_what_a_step_does(motion)}", "muted"),
    ]
    for w in passage.weights:
        if w.gradient is None:
            lines.append(Text(f"{w.symbol}: nothing moves it.", "muted"))
            continue
        lines += [
            Matrix(f"{w.symbol}   [{shape_text(w.value)}]", w.value),
            Matrix(f"{by(w.symbol)}   [{shape_text(w.gradient)}]", w.gradient, green=True),
            Matrix(f"{w.symbol} − η {by(w.symbol)}", w.updated),
        ]
    return tuple(lines)


def _what_a_step_does(motion: SlowMotion) -> str:
    if not motion.plain:
        name = motion.optimizer or "the optimizer"
        return f"Plain descent would do this; {name} of this run goes by its own rule."
    if motion.batch > 1:
        return f"A training step takes the mean of such gradients over {motion.batch} samples."
    return "This is what a training step on this sample does."

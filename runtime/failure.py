"""What went wrong, told to a person: one sentence, where it was, and what to do about it."""

from __future__ import annotations

import traceback

import torch

from graph.problem import DiagramError, FileError, Problem
from runtime.data import DataError
from runtime.nonfinite import NonFinite

LONGEST = 200  # characters of what torch says


def problem_of(error: Exception, what: str) -> Problem:
    """The problem that an error is; `what` begins the sentence where it does not speak for itself."""
    if isinstance(error, NonFinite):
        return error.problem
    if isinstance(error, DataError):
        return Problem("recipe.data", str(error))
    if isinstance(error, FileError | DiagramError):
        return Problem("", str(error))
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)[:LONGEST]
    if is_out_of_memory(error):
        return Problem("", f"out of memory ({first}).", "Make the diagram or the batch smaller.")
    if not isinstance(error, RuntimeError):  # torch's way to say no; anything else is our own fault
        traceback.print_exception(error)
        first = f"{type(error).__name__}: {first}"
    return Problem("", f"{what}: {first}")


def why_it_stopped(error: MemoryError | RuntimeError) -> str:
    """One sentence on a step of a training without a window that failed."""
    if is_out_of_memory(error):
        return "out of memory: make the diagram or the batch smaller."
    line = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return f"a step failed: {line[:LONGEST]}."


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it was for lack of memory; torch has no class of its own for that of the CPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    told = ("can't allocate memory", "not enough memory")
    return isinstance(error, RuntimeError) and any(words in str(error) for words in told)

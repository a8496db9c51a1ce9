"""WrongUse: a command line that cannot be meant; ends with exit code 2."""

from __future__ import annotations


class WrongUse(Exception):
    """What is wrong with the command line, or with where it is run; one sentence that says what to do."""

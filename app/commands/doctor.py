"""Looks at Python, packages, torch, Qt, system libraries and fonts, and says what is missing and how to get it.

Ends with 0 when all is well, with 1 when something is missing.

example: gradboard doctor
"""

from __future__ import annotations

import argparse

from app.commands.table import columns
from app.doctor import examine


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no arguments."""


def run(options: argparse.Namespace) -> int:
    """Prints all findings, then what to do."""
    findings = examine()
    print(columns([("missing" if f.advice else "ok", f.what, f.found) for f in findings]))
    wrong = [f for f in findings if f.advice]
    for finding in wrong:
        print(f"\n{finding.what}: {finding.found}\n    {finding.advice}")
    print(f"\n{len(wrong)} to mend." if wrong else "\nOK: nothing is missing.")
    return 1 if wrong else 0

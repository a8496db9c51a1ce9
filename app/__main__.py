"""`python -m app` does the same as `gradboard`."""

from __future__ import annotations

import sys

from app.cli import main

if __name__ == "__main__":  # the engine's process imports this module again
    sys.exit(main())

"""How well a text answers a few typed letters: every letter must come in it, in order.  No Qt."""

from __future__ import annotations

from functools import lru_cache

START, FOLLOWS, WORD, PLAIN = 1.0, 0.9, 0.8, 0.35  # what a letter is worth by where it stands
SHORT = 0.25  # how much of the score goes to texts that are hardly longer than what was typed
GAP = 0.05  # taken off for each letter that is skipped between two that were typed
LOOSE = 0.5  # the score below which letters are so scattered that nobody meant them


def match(typed: str, text: str) -> float:
    """From 0, some letter is missing or they are scattered, to 1, the very text; upper and lower case are the same.

    Letters count more at the start of the text and of words, and in a row: `csl` finds "cross-entropy loss".
    """
    return _match(typed.casefold().strip(), text.casefold())


@lru_cache(maxsize=32_768)
def _match(typed: str, text: str) -> float:
    if not typed:
        return 1.0
    if typed == text:
        return 1.0
    best = max((_from(typed, text, k) for k, c in enumerate(text) if c == typed[0]), default=0.0)
    if best <= 0.0:
        return 0.0
    score = (1.0 - SHORT) * best + SHORT * len(typed) / len(text)
    return score if best >= LOOSE else 0.0


def _from(typed: str, text: str, start: int) -> float:
    """The mean worth of the letters when the first is found at `start` and every other as well as it can be."""
    total, place = _worth(text, start), start
    for letter in typed[1:]:
        found = [k for k in range(place + 1, len(text)) if text[k] == letter]
        if not found:
            return 0.0
        gains = [(_step(text, place, k), -k) for k in found]
        gain, minus = max(gains)
        total, place = total + gain, -minus
    return total / len(typed)


def _step(text: str, before: int, here: int) -> float:
    if here == before + 1:
        return FOLLOWS
    return max(0.0, _worth(text, here) - GAP * (here - before - 1))


def _worth(text: str, place: int) -> float:
    if place == 0:
        return START
    return WORD if not text[place - 1].isalnum() or _turns(text, place) else PLAIN


def _turns(text: str, place: int) -> bool:
    """Whether a number begins here, as in conv2d."""
    return text[place].isdigit() and not text[place - 1].isdigit()

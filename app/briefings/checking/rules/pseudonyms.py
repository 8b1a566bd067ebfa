"""Pseudonyms of cases, by their form alone: whether a case of that name exists is nobody's to learn."""

import re
from collections.abc import Collection, Iterator

from app.briefings.checking.rules.ordinary import AFTER_CHILD, SHORT_WORDS

_NOUN = (
    r"child(?:ren)?|cases?|case study|baby|babies|infants?|boys?|girls?|siblings?|twins?|young"
    r" (?:person|adult|man|woman)|family|families|mother|father|adults?|youth|teenager|scr|(?:case )?review"
)
_LETTERS = r"[A-Za-z]{1,3}\d?|\d{1,3}"
_FIRST = re.compile(
    rf"\b(?P<noun>{_NOUN})[ _:#-]+(?:no\.? ?|number |nr\.? ?)?[\"'(]{{0,2}}(?P<mark>{_LETTERS})(?![\w&])",
    re.IGNORECASE,
)
#: "Child H and D", "Children A, B and C".
_NEXT = re.compile(
    r"[\"')]{0,2}(?:'s)? ?(?:,|and|or|&|\+|/|, and) ?[\"'(]{0,2}(?:(?:child|case) )?"
    r"(?P<mark>[A-HJ-Z]{1,3}|\d{1,2})(?![\w&]|\. ?[A-Z]\b)"
)
#: "The Q family".
_BEFORE = re.compile(r"\b[Tt]he (?P<mark>[B-HJ-Z]) (?P<noun>case|family|child|children|siblings|review)\b")
#: Written in one, such as "ChildH".
_JOINED = re.compile(r"\b(?P<noun>Child|Case|Baby)(?P<mark>[A-Z]{1,2})(?!\w)")
#: An approved name in place of a letter.
_NAMED = re.compile(r"\b(?P<noun>Child|Baby) (?P<mark>[A-Z][a-z]{2,})\b(?!-)")


def pseudonyms_in(caption: str) -> frozenset[str]:
    """The pseudonyms that a caption is made of, in small letters, for example "child h"."""
    return frozenset(name for _, _, names in _found(caption) for name in names)


def pseudonyms(text: str, *, published: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where a text has the form of a pseudonym that is not one of a published review."""
    for start, end, names in _found(text):
        if not set(names) <= set(published):
            yield start, end


def _found(text: str) -> Iterator[tuple[int, int, list[str]]]:
    for match in _FIRST.finditer(text):
        noun, mark = _one(match["noun"]), match["mark"]
        if mark.isdigit() and match["noun"].lower() != noun:
            continue  # "Children: 3" counts them.
        if not _is_mark(noun, mark):
            continue
        names, end = [f"{noun} {mark.lower()}"], match.end()
        while (more := _NEXT.match(text, end)) and more["mark"].lower() not in SHORT_WORDS - {"a"}:
            names.append(f"{noun} {more['mark'].lower()}")
            end = more.end()
        yield match.start(), end, names
    for pattern in (_JOINED, _BEFORE):
        for match in pattern.finditer(text):
            yield *match.span(), [f"{_one(match['noun'])} {match['mark'].lower()}"]
    for match in _NAMED.finditer(text):
        if match["mark"].lower() not in AFTER_CHILD | SHORT_WORDS:
            yield *match.span(), [f"{_one(match['noun'])} {match['mark'].lower()}"]


def _is_mark(noun: str, mark: str) -> bool:
    """Whether what follows the noun marks a case, and is no word."""
    if mark.isdigit():
        return noun in {"child", "case", "family", "sibling", "twin", "baby", "case study"}
    if mark in {"A", "I"}:
        # "A" begins no word after "child"; "child I know" does.
        return mark == "A" or noun[0].isupper()
    if mark.lower() in SHORT_WORDS:
        return False
    letters = mark.rstrip("0123456789")
    if noun.endswith("review") or noun == "scr":
        return len(mark) == 1
    return len(letters) == 1 or letters.isupper()


def _one(noun: str) -> str:
    """The noun for one of them, in small letters."""
    small = noun.lower()
    return {"children": "child", "babies": "baby", "families": "family"}.get(small, small.removesuffix("s"))

"""What a redaction asks for and does, as pure functions on plain values."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from app.core.errors import RuleBroken

CARRIED_OUT = "carried_out"
REFUSED = "refused"

#: How every mark begins; what begins so was redacted already.
MARK = "[Redacted on "
#: A text shorter than this is only looked for on its own, not within longer ones.
SHORTEST_WITHIN = 4
#: And in another record than the one asked about, where a few words may well mean somebody else.
SHORTEST_ELSEWHERE = 20
#: So many words in a row, as they stand in the text, are a part of it said again.
REPEATED_WORDS = 5
#: The name of a field that stands only in the trail begins so.
IN_THE_TRAIL = "trail."


class NothingToRedact(RuleBroken):
    """The field holds no text, and never did."""


class ReasonRepeatsText(RuleBroken):
    """The reason would keep what the redaction takes away."""


class AskedAlready(RuleBroken):
    """Somebody asked for the same already, and it waits."""


class DecidedAlready(RuleBroken):
    """The redaction was decided."""


class SamePerson(RuleBroken):
    """Whoever asked does not decide."""


def mark_of(day: str) -> str:
    """What stands in the place of the text, for example "[Redacted on 3 April 2017]"."""
    return f"{MARK}{day}]"


def check_reason(reason: str, texts: Iterable[str]) -> None:
    """Check that the reason says nothing of what is to be emptied again. Raises ReasonRepeatsText."""
    said = " ".join(reason.split()).casefold()
    for text in texts:
        words = " ".join(text.split()).casefold()
        is_said = words in said if len(words) >= SHORTEST_WITHIN else words == said
        if words and (is_said or not _runs(words).isdisjoint(_runs(said))):
            raise ReasonRepeatsText("Say why without repeating the text: the reason is kept", "reason")


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of as many words of the text as are a part of it said again."""
    words = re.findall(r"\w+", text)
    return {tuple(words[at : at + REPEATED_WORDS]) for at in range(len(words) - REPEATED_WORDS + 1)}


def check_two_people(asked_by_id: int | None, decided_by_id: int | None) -> None:
    """Check that two people stand behind a redaction. Raises SamePerson."""
    if decided_by_id is None or decided_by_id == asked_by_id:
        raise SamePerson("You asked for this, so another person decides it")


def wordings(field: str, present: str, bodies: Iterable[Mapping[str, Mapping[str, Any]]]) -> frozenset[str]:
    """The present text of a field and every earlier one that the trail holds.

    A field of the record itself is told by its name. The name of a part's field may be that of other parts
    too, so its earlier wordings are followed back from change to change.
    """
    if field.startswith(IN_THE_TRAIL):
        return frozenset({present})
    kept = list(bodies)
    found = {present}
    if "." not in field:
        found |= {text for body in kept for side in body.values() if isinstance(text := side.get(field), str)}
    before = -1
    while before != len(found):
        before = len(found)
        for body in kept:
            old, new = body.get("before", {}), body.get("after", {})
            found |= {
                old[name]
                for name in old.keys() & new.keys()
                if isinstance(old[name], str)
                and isinstance(new[name], str)
                and _is_text(new[name])
                and new[name] in found
            }
    return frozenset(text for text in found if _is_text(text))


def _is_text(text: str) -> bool:
    return bool(text.strip()) and not text.startswith(MARK)


def replaced(text: str, texts: Collection[str], mark: str, *, shortest_within: int = SHORTEST_WITHIN) -> str:
    """The text with the mark in place of what is to be emptied, longest first.

    A text shorter than ``shortest_within`` goes only where it stands on its own.
    """
    for each in sorted(texts, key=len, reverse=True):
        if text.strip() == each.strip():
            return mark
        if len(each) >= shortest_within and each in text:
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", lambda _: mark, text)
    return text


def redacted_body(
    body: str, texts: Collection[str], mark: str, *, shortest_within: int = SHORTEST_WITHIN
) -> str | None:
    """A payload's body with the mark in place of the texts, wherever they stand; none where none stood."""
    document = json.loads(body)
    changed = _redacted(document, lambda text: replaced(text, texts, mark, shortest_within=shortest_within))
    if changed == document:
        return None
    return json.dumps(changed, sort_keys=True, ensure_ascii=False)


def _redacted(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_redacted(each, change) for each in value]
    if isinstance(value, dict):
        return {name: _redacted(each, change) for name, each in value.items()}
    return value


def free_texts(body: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What a payload holds that looks like somebody's words and not like a code, by ``side.name``."""
    return {
        f"{side}.{name}": text
        for side, values in sorted(body.items())
        for name, text in sorted(values.items())
        if isinstance(text, str) and _is_text(text) and " " in text.strip()
    }

"""From bytes to a document: what is no document at all is refused in one sentence, never by a traceback."""

import json
import re
from typing import Any, NoReturn

from app.core.intake import Problem, shown_briefly

#: 50,000 actions with steps, an update and evidence each, half of them with a sign-off, make some 125 MB.
LARGEST_FILE = 200 * 1024 * 1024
#: How deep lists and objects may stand inside one another; the format needs six levels.
DEEPEST = 20
#: A whole number with more figures than this fits no field.
LONGEST_NUMBER = 15

#: Characters that no text holds and that a database may refuse: controls but tab and line ends.
_UNUSABLE = {chr(number) for number in (*range(9), 11, 12, *range(14, 32), 127)}
_CANNOT_BE_KEPT = re.compile(f"[{re.escape(''.join(_UNUSABLE))}\ud800-\udfff]")


class Unreadable(Exception):
    """The file is no document; ``problem`` says where and why."""

    def __init__(self, path: str, sentence: str, value: str | None = None) -> None:
        super().__init__(sentence)
        self.problem = Problem(path, value, sentence)


class Pairs(dict[str, Any]):
    """An object in which names stood more than once."""

    repeated: tuple[str, ...] = ()


def parse(content: bytes) -> dict[str, Any]:
    """The document in these bytes. Raises Unreadable."""
    if len(content) > LARGEST_FILE:
        raise Unreadable("", f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Load it in parts")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(f"line {line}", "The file is not written in UTF-8") from None
    # The bytes and the text of a large file need not stand in memory beside its records.
    del content
    try:
        document = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_not_a_number,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"line {error.lineno}, column {error.colno}", f"The file is not JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise Unreadable("", "Lists and objects stand too deep inside one another") from None
    if not isinstance(document, dict):
        raise Unreadable(
            "", "The file holds no object. It begins with { and ends with }", shown_briefly(document)
        )
    return document


def faults(document: dict[str, Any]) -> list[Problem]:
    """Names that stand twice in an object, and characters that cannot be kept; found without recursion.

    Raises Unreadable where things stand too deep inside one another.
    """
    found: list[Problem] = []
    waiting: list[tuple[str, Any, int]] = [("", document, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise Unreadable(path, f"Lists and objects stand more than {DEEPEST} deep inside one another")
        if isinstance(value, dict):
            for name in getattr(value, "repeated", ()):
                found.append(
                    Problem(joined(path, name), shown_briefly(name), "This name stands here more than once")
                )
            waiting += [
                (joined(path, name), inner, depth + 1)
                for name, inner in reversed(value.items())
                if _is_looked_at(inner)
            ]
        elif isinstance(value, list):
            waiting += [
                (f"{path}[{index}]", inner, depth + 1)
                for index, inner in reversed(list(enumerate(value)))
                if _is_looked_at(inner)
            ]
        else:
            printable = "".join(" " if sign in _UNUSABLE else sign for sign in value)
            found.append(
                Problem(path, shown_briefly(printable), "The text holds a character that cannot be kept")
            )
    return found


def _is_looked_at(value: Any) -> bool:
    """Whether something may be wrong with it, or in it."""
    if isinstance(value, str):
        return _CANNOT_BE_KEPT.search(value) is not None
    return isinstance(value, (dict, list))


def joined(path: str, name: str) -> str:
    """The path of a field of what stands at a path."""
    shown = shown_briefly(name) or ""
    return f"{path}.{shown}" if path else shown


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    odd = Pairs(made)
    odd.repeated = tuple(dict.fromkeys(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return odd


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Unreadable("", "The file holds a number that fits no field", shown_briefly(digits))
    return int(digits)


def _fraction(digits: str) -> float | int:
    # 1.0 is a whole number in JSON, and 1e999 is none at all.
    number = float(digits)
    if abs(number) >= 10**LONGEST_NUMBER:
        raise Unreadable("", "The file holds a number that fits no field", shown_briefly(digits))
    return int(number) if number.is_integer() else number


def _not_a_number(word: str) -> NoReturn:
    raise Unreadable("", "The file is not JSON: it holds a number that is none", word)

"""How the words of an issue are laid out, as pure functions on plain values: lines, lists, the subject."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.outbox.rules import LONGEST_SUBJECT, clean_text, one_line

#: Mail programs on phones cut a subject off after about so many characters.
GOOD_SUBJECT = 60
#: Lines of plain text are broken at so many characters.
LINE = 72
#: As much of an issue is shown beside its subject in a list of mail.
LONGEST_PREHEADER = 140

_BULLET = re.compile(r"\s*[-*•–]\s+(?P<words>.+)")


@dataclass(frozen=True)
class Block:
    """A paragraph as its author broke it into lines, or a list with an entry a line."""

    lines: tuple[str, ...]
    is_list: bool = False


def blocks(text: str | None) -> tuple[Block, ...]:
    """A text as paragraphs and lists: a line that begins with a dash or a star is an entry of a list."""
    made: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", clean_text(text or "")):
        lines: list[str] = []
        is_list = False
        for line in (line.strip() for line in paragraph.split("\n")):
            if not line:
                continue
            bullet = _BULLET.fullmatch(line)
            if lines and is_list != bool(bullet):
                made.append(Block(tuple(lines), is_list))
                lines = []
            is_list = bool(bullet)
            lines.append(bullet["words"] if bullet else line)
        if lines:
            made.append(Block(tuple(lines), is_list))
    return tuple(made)


def wrapped(text: str, *, first: str = "", then: str = "") -> str:
    """The text in lines short enough for every mail program; what has no space in it is never broken."""
    return textwrap.fill(
        text,
        LINE,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def plain(many: Iterable[Block]) -> str:
    """Paragraphs and lists as plain text."""
    made = []
    for block in many:
        if block.is_list:
            made.append("\n".join(wrapped(line, first="* ", then="  ") for line in block.lines))
        else:
            made.append("\n".join(wrapped(line) for line in block.lines))
    return "\n\n".join(made)


def underlined(heading: str, sign: str) -> str:
    """A heading as plain text shows one."""
    lines = wrapped(heading)
    return f"{lines}\n{sign * max(len(line) for line in lines.split(chr(10)))}"


def tidied(text: str) -> str:
    """Plain text without spaces at the ends of lines, and with never more than one empty line."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def subject(name: str, title: str) -> str:
    """The subject line: what the briefing is called, and the title of the issue, on one line."""
    return one_line(f"{name}: {title}" if title.strip() else name, LONGEST_SUBJECT)


def longest_title(name: str) -> int:
    """How long a title may be for phones to show the whole subject."""
    return max(GOOD_SUBJECT - len(subject(name, "?")), 10)


def is_long(subject: str) -> bool:
    """Whether phones will cut the subject off."""
    return len(subject) > GOOD_SUBJECT


def preheader(parts: Sequence[str]) -> str:
    """What stands beside the subject in a list of mail: sentences, each with its end."""
    ended = (part if part.endswith((".", "?", "!", ":")) else f"{part}." for part in parts if part.strip())
    return one_line(" ".join(ended), LONGEST_PREHEADER)


def is_web_address(url: str | None) -> bool:
    """Whether this is an address that a link may lead to: of the web, and of nothing else."""
    if not url or re.search(r"[\s\x00-\x1f\x7f\"<>\\]", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)

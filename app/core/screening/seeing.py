"""A text as a person sees it, so that nothing that nobody sees hides what it says."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import unescape

#: Letters of other alphabets that look like ours.
_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоресухіѕјԁһԛԝкмтвҮҮАνΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινυκχρτɑɡıɩɪոօսһհւԍԌᴀᴄᴇᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡᴢʏɴʟʜɢʙᴅ",
    "ABESIJKMHOPCTYXaeopecyxisjdhqwkmtbYYAvABEZHIKMNOPTYXaoivukxptagiiinouhhiGGACEJKMOPSTUVWZYNLHGBD",
)
#: Signs that take a letter's place and show nothing, though they are no blanks.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: A sign as it is written in web pages, such as ``&#72;``, ``&#x48;`` or ``&nbsp;``.
_WRITTEN_SIGN = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
#: Quotation marks and apostrophes of every shape are read as the plain ones.
_QUOTES = str.maketrans("\u2018\u2019\u201a\u201b\u02bc\u00b4\u201c\u201d\u201e\u201f", "''''''" + '""""')


@dataclass(frozen=True)
class Seen:
    """A text as it is seen, and where in the text as it was typed each of its signs begins and ends."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the text as it is seen stands in the text as it was typed."""
        return self.starts[start], self.ends[end - 1]


def as_seen(text: str) -> Seen:
    """The text as a person sees it."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def add(sign: str, start: int, end: int) -> None:
        for plain in sign if sign.isascii() and not sign.isspace() else _plain(sign):
            if plain != " " or (signs and signs[-1] != " "):
                signs.append(plain)
                starts.append(start)
                ends.append(end)

    place = 0
    while place < len(text):
        written = _WRITTEN_SIGN.match(text, place) if text[place] == "&" else None
        meant = unescape(written.group()) if written else ""
        if written and meant != written.group():
            for sign in meant:
                add(sign, place, written.end())
            place = written.end()
        else:
            add(text[place], place, place + 1)
            place += 1
    return Seen("".join(signs), starts, ends)


@cache
def _plain(sign: str) -> str:
    """What a person takes a sign for; nothing where nobody sees it."""
    if sign.isspace():
        return " "
    plain = ""
    for part in unicodedata.normalize("NFKD", sign.translate(_QUOTES)):
        category, figure = unicodedata.category(part), unicodedata.decimal(part, None)
        if part in _UNSEEN or category in {"Mn", "Me", "Cf", "Cc"}:
            continue
        if part.isspace():
            plain += " "
        elif figure is not None:
            plain += str(figure)
        elif category == "Pd" or part == "\u2212":
            plain += "-"
        else:
            plain += part.translate(_LOOK_ALIKE)
    return plain

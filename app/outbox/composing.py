"""A message as bytes for the line: headers, plain text and HTML.

Written out by hand, and not by the standard library's message classes, because those take two
milliseconds for each recipient: five times as long as everything else together. What they would read
back from these bytes is held to what went in by a property test.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from app.core.hooks import Pattern, Spliced
from app.outbox.rules import LONGEST_SUBJECT, checked_address, clean_text, one_line

LINE_END = b"\r\n"

#: What stands in a place of a pattern is no longer than this.
LONGEST_VALUE = 2000

#: As many bytes as an encoded word may hold: with its frame it stays under 75 characters (RFC 2047, 2).
ENCODED_WORD_BYTES = 45


class Parcel(NamedTuple):
    """What goes over the line: the envelope's two addresses and the content, in seven bits with CRLF."""

    message_id: str
    sender: str
    recipient: str
    #: The content with a dot that begins a line doubled (RFC 5321, 4.5.2), all but the final dot.
    on_the_line: bytes

    @property
    def content(self) -> bytes:
        """The content as the receiver reads it."""
        return self.on_the_line.replace(b"\r\n..", b"\r\n.")


@dataclass(frozen=True)
class Mailbox:
    """Who a message comes from: an address, and the name shown beside it."""

    address: str
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> "Mailbox":
        """Read ``address`` or ``Name <address>``. Raises WrongAddress."""
        name, address = parseaddr(text)
        return cls(checked_address(address), one_line(name, LONGEST_SUBJECT))

    @property
    def domain(self) -> str:
        """What follows the at sign."""
        return self.address.rpartition("@")[2]

    @property
    def header(self) -> str:
        """As it stands in a header."""
        return formataddr((self.name, self.address))


def compose(
    *,
    sender: Mailbox,
    recipient: str,
    message_id: str,
    sent_at: datetime,
    subject: str,
    text: str,
    html: str,
) -> Parcel:
    """The message to one recipient, as plain text and HTML side by side."""
    boundary = f"=_{sha256(message_id.encode()).hexdigest()[:32]}".encode()
    lines = [
        f"From: {sender.header}".encode("ascii"),
        f"To: {recipient}".encode("ascii"),
        b"Subject: " + _unstructured(one_line(subject, LONGEST_SUBJECT)),
        f"Date: {format_datetime(sent_at)}".encode("ascii"),
        f"Message-ID: {message_id}".encode("ascii"),
        # Keeps holiday notices from being sent to a machine (RFC 3834).
        b"Auto-Submitted: auto-generated",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/alternative; boundary="' + boundary + b'"',
        b"",
        *_part(boundary, b"text/plain", text),
        *_part(boundary, b"text/html", html),
        b"--" + boundary + b"--",
        b"",
    ]
    return Parcel(message_id, sender.address, recipient, _dotted(LINE_END.join(lines)))


def _dotted(lines: bytes) -> bytes:
    """Whole lines as they go over the line, or a part of them that begins one."""
    return (b"." if lines.startswith(b".") else b"") + lines.replace(b"\n.", b"\n..")


#: Ends a line of quoted-printable that goes on in the next, and so joins what was encoded apart.
_SOFT_BREAK = b"=\r\n"
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z-]*")
#: Longer lines break on some servers (RFC 5322, 2.1.1).
LONGEST_LINE = 998


def compose_spliced(
    *, sender: Mailbox, recipient: str, message_id: str, sent_at: datetime, spliced: Spliced
) -> Parcel:
    """One of thousands of messages of a pattern, whose common parts are encoded once.

    Raises ValueError where what stands in the places does not fit the pattern, or a header is not one.
    """
    common = _common(sender, spliced.pattern)
    #: What stands in several places is encoded once.
    encoded: dict[str, bytes] = {}
    parts = [
        b"%sTo: %s\r\n%sDate: %s\r\nMessage-ID: %s\r\n%s"
        % (
            common.sender,
            recipient.encode("ascii"),
            common.subject,
            _date(sent_at.replace(microsecond=0)),
            message_id.encode("ascii"),
            common.headers,
        ),
        *(_header(name, value) for name, value in spliced.headers),
        common.before_text,
    ]
    _splice(parts, common.text, spliced.text, encoded)
    parts.append(common.before_html)
    _splice(parts, common.html, spliced.html, encoded)
    parts.append(common.after_html)
    return Parcel(message_id, sender.address, recipient, b"".join(parts))


@dataclass(frozen=True)
class _Common:
    """What all messages of a pattern have in common, as bytes."""

    sender: bytes
    subject: bytes
    headers: bytes
    before_text: bytes
    text: tuple[bytes, ...]
    before_html: bytes
    html: tuple[bytes, ...]
    after_html: bytes


@lru_cache(maxsize=8)
def _common(sender: Mailbox, pattern: Pattern) -> _Common:
    text = tuple(clean_text(piece) for piece in pattern.text)
    html = tuple(clean_text(piece) for piece in pattern.html)
    # What stands in the places is known to nobody beforehand; a digest of all the rest is no word of theirs.
    boundary = f"=_{sha256(repr((pattern.subject, text, html)).encode()).hexdigest()[:32]}".encode()
    return _Common(
        sender=f"From: {sender.header}\r\n".encode("ascii"),
        subject=b"Subject: " + _unstructured(one_line(pattern.subject, LONGEST_SUBJECT)) + LINE_END,
        headers=b"Auto-Submitted: auto-generated\r\n"
        + b"".join(_header(name, value) for name, value in pattern.headers),
        before_text=LINE_END.join(
            (
                b"MIME-Version: 1.0",
                b'Content-Type: multipart/alternative; boundary="' + boundary + b'"',
                b"",
                *_part_head(boundary, b"text/plain"),
                b"",
            )
        ),
        text=_encoded(text),
        before_html=LINE_END + LINE_END.join((*_part_head(boundary, b"text/html"), b"")),
        html=_encoded(html),
        after_html=LINE_END + b"--" + boundary + b"--" + LINE_END,
    )


def _encoded(pieces: tuple[str, ...]) -> tuple[bytes, ...]:
    """Each piece as it goes over the line; all but the last end in a soft break."""
    return (*(_encoded_inside(piece) for piece in pieces[:-1]), _dotted(_quoted_printable(pieces[-1])))


def _encoded_inside(words: str) -> bytes:
    """Words that others follow. The letter keeps room for the soft break, and blanks as they are."""
    return _dotted(_quoted_printable(f"{words}Z")[:-1]) + _SOFT_BREAK


def _splice(
    parts: list[bytes], pieces: tuple[bytes, ...], values: Sequence[str], encoded: dict[str, bytes]
) -> None:
    """Add the pieces, with the values in between, to what there is."""
    parts.append(pieces[0])
    for value, piece in zip(values, pieces[1:], strict=True):
        if value not in encoded:
            encoded[value] = _encoded_inside(value if _is_plain(value) else one_line(value, LONGEST_VALUE))
        parts.append(encoded[value])
        parts.append(piece)


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable() and len(value) <= LONGEST_VALUE


def _header(name: str, value: str) -> bytes:
    """A header on one line: a long link that is folded is no link any more."""
    line = f"{name}: {value}"
    if not _HEADER_NAME.fullmatch(name) or not _PLAIN.fullmatch(value) or len(line) > LONGEST_LINE:
        raise ValueError(f"not fit for a header: {name}")
    return line.encode("ascii") + LINE_END


@lru_cache(maxsize=2)
def _date(moment: datetime) -> bytes:
    return format_datetime(moment).encode("ascii")


def _part_head(boundary: bytes, content_type: bytes) -> list[bytes]:
    return [
        b"--" + boundary,
        b"Content-Type: " + content_type + b'; charset="utf-8"',
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
    ]


def _quoted_printable(text: str) -> bytes:
    return b2a_qp(text.encode(), istext=True).replace(b"\n", LINE_END)


def _part(boundary: bytes, content_type: bytes, text: str) -> list[bytes]:
    return [*_part_head(boundary, content_type), _quoted_printable(text)]


_PLAIN = re.compile(r"[ -~]*")


def _unstructured(text: str) -> bytes:
    """The text as a header's value: as it is where that is safe, else as encoded words."""
    if _PLAIN.fullmatch(text) and "=?" not in text:
        return text.encode("ascii")
    words, word = [], b""
    for character in text:
        encoded = character.encode()
        if len(word) + len(encoded) > ENCODED_WORD_BYTES:
            words.append(word)
            word = b""
        word += encoded
    return b"\r\n ".join(b"=?utf-8?b?" + b2a_base64(part, newline=False) + b"?=" for part in [*words, word])

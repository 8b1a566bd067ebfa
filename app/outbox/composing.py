"""A message as bytes for the line: headers, plain text and HTML.

Written out by hand, and not by the standard library's message classes, because those take two
milliseconds for each recipient: five times as long as everything else together. What they would read
back from these bytes is held to what went in by a property test.
"""

import re
from binascii import b2a_base64, b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256

from app.outbox.rules import LONGEST_SUBJECT, checked_address, one_line

LINE_END = b"\r\n"

#: As many bytes as an encoded word may hold: with its frame it stays under 75 characters (RFC 2047, 2).
ENCODED_WORD_BYTES = 45


@dataclass(frozen=True)
class Parcel:
    """What goes over the line: the envelope's two addresses and the content, in seven bits with CRLF."""

    message_id: str
    sender: str
    recipient: str
    content: bytes


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
    return Parcel(message_id, sender.address, recipient, LINE_END.join(lines))


def _part(boundary: bytes, content_type: bytes, text: str) -> list[bytes]:
    return [
        b"--" + boundary,
        b"Content-Type: " + content_type + b'; charset="utf-8"',
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        b2a_qp(text.encode(), istext=True).replace(b"\n", LINE_END),
    ]


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

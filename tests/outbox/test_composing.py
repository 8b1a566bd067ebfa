"""A message as bytes says exactly what went in, to one recipient, whatever the words hold."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbox.composing import Mailbox, Parcel, compose
from app.outbox.rules import WrongAddress, clean_text, one_line

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
SENT_AT = datetime(2017, 3, 31, 9, 0, tzinfo=UTC)


def composed(
    *, subject: str = "A note", text: str = "Words", html: str = "<p>Words</p>", name: str = ""
) -> Parcel:
    return compose(
        sender=Mailbox("tracker@example.org", name),
        recipient="owner@example.org",
        message_id="<0123@example.org>",
        sent_at=SENT_AT,
        subject=subject,
        text=text,
        html=html,
    )


def read(parcel: Parcel) -> EmailMessage:
    return message_from_bytes(parcel.content, policy=SMTP)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


#: Texts with much of what breaks mail in them.
nasty = st.text(
    st.one_of(st.characters(), st.sampled_from(list("\r\n\x00\t .=?–é😀\u2028\x0b\x85"))), max_size=300
)


@given(nasty, nasty, nasty)
def test_what_is_read_back_is_what_went_in(subject: str, text: str, html: str) -> None:
    text, html = clean_text(text), clean_text(html)
    parcel = composed(subject=subject, text=text, html=html)
    message = read(parcel)
    assert message.keys() == HEADERS
    assert str(message["Subject"]) == one_line(subject, 200)
    assert body(message, "plain") == text
    assert body(message, "html") == html
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert not message.defects


@given(nasty, nasty)
def test_the_bytes_are_seven_bit_short_lines_with_crlf(subject: str, text: str) -> None:
    content = composed(subject=subject, text=clean_text(text)).content
    assert content.isascii()
    assert b"\x00" not in content
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998


def test_the_headers_name_sender_recipient_and_machine() -> None:
    message = read(composed(name="Case Learning Tracker"))
    assert message["From"] == "Case Learning Tracker <tracker@example.org>"
    assert message["To"] == "owner@example.org"
    assert message["Message-ID"] == "<0123@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == SENT_AT


def test_a_subject_beyond_ascii_is_folded_into_words_that_every_reader_takes() -> None:
    lines = composed(subject="Näive – " * 25).content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, lines)) <= 85
    words = [line for line in lines if b"=?utf-8?b?" in line]
    assert len(words) > 1
    assert max(len(line.removeprefix(b"Subject:").strip()) for line in words) <= 75


def test_a_long_link_in_the_text_survives() -> None:
    link = "https://tracker.example.org/actions/A-0107?" + "x" * 300
    assert link in body(read(composed(text=f"See {link} now\n")), "plain")


def test_the_sender_may_have_a_name() -> None:
    assert Mailbox.parse("Tracker – board <tracker@example.org>") == Mailbox(
        "tracker@example.org", "Tracker – board"
    )
    assert Mailbox.parse("tracker@example.org").domain == "example.org"
    assert str(read(composed(name="Tracker – board"))["From"]) == "Tracker – board <tracker@example.org>"
    with pytest.raises(WrongAddress):
        Mailbox.parse("nobody")

"""Messages of a pattern say what went in, to one recipient, with the headers of a list on one line."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.hooks import Pattern, Spliced
from app.outbox.composing import LONGEST_VALUE, Mailbox, Parcel, compose_spliced
from app.outbox.rules import clean_text, one_line

SENT_AT = datetime(2017, 4, 3, 9, 0, tzinfo=UTC)
LEAVE = "https://tracker.example.org/subscription/leave?key=" + "k" * 43 + "&issue=B-0007"
LIST_HEADERS = (("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), ("List-Id", "<tusk.example.org>"))
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe-Post",
    "List-Id",
    "List-Unsubscribe",
    "MIME-Version",
    "Content-Type",
]


def composed(spliced: Spliced) -> Parcel:
    return compose_spliced(
        sender=Mailbox("tracker@example.org", "City & Hackney – board"),
        recipient="reader@example.org",
        message_id="<0123@example.org>",
        sent_at=SENT_AT,
        spliced=spliced,
    )


def spliced(
    text: tuple[str, ...] = ("Words",),
    values: tuple[str, ...] = (),
    *,
    subject: str = "A briefing",
    leave: str = LEAVE,
) -> Spliced:
    pattern = Pattern(subject, text, text, LIST_HEADERS)
    return Spliced(pattern, values, values, (("List-Unsubscribe", f"<{leave}>"),))


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


#: Texts with much of what breaks mail in them.
nasty = st.text(
    st.one_of(st.characters(), st.sampled_from(list("\r\n\x00\t .=?–é😀\u2028\x0b\x85Z"))), max_size=200
)
pieces_and_values = st.integers(1, 5).flatmap(
    lambda number: st.tuples(
        st.tuples(*[nasty] * number), st.tuples(*[nasty.map(lambda value: value * 3)] * (number - 1))
    )
)


@given(nasty, pieces_and_values)
def test_what_is_read_back_is_what_went_in_wherever_it_was_cut(
    subject: str, cut: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    pieces, values = cut
    parcel = composed(spliced(pieces, values, subject=subject))
    message = message_from_bytes(parcel.content, policy=SMTP)
    whole = clean_text(pieces[0]) + "".join(
        (value if value.isascii() and value.isprintable() else one_line(value, LONGEST_VALUE))
        + clean_text(piece)
        for value, piece in zip(values, pieces[1:], strict=True)
    )
    assert message.keys() == HEADERS
    assert str(message["Subject"]) == one_line(subject, 200)
    assert body(message, "plain") == whole
    assert body(message, "html") == whole
    assert not message.defects


@given(pieces_and_values)
def test_the_bytes_are_seven_bit_with_lines_that_quoted_printable_allows(
    cut: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    content = composed(spliced(*cut)).content
    assert content.isascii()
    assert b"\x00" not in content
    assert content.endswith(b"\r\n")
    _head, _, bodies = content.partition(b"\r\n\r\n")
    lines = bodies.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 76


def test_the_headers_of_a_list_stand_on_one_line_each_on_the_wire() -> None:
    head = composed(spliced()).content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert f"List-Unsubscribe: <{LEAVE}>".encode() in head
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert b"List-Id: <tusk.example.org>" in head


@pytest.mark.parametrize("sign", ["\r\nBcc: b@example.org", "\n", "\x00", "\u2028", "é", "x" * 10_000])
def test_what_is_no_header_makes_no_message(sign: str) -> None:
    with pytest.raises(ValueError, match="not fit for a header"):
        composed(spliced(leave=f"https://example.org/{sign}"))


def test_values_that_do_not_fit_the_places_make_no_message() -> None:
    with pytest.raises(ValueError, match="zip"):
        composed(spliced(("a", "b"), ()))


def test_a_long_link_in_a_place_survives() -> None:
    link = "https://tracker.example.org/go?to=B-0007.3.123456." + "s" * 400
    message = message_from_bytes(composed(spliced(("Read on: ", "\n"), (link,))).content, policy=SMTP)
    assert body(message, "plain") == f"Read on: {link}\n"

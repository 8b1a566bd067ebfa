"""The written rule of refused addresses, and what a returned mail is understood to say."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.briefings.models import BounceKind
from app.briefings.subscribers import rules
from app.briefings.subscribers.importing import rows
from app.briefings.subscribers.returned import reports
from app.briefings.subscribers.rules import Refusal
from app.outbox.rules import WrongAddress

DAY = date(2017, 3, 31)
HARD, SOFT, POLICY = BounceKind.HARD, BounceKind.SOFT, BounceKind.POLICY

REPORT = """\
From: MAILER-DAEMON@mail.example.org
Message-ID: <bounce-1@mail.example.org>
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain

Sorry, ann@example.org is gone.
--=b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Original-Recipient: rfc822;{to}
Final-Recipient: rfc822; ann.b@elsewhere.example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <ann@example.org>: User unknown

--=b
Content-Type: {kind}

Message-ID: <ours@tracker.example.org>
Subject: The briefing

--=b--
"""


def report(
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "message/rfc822",
    to: str | None = "Ann@Example.org",
) -> bytes:
    """A returned mail."""
    return REPORT.format(action=action, status=status, kind=kind, to=to).encode()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, HARD) for code in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")),
        *((code, POLICY) for code in ("5.7.1", "5.7.26", "4.7.0")),
        *((code, SOFT) for code in ("4.2.2", "5.2.2", "5.3.4", "5.4.4", "5.0.0", "5.1.0", "")),
    ],
)
def test_each_code_has_its_kind(code: str, kind: BounceKind) -> None:
    assert rules.kind_of(code) is kind
    # One that names somebody else says nothing final of the address that was written to.
    assert rules.kind_of(code, names_it=False) is (SOFT if kind is HARD else kind)


def test_an_address_is_given_up_at_once_where_it_is_gone_else_after_five_in_a_row_over_a_week() -> None:
    def given_up(*refusals: tuple[BounceKind, int]) -> bool:
        return rules.is_to_be_given_up([Refusal(kind, DAY + timedelta(days=day)) for kind, day in refusals])

    assert not given_up()
    assert given_up((HARD, 0))
    assert given_up((POLICY, 0), (HARD, 1))
    assert not given_up(*((SOFT, day) for day in (0, 2, 4, 7)))
    assert not given_up(*((SOFT, day) for day in (0, 1, 2, 3, 6)))
    assert given_up(*((SOFT, day) for day in (0, 1, 2, 3, 7)))
    assert not given_up(*((POLICY, day) for day in range(0, 300, 30)))
    assert not given_up(*((SOFT, day) for day in (0, 1, 2, 7)), (POLICY, 8))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from([SOFT, POLICY]), st.integers(0, 400)), max_size=12))
def test_one_more_refusal_never_takes_a_giving_up_back(told: list[tuple[BounceKind, int]]) -> None:
    refusals = [Refusal(kind, DAY + timedelta(days=day)) for kind, day in told]
    for number in range(len(refusals)):
        if rules.is_to_be_given_up(refusals[:number]):
            assert rules.is_to_be_given_up(refusals)


def test_a_code_is_found_in_what_was_said_and_addresses_are_left_out() -> None:
    said = "550 5.1.1 <Ann.B@example.org>: Recipient address rejected\r\n 550 5.1.1 mailto:ann@example.org"
    assert rules.enhanced_code("", said) == "5.1.1"
    assert rules.enhanced_code("5.7.1", said) == "5.7.1"
    assert rules.enhanced_code("", "10.5.1.1 said 250 no") == ""
    assert "@" not in rules.without_addresses(said)
    assert len(rules.without_addresses("x" * 9_999)) == 500


@pytest.mark.parametrize(
    "reason",
    [
        "ann.quill@example.org asked",
        "her other one is a@b.example",
        "ANN.QUILL asked",
        "Mrs quill asked",
        "Ann  Quill",
    ],
)
def test_a_reason_that_is_kept_for_good_names_nobody(reason: str) -> None:
    with pytest.raises(rules.TellsWhoItIs):
        rules.check_tells_nobody(reason, address="ann.quill@example.org", name="Ann Quill")


def test_a_reason_in_ordinary_words_is_taken() -> None:
    for address, name in (("ann.quill@example.org", "Ann Quill"), ("it@example.org", ""), (None, "")):
        rules.check_tells_nobody("Annual check: it asked to, quillwort", address=address, name=name)


def test_the_time_taken_is_a_person_s() -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    rules.check_time_taken(now - timedelta(seconds=3), now)
    for made in (None, now, now - timedelta(seconds=2.9), now + timedelta(days=1)):
        with pytest.raises(rules.TooQuick):
            rules.check_time_taken(made, now)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_returned_mail_says_which_mail_whose_address_and_why(kind: str) -> None:
    found = reports.read(report(kind=kind))
    assert found is not None
    assert found.message_id == "<ours@tracker.example.org>"
    assert found.addresses == ("ann@example.org", "ann.b@elsewhere.example.org")
    assert (found.code, found.is_final) == ("5.1.1", True)
    late = reports.read(report(action="delayed", status="4.4.1"))
    assert late is not None
    assert not late.is_final
    assert found.report_id != getattr(
        reports.read(report().replace(b"bounce-1", b"bounce-2")), "report_id", ""
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: On holiday\n\nI am away, ann@example.org",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--",
        report()[:400],
        b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 5_000,
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000)),
        report().replace(b"utf-8", b"no-such-charset") + b"\xff\xfe\0" * 90_000,
        b"Content-Type: message/rfc822\n\n" * 5_000,
    ],
)
def test_hostile_mail_costs_little_and_is_no_report_of_a_refusal_it_does_not_make(content: bytes) -> None:
    began = perf_counter()
    found = reports.read(content)
    assert perf_counter() - began < 3
    assert found is None or found.message_id == "<ours@tracker.example.org>"


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    reports.read(content)
    reports.read(report().replace(b"Ann@Example.org", content).replace(b"5.1.1", content[:9]))


WORDS = rows.Words({"homerton": 1}, {"health": 2}, {"hackney": 3}, {"neglect": 4, "child sexual abuse": 5})


def test_a_row_is_a_reader_or_everything_that_is_wrong_with_it() -> None:
    columns = rows.places(["E-mail", "Name", " AGENCY ", "Kind of work", "Area", "Topics", "Shoe size"])
    assert len(columns) == 6
    good = rows.understand(
        2, ["Ann@Example.org", "Ann", "Homerton", "health", "", "Neglect; child sexual abuse"], columns, WORDS
    )
    assert good == rows.Reader(2, "ann@example.org", "Ann", 1, 2, None, (4, 5))
    assert rows.understand(3, ["ann@example.org"], columns, WORDS) == rows.Reader(
        3, "ann@example.org", "", None, None, None, ()
    )
    wrong = rows.understand(4, ["ann", "n" * 201, "Nobody", "x", "y", "z"], columns, WORDS)
    assert isinstance(wrong, list)
    assert [fault.column for fault in wrong] == [
        "Email address",
        "Name",
        "Agency",
        "Kind of work",
        "Area",
        "Topics",
    ]


@settings(max_examples=40)
@given(*[st.text("ab@.é,;<> \r\n\0", max_size=3)] * 2, st.lists(st.text("ab\r\n\0", max_size=9), max_size=6))
def test_whatever_a_row_holds_an_address_that_is_taken_is_one_plain_address(
    before: str, behind: str, cells: list[str]
) -> None:
    columns = rows.places(["email", "name", "agency", "kind of work", "area", "topics"])
    found = rows.understand(2, [f"{before}ann@example.org{behind}", *cells], columns, WORDS)
    if isinstance(found, rows.Reader):
        assert found.email == rules.address_of(found.email)
        assert not set(found.email) & set("\r\n\0 ,;<>")


def test_an_address_that_somebody_types_has_a_domain_that_mail_reaches() -> None:
    assert rules.typed_address(" Ann@Example.org ") == "ann@example.org"
    for typed in ("a@b", "ann@localhost", "ann@.org", "example.org"):
        with pytest.raises(WrongAddress):
            rules.typed_address(typed)
    assert rules.address_of("a@b") == "a@b"

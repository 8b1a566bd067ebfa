"""How a message moves, as pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outbox.models import State
from app.outbox.rules import (
    MOVES,
    PAUSE_MINUTES,
    RETRY_MINUTES,
    MessageIds,
    Stage,
    Verdict,
    WrongAddress,
    checked_address,
    clean_text,
    may_move,
    one_line,
    pause_until,
    retry_at,
    standing_after,
    verdict,
)

NOW = datetime(2017, 3, 31, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.HELLO, Stage.TLS, Stage.SIGN_IN, Stage.SENDER])
@pytest.mark.parametrize("code", [None, 421, 450, 550])
def test_trouble_up_to_the_sender_belongs_to_the_server(stage: Stage, code: int | None) -> None:
    assert verdict(stage, code) is Verdict.SERVER


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.DATA, Stage.ANSWER])
def test_an_answer_from_the_recipient_on_belongs_to_the_message(stage: Stage) -> None:
    assert verdict(stage, 550) is Verdict.REFUSED
    assert verdict(stage, 450) is Verdict.LATER


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.DATA, Stage.ANSWER])
def test_a_server_that_closes_or_wants_a_sign_in_refuses_no_message(stage: Stage) -> None:
    assert verdict(stage, 421) is Verdict.LINE
    assert verdict(stage, 530) is Verdict.SERVER


def test_only_silence_after_the_whole_message_is_doubt() -> None:
    assert verdict(Stage.ANSWER, None) is Verdict.DOUBT
    assert verdict(Stage.BODY, None) is Verdict.LINE
    assert verdict(Stage.DATA, None) is Verdict.LINE


def _after(outcome: Verdict, *, attempts: int = 1, doubtful: bool = False) -> tuple[State, int, bool]:
    standing = standing_after(outcome, attempts=attempts, doubtful=doubtful, now=NOW, chance=0)
    return standing.state, standing.attempts, standing.doubtful


def test_every_outcome_leads_where_it_should() -> None:
    assert _after(Verdict.ACCEPTED) == (State.SENT, 1, False)
    assert _after(Verdict.ACCEPTED, doubtful=True) == (State.SENT, 1, True)
    assert _after(Verdict.REFUSED) == (State.FAILED, 1, False)
    assert _after(Verdict.LATER) == (State.QUEUED, 1, False)
    assert _after(Verdict.LINE) == (State.QUEUED, 1, False)
    assert _after(Verdict.SERVER) == (State.QUEUED, 0, False)
    assert _after(Verdict.HELD_BACK) == (State.QUEUED, 0, False)


def test_doubt_goes_once_more_and_then_to_a_person() -> None:
    assert _after(Verdict.DOUBT) == (State.QUEUED, 1, True)
    assert _after(Verdict.DOUBT, attempts=2, doubtful=True) == (State.UNCERTAIN, 2, True)


def test_a_message_put_off_to_the_end_of_the_list_fails() -> None:
    last = len(RETRY_MINUTES)
    assert _after(Verdict.LATER, attempts=last) == (State.QUEUED, last, False)
    assert _after(Verdict.LATER, attempts=last + 1) == (State.FAILED, last + 1, False)
    assert _after(Verdict.DOUBT, attempts=last + 1) == (State.UNCERTAIN, last + 1, True)


@given(st.sampled_from(list(Verdict)), st.integers(1, 12), st.booleans(), st.floats(0, 1))
def test_no_outcome_makes_a_move_that_is_not_in_the_table(
    outcome: Verdict, attempts: int, doubtful: bool, chance: float
) -> None:
    standing = standing_after(outcome, attempts=attempts, doubtful=doubtful, now=NOW, chance=chance)
    assert may_move(State.SENDING, standing.state)
    assert standing.attempts in {attempts, attempts - 1}
    assert standing.doubtful or not doubtful, "a doubt is never forgotten"


def test_every_state_has_its_moves_and_the_last_have_none() -> None:
    assert set(MOVES) == set(State)
    assert not MOVES[State.SENT]
    assert not MOVES[State.CANCELLED]
    assert not may_move(State.QUEUED, State.SENT)


@given(st.floats(0, 1), st.floats(0, 1))
def test_retries_come_ever_later_and_pauses_are_never_under_a_minute(one: float, other: float) -> None:
    waits = [retry_at(attempts, now=NOW, chance=one) for attempts in range(1, len(RETRY_MINUTES) + 1)]
    assert all(wait is not None for wait in waits)
    assert waits == sorted(wait for wait in waits if wait is not None)
    assert retry_at(len(RETRY_MINUTES) + 1, now=NOW, chance=one) is None
    pauses = [pause_until(streak, now=NOW, chance=other) - NOW for streak in range(1, 30)]
    assert min(pauses) >= timedelta(minutes=1)
    assert pauses[len(PAUSE_MINUTES) - 1 :] == [pauses[-1]] * (30 - len(PAUSE_MINUTES))


def test_delays_are_spread_by_chance() -> None:
    early, late = retry_at(3, now=NOW, chance=0), retry_at(3, now=NOW, chance=1)
    assert early == NOW + timedelta(minutes=15)
    assert late == NOW + timedelta(minutes=18)


def test_the_message_id_stays_the_same_and_says_nothing() -> None:
    identifier = MessageIds("example.org", secret="one").of("reminder:17:2017-03-31")
    assert identifier == MessageIds("example.org", secret="one").of("reminder:17:2017-03-31")
    assert identifier != MessageIds("example.org", secret="one").of("reminder:18:2017-03-31")
    assert identifier != MessageIds("example.org", secret="two").of("reminder:17:2017-03-31")
    assert identifier.startswith("<")
    assert identifier.endswith("@example.org>")
    assert "reminder" not in identifier


@pytest.mark.parametrize(
    "address", ["a@example.org", "o'brien@example.org", "a.b+c@x-y.example.co.uk", "t@127.0.0.1"]
)
def test_ordinary_addresses_are_taken(address: str) -> None:
    assert checked_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a b@example.org",
        "a@example.org\r\nBcc: all@example.org",
        "a@example.org\n",
        "a\x00@example.org",
        "a@exam\u2028ple.org",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "a@example.org> SIZE=1",
        '"a"@example.org',
        "ä@example.org",
        ".a@example.org",
        "a@-example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.org",
    ],
)
def test_what_could_forge_a_header_or_a_recipient_is_refused(address: str) -> None:
    with pytest.raises(WrongAddress) as refused:
        checked_address(address)
    assert refused.value.field == "email"


@given(st.text(), st.integers(1, 40))
def test_one_line_is_one_line(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line) <= longest
    assert line.splitlines() in ([], [line])
    assert "\x00" not in line
    line.encode()


@given(st.text())
def test_clean_text_can_be_kept_and_sent(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert not set(cleaned) & {"\x00", "\r", "\x0c", "\u2028"}
    assert clean_text(cleaned) == cleaned

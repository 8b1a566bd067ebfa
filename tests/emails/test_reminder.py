"""The words of a reminder, as they arrive: references, counts and dates, and nothing of a case."""

from datetime import date
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.database import current_session
from app.core.hooks import MessageText
from app.outbox import queries as outbox
from app.outbox import sender
from app.reminders import operations
from app.reminders.mail import reminder_text
from app.reminders.rules import Tier
from app.reminders.words import Owed, subject
from tests.support.world import make_action, make_lesson, make_review

SNAPSHOTS = Path(__file__).parent / "snapshots"
FRIDAY = date(2017, 3, 31)
HLT, HOMERTON = "Hackney Learning Trust", "Homerton University Hospital NHS FT"


def owed(number: int, due_on: date, tier: Tier = Tier.OWNER, **values: object) -> Owed:
    """Something owed, by the number of its reference."""
    return Owed(
        **{  # type: ignore[arg-type]
            "ref": f"A-{number:04d}",
            "due_on": due_on,
            "tier": tier,
            "stands_in": False,
            "agency": HLT,
            "group": "SCR Sub-Group",
            **values,
        }
    )


def words(*items: Owed, undelivered: int = 0, help_email: str | None = "help@example.org") -> MessageText:
    """The message about these things, on Friday 31 March 2017."""
    return reminder_text(
        list(items),
        on=FRIDAY,
        undelivered=undelivered,
        base_url="https://tracker.example.org",
        partnership_name="City & Hackney Safeguarding Children Board",
        help_email=help_email,
    )


OWNER = (owed(107, date(2017, 3, 16)), owed(112, date(2017, 4, 7)), owed(115, date(2017, 4, 28)))
LEAD = (
    owed(107, date(2017, 3, 16)),
    owed(107, date(2017, 3, 16), Tier.AGENCY_LEAD),
    owed(108, date(2017, 3, 20), Tier.AGENCY_LEAD),
    owed(109, FRIDAY),
)
ESCALATED = (
    owed(31, date(2017, 3, 16), Tier.BOARD_MEMBER),
    owed(32, date(2017, 3, 1), Tier.GROUP_CHAIR, agency=HOMERTON),
    owed(33, date(2017, 1, 31), Tier.INDEPENDENT_CHAIR, agency=HOMERTON),
)
STANDING_IN = (
    owed(40, date(2017, 2, 1), Tier.OWNER, stands_in=True),
    owed(40, date(2017, 2, 1), Tier.AGENCY_LEAD, stands_in=True),
    owed(41, date(2017, 4, 7), Tier.OWNER, stands_in=True),
)
NURSE = "Homerton owner"
STANDING_DEPUTY = (owed(51, date(2017, 3, 16), Tier.DEPUTY, agency=HOMERTON, on_behalf_of=(NURSE,)),)
DEPUTY_WHILE_AWAY = (
    *STANDING_DEPUTY,
    owed(52, date(2017, 4, 28), Tier.DEPUTY, agency=HOMERTON, on_behalf_of=(NURSE,)),
    owed(107, date(2017, 4, 7)),
)
DECIDING = (
    owed(60, date(2017, 3, 16), kind="sign_off"),
    owed(61, date(2017, 4, 28), kind="sign_off"),
    owed(62, date(2017, 3, 1), Tier.GROUP_CHAIR, agency=HOMERTON),
)
LOOKING = (owed(70, date(2017, 3, 16), kind="impact_look"), owed(71, date(2017, 4, 28), kind="impact_look"))
#: Of child deaths nothing but the reference of what is asked, and the day.
RETURN: dict[str, Any] = {"kind": "agency_return", "agency": HOMERTON, "group": "Child Death Overview Panel"}
RETURNS = (
    owed(107, date(2017, 3, 16)),
    owed(4, date(2017, 3, 20), ref="N-0004", **RETURN),
    owed(5, date(2017, 4, 7), Tier.AGENCY_LEAD, ref="N-0005", **RETURN),
)
ONE_RETURN = (owed(4, date(2017, 3, 20), ref="N-0004", **RETURN),)
MESSAGES = {
    "returns": (RETURNS, 0),
    "one_return": (ONE_RETURN, 0),
    "standing_deputy": (STANDING_DEPUTY, 0),
    "deputy_while_away": (DEPUTY_WHILE_AWAY, 0),
    "deciding": (DECIDING, 0),
    "looking": (LOOKING, 0),
    "owner": (OWNER, 0),
    "agency_lead": (LEAD, 0),
    "escalated": (ESCALATED, 0),
    "standing_in": (STANDING_IN, 2),
    "undelivered_only": ((), 1),
}


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_the_message_reads_as_it_was_approved(app: Flask, name: str) -> None:
    items, undelivered = MESSAGES[name]
    message = words(*items, undelivered=undelivered)
    text = f"Subject: {message.subject}\n\n{message.text}"
    assert text == (SNAPSHOTS / f"{name}.txt").read_text(encoding="utf-8")
    assert message.html == (SNAPSHOTS / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_text_and_html_say_the_same_of_every_subject(app: Flask, name: str) -> None:
    items, undelivered = MESSAGES[name]
    message = words(*items, undelivered=undelivered)
    shown = "".join(html5lib.parse(message.html, namespaceHTMLElements=False).itertext())
    for item in items:
        assert item.ref in message.text
        assert item.ref in shown
    for line in message.text.splitlines():
        reference, _, said = line.strip().partition("   ")
        if reference.startswith(("A-", "N-")):
            assert said in shown


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (OWNER, "3 actions need you: 1 overdue"),
        (OWNER[:1], "1 action needs you: overdue"),
        (OWNER[1:], "2 actions need you: due soon"),
        ((OWNER[0], owed(108, date(2017, 3, 17))), "2 actions need you: all overdue"),
        ((owed(1, FRIDAY), owed(2, date(2017, 4, 7))), "2 actions need you: 1 due today"),
        ((owed(1, FRIDAY),), "1 action needs you: due today"),
        (LEAD, "3 actions need you: 2 overdue"),
        (RETURNS, "1 action and 2 agency returns need you: 2 overdue"),
        (ONE_RETURN, "1 agency return needs you: overdue"),
    ],
)
def test_the_subject_counts_actions_and_says_how_pressing_they_are(
    items: tuple[Owed, ...], said: str
) -> None:
    assert subject(items, FRIDAY) == said


@given(
    st.lists(
        st.builds(
            owed,
            st.integers(1, 9999),
            st.dates(date(2000, 1, 1), date(2030, 1, 1)),
            st.sampled_from(Tier),
            stands_in=st.booleans(),
        ),
        min_size=1,
        max_size=200,
    )
)
def test_the_subject_is_always_short(items: list[Owed]) -> None:
    assert len(subject(items, FRIDAY)) < 60


def test_a_message_without_a_help_address_offers_what_is_left(app: Flask) -> None:
    message = words(*OWNER, help_email=None)
    assert "Can't do one of these? Open it and ask for more time, or say it is not for you.\n" in message.text
    assert "None" not in message.text + message.html


def test_the_styles_stand_in_the_elements_and_the_one_link_leads_home(app: Flask) -> None:
    message = words(*OWNER)
    tree = html5lib.parse(message.html, namespaceHTMLElements=False)
    assert tree.findall(".//style") == []
    assert tree.findall(".//img") == []
    links = [link.get("href") for link in tree.iter("a")]
    assert [link for link in links if not link.startswith("mailto:")] == ["https://tracker.example.org/"]
    button = tree.find(".//a")
    assert button is not None
    assert "color: #ffffff" in (button.get("style") or "")


def test_nothing_of_the_case_is_in_a_message(world: Flask) -> None:
    review = make_review(caption="Child Zebedee", circumstances="He was found at home.")
    lesson = make_lesson(
        review, heading="Unseen fathers", what_we_learned="Nobody had asked who lived there."
    )
    make_action(lesson, due_on=date(2017, 3, 16), title="Ask who lives in the household")
    current_session().commit()
    operations.run(on=FRIDAY)
    sender.send(until_empty=True)
    found = list(outbox.all_messages())
    assert found
    for message in found:
        words_sent = f"{message.subject}{message.text_body}{message.html_body}"
        for detail in (
            "Zebedee",
            "found at home",
            "fathers",
            "Nobody had asked",
            "household",
            "R-0001",
            "Hackney,",
        ):
            assert detail not in words_sent

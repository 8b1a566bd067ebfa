"""Builders of issues that went out, and of what readers did with them."""

from datetime import timedelta
from typing import Any

from app.accounts.models import Agency
from app.briefings.models import (
    BriefingIssue,
    BriefingLink,
    CascadeReceipt,
    Click,
    Delivery,
    DeliveryState,
    Feedback,
    IssueState,
)
from app.core.clock import machine_now, now
from app.core.database import current_session
from app.core.references import next_reference
from tests.support.briefings import make_issue, make_subscriber
from tests.support.world import DAY, by_ref

KEY = "a1b2c3d4e5f6a7b8c9d0e1f2"


def sent_issue(number_of_links: int = 3, **values: Any) -> BriefingIssue:
    """An issue that went out an hour ago, with links."""
    began = {"began_at": machine_now() - timedelta(hours=1), "ended_at": machine_now()}
    issue = make_issue(**{"state": IssueState.SENT, "sent_on": DAY, "link_key": KEY, **began, **values})
    for number in range(1, number_of_links + 1):
        issue.links.append(
            BriefingLink(
                number=number, url=f"https://www.example.org/{number}?a=1&b=2", words=f"Read {number}"
            )
        )
    current_session().flush()
    return issue


def deliver(issue: BriefingIssue, **values: Any) -> Delivery:
    """The issue at a reader's, an hour ago."""
    delivery = Delivery(
        issue=issue,
        subscriber=make_subscriber(),
        state=DeliveryState.DELIVERED,
        delivered_at=machine_now() - timedelta(hours=1),
    )
    for name, value in values.items():
        setattr(delivery, name, value)
    current_session().add(delivery)
    current_session().flush()
    return delivery


def readers_of(issue: BriefingIssue, agency: str | None, number: int, **values: Any) -> list[Delivery]:
    """So many readers of an agency who got the issue."""
    of = by_ref(Agency, agency) if agency else None
    return [deliver(issue, agency=of, **values) for _ in range(number)]


def click(delivery: Delivery, number: int = 1, *, scanner: str | None = None, days_ago: int = 0) -> Click:
    """That the reader followed a link of the issue."""
    link = next(each for each in delivery.issue.links if each.number == number)
    made = Click(link=link, delivery=delivery, clicked_at=now() - timedelta(days=days_ago), scanner=scanner)
    current_session().add(made)
    current_session().flush()
    return made


def make_receipt(issue: BriefingIssue, agency: str, **values: Any) -> CascadeReceipt:
    """That a team of the agency discussed the issue."""
    session = current_session()
    receipt = CascadeReceipt(
        **{
            "ref": next_reference(session, "T"),
            "issue": issue,
            "agency": by_ref(Agency, agency),
            "team": "Duty team",
            "discussed_on": DAY,
            "staff": 6,
            "given_at": now(),
            **values,
        }
    )
    session.add(receipt)
    session.flush()
    return receipt


def make_feedback(issue: BriefingIssue, **values: Any) -> Feedback:
    """A reader's question."""
    feedback = Feedback(**{"issue": issue, "words": "Where is the protocol?", "given_on": DAY, **values})
    current_session().add(feedback)
    current_session().flush()
    return feedback

"""What is asked when a link of a mail is followed: one statement each, as many come at once."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.briefings import rules
from app.briefings.models import BriefingIssue, BriefingLink, BriefingSettings
from app.briefings.results.links import is_feedback
from app.briefings.results.rules import people_kept_until
from app.core.database import current_session

#: What a column of numbers holds; an address may be made up with any.
_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Target:
    """Where a signed link leads, and what may be kept of its being followed."""

    link_id: int
    url: str
    link_key: str
    state: str
    sent_on: date | None
    keeps_people: bool
    months_kept: int

    def counts(self) -> bool:
        """Whether it is counted at all: a test that an editor sent to themselves is nobody's reading."""
        return rules.went_out(self.state, self.sent_on)

    def keeps_people_on(self, day: date) -> bool:
        """Whether it is kept who followed it: while the setting says so, and until the issue is summed up.

        Never where readers are told that it is not kept who they are.
        """
        if is_feedback(self.url):
            return False
        return (
            self.keeps_people
            and self.sent_on is not None
            and day < people_kept_until(self.sent_on, self.months_kept)
        )


def target(ref: str, number: int) -> Target | None:
    """The link of an issue by its number; null where there is none."""
    if number > _LARGEST_NUMBER:
        return None
    row = (
        current_session()
        .execute(
            select(
                BriefingLink.id,
                BriefingLink.url,
                BriefingIssue.link_key,
                BriefingIssue.state,
                BriefingIssue.sent_on,
                BriefingSettings.keeps_clicks_of_people,
                BriefingSettings.months_kept,
            )
            .join(BriefingLink.issue)
            .join(BriefingSettings, BriefingSettings.id == 1)
            .where(BriefingIssue.ref == ref, BriefingLink.number == number)
        )
        .one_or_none()
    )
    return None if row is None else Target(*row)


@dataclass(frozen=True)
class Pictured:
    """The issue whose picture was fetched, and whether openings of it are counted."""

    issue_id: int
    link_key: str
    sent_on: date | None
    counts_opens: bool
    months_kept: int

    def counts_on(self, day: date) -> bool:
        """Whether the opening is kept: only while the setting says so, and until the issue is summed up."""
        return (
            self.counts_opens
            and self.sent_on is not None
            and day < people_kept_until(self.sent_on, self.months_kept)
        )


def pictured(ref: str) -> Pictured | None:
    """What the picture in an issue's mail may tell; null where there is no such issue."""
    row = (
        current_session()
        .execute(
            select(
                BriefingIssue.id,
                BriefingIssue.link_key,
                BriefingIssue.sent_on,
                # An opening is always somebody's: where nothing of people is kept, none is.
                (BriefingSettings.counts_opens & BriefingSettings.keeps_clicks_of_people),
                BriefingSettings.months_kept,
            )
            .join(BriefingSettings, BriefingSettings.id == 1)
            .where(BriefingIssue.ref == ref)
        )
        .one_or_none()
    )
    return None if row is None else Pictured(*row)

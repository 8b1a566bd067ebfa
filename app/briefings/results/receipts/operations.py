"""What teams say they discussed: given, and withdrawn with a reason."""

from collections.abc import Sequence
from datetime import date

from app.accounts.models import Agency
from app.audit.operations import record
from app.briefings import wording
from app.briefings.models import BriefingIssue, CascadeReceipt
from app.briefings.results.receipts import queries, rules
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session, keep_for_change
from app.core.filters import plural
from app.core.references import next_reference


def give(
    *, issue: BriefingIssue, agency: Agency, team: str, discussed_on: date, staff: str, one_thing: str
) -> CascadeReceipt:
    """Record that a team of the agency discussed the issue.

    Raises WordsMissing, DayToCome, BeforeItWentOut, StaffNotUsable, DiscussedAlready.
    """
    team = checks.words(" ".join(team.split()), "Enter your team, for example Health visitors, north", "team")
    rules.check_day(discussed_on, sent_on=wording.sent_on(issue), today=today())
    number = rules.staff_number(staff, by_link=current_actor().person_id is None)
    # Two who send the same at once are told of each other.
    keep_for_change(agency)
    rules.check_new(team, teams_that_day=queries.teams_on(issue, agency.id, discussed_on))
    session = current_session()
    receipt = CascadeReceipt(
        ref=next_reference(session, "T"),
        issue=issue,
        agency=agency,
        team=team,
        discussed_on=discussed_on,
        staff=number,
        one_thing=one_thing.strip(),
        given_by_id=current_actor().person_id,
        given_at=now(),
    )
    session.add(receipt)
    session.flush()
    record(
        verb="receipt.give",
        subject=receipt.audit_subject,
        line=f"Recorded that a team discussed {issue.ref}",
        before={},
        after={
            "issue": issue.ref,
            "agency": agency.ref,
            "team": receipt.team,
            "discussed_on": discussed_on,
            "staff": number,
            "one_thing": receipt.one_thing,
        },
    )
    return receipt


def withdraw(*, receipt: CascadeReceipt, reason: str) -> CascadeReceipt:
    """Take a receipt out of every number, with the reason. Raises WordsMissing, WithdrawnAlready."""
    said = checks.words(reason, "Say why it is withdrawn", "reason")
    keep_for_change(receipt)
    if receipt.withdrawn_on is not None:
        raise rules.WithdrawnAlready(f"{receipt.ref} was withdrawn already")
    receipt.withdrawn_on, receipt.withdrawn_reason = today(), said
    current_session().flush()
    record(
        verb="receipt.withdraw",
        subject=receipt.audit_subject,
        line=f"Withdrew {receipt.ref}",
        before={"withdrawn_on": None},
        after={"withdrawn_on": receipt.withdrawn_on, "reason": said},
    )
    return receipt


def withdraw_those_by_link(
    *, issue: BriefingIssue, agency: Agency | None, since: date | None, reason: str
) -> Sequence[CascadeReceipt]:
    """Take out of every number what was said of an issue by links, without an account, for one reason.

    Only of one agency, and only what came on a day or later, where these are named. Raises WordsMissing,
    NoneByLink.
    """
    said = checks.words(reason, "Say why they are withdrawn", "reason")
    found = queries.those_by_link(issue, agency, since, for_change=True)
    if not found:
        raise rules.NoneByLink("No team said so by a link, of this agency and from this day on")
    for receipt in found:
        receipt.withdrawn_on, receipt.withdrawn_reason = today(), said
    current_session().flush()
    record(
        verb="receipt.withdraw",
        subject=issue.audit_subject,
        line=f"Withdrew what {plural(len(found), 'team')} said of {issue.ref} by a link",
        before={"withdrawn_on": None},
        after={
            "withdrawn_on": today(),
            "reason": said,
            "agency": agency and agency.ref,
            "given since": since,
            "receipts": [receipt.ref for receipt in found],
        },
    )
    return found

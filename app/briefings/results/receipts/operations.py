"""What teams say they discussed: given, and withdrawn with a reason."""

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
from app.core.references import next_reference


def give(
    *, issue: BriefingIssue, agency: Agency, team: str, discussed_on: date, staff: str, one_thing: str
) -> CascadeReceipt:
    """Record that a team of the agency discussed the issue.

    Raises WordsMissing, DayToCome, BeforeItWentOut, StaffNotUsable, DiscussedAlready.
    """
    team = checks.words(" ".join(team.split()), "Enter your team, for example Health visitors, north", "team")
    rules.check_day(discussed_on, sent_on=wording.sent_on(issue), today=today())
    number = rules.staff_number(staff)
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

"""What readers say of an issue: given, and settled by an editor."""

from app.audit.operations import record
from app.briefings.models import BriefingIssue, Feedback
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken


class NothingSaid(RuleBroken):
    """Neither how useful it was nor anything else."""


class SettledAlready(RuleBroken):
    """Somebody has dealt with it."""


def give(*, issue: BriefingIssue, useful: str | None, words: str) -> Feedback:
    """Keep how useful somebody found an issue, or what they ask; not who it was. Raises NothingSaid.

    Without an entry of the trail, which would say who was signed in, and when.
    """
    said = words.strip()
    if useful is None and not said:
        raise NothingSaid("Choose how useful it was, or write what you want to ask", "useful")
    feedback = Feedback(
        issue=issue, useful=None if useful is None else int(useful), words=said, given_on=today()
    )
    current_session().add(feedback)
    current_session().flush()
    return feedback


def settle(*, feedback: Feedback) -> Feedback:
    """Record that an editor dealt with what somebody asked. Raises SettledAlready."""
    keep_for_change(feedback)
    if feedback.settled_on is not None:
        raise SettledAlready("This was settled already")
    feedback.settled_on = today()
    current_session().flush()
    record(
        verb="briefing.change",
        subject=feedback.issue.audit_subject,
        line=f"Settled what a reader asked about {feedback.issue.ref}",
        before={"settled_on": None},
        after={"settled_on": feedback.settled_on},
    )
    return feedback

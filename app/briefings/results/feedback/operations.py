"""What readers say of an issue: given, and settled by an editor."""

from app.audit.operations import record
from app.briefings.models import BriefingIssue, Feedback
from app.briefings.subscribers.rules import holds_an_address
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken


class NothingSaid(RuleBroken):
    """Neither how useful it was nor anything else."""


class AddressSaid(RuleBroken):
    """What was said has an e-mail address in it."""


class SettledAlready(RuleBroken):
    """Somebody has dealt with it."""


def give(*, issue: BriefingIssue, useful: str | None, words: str) -> Feedback:
    """Keep how useful somebody found an issue, or what they ask; not who it was.

    An address would outlive its owner's erasure here. Raises NothingSaid, AddressSaid.

    Without an entry of the trail, which would say who was signed in, and when.
    """
    said = words.strip()
    if useful is None and not said:
        raise NothingSaid("Choose how useful it was, or write what you want to ask", "useful")
    if holds_an_address(said):
        raise AddressSaid(
            "Take the email address out: what you say is kept without who you are. If you want an answer, "
            "write to us by email",
            "words",
        )
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

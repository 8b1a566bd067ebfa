"""What the operations on actions refuse beyond the rules of the life of an action."""

from app.core.errors import RuleBroken


class SourceMissing(RuleBroken):
    """An action answers at least one lesson or recommendation, and all of them belong to one source."""


class OwnerElsewhere(RuleBroken):
    """The owner works for another agency than the one that is accountable, or has left."""


class TextMissing(RuleBroken):
    """A text that the record cannot do without is empty."""


class WrongDay(RuleBroken):
    """A date lies where it cannot be."""


class NotDrafted(RuleBroken):
    """Only a draft may be rewritten; from then on changes are decided."""


class EvidenceKept(RuleBroken):
    """The evidence stood when a decision was asked for, so it stays on the record."""


class AlreadyAsked(RuleBroken):
    """A request for more time waits already."""


class AlreadyWritten(RuleBroken):
    """The same person wrote the same today, as when a form is sent twice; it stands once."""


class AlreadyDecided(RuleBroken):
    """Somebody else decided in the meantime, or nothing was asked."""


class NotAPerson(RuleBroken):
    """A decision needs somebody who makes it; the system makes none."""


class CourseBarred(RuleBroken):
    """What is asked does not fit where the action stands or what it hangs together with."""


class DraftChanged(RuleBroken):
    """The draft was rewritten after it was read, so what would be agreed is not what was read."""

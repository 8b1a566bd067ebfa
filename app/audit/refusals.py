"""How the trail says that somebody was refused something: in words, as it says everything else."""

#: How the line of every refusal begins.
REFUSED = "Refused: "

#: What was refused, where the verb alone does not say it well.
_WORDS = {
    "action.list": "see the list of actions",
    "agency_return.list": "see the list of agency returns",
    "audit.search": "search the audit trail",
    "audit.see_reads": "see who read what",
    "challenge.list": "see the log of challenges",
    "child_death.create": "log a child death",
    "child_death.list": "see the child deaths",
    "figures.override": "show a number that is hidden",
    "figures.publish": "publish the figures of child deaths",
    "figures.read": "see the figures of child deaths",
    "figures.read_in_full": "see the figures of child deaths in full",
    "glass.break": "break the glass of a case",
    "glass.review": "see whose glass was broken",
    "health.read": "see the health of the system",
    "message.list": "see the messages",
    "panel.create": "plan a panel",
    "panel.list": "see the panels",
    "person.list": "see the accounts",
    "redaction.list": "see the redactions",
    "reminder.preview": "see the reminders to come",
    "review.list": "see the list of reviews",
    "rules.change": "change the rules",
    "unstamped": "open a page that is open to nobody",
}


def refusal_line(verb: str) -> str:
    """The line for a verb of the policy: ``Refused: decide sign-off (action)``.

    Which record it was about stands beside it: the address that was asked for may hold anything.
    """
    kind, _, deed = verb.partition(".")
    words = deed.replace("sign_off", "sign-off").replace("_", " ")
    return REFUSED + (_WORDS.get(verb) or f"{words} ({kind.replace('_', ' ')})")


def plain_line(verb: str, line: str) -> str:
    """A line as screens and files say it. Refusals of before were written as the verb itself."""
    return refusal_line(verb) if line == f"{REFUSED}{verb}" else line

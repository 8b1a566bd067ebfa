"""What an action looks like in a file: the action, and the rows of its history."""

from app.accounts.intake import marks
from app.accounts.policy import ExtensionDecider
from app.actions.intake.returns import EVIDENCE_RETURNS
from app.actions.rules import (
    DECLARABLE,
    Cause,
    Colour,
    EvidenceKind,
    Move,
    NotForUsDecision,
    OwnerCause,
    OwnerView,
    Reason,
    Status,
    SuccessionKind,
)
from app.actions.rules.delegation import Priority
from app.actions.rules.entry import Nature
from app.actions.rules.impact import ImpactDecision
from app.actions.rules.sign_off import Decision, ExtensionDecision
from app.core.intake import (
    ALWAYS,
    Field,
    Kind,
    Rows,
    Shape,
    code,
    day,
    flag,
    history,
    line,
    link,
    number,
    numbered_ref,
    reference,
    running_ref,
    several,
    withdrawal,
    words,
)

#: Why a date was moved: why more time was needed, or the decision that set another date.
DATE_REASONS = tuple(
    dict.fromkeys(
        [
            *map(str, Reason),
            *(str(cause) for cause in Cause if cause is not Cause.EXTENSION),
            *map(str, Decision),
        ]
    )
)

STEPS = Rows(
    "steps",
    history(
        code("move", Move, required=True),
        code("from_status", Status, required=True),
        code("to_status", Status, required=True),
        day("taken_on", required=True),
        reference("taken_by", "people"),
        words("reason"),
        *marks(),
    ),
    description="Its moves from status to status, in their order.",
)

UPDATES = Rows(
    "updates",
    history(
        numbered_ref("A", "U"),
        day("written_on", required=True),
        reference("written_by", "people"),
        words("words", required=True, default=None),
        code("owner_view", OwnerView, required=True),
        *marks(),
    ),
    key=("ref",),
    dated="written_on",
    order=("ref",),
    description="What has happened, and how the owner says it goes.",
)

EVIDENCE = Rows(
    "evidence",
    history(
        numbered_ref("A", "E"),
        code("kind", EvidenceKind, required=True),
        words("shows", required=True, default=None),
        link("link"),
        code(
            "nature",
            Nature,
            default=Nature.DOCUMENT.value,
            description="What kind it is: from level 4 on, impact needs more than the owner's documents.",
        ),
        day("added_on", required=True),
        reference("added_by", "people"),
        *withdrawal(),
        *marks(),
    ),
    key=("ref",),
    dated="added_on",
    order=("ref",),
    description="What shows that it was done.",
)

EXTENSION_REQUESTS = Rows(
    "extension_requests",
    history(
        numbered_ref("A", "X"),
        day("asked_on", required=True),
        reference("asked_by", "people"),
        day("from_due_on", required=True, description="The due date when it was asked."),
        day("new_due_on", required=True, description="The due date asked for."),
        code("reason_code", Reason, required=True),
        words("reason"),
        words("interim_safeguard", required=True, default=None),
        code("decider", ExtensionDecider, required=True, description="Who decides, by the tier it falls in."),
        code("decision", ExtensionDecision, settled="decision"),
        day("decided_on", settled="decision"),
        reference("decided_by", "people", settled="decision"),
        words("decision_reason", settled="decision"),
        *marks(),
    ),
    key=("ref",),
    dated="asked_on",
    order=("ref",),
    description="Requests for more time, and what was decided.",
)

DATE_CHANGES = Rows(
    "date_changes",
    history(
        day("from_on", required=True),
        day("to_on", required=True),
        code("cause", Cause, required=True),
        code("reason_code", DATE_REASONS, required=True),
        words("reason"),
        day("decided_on", required=True),
        reference("decided_by", "people"),
        *marks(),
    ),
    description="Decided changes of the due date, in their order.",
)

SIGN_OFFS = Rows(
    "sign_offs",
    history(
        numbered_ref("A", "S"),
        day("sent_on", required=True),
        reference("sent_by", "people"),
        words("what_is_different", required=True, default=None),
        number(
            "evidence_number",
            least=1,
            settled="decision",
            description="The highest number among the evidence it was decided on, or sent with.",
        ),
        code("decision", Decision, settled="decision"),
        day("decided_on", settled="decision"),
        reference("decided_by", "people", settled="decision"),
        day("meeting_on", settled="decision"),
        words("decision_reason", settled="decision"),
        day("resubmit_by_on", settled="decision"),
        flag(
            "is_delegated",
            settled="decision",
            description="Accepted by the board manager without a meeting, to be ratified by one.",
        ),
        day("ratified_on", settled="ratified_on"),
        reference("ratified_by", "people", settled="ratified_on"),
        day("ratified_meeting_on", settled="ratified_on"),
        *marks(),
    ),
    key=("ref",),
    dated="sent_on",
    order=("ref",),
    description="Each time it was sent for sign-off, and what the group decided.",
)

IMPACT_STATEMENTS = Rows(
    "impact_statements",
    history(
        numbered_ref("A", "I"),
        number("level", required=True, most=5, description="From 0, not known, to 5, outcome for children."),
        words("statement", required=True, default=None),
        line("measure", 300, default=""),
        line("baseline", 100, default=""),
        line("target", 100, default=""),
        line("actual", 100, default=""),
        line("measured_by", 300, default="", description="Where the figure comes from."),
        day("measured_on"),
        words("unintended_effects"),
        Field(
            "evidence",
            Kind.TEXTS,
            longest=24,
            description="The evidence of impact, by the references of this action's evidence.",
        ),
        day("stated_on", required=True),
        reference("stated_by", "people"),
        code("decision", ImpactDecision, settled="decision"),
        day("decided_on", settled="decision"),
        reference("decided_by", "people", settled="decision"),
        words("decision_reason", settled="decision"),
        *marks(),
    ),
    key=("ref",),
    dated="stated_on",
    order=("ref",),
    description="What difference it made, each time somebody looked, and who confirmed it.",
)

IMPACT_LOOKS = Rows(
    "impact_looks",
    history(
        numbered_ref("A", "K"),
        day("closed_on", required=True, description="The day of the closing that it looks back to."),
        number("months", required=True, least=3, most=12),
        day("due_on", required=True),
        Field(
            "statement",
            longest=24,
            column="statement_id",
            settled="statement",
            description="The statement of this action that answers it.",
        ),
        day("ended_on", settled="ended_on", description="When it ended because the action was reopened."),
        *marks(),
    ),
    key=("ref",),
    order=("ref",),
    description="When somebody looks again at what difference it made: after 3, 6 and 12 months.",
)

OWNER_CHANGES = Rows(
    "owner_changes",
    history(
        code("cause", OwnerCause, required=True),
        reference("from_agency", "agencies", required=True),
        reference("to_agency", "agencies", required=True),
        reference("from_owner", "people"),
        reference("to_owner", "people"),
        words("reason"),
        day("changed_on", required=True),
        reference("changed_by", "people"),
        *marks(),
    ),
    description="Each time it passed to another owner or agency, in their order.",
)

SUCCESSIONS = Rows(
    "successions",
    history(
        reference("successor", "actions", required=True),
        code("kind", SuccessionKind, required=True),
        day("decided_on", required=True),
        reference("decided_by", "people"),
        *marks(),
    ),
    description="The actions in which it goes on: split into them, merged into or superseded by one.",
)

NOT_FOR_US = Rows(
    "not_for_us",
    history(
        numbered_ref("A", "N"),
        day("said_on", required=True),
        reference("said_by", "people"),
        words("reason", required=True, default=None),
        reference("suggested_agency", "agencies", description="Whom they think it is for."),
        code("decision", NotForUsDecision, settled="decision"),
        day("decided_on", settled="decision"),
        reference("decided_by", "people", settled="decision"),
        words("decision_reason", settled="decision"),
        *marks(),
    ),
    key=("ref",),
    dated="said_on",
    order=("ref",),
    description="That those who owe it say it is for somebody else, and what was decided.",
)

COLOUR_OVERRIDES = Rows(
    "colour_overrides",
    history(
        code("calculated", Colour, required=True, description="The colour by the rules on that day."),
        code("declared", DECLARABLE, required=True),
        words("reason", required=True, default=None),
        day("declared_on", required=True),
        reference("declared_by", "people"),
        day("lapses_on", required=True, description="The first day on which it stands no longer."),
        *marks(),
    ),
    description="Colours that somebody declared instead of the calculated one, in their order.",
)

ACTION = Shape(
    (
        running_ref("A"),
        reference("source", "sources", required=True, settled=ALWAYS),
        line("title", 300, required=True),
        words("details"),
        words("intended_outcome"),
        words("measure_of_success"),
        reference("agency", "agencies", required=True, description="The agency that is accountable."),
        line("owner_role", 200, default="", description="The post that does it."),
        reference("owner", "people"),
        reference(
            "group", "groups", required=True, description="The group that oversees it and signs it off."
        ),
        code(
            "priority",
            Priority,
            default=Priority.NORMAL.value,
            description="Work of low priority may be signed off under delegation.",
        ),
        reference(
            "parent",
            "actions",
            settled=ALWAYS,
            description="The action of which this is the part that one agency returns.",
        ),
        flag(
            "is_all_agency",
            settled=ALWAYS,
            description="Whether every agency returns its part: its colour is the worst of theirs.",
        ),
        code("status", Status, required=True),
        day("created_on", required=True, settled=ALWAYS),
        day("agreed_on", settled="agreed_on"),
        day("first_due_on", settled="agreed_on", description="The date first agreed, kept for ever."),
        day("due_on"),
        day("acknowledged_on", description="When its present owner or their agency said that they have it."),
        day("review_on", description="On hold or escalated: the day on which somebody looks at it again."),
        day("closed_on"),
        several("lessons", "lessons"),
        several("recommendations", "recommendations"),
        *marks(),
    ),
    (
        STEPS,
        UPDATES,
        EVIDENCE,
        EVIDENCE_RETURNS,
        EXTENSION_REQUESTS,
        DATE_CHANGES,
        SIGN_OFFS,
        IMPACT_STATEMENTS,
        IMPACT_LOOKS,
        OWNER_CHANGES,
        SUCCESSIONS,
        NOT_FOR_US,
        COLOUR_OVERRIDES,
    ),
    description="What is to be done, by whom, by when, and what came of it.",
)

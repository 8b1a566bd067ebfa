"""Meetings of panels, loaded in bulk and read back. Papers are files, and stand in no interchange file."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.accounts.intake import marks
from app.cdop.models import Panel, PanelStatus
from app.core.database import current_session
from app.core.intake import (
    ALWAYS,
    Child,
    Known,
    Problem,
    Record,
    Rows,
    Section,
    Shape,
    code,
    day,
    flag,
    history,
    line,
    number,
    reference,
    running_ref,
    words,
)
from app.meetings.models import (
    AgendaItem,
    Attendance,
    Attendee,
    AttendeeKind,
    Decision,
    Meeting,
    MeetingNote,
)

AGENDA = Rows(
    "agenda",
    (
        reference("death", "child_deaths", required=True, column="case_id"),
        number("position", required=True),
        number("minutes", required=True),
        words("lacked", description="What it lacked when the papers were sent, a sentence on each line."),
        code("decision", Decision),
        day("decided_on"),
        reference("recorded_by", "people"),
        words("deferred_reason", default=None),
        line("waits_on", 40, description="Code of a term: what reviews wait on."),
        words("note", description="What the minutes say of it."),
        words("who_left", description="Who left for it, one on each line."),
        *marks(),
    ),
    is_history=False,
    order=("position",),
    description="The deaths on the agenda, and what the panel decided about each.",
)

ASKED = Rows(
    "asked",
    (
        code("kind", AttendeeKind, required=True),
        reference("person", "people"),
        line("post", 200, required=True),
        reference("agency", "agencies"),
        code("attendance", Attendance),
        words("stood_for", description="The professions they stood for, one on each line."),
        *marks(),
    ),
    is_history=False,
    order=("kind", "post", "person", "agency"),
    description="Who was asked, with the post and agency of the day; of somebody without an account no name.",
)

NOTES = Rows(
    "notes",
    history(
        words("words", required=True, default=None),
        day("written_on", required=True),
        reference("written_by", "people"),
        *marks(),
    ),
    description="What the minutes say beside attendance and decisions.",
)


#: What of a place on the agenda its papers say.
_SENT = ("death", "position", "minutes", "lacked")
#: What a completed review rests on.
_DECIDED_BY = ("held_on", "is_quorate", "quorum_lacks", "without_quorum_reason", "asked")


class MeetingSection(Section):
    """Meetings of panels."""

    name = "meetings"
    kind = "meeting"
    model = Meeting
    prefixes = ("M",)
    children = {  # noqa: RUF012 (never changed)
        "agenda": Child(AgendaItem, "meeting_id", ("position",)),
        "asked": Child(Attendee, "meeting_id"),
        "notes": Child(MeetingNote, "meeting_id"),
    }
    shape = Shape(
        (
            running_ref("M"),
            reference("panel", "panels", required=True, settled=ALWAYS),
            line("where_and_when", 200, default=""),
            number("papers_version", default=0, description="How often its papers were sent."),
            day("sent_on"),
            reference("sent_by", "people"),
            day("held_on", settled="held_on"),
            flag("is_quorate", description="As judged by the rule of its day."),
            words("quorum_lacks", description="What it lacked to be quorate, a sentence on each line."),
            words("without_quorum_reason", default=None),
            reference("without_quorum_by", "people"),
            day("closed_on", settled="closed_on"),
            reference("closed_by", "people", settled="closed_on"),
            *marks(),
        ),
        rows=(AGENDA, ASKED, NOTES),
        description="What happened at, before and after a panel.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A panel has one meeting; what it decided fits what happened at it."""
        held_by = _meetings_here()
        for record in records:
            held_by.setdefault(record["panel"], record.ref)
        for record in records:
            if held_by[record["panel"]] != record.ref:
                yield record.problem(
                    "panel", f"{held_by[record['panel']]} is the meeting of this panel already"
                )
            yield from _check_held(record, known)
            yield from _check_agenda(record)

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """What was sent and decided stays; nothing of a meeting changes once its minutes are closed."""
        if "closed_on" in here and dict(here) != dict(record):
            yield record.problem("closed_on", "The minutes are closed, and are kept as they are")
        else:
            yield from super().refused(here, record, known)
            yield from _check_as_sent(here, record)
            yield from _check_as_decided(here, record)

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """Whether it was quorate is not said before it was held."""
        return {} if "held_on" in record else {"is_quorate": None}

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}

    def source_ref(self, record: Record) -> str:
        """The thread of a death on its agenda, which is closed: that of the panel is read outside."""
        return str(next((row["death"] for row in record.get("agenda", ())), record["panel"]))


def _meetings_here() -> dict[str, str]:
    """The meeting of each panel that is here, by the panel's reference."""
    rows = current_session().execute(
        select(Panel.ref.label("panel"), Meeting.ref.label("meeting")).join(
            Meeting, Meeting.panel_id == Panel.id
        )
    )
    return {row.panel: row.meeting for row in rows}


def _check_held(record: Record, known: Known) -> Iterator[Problem]:
    panel: Mapping[str, Any] = known.find("panels", record["panel"]) or {}
    if ("held_on" in record) != (panel.get("status") == PanelStatus.HELD):
        yield record.problem("held_on", "A panel that was held has a meeting that was, and no other has")
    elif "held_on" in record and record["held_on"] != panel.get("meets_on"):
        yield record.problem("held_on", "The meeting was held on the day of its panel")
    if "held_on" not in record:
        for name in ("quorum_lacks", "without_quorum_reason", "closed_on"):
            if name in record:
                yield record.problem(name, "This is said of a meeting only once it was held")
    if "sent_on" in record and not record.get("papers_version"):
        yield record.problem("papers_version", "Papers that were sent have a version, 1 for the first")


def _check_agenda(record: Record) -> Iterator[Problem]:
    deaths: set[str] = set()
    decides = record.get("is_quorate") or "without_quorum_reason" in record
    for row in record.get("agenda", ()):
        if row["death"] in deaths:
            yield row.problem("death", "A death stands on an agenda once")
        deaths.add(row["death"])
        decision = row.get("decision")
        if decision is not None and "held_on" not in record:
            yield row.problem("decision", "Nothing is decided before the meeting was held")
        if (decision is not None) != ("decided_on" in row):
            yield row.problem("decided_on", "What was decided has its day, and nothing else has")
        if (decision == Decision.DEFERRED) != ("deferred_reason" in row):
            yield row.problem("deferred_reason", "What was deferred says why, and nothing else does")
        if decision == Decision.COMPLETED and not decides:
            yield row.problem(
                "decision", "A panel that is not quorate completes nothing unless its chair says why"
            )
        if decision is None and "closed_on" in record:
            yield row.problem("decision", "Minutes close only once everything was decided")


def _check_as_sent(here: Record, record: Record) -> Iterator[Problem]:
    """An agenda that was sent stays as it was while those papers stand."""
    if "sent_on" not in here or here["sent_on"] != record.get("sent_on"):
        return
    sent, now = (
        [tuple(row.get(name) for name in _SENT) for row in each.get("agenda", ())] for each in (here, record)
    )
    if sent != now:
        yield record.problem("agenda", "The papers were sent, so the agenda stays as it was")


def _check_as_decided(here: Record, record: Record) -> Iterator[Problem]:
    """What was decided about a death stays, and what a completed review rests on."""
    decided = [row for row in here.get("agenda", ()) if "decision" in row]
    rows = {row["death"]: row for row in record.get("agenda", ())}
    for row in decided:
        twin = rows.get(row["death"])
        if twin is None:
            yield record.problem("agenda", f"What was decided about {row['death']} is missing from the file")
            continue
        for name in sorted({*row, *twin}):
            if row.get(name) != twin.get(name):
                yield twin.problem(name, "This was decided, and a file cannot change it")
    is_complete = any(row["decision"] == Decision.COMPLETED for row in decided)
    for name in _DECIDED_BY if is_complete else ():
        if here.get(name) != record.get(name):
            yield record.problem(name, "The panel has decided with this, and a file cannot change it")


def sections() -> tuple[Section, ...]:
    """The room's sections, in the order in which they can be written."""
    return (MeetingSection(),)

"""The letter of challenge that is drafted when the ladder of reminders comes to its end.

It says nothing of the case: references, the agency, dates, how often it was reminded, and what is asked.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts import queries as accounts
from app.actions.challenges.rules import answer_by
from app.actions.models import Action
from app.actions.rules.date_changes import Reason, is_extension, total_slip
from app.core.filters import date_long, plural
from app.core.holidays import working_days
from app.outbox.models import State

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

#: To whom the ladder spoke, in words that a letter can use.
_TIERS = {
    "owner": "the owner",
    "deputy": "the owner's deputy",
    "agency_lead": "the agency's lead",
    "board_member": "the agency's board member",
    "group_chair": "the chair of the sub-group",
    "independent_chair": "the independent chair",
    "board_manager": "the board manager",
}


#: What left us. What may not have arrived left us too.
_SENT = frozenset({State.SENT, State.UNCERTAIN})


@dataclass(frozen=True)
class Letter:
    """Everything the letter says."""

    partnership: str
    help_email: str
    on: date
    agency: str
    action_ref: str
    source_ref: str
    group: str
    agreed_on: date | None
    first_due_on: date
    due_on: date
    slip_days: int
    working_days_late: int
    #: Each time more time was given: from, to, and why, by its code.
    extensions: Sequence[tuple[date, date, str]]
    #: To whom reminders went: who, how often, and last when.
    reminders: Sequence[tuple[str, int, date]]
    answer_by_on: date

    @property
    def file_name(self) -> str:
        """The file is called by the reference."""
        return f"{self.action_ref}.docx"


def letter_about(action: Action, on: date) -> Letter:
    """What the letter of this day says about an action that is late."""
    assert action.first_due_on is not None, "an action that is late was agreed"
    assert action.due_on is not None, "an action that is late has a date"
    calendar, here = working_days(), accounts.partnership()
    return Letter(
        partnership=here.name if here else "",
        help_email=(here.help_email or "") if here else "",
        on=on,
        agency=action.agency.name,
        action_ref=action.ref,
        source_ref=action.source.ref,
        group=action.group.name,
        agreed_on=action.agreed_on,
        first_due_on=action.first_due_on,
        due_on=action.due_on,
        slip_days=total_slip(action.first_due_on, action.due_on),
        working_days_late=max(0, calendar.between(action.due_on, on)),
        extensions=_extensions(action),
        reminders=_reminders(action),
        answer_by_on=answer_by(on, calendar),
    )


def as_word(letter: Letter) -> bytes:
    """The letter as a Word document to be edited, with headings and a table that readers announce."""
    # Imported on first use: few people ever ask for a letter.
    from docx import Document

    document = Document()
    document.core_properties.author = letter.partnership
    document.core_properties.title = f"Letter about {letter.action_ref}"
    document.core_properties.comments = ""
    _in_british_english(document)
    document.add_paragraph("DRAFT. OFFICIAL-SENSITIVE")
    document.add_paragraph(letter.partnership)
    document.add_paragraph(date_long(letter.on))
    document.add_paragraph(f"To the chief officer of {letter.agency}")
    document.add_heading(f"Action {letter.action_ref}: late, and asked for", level=1)
    for paragraph in _opening(letter):
        document.add_paragraph(paragraph)
    document.add_heading("How it stands", level=2)
    _table(document, ("What", "On record"), _facts(letter))
    if letter.extensions:
        document.add_heading("Time that was given", level=2)
        rows = [(date_long(old), date_long(new), why) for old, new, why in letter.extensions]
        _table(document, ("From", "To", "Why"), rows)
    if letter.reminders:
        document.add_heading("Reminders that were sent", level=2)
        reminded = [(who, str(times), date_long(last)) for who, times, last in letter.reminders]
        _table(document, ("To", "How often", "Last on"), reminded)
    document.add_heading("What we ask", level=2)
    document.add_paragraph(f"By {date_long(letter.answer_by_on)}, please let us have one of these:")
    for wish in (
        "the evidence that the action is done, sent for sign-off in the tracker; or",
        "the day on which it will be done, what holds it up, and what keeps children safe until then; or",
        "who in your agency will answer for it, if that has changed.",
    ):
        document.add_paragraph(wish, style="List Bullet")
    document.add_paragraph(
        f"The references lead to the record in the tracker. Questions: {letter.help_email}."
        if letter.help_email
        else "The references lead to the record in the tracker."
    )
    document.add_paragraph("Independent Chair")
    document.add_paragraph(letter.partnership)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _opening(letter: Letter) -> list[str]:
    late = plural(letter.working_days_late, "working day")
    return [
        f"Your agency agreed to action {letter.action_ref}, which answers {letter.source_ref} and is "
        f"overseen by the {letter.group}. It was due on {date_long(letter.due_on)} and is {late} late.",
        "The reminders we agreed together have come to their last step. I write so that we can put it right.",
    ]


def _facts(letter: Letter) -> list[tuple[str, str]]:
    moved = plural(letter.slip_days, "day") if letter.slip_days else "Never"
    return [
        ("Agreed", date_long(letter.agreed_on)),
        ("First due", date_long(letter.first_due_on)),
        ("Due now", date_long(letter.due_on)),
        ("Moved in all by", moved),
        ("Late by", plural(letter.working_days_late, "working day")),
    ]


def _table(document: object, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(headers))  # type: ignore[attr-defined]
    table.style = "Table Grid"
    for cell, header in zip(table.rows[0].cells, headers, strict=True):
        cell.text = header
    _repeat_as_header(table.rows[0])
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _in_british_english(document: object) -> None:
    """Say the language, by which a screen reader speaks and a spelling checker judges."""
    from docx.oxml.ns import qn

    document.core_properties.language = "en-GB"  # type: ignore[attr-defined]
    for language in document.styles.element.iter(qn("w:lang")):  # type: ignore[attr-defined]
        language.set(qn("w:val"), "en-GB")


def _repeat_as_header(row: object) -> None:
    """Say that the row is the header, which readers announce and further pages repeat."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # type: ignore[attr-defined]


def _extensions(action: Action) -> list[tuple[date, date, str]]:
    """Each time more time was given, also to the action that this one was split from, as the date moved."""
    return [
        (change.from_on, change.to_on, Reason(change.reason_code).label)
        for change in action.date_changes
        if is_extension(change.cause, change.reason_code)
    ]


def _reminders(action: Action) -> list[tuple[str, int, date]]:
    """To whom reminders of the present date went: who, on how many days, and last when.

    Where nobody held a tier the board manager stood in for it, and that is who was reminded. What waits in
    the outbox or could not be delivered was not sent.
    """
    sent: dict[str, set[date]] = {}
    for reminder in action.reminders:
        is_of_now = reminder.taken_out_at is None and reminder.due_on == action.due_on
        if is_of_now and reminder.message.state in _SENT:
            tier = _TIERS.get(reminder.tier, reminder.tier)
            whom = f"the board manager, in place of {tier}" if reminder.stands_in else tier
            sent.setdefault(whom, set()).add(reminder.queued_on)
    return [(whom, len(days), max(days)) for whom, days in sent.items()]

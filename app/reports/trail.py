"""The search of the audit trail: who did or read what, and when."""

from typing import ClassVar

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import may, note_read, person
from app.accounts.policy import Facts
from app.audit.models import AuditEntry
from app.audit.operations import Subject, record
from app.audit.refusals import REFUSED, plain_line
from app.core.access import access
from app.core.clock import london
from app.core.database import current_session
from app.core.export import Column
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, DateField, TextField
from app.core.transactions import apart
from app.reports.queries import trail
from app.reports.queries.trail import Shown, TrailFilter

blueprint = Blueprint("trail", __name__)

#: How the audit trail names itself.
TRAIL = Subject("register", "audit")

MARKING = "OFFICIAL-SENSITIVE"

_SHOWS = {"changes": "Changes", "reads": "Reads", "refusals": "Refusals"}
_NOBODYS = {"system": "The system itself", "stranger": "Somebody not signed in"}

COLUMNS: tuple[Column[AuditEntry], ...] = (
    Column("Entry", lambda entry: entry.id),
    Column("Recorded at", lambda entry: london(entry.recorded_at).isoformat(timespec="seconds"), 26),
    Column("Business day", lambda entry: entry.business_on),
    Column("Person", lambda entry: entry.actor_name, 30),
    Column("Deed", lambda entry: entry.verb, 24),
    Column("Read or change", lambda entry: kind_of(entry)),
    Column("Kind of record", lambda entry: entry.subject_kind),
    Column("Record", lambda entry: entry.subject_ref),
    Column("Source", lambda entry: entry.source_ref),
    Column("What happened", lambda entry: plain_line(entry.verb, entry.line), 80),
)


def kind_of(entry: AuditEntry) -> str:
    """Whether somebody changed, read or was refused something."""
    if not entry.is_read:
        return "Change"
    return "Refusal" if entry.line.startswith(REFUSED) else "Read"


class TrailForm(FilterForm):
    """What the trail is searched for; its values stand in the address of the person's own page."""

    tags: ClassVar = {"ref": "Record", "source": "Source"}

    person = ChoiceField("Person", empty="Anybody")
    show = ChoiceField("Reads or changes", choices=_SHOWS, empty="All of them")
    verb = ChoiceField("Deed", empty="All deeds")
    kind = ChoiceField("Kind of record", empty="All kinds")
    ref = TextField("Record, such as A-0107", longest=64)
    source = TextField("Source, such as R-0003", longest=64)
    words = TextField("Words of the line", longest=100)
    business_from = DateField("Business day from", what="the first business day", optional=True)
    business_to = DateField("Business day to", what="the last business day", optional=True)
    recorded_from = DateField("Recorded from", what="the first day of recording", optional=True)
    recorded_to = DateField("Recorded to", what="the last day of recording", optional=True)

    def offer(self) -> None:
        """Set what may be chosen: the people, and the deeds and kinds that stand in the trail."""
        facts = person().facts
        people = {each.ref: f"{each.name}, {each.role_title}" for each in accounts.people()}
        people |= {each.ref: f"{each.name}, {each.role_title} (left)" for each in accounts.people_who_left()}
        self.person.offer({**_NOBODYS, **people}, empty="Anybody")
        self.verb.offer({verb: verb_words(verb) for verb in trail.verbs(facts)}, empty="All deeds")
        self.kind.offer({kind: _capital(kind) for kind in trail.kinds(facts)}, empty="All kinds")

    def narrowed(self) -> TrailFilter:
        """What was asked for; a value that is no good narrows nothing."""
        good = {name: value for name, value in self.sound().items() if value}
        for name in ("ref", "source"):
            if name in good:
                good[name] = _reference(good[name])
        return TrailFilter(**good)


def verb_words(verb: str) -> str:
    """A verb in words: "action.ask_for_more_time" is "Action: ask for more time"."""
    kind, _, deed = verb.partition(".")
    return f"{_capital(kind)}: {deed.replace('_', ' ')}" if deed else _capital(kind)


def _capital(code: str) -> str:
    words = code.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def _reference(text: str) -> str:
    """References of cases are written in capitals, those of people and agencies are not."""
    return (
        text.upper() if text[:1].isalpha() and any(sign.isdigit() for sign in text) and "-" in text else text
    )


@blueprint.get("/audit")
@access("audit.search")
def index() -> str:
    """What was done, read and refused, newest first."""
    form = TrailForm(formdata=request.args)
    form.offer()
    narrowed, applied = form.narrowed(), form.applied()
    if applied:
        _note_search(applied)
    else:
        note_read(TRAIL, "Opened the audit trail")
    page = trail.search(
        person().facts, narrowed, after=request.args.get("after"), before=request.args.get("before")
    )
    return render_template(
        "reports/trail.html",
        form=form,
        applied=applied,
        page=page,
        kind_of=kind_of,
        verb_words=verb_words,
        plain_line=plain_line,
    )


def _note_search(applied: list[tuple[str, str, str]]) -> None:
    """Put on record what was searched for, in a payload: what somebody types may be of a case.

    Without the record there is no page.
    """
    current_session().rollback()
    try:
        with apart() as database:
            record(
                verb="audit.search",
                subject=TRAIL,
                line="Searched the audit trail",
                after={label: words for label, words, _ in applied},
                is_read=True,
                session=database,
            )
    except SQLAlchemyError as error:
        # Never the error's text, which quotes what was looked for.
        current_app.logger.error("a search could not be recorded: %s", type(error).__name__)
        abort(503)


@blueprint.get("/audit/export")
@access("audit.search")
def export() -> Response:
    """The entries that match as a file, without payloads."""
    form = TrailForm(formdata=request.args)
    form.offer()
    narrowed, applied = form.narrowed(), form.applied()
    if applied:
        _note_search(applied)
    return exports.export(
        name="Audit trail",
        file_name="audit-trail",
        columns=COLUMNS,
        rows=trail.in_full(person().facts, narrowed),
        applied=applied,
        marking=MARKING,
        list_url=url_for("trail.index"),
    )


@blueprint.get("/audit/<int:number>")
@access("audit.search", trail.entry)
def entry(shown: Shown) -> str:
    """One entry, and for those who may read the record what was there before and after."""
    one = shown.entry
    source = shown.payload_facts.source_ref
    note_read(Subject("audit_entry", str(one.id), source), f"Opened entry {one.id} of the audit trail")
    return render_template(
        "reports/trail_entry.html",
        entry=one,
        line=plain_line(one.verb, one.line),
        kind=kind_of(one),
        words=verb_words(one.verb),
        changes=shown.changes if _may_see_payload(shown) else None,
    )


class _OfPayload:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts


def _may_see_payload(shown: Shown) -> bool:
    """Whether the person may read what the change held: never by being an administrator."""
    if not may("audit.see_reads"):
        return False
    return shown.payload_facts.source_ref is None or may(
        trail.read_verb(shown.payload_facts), _OfPayload(shown.payload_facts)
    )

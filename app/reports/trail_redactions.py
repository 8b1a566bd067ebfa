"""Pages for a text that should never have been written: one person asks, another decides."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import may, note_read, person
from app.accounts.policy import Facts, PersonFacts, can
from app.audit.models import Redaction
from app.audit.operations import Subject
from app.audit.redaction import operations, queries, rules
from app.core.access import access, behind
from app.core.forms import LongTextField, RadiosField, TrackerForm, carry_out
from app.core.hooks import Redactable
from app.reports.queries import trail

blueprint = Blueprint("redactions", __name__)

#: How the audit trail names the list.
LIST = Subject("register", "redactions")

#: The kinds that lie in the closed compartment of child death reviews.
_CLOSED = frozenset({"child_death", "agency_return", "meeting"})

#: How much of a text is shown to tell which one is meant.
_BEGINNING = 90

#: Where the page of a kind of record is; a kind without one has no way back but the list.
_PAGES = {
    "review": "reports.review_thread",
    "child_death": "child_deaths.show",
    "panel": "panels.show",
    "meeting": "meetings.agenda",
    "lesson": "reports.lesson_thread",
    "recommendation": "lessons.recommendation",
    "action": "reports.action_thread",
    "agency_return": "agency_returns.show",
    "figures": "figures.show_issue",
    "briefing": "issues.compose",
}


@dataclass(frozen=True)
class Case:
    """A redaction with the record it concerns, whose facts decide who may read and decide it."""

    redaction: Redaction
    record: Redactable

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the record's."""
        facts: Facts = self.record.facts
        return facts

    @property
    def text(self) -> tuple[str, str] | None:
        """What the field is called and what stands there; none once it is gone."""
        return queries.texts(self.record, may=lambda verb: may(verb, self)).get(self.redaction.field)


class AskForm(TrackerForm):
    """Which text, and why. What is typed here is kept, so it is screened like everything else."""

    field = RadiosField("What should never have been written or handed in?", missing="Choose what it is")
    reason = LongTextField(
        "Why?",
        missing="Say why",
        rows=3,
        longest=2000,
        description="Do not repeat the text: the reason is kept. For example: it names a child.",
    )


class DecideForm(TrackerForm):
    """Whether the text goes or stays."""

    decision = RadiosField(
        "What do you decide?",
        choices={rules.CARRIED_OUT: "Redact it", rules.REFUSED: "Leave it as it is"},
        missing="Choose what you decide",
    )
    reason = LongTextField(
        "Reason", rows=3, longest=2000, description="Needed to leave it. Do not repeat here what is to go."
    )


def _may_know_of(person: PersonFacts, *, kind: str, ref: str) -> bool:
    """Whether the person may know of records of the kind: before one is loaded, for that takes its time."""
    return kind not in _CLOSED or can(person, "child_death.list")


@behind(_may_know_of)
def _record(kind: str, ref: str) -> Redactable:
    return queries.record(kind, ref)


def _case(ref: str) -> Case:
    """The redaction with that reference, with its record. Raises NoResultFound."""
    found = queries.redaction(ref)
    return Case(found, queries.record(found.subject_kind, found.subject_ref))


@blueprint.get("/redactions")
@access("redaction.list")
def index() -> str:
    """What waits for a second person, and what was decided."""
    found = queries.listed()
    facts = trail.facts_of_sources({each.source_ref for each in found if each.source_ref})
    shown = [(each, _may_decide(each, facts)) for each in found if _may_read(each, facts)]
    note_read(LIST, "Opened the list of redactions")
    return render_template("reports/trail_redactions.html", found=shown, mine=person().id)


def to_decide() -> int:
    """How many redactions wait for the person: those of others, in cases they may decide about."""
    found = [each for each in queries.waiting() if each.asked_by_id != person().id]
    facts = trail.facts_of_sources({each.source_ref for each in found if each.source_ref}) if found else {}
    return sum(_may_decide(each, facts) for each in found)


def _may_read(redaction: Redaction, facts: Mapping[str, Facts]) -> bool:
    """Whether the person may read the case; a record outside any case is oversight's and the asker's."""
    if redaction.source_ref is None:
        return redaction.asked_by_id == person().id or may("audit.see_reads")
    of_source = facts.get(redaction.source_ref)
    if of_source is None:
        return False
    of_record = trail.facts_of(redaction.subject_kind, of_source)
    return may(trail.read_verb(of_record), _Of(of_record))


def _may_decide(redaction: Redaction, facts: Mapping[str, Facts]) -> bool:
    """Whether the page of the redaction leads anywhere for the person; the page itself asks again."""
    of_source = facts.get(redaction.source_ref or "", Facts())
    return may("redaction.decide", _Of(trail.facts_of(redaction.subject_kind, of_source)))


@dataclass(frozen=True)
class _Of:
    """Facts as a thing that the policy is asked about."""

    facts: Facts


@blueprint.route("/redactions/ask/<kind>/<ref>", methods=["GET", "POST"])
@access("redaction.ask", _record)
def ask(record: Redactable) -> ResponseReturnValue:
    """Ask that a text be emptied."""
    offered = queries.texts(record, may=lambda verb: may(verb, record))
    form = AskForm()
    form.field.offer({field: f"{label}: {_beginning(text)}" for field, (label, text) in offered.items()})
    made: list[Redaction] = []

    def operation() -> None:
        made.append(operations.ask(of=record, field=str(form.field.data), reason=str(form.reason.data)))

    if carry_out(form, operation):
        flash(f"{made[0].ref} waits for a second person to decide. Until then it stays as it is.")
        return redirect(url_for("redactions.index"))
    subject = record.subject
    note_read(Subject(subject.kind, subject.ref, subject.source_ref), f"Opened the texts of {subject.ref}")
    html = render_template(
        "reports/trail_redact.html",
        form=form,
        record=record,
        offered=offered,
        back=_page_of(subject.kind, subject.ref),
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/redactions/<ref>", methods=["GET", "POST"])
@access("redaction.decide", _case)
def decide(case: Case) -> ResponseReturnValue:
    """Decide what another person asked for."""
    redaction = case.redaction
    if redaction.field in case.record.hidden:
        abort(404)
    is_mine = redaction.asked_by_id == person().id
    form = DecideForm()

    def operation() -> None:
        reason = str(form.reason.data)
        if form.decision.data == rules.REFUSED:
            operations.refuse(redaction=redaction, reason=reason)
        else:
            operations.carry_out(redaction=redaction, of=case.record, reason=reason)

    if carry_out(form, operation):
        done = redaction.decision == rules.CARRIED_OUT
        flash(f"It is redacted. {redaction.ref} keeps the mark." if done else f"{redaction.ref} is refused.")
        return redirect(url_for("redactions.index"))
    subject = Subject(redaction.subject_kind, redaction.subject_ref, redaction.source_ref)
    note_read(subject, f"Opened the redaction {redaction.ref}")
    html = render_template(
        "reports/trail_redaction.html",
        form=form,
        redaction=redaction,
        text=case.text if redaction.decision is None else None,
        is_mine=is_mine,
        back=_page_of(redaction.subject_kind, redaction.subject_ref),
    )
    return html, 422 if form.is_submitted() else 200


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _BEGINNING else f"{words[:_BEGINNING].rstrip()}…"


def _page_of(kind: str, ref: str) -> str | None:
    endpoint = _PAGES.get(kind)
    return url_for(endpoint, ref=ref) if endpoint else None

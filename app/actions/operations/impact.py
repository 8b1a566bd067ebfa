"""What difference an action made: stated, confirmed or returned, and looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.accounts.models import Person
from app.actions import deciders, queries
from app.actions.models import Action, Evidence, ImpactLook, ImpactStatement
from app.actions.operations.change import Change, words
from app.actions.operations.errors import AlreadyAsked, AlreadyDecided
from app.actions.rules.entry import EvidenceKind, Nature, check_evidence
from app.actions.rules.four_eyes import MayNotDecide
from app.actions.rules.impact import (
    STATED_WHILE,
    Claim,
    ImpactDecision,
    Level,
    NotClosedYet,
    Shown,
    answers,
    check_claim,
    looks_after,
    makes_confirmed,
)
from app.actions.rules.lifecycle import Given, Move, Status, check_needs
from app.core import hooks
from app.core.clock import today
from app.core.database import current_session
from app.core.filters import date_long


@dataclass(frozen=True)
class NewEvidence:
    """Evidence of impact that comes with a statement: words, or a link with what it shows."""

    shows: str
    nature: Nature
    link: str | None = None


@dataclass(frozen=True)
class Stated:
    """A statement of impact as it is handed in."""

    level: Level
    statement: str
    measure: str = ""
    baseline: str = ""
    target: str = ""
    actual: str = ""
    measured_by: str = ""
    measured_on: date | None = None
    unintended_effects: str = ""
    #: Evidence that is there already, and what is added with the statement.
    evidence: Sequence[Evidence] = ()
    added: Sequence[NewEvidence] = field(default=())


def state_impact(*, action: Action, stated: Stated) -> ImpactStatement:
    """State what difference a closed action made. What was stated before stays beside it.

    It answers every look that it reaches. Raises AlreadyAsked while another statement waits, NotClosedYet,
    StatementIncomplete, NotShown, WordsMissing, LinkNotUsable.
    """
    change = Change(action)
    waiting = change.action.waiting_impact
    if waiting is not None:
        raise AlreadyAsked(
            f"What it made different was stated on {date_long(waiting.stated_on)} and waits to be confirmed"
        )
    added = [_checked(change, new) for new in stated.added]
    pieces = [piece for piece in stated.evidence if piece.withdrawn_on is None]
    check_claim(
        _claim(stated),
        status=change.status,
        evidence=[*map(_shown, pieces), *(_own(change, new) for new in added)],
        owner_id=change.action.owner_id,
        agency_ids=_agencies(change.action),
        on=change.on,
    )
    pieces += [_add(change, new) for new in added]
    statement = ImpactStatement(
        ref=queries.next_reference_of(change.action, Action.impact_statements, "I"),
        action=change.action,
        level=int(stated.level),
        statement=stated.statement.strip(),
        measure=stated.measure.strip(),
        baseline=stated.baseline.strip(),
        target=stated.target.strip(),
        actual=stated.actual.strip(),
        measured_by=stated.measured_by.strip(),
        measured_on=stated.measured_on,
        unintended_effects=stated.unintended_effects.strip(),
        stated_on=change.on,
        stated_by_id=change.by_id,
        evidence=pieces,
    )
    current_session().add(statement)
    answered = [look for look in open_looks(change.action) if answers(change.on, look.due_on)]
    for look in answered:
        look.statement, look.is_open = statement, False
    change.finish(
        "action.show_impact",
        f"Stated impact {statement.ref} at level {statement.level}",
        after=_payload(statement) | {"looks": [look.ref for look in answered]},
    )
    _tell(answered)
    return statement


def decide_impact(*, action: Action, decision: ImpactDecision, reason: str = "") -> ImpactStatement:
    """Confirm what was stated, or return it with a reason; then its looks are owed again.

    Nobody confirms what they stated or answer for, nor what their agency does.
    Raises AlreadyDecided, NotAPerson, MayNotDecide, NotClosedYet, and TextMissing without a reason to return.
    """
    change = Change(action)
    statement = change.action.waiting_impact
    if statement is None:
        raise AlreadyDecided(_said_already(change.action))
    _check_decides(change.person(), change.action, statement)
    if change.status not in STATED_WHILE:
        raise NotClosedYet(
            f"This action is ‘{change.status.label}’, so its impact is judged once it is closed"
        )
    if decision is ImpactDecision.RETURNED:
        reason = words(reason, "Say what is still to be shown", "reason")
    statement.decision, statement.decision_reason = decision, reason.strip()
    statement.decided_on, statement.decided_by_id = change.on, change.by_id
    owed_again: list[ImpactLook] = []
    if decision is ImpactDecision.CONFIRMED:
        _confirm(change, statement)
    else:
        owed_again = [look for look in change.action.impact_looks if look.statement is statement]
        for look in owed_again:
            look.statement, look.is_open = None, look.ended_on is None
    change.finish(
        "action.confirm_impact",
        f"{'Confirmed' if decision is ImpactDecision.CONFIRMED else 'Returned'} impact {statement.ref}",
        after={
            "decision": str(decision),
            "reason": statement.decision_reason,
            "owed_again": [look.ref for look in owed_again],
        },
    )
    _tell(owed_again)
    return statement


def make_looks(action: Action, closed_on: date) -> list[ImpactLook]:
    """Owe the looks after 3, 6 and 12 months from a closing; called where work is accepted as complete.

    Closed twice on one day, the looks of that day are owed again and not made twice.
    """
    session = current_session()
    made = []
    for months, due_on in looks_after(closed_on):
        look = _look_of(action, closed_on, months)
        if look is None:
            look = ImpactLook(
                ref=queries.next_reference_of(action, Action.impact_looks, "K"),
                action=action,
                closed_on=closed_on,
                months=months,
                due_on=due_on,
            )
            session.add(look)
            # The next reference is found among the rows that are there.
            session.flush()
        elif look.statement_id is None:
            look.is_open, look.ended_on = True, None
        made.append(look)
    return made


def end_looks(action: Action) -> list[ImpactLook]:
    """End the looks still owed, because the action was reopened; what was answered stays."""
    on, ended = today(), open_looks(action)
    for look in ended:
        look.is_open, look.ended_on = False, on
    current_session().flush()
    _tell(ended)
    return ended


def open_looks(action: Action) -> list[ImpactLook]:
    """The looks that are still owed, the first due first."""
    return [look for look in action.impact_looks if look.is_open]


def _confirm(change: Change, statement: ImpactStatement) -> None:
    if change.status is not Status.COMPLETE or not makes_confirmed(Level(statement.level)):
        return
    given = Given(impact=statement.statement, decided_on=change.on, by_another_person=True)
    check_needs(change.status, Move.CONFIRM_IMPACT, given, on=change.on)
    change.step(Move.CONFIRM_IMPACT, reason=statement.decision_reason or statement.statement)


def _check_decides(person: Person, action: Action, statement: ImpactStatement) -> None:
    if person.id == statement.stated_by_id:
        raise MayNotDecide("You stated this, so somebody else confirms it")
    deciders.check_decides_course(person, action)


def _claim(stated: Stated) -> Claim:
    return Claim(
        level=stated.level,
        statement=stated.statement,
        measure=stated.measure,
        baseline=stated.baseline,
        target=stated.target,
        actual=stated.actual,
        measured_by=stated.measured_by,
        measured_on=stated.measured_on,
    )


def _shown(piece: Evidence) -> Shown:
    return Shown(piece.nature, piece.added_by_id, piece.added_by.agency_id if piece.added_by else None)


def _own(change: Change, new: NewEvidence) -> Shown:
    person = current_session().get(Person, change.by_id) if change.by_id is not None else None
    return Shown(new.nature, change.by_id, person.agency_id if person else None)


def _agencies(action: Action) -> frozenset[int]:
    """The agencies whose own word is not enough: the accountable one, and the owner's where another."""
    found = {action.agency_id, action.owner.agency_id if action.owner else None}
    return frozenset(number for number in found if number is not None)


def _checked(change: Change, new: NewEvidence) -> NewEvidence:
    # The action is closed; what shows its impact comes only now.
    check_evidence(status=Status.IN_PROGRESS, kind=_kind(new), shows=new.shows, link=new.link)
    return new


def _kind(new: NewEvidence) -> EvidenceKind:
    return EvidenceKind.LINK if (new.link or "").strip() else EvidenceKind.WORDS


def _add(change: Change, new: NewEvidence) -> Evidence:
    piece = Evidence(
        ref=queries.next_reference_of(change.action, Action.evidence, "E"),
        action=change.action,
        kind=_kind(new),
        nature=new.nature,
        shows=new.shows.strip(),
        link=(new.link or "").strip() or None,
        added_on=change.on,
        added_by_id=change.by_id,
    )
    session = current_session()
    session.add(piece)
    session.flush()
    return piece


def _look_of(action: Action, closed_on: date, months: int) -> ImpactLook | None:
    return next(
        (look for look in action.impact_looks if (look.closed_on, look.months) == (closed_on, months)), None
    )


def _said_already(action: Action) -> str:
    decided = [each for each in action.impact_statements if each.decided_on]
    if not decided:
        return "Nobody has stated yet what difference this action made"
    last = decided[-1]
    who = f" by {last.decided_by.name}" if last.decided_by else ""
    return f"This was {last.decision}{who} on {date_long(last.decided_on)}"


def _tell(looks: Sequence[ImpactLook]) -> None:
    """Have reminders taken out that are no longer true of looks whose owing has changed."""
    for look in looks:
        hooks.dues_changed.ask(queries.DueKind.IMPACT_LOOK, look.ref)


def _payload(statement: ImpactStatement) -> dict[str, object]:
    return {
        "statement": statement.statement,
        "level": statement.level,
        "measure": statement.measure,
        "baseline": statement.baseline,
        "target": statement.target,
        "actual": statement.actual,
        "measured_by": statement.measured_by,
        "measured_on": statement.measured_on,
        "unintended_effects": statement.unintended_effects,
        "evidence": [
            {"ref": piece.ref, "nature": piece.nature, "shows": piece.shows, "link": piece.link}
            for piece in statement.evidence
        ],
    }

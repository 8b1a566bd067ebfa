"""What must hold of the rows of an action's history: updates, evidence, requests for more time, sign-offs."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from app.accounts.policy import ExtensionDecider, Role
from app.actions import queries
from app.actions.intake.course import check_course
from app.actions.intake.impact import (
    ADDED_WHEN_CLOSED,
    check_impact,
    check_ratified,
    impact_evidence_of,
)
from app.actions.intake.life import (
    carried_by,
    check_dates,
    check_lapsed,
    check_steps,
    due_dates_on,
    statuses_on,
)
from app.actions.intake.returns import check_returns
from app.actions.rules import (
    CAUSE_OF_MOVE,
    CLOSED,
    OPEN,
    Candidate,
    Cause,
    EvidenceKind,
    ExtensionTier,
    Move,
    Reason,
    Stake,
    Status,
    check_evidence,
    check_extension_request,
    check_update,
    may_decide,
    who_decides_extension,
)
from app.actions.rules.course import more_time_lapses
from app.actions.rules.date_changes import decider_after_move
from app.actions.rules.impact import STATED_WHILE
from app.actions.rules.sign_off import Decision, ExtensionDecision
from app.core.errors import RuleBroken
from app.core.intake import Known, Problem, Record, repeated
from app.lessons.intake import check_same_source
from app.reviews.intake import check_withdrawal


def check_action(action: Record, known: Known) -> Iterator[Problem]:
    """Every rule that one action breaks."""
    if not action.get("lessons") and not action.get("recommendations"):
        yield action.problem("lessons", "An action answers at least one lesson or recommendation")
    yield from check_same_source(action, "lessons", known)
    yield from check_same_source(action, "recommendations", known)
    yield from check_steps(action, known)
    yield from check_dates(action)
    yield from _check_references(action)
    yield from _check_updates_and_evidence(action)
    yield from check_returns(action)
    yield from _check_extensions(action, known)
    yield from _check_date_changes(action)
    yield from _check_sign_offs(action)
    yield from _check_closed_by_others(action, known)
    yield from check_impact(action, known)
    yield from check_course(action, known)


def _check_references(action: Record) -> Iterator[Problem]:
    for name in (
        "updates",
        "evidence",
        "extension_requests",
        "sign_offs",
        "impact_statements",
        "impact_looks",
        "not_for_us",
    ):
        rows = action.get(name, ())
        for row in rows:
            if row.ref.rpartition("-")[0] != action.ref:
                yield row.problem("ref", f"It belongs to {action.ref}, so its reference begins with that")
        for row in repeated(rows, "ref"):
            yield row.problem("ref", "This reference stands twice")


def _check_updates_and_evidence(action: Record) -> Iterator[Problem]:
    for update in action.get("updates", ()):
        yield from _any_status(
            update, "written_on", action, lambda status, row: check_update(status=status, words=row["words"])
        )
    of_impact = impact_evidence_of(action)
    for piece in action.get("evidence", ()):
        yield from check_withdrawal(piece)
        check = _check_piece_of_impact if piece.ref in of_impact else _check_piece
        yield from _any_status(piece, "added_on", action, check)


def _check_piece_of_impact(status: Status, piece: Record) -> None:
    """What shows impact is added when the action is closed, too."""
    _check_piece(Status.IN_PROGRESS if status in STATED_WHILE else status, piece)


def _check_piece(status: Status, piece: Record) -> None:
    kind = EvidenceKind(piece["kind"])
    check_evidence(status=status, kind=kind, shows=piece["shows"], link=piece.get("link"))


def _any_status(
    row: Record, field: str, action: Record, check: Callable[[Status, Record], None]
) -> Iterator[Problem]:
    """The check holds in some status that the action had on the day of the row."""
    broken: RuleBroken | None = None
    for status in sorted(statuses_on(action, row[field])):
        try:
            check(status, row)
        except RuleBroken as error:
            broken = error
        else:
            return
    if broken is not None:
        yield row.problem(field if broken.field not in row else str(broken.field), broken.sentence)


def _check_extensions(action: Record, known: Known) -> Iterator[Problem]:
    granted = carried_by(action)
    waiting = [request for request in action.get("extension_requests", ()) if "decision" not in request]
    for request in waiting[1:]:
        yield request.problem("decision", f"{waiting[0].ref} waits for a decision already")
    for request in action.get("extension_requests", ()):
        yield from _check_request(action, request, granted, known)
        yield from _check_decided(request, "asked_on", "asked_by")
        yield from check_lapsed(action, request, more_time_lapses)
        granted += request.get("decision") == ExtensionDecision.GRANTED


def _check_request(action: Record, request: Record, granted: int, known: Known) -> Iterator[Problem]:
    asked_on = request["asked_on"]
    from_due_on, new_due_on = (date.fromisoformat(request[name]) for name in ("from_due_on", "new_due_on"))
    dues = due_dates_on(action, asked_on)
    if request["from_due_on"] not in dues:
        yield request.problem("from_due_on", f"On {asked_on} the action was due on {_or(dues)}")
    open_then = sorted(statuses_on(action, asked_on) & OPEN)
    try:
        check_extension_request(
            status=(open_then or sorted(statuses_on(action, asked_on)))[0],
            due_on=from_due_on,
            new_due_on=new_due_on,
            reason_code=Reason(request["reason_code"]),
            reason=request.get("reason"),
            interim_safeguard=request["interim_safeguard"],
            on=date.fromisoformat(asked_on),
        )
        decider = who_decides_extension(_tiers(known, asked_on), granted, from_due_on, new_due_on)
    except RuleBroken as broken:
        yield request.problem(broken.field or "asked_on", broken.sentence)
    else:
        allowed = _deciders(action, request, decider, granted, known)
        if request["decider"] not in allowed:
            yield request.problem("decider", f"By its number and length it is decided by {allowed[-1]}")


def _deciders(
    action: Record, request: Record, decider: ExtensionDecider, granted: int, known: Known
) -> list[ExtensionDecider]:
    """Who can have decided the request, the present one last: a date that moved while it waited raises it.

    What moved on the day it was asked may have moved before. What waits is with whoever decides it now.
    """
    asked_on, decided_on = request["asked_on"], request.get("decided_on", "9999")
    found = [decider]
    for change in action.get("date_changes", ()):
        moved_on = change["decided_on"]
        if change["cause"] in (Cause.EXTENSION, Cause.SPLIT) or not asked_on <= moved_on <= decided_on:
            continue
        to_on, new_due_on = date.fromisoformat(change["to_on"]), date.fromisoformat(request["new_due_on"])
        after = decider_after_move(found[-1], _tiers(known, moved_on), granted, to_on, new_due_on)
        found = [after] if "decision" not in request and moved_on > asked_on else [*found, after]
    return found


def _check_decided(row: Record, asked_on: str, asked_by: str) -> Iterator[Problem]:
    """A decision has its day, not before it was asked for, and is not made by who asked."""
    if "decision" not in row:
        for field in ("decided_on", "decided_by", "decision_reason", "meeting_on", "resubmit_by_on"):
            if field in row:
                yield row.problem(field, "There is no decision that this belongs to")
    elif "decided_on" not in row:
        yield row.problem("decided_on", "A decision was made on some day; give it")
    elif row["decided_on"] < row[asked_on]:
        yield row.problem("decided_on", f"Nobody decides before it was asked for on {row[asked_on]}")
    if row.get("decision") == ExtensionDecision.LAPSED:
        return
    if "decided_by" in row and row["decided_by"] == row.get(asked_by):
        yield row.problem("decided_by", "Nobody decides what they asked for themselves")


def _check_date_changes(action: Record) -> Iterator[Problem]:
    """Every change of the date stands on a decision."""
    granted = [
        request
        for request in action.get("extension_requests", ())
        if request.get("decision") == ExtensionDecision.GRANTED
    ]
    moved = [change for change in action.get("date_changes", ()) if change["cause"] == Cause.EXTENSION]
    for request, change in zip(granted, moved, strict=False):
        if (change["to_on"], change["decided_on"]) != (request["new_due_on"], request.get("decided_on")):
            yield change.problem("to_on", f"{request.ref} granted {request['new_due_on']}")
    for request in granted[len(moved) :]:
        yield request.problem("decision", "It was granted, and no change of the date says so")
    for change in moved[len(granted) :]:
        yield change.problem(
            "cause", f"{action.ref}: No request for more time was granted that allows this change"
        )
    made = Counter(CAUSE_OF_MOVE.get(Move(step["move"])) for step in action.get("steps", ()))
    for change in action.get("date_changes", ()):
        cause = Cause(change["cause"])
        if cause in (Cause.EXTENSION, Cause.SPLIT):
            continue
        made[cause] -= 1
        if made[cause] < 0:
            yield change.problem("cause", f"{action.ref}: No step stands for this change of the date")


def _check_sign_offs(action: Record) -> Iterator[Problem]:
    """Each was sent by a step and decided by a step; one that waits belongs to what is submitted."""
    steps = action.get("steps", ())
    moves = Counter(Move(step["move"]) for step in steps)
    sign_offs = action.get("sign_offs", ())
    decided = Counter(sign_off.get("decision") for sign_off in sign_offs)
    for sign_off in sign_offs:
        yield from _check_decided(sign_off, "sent_on", "sent_by")
        yield from check_ratified(sign_off)
        yield from _check_evidence_number(action, sign_off)
        meeting_on = sign_off.get("meeting_on")
        if meeting_on and not sign_off["sent_on"] <= meeting_on <= sign_off.get("decided_on", meeting_on):
            yield sign_off.problem(
                "meeting_on", "The meeting lies between the day it was sent and the decision"
            )
    if len(sign_offs) != moves[Move.SEND_FOR_SIGN_OFF]:
        yield action.problem(
            "sign_offs",
            f"Its steps send it for sign-off {moves[Move.SEND_FOR_SIGN_OFF]} times",
            f"{len(sign_offs)}",
        )
    for decision in Decision:
        if decided[decision] != moves[decision.move]:
            yield action.problem(
                "sign_offs",
                f"Decided {decided[decision]} times; steps that say so: {moves[decision.move]}",
                str(decision),
            )
    left = sum(step["from_status"] == Status.SUBMITTED for step in steps)
    left -= sum(moves[decision.move] for decision in Decision)
    expected = left + (action["status"] == Status.SUBMITTED)
    if decided[None] != expected:
        yield action.problem(
            "sign_offs",
            f"An action that is ‘{Status(action['status']).label}’ waits for {expected} decisions on it",
            f"{decided[None]} without a decision",
        )


def _check_evidence_number(action: Record, sign_off: Record) -> Iterator[Problem]:
    numbers = [int(piece.ref.rpartition("-E")[2]) for piece in action.get("evidence", ())]
    if sign_off.get("evidence_number", 0) > max(numbers, default=0):
        yield sign_off.problem("evidence_number", f"{action.ref} has no evidence of this number")


def _check_closed_by_others(action: Record, known: Known) -> Iterator[Problem]:
    """Work is accepted by somebody who does not answer for it, with evidence at hand."""
    accepted = [row for row in action.get("sign_offs", ()) if row.get("decision") == Decision.ACCEPTED]
    if action["status"] not in (Status.COMPLETE, Status.IMPACT_CONFIRMED) or not accepted:
        return
    last = accepted[-1]
    decider = known.find("people", last.get("decided_by"))
    if decider is None:
        if "decided_by" not in last:
            yield last.problem("decided_by", "Somebody accepted it; say who")
        return
    owner = known.find("people", action.get("owner"))
    # The rule wants numbers; any will do that tell people and agencies apart.
    numbers: dict[str, int] = {}

    def number(*refs: str | None) -> frozenset[int]:
        return frozenset(numbers.setdefault(ref, len(numbers)) for ref in refs if ref)

    stake = Stake(
        number(action.get("owner"), last.get("sent_by")),
        number(
            f"agency {action['agency']}", f"agency {owner['agency']}" if owner and "agency" in owner else None
        ),
    )
    held = [decider.get("agency"), *(role.get("agency") for role in decider.get("roles", ()))]
    (person_id,) = number(decider.ref)
    candidate = Candidate(person_id, number(*(f"agency {agency}" for agency in held if agency)))
    roles = {role["role"] for role in decider.get("roles", ())}
    stands_in = Role.INDEPENDENT_CHAIR in roles and person_id not in stake.person_ids
    if not may_decide(candidate, stake) and not stands_in:
        yield last.problem(
            "decided_by", "Nobody signs off what they or their agency answer for; somebody else decides"
        )


def check_still_open(here: Record, record: Record) -> Iterator[Problem]:
    """Closed records are read-only; they may only be taken further, by a step.

    What difference they made is said only now, and what was delegated is ratified.
    """
    status = Status(here["status"])
    if status in CLOSED and len(record.get("steps", ())) <= len(here.get("steps", ())):
        for field in record.keys() | here.keys():
            if field not in ADDED_WHEN_CLOSED and record.get(field) != here.get(field):
                yield record.problem(
                    field, f"This action is ‘{status.label}’ and cannot be changed. Reopen it first"
                )


def _tiers(known: Known, on: str) -> Sequence[ExtensionTier]:
    """The tiers in force on a day, asked once for each day."""
    asked: dict[str, Sequence[ExtensionTier]] = known.notes.setdefault("tiers", {})
    if on not in asked:
        asked[on] = queries.tiers(date.fromisoformat(on))
    return asked[on]


def _or(days: set[str]) -> str:
    return " or ".join(sorted(days)) or "no day"

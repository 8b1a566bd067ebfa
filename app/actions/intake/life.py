"""The recorded life of an action, read from its steps: where it stood and when it was due on any day."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from app.actions.rules import (
    CAUSE_OF_MOVE,
    CLOSED,
    PAUSED,
    Given,
    IllegalMove,
    Move,
    Status,
    SuccessionKind,
    transition_for,
    unmet_needs,
)
from app.actions.rules.date_changes import carried_extensions
from app.actions.rules.lifecycle import DateTooFar, check_not_too_far
from app.actions.rules.sign_off import Decision, ExtensionDecision
from app.core.intake import Known, Problem, Record

#: The decision that a move records.
_DECISION_OF_MOVE = {decision.move: decision for decision in Decision}


def statuses_on(action: Record, on: str) -> set[Status]:
    """Every status the action had at some time of a day."""
    steps = action.get("steps", ())
    before = [step for step in steps if step["taken_on"] < on]
    began = Status(before[-1]["to_status"]) if before else Status.DRAFT
    return {began, *(Status(step["to_status"]) for step in steps if step["taken_on"] == on)}


def due_dates_on(action: Record, on: str) -> set[str]:
    """Every due date the action had at some time of a day."""
    changes = action.get("date_changes", ())
    before = [change for change in changes if change["decided_on"] < on]
    began = before[-1]["to_on"] if before else action.get("first_due_on")
    return {began, *(change["to_on"] for change in changes if change["decided_on"] == on)} - {None}


def owners_on(action: Record, on: str) -> set[str | None]:
    """Everybody who owned the action at some time of a day; None where nobody did."""
    return {owner for owner, _ in holders_on(action, on)}


def holders_on(action: Record, on: str) -> set[tuple[str | None, str]]:
    """Everybody who owned the action at some time of a day, each with the agency that was accountable."""
    changes = action.get("owner_changes", ())
    held = {
        (change.get(f"{side}_owner"), change[f"{side}_agency"])
        for change in changes
        if change["changed_on"] == on
        for side in ("from", "to")
    }
    after = next((change for change in changes if change["changed_on"] > on), None)
    if after is not None:
        return held | {(after.get("from_owner"), after["from_agency"])}
    return held | {(action.get("owner"), action["agency"])}


def split_from(action: Record, known: Known) -> Record | None:
    """The action of the file that this one was split from."""
    wholes: dict[str, Record] | None = known.notes.get("split")
    if wholes is None:
        wholes = known.notes["split"] = {
            row["successor"]: each
            for each in known.file["actions"].values()
            for row in each.get("successions", ())
            if row["kind"] == SuccessionKind.SPLIT
        }
    return wholes.get(action.ref)


def carried_by(action: Record) -> int:
    """How many extensions the action took over from the one it was split from."""
    changes = action.get("date_changes", ())
    return carried_extensions((change["cause"], change["reason_code"]) for change in changes)


def check_lapsed(action: Record, row: Record, lapses: Callable[[Move, Status], bool]) -> Iterator[Problem]:
    """What lapsed undecided did so by a step of that day, which left nothing to decide."""
    on = row.get("decided_on")
    if row.get("decision") != ExtensionDecision.LAPSED or on is None:
        return
    if not any(
        step["taken_on"] == on and lapses(Move(step["move"]), Status(step["to_status"]))
        for step in action.get("steps", ())
    ):
        yield row.problem("decision", f"{action.ref}: No step of {on} left nothing to decide about this")


def check_steps(action: Record, known: Known) -> Iterator[Problem]:
    """The steps lead from draft to the present status by possible moves, in the order of their days."""
    status, last_on = Status.DRAFT, action["created_on"]
    for step in action.get("steps", ()):
        if step["taken_on"] < last_on:
            yield step.problem(
                "taken_on", f"{action.ref}: This step was taken before what precedes it, of {last_on}"
            )
        if step["from_status"] != status:
            yield step.problem(
                "from_status", f"{action.ref}: The action was ‘{status.label}’ before this step"
            )
        status = Status(step["from_status"])
        try:
            reached = transition_for(status, Move(step["move"])).to
        except IllegalMove as broken:
            yield step.problem("move", f"{action.ref}: {broken.sentence}")
        else:
            if step["to_status"] != reached:
                yield step.problem("to_status", f"{action.ref}: This move leads to ‘{reached.label}’")
            else:
                yield from _check_needs(action, step, known)
        status, last_on = Status(step["to_status"]), max(step["taken_on"], last_on)
    if action["status"] != status:
        yield action.problem("status", f"Its steps lead to ‘{status.label}’")


def _check_needs(action: Record, step: Record, known: Known) -> Iterator[Problem]:
    """What a move asks for, as far as a record can show it."""
    move, on = Move(step["move"]), step["taken_on"]
    standing = [
        piece
        for piece in action.get("evidence", ())
        if piece["added_on"] <= on and not piece.get("withdrawn_on", "9999") < on
    ]
    given = Given(
        lead_agency=True,
        owner=owners_on(action, on) != {None},
        due_on=_promised(action, step, known),
        reason=step.get("reason") or _decision_reason(action, move, on),
        evidence_count=len(standing),
        what_is_different="recorded with the sign-off",
        new_due_on=_new_date(action, move, on),
        review_on=_review_on(action, step),
        decided_on=date.fromisoformat(on),
        impact=step.get("reason"),
        by_chair=True,
        by_another_person=True,
    )
    for broken in unmet_needs(Status(step["from_status"]), move, given, on=date.fromisoformat(on)):
        yield step.problem("move", f"{action.ref}: ‘{move.label}’ needs more. {broken.sentence}")


def _promised(action: Record, step: Record, known: Known) -> date | None:
    """The date that was agreed; what an action takes over from the one it was split from may be past."""
    here = known.here["actions"].get(action.ref)
    is_settled = here is not None and step in here.get("steps", ())
    if is_settled or split_from(action, known):
        return _ahead_of(step)
    return _date(action.get("first_due_on"))


def _review_on(action: Record, step: Record) -> date:
    """When somebody looks again, of the step by which it waits now; of earlier ones nobody keeps that."""
    if action["status"] in PAUSED and action["steps"][-1] is step:
        return _date(action.get("review_on")) or _ahead_of(step)
    return _ahead_of(step)


def _ahead_of(step: Record) -> date:
    """Some day that could have been promised then, where the record does not say which was."""
    return date.fromisoformat(step["taken_on"]) + timedelta(days=1)


def _decision_reason(action: Record, move: Move, on: str) -> str | None:
    return next(
        (
            sign_off.get("decision_reason")
            for sign_off in action.get("sign_offs", ())
            if sign_off.get("decided_on") == on and sign_off.get("decision") == _DECISION_OF_MOVE.get(move)
        ),
        None,
    )


def _new_date(action: Record, move: Move, on: str) -> date | None:
    """The date a move set: as it was decided, or the present one where that was to stay."""
    for sign_off in action.get("sign_offs", ()):
        if sign_off.get("decided_on") == on and sign_off.get("decision") == _DECISION_OF_MOVE.get(move):
            return _date(sign_off.get("resubmit_by_on"))
    cause = CAUSE_OF_MOVE.get(move)
    for change in action.get("date_changes", ()):
        if change["decided_on"] == on and change["cause"] == cause:
            return _date(change["to_on"])
    return max((day for day in map(_date, due_dates_on(action, on)) if day), default=None)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def check_dates(action: Record) -> Iterator[Problem]:
    """The due dates form one chain from the first to the present, and the other days fit the status."""
    status = Status(action["status"])
    first, due = action.get("first_due_on"), action.get("due_on")
    if (first is None) != (due is None):
        missing = "first_due_on" if first is None else "due_on"
        yield action.problem(missing, "The first and the present due date stand together or not at all")
    expected, decided_on = first, action["created_on"]
    for change in action.get("date_changes", ()):
        if change["from_on"] != expected:
            yield change.problem(
                "from_on", f"{action.ref} was due on {expected or 'no day'} before this change"
            )
        if change["decided_on"] < decided_on:
            yield change.problem("decided_on", f"{action.ref}: This was decided before what precedes it")
        expected, decided_on = change["to_on"], max(decided_on, change["decided_on"])
    if due is not None and first is not None and due != expected:
        yield action.problem(
            "due_on", f"Its due date moves only by decided changes, and they lead to {expected}"
        )
    if status not in (Status.DRAFT, Status.WITHDRAWN) and due is None and first is None:
        yield action.problem("due_on", f"An action that is ‘{status.label}’ has a due date")
    yield from _check_never_agreed(action)
    yield from _check_agreed_and_closed(action, status)


def _check_never_agreed(action: Record) -> Iterator[Problem]:
    """The date of a draft is within reach; that of what was agreed is held to the step that agreed it."""
    if any(step["move"] == Move.AGREE for step in action.get("steps", ())):
        return
    first, made_on = _date(action.get("first_due_on")), date.fromisoformat(action["created_on"])
    try:
        check_not_too_far(first, made_on, "first_due_on")
    except DateTooFar as broken:
        yield action.problem("first_due_on", broken.sentence)


def _check_agreed_and_closed(action: Record, status: Status) -> Iterator[Problem]:
    agreed_on, closed_on = action.get("agreed_on"), action.get("closed_on")
    was_agreed = any(step["move"] in (Move.AGREE, Move.REOPEN) for step in action.get("steps", ()))
    if agreed_on is None and (was_agreed or status not in (Status.DRAFT, Status.WITHDRAWN)):
        yield action.problem("agreed_on", "It was agreed on some day; give it")
    if agreed_on is not None and not was_agreed and status in (Status.DRAFT, Status.WITHDRAWN):
        yield action.problem("agreed_on", "None of its steps agrees it")
    if agreed_on is not None and agreed_on < action["created_on"]:
        yield action.problem(
            "agreed_on", f"It cannot have been agreed before it was made on {action['created_on']}"
        )
    if (closed_on is None) == (status in CLOSED):
        sentence = "is closed since some day; give it" if closed_on is None else "is not closed"
        yield action.problem("closed_on", f"An action that is ‘{status.label}’ {sentence}")
    if closed_on is not None and closed_on < (agreed_on or action["created_on"]):
        yield action.problem("closed_on", "It cannot have been closed before it began")

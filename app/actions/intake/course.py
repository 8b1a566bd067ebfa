"""What must hold of an action that passed from hand to hand, was set aside, or belongs to another."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.actions.intake.life import (
    carried_by,
    check_lapsed,
    due_dates_on,
    owners_on,
    split_from,
    statuses_on,
)
from app.actions.rules import (
    CLOSED,
    OPEN,
    PAUSED,
    Cause,
    Colour,
    Move,
    NotForUsDecision,
    OwnerCause,
    Status,
    SuccessionKind,
    check_declared,
    declared_until,
)
from app.actions.rules.course import not_for_us_lapses
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.core.intake import Known, Problem, Record, repeated


def check_course(action: Record, known: Known) -> Iterator[Problem]:
    """Every rule of the rest of its life that one action breaks."""
    yield from _check_whole(action, known)
    yield from _check_acknowledged(action)
    yield from _check_review(action)
    yield from _check_owner_changes(action)
    yield from _check_not_for_us(action)
    yield from _check_successions(action, known)
    yield from _check_split(action, known)
    yield from _check_colours(action)


def check_newly_set_aside(here: Record, record: Record) -> Iterator[Problem]:
    """What a file parks or supersedes of what is here says when it is looked at, or where it goes on.

    Finished records may come without: nobody was asked for it when they were made.
    """
    if here["status"] == record["status"]:
        return
    if record["status"] in PAUSED and "review_on" not in record:
        yield record.problem("review_on", "Enter the date on which somebody looks at this again")
    if record["status"] == Status.SUPERSEDED and "successions" not in record:
        yield record.problem("successions", "Name the action that takes its place")


def _check_whole(action: Record, known: Known) -> Iterator[Problem]:
    if "parent" not in action:
        return
    if action.get("is_all_agency"):
        yield action.problem("parent", "What every agency returns its part of is itself no part")
    whole = known.find("actions", action["parent"])
    if whole is None:
        return
    if whole.ref == action.ref:
        yield action.problem("parent", "An action is no part of itself")
    elif not whole.get("is_all_agency"):
        yield action.problem("parent", f"{whole.ref} is not an action that every agency returns its part of")
    elif whole["source"] != action["source"]:
        yield action.problem("parent", f"{whole.ref} belongs to {whole['source']}, and so do its parts")


def _check_acknowledged(action: Record) -> Iterator[Problem]:
    said_on = action.get("acknowledged_on")
    if said_on is None:
        return
    if "agreed_on" not in action:
        yield action.problem("acknowledged_on", "Only what was agreed is acknowledged")
        return
    since = max(
        action["agreed_on"],
        *(row["changed_on"] for row in _rows(action, "owner_changes")),
        *(step["taken_on"] for step in _rows(action, "steps") if step["move"] == Move.REOPEN),
        "",
    )
    if said_on < since:
        yield action.problem("acknowledged_on", f"Its present owner has it since {since}")


def _check_review(action: Record) -> Iterator[Problem]:
    if "review_on" in action and action["status"] not in PAUSED:
        label = Status(action["status"]).label
        yield action.problem("review_on", f"An action that is ‘{label}’ does not wait to be looked at again")


def _check_owner_changes(action: Record) -> Iterator[Problem]:
    """One chain that leads to the present owner, each change of its cause and in its time."""
    changes = _rows(action, "owner_changes")
    last_on, before = action["created_on"], None
    for change in changes:
        if change["changed_on"] < last_on:
            yield change.problem(
                "changed_on", f"{action.ref}: This was before what precedes it, of {last_on}"
            )
        if before is not None and not _is_of_draft(action, before):
            for what in ("agency", "owner"):
                if change.get(f"from_{what}") != before.get(f"to_{what}"):
                    had = before.get(f"to_{what}", "nobody")
                    yield change.problem(f"from_{what}", f"{action.ref}: Before this change {had} had it")
        yield from _check_cause(action, change)
        last_on, before = max(last_on, change["changed_on"]), change
    if before is not None and not _is_of_draft(action, before):
        for what in ("agency", "owner"):
            if action.get(what) != before.get(f"to_{what}"):
                led = before.get(f"to_{what}", "nobody")
                yield action.problem(what, f"It passes on only by changes on record, and they lead to {led}")


def _is_of_draft(action: Record, change: Record) -> bool:
    """Whether a draft was meant, whose owner may still be changed without a word."""
    agreed_on = action.get("agreed_on")
    return change["cause"] == OwnerCause.LEFT and (agreed_on is None or change["changed_on"] <= agreed_on)


def _check_cause(action: Record, change: Record) -> Iterator[Problem]:
    cause, on = OwnerCause(change["cause"]), change["changed_on"]
    is_moved = change["from_agency"] != change["to_agency"]
    statuses = statuses_on(action, on) - CLOSED
    if cause is not OwnerCause.LEFT:
        statuses -= {Status.DRAFT}
        if "to_owner" not in change:
            yield change.problem("to_owner", f"{action.ref}: It passed on to somebody; say to whom")
        if "reason" not in change:
            yield change.problem("reason", f"{action.ref}: Give the reason")
    if not statuses:
        yield change.problem("changed_on", f"{action.ref}: On {on} it could not pass on")
    if is_moved and cause is OwnerCause.REOPENED and "parent" in action:
        yield change.problem(
            "to_agency", f"{action.ref}: Every agency returns its own part, so it stays with its agency"
        )
    if is_moved and cause in (OwnerCause.REASSIGNED, OwnerCause.LEFT):
        yield change.problem("to_agency", f"{action.ref}: ‘{cause.label}’ leaves it with its agency")
    if cause is OwnerCause.REASSIGNED and change.get("from_owner") == change.get("to_owner"):
        yield change.problem("to_owner", f"{action.ref}: This person had it already")
    if cause is OwnerCause.NOT_FOR_US:
        yield from _check_moved(action, change)
    if cause is OwnerCause.REOPENED and not any(
        step["move"] == Move.REOPEN and step["taken_on"] == on for step in _rows(action, "steps")
    ):
        yield change.problem("cause", f"{action.ref}: It was not reopened on {on}")


def _check_moved(action: Record, change: Record) -> Iterator[Problem]:
    """It went to another agency by a decision of that day, and not while its work waited to be judged."""
    on = change["changed_on"]
    if change["from_agency"] == change["to_agency"]:
        label = OwnerCause.NOT_FOR_US.label
        yield change.problem("to_agency", f"{action.ref}: ‘{label}’ names another agency")
    if statuses_on(action, on) == {Status.SUBMITTED}:
        yield change.problem(
            "changed_on", f"{action.ref}: On {on} it was sent for sign-off; decide that first"
        )
    if not any(
        row.get("decision") == NotForUsDecision.MOVED and row.get("decided_on") == on
        for row in _rows(action, "not_for_us")
    ):
        yield change.problem("cause", f"{action.ref}: Nobody decided on {on} that it moves")


def _check_not_for_us(action: Record) -> Iterator[Problem]:
    rows = _rows(action, "not_for_us")
    waiting = [row for row in rows if "decision" not in row]
    for row in waiting[1:]:
        yield row.problem("decision", f"{waiting[0].ref} waits for a decision already")
    for row in rows:
        if not statuses_on(action, row["said_on"]) & OPEN:
            yield row.problem("said_on", "Only what somebody owes is said not to be for them")
        if "decision" in row:
            yield from _check_answered(action, row)
            continue
        for field in ("decided_on", "decided_by", "decision_reason"):
            if field in row:
                yield row.problem(field, "There is no decision that this belongs to")


def _check_answered(action: Record, row: Record) -> Iterator[Problem]:
    if row["decision"] == NotForUsDecision.LAPSED:
        if "decided_on" not in row:
            yield row.problem("decided_on", "It lapsed on some day; give it")
        yield from check_lapsed(action, row, not_for_us_lapses)
        return
    needed = {
        "decided_on": "A decision was made on some day; give it",
        "decided_by": "Somebody decided it; say who",
        "decision_reason": "Give the reason",
    }
    for field, sentence in needed.items():
        if field not in row:
            yield row.problem(field, sentence)
    if row.get("decided_on", row["said_on"]) < row["said_on"]:
        yield row.problem("decided_on", f"It was said only on {row['said_on']}")
    if "decided_by" in row and row["decided_by"] in (
        row.get("said_by"),
        *_owners_when_decided(action, row),
    ):
        yield row.problem("decided_by", "Somebody who does not answer for it decides this")
    if row["decision"] != NotForUsDecision.MOVED:
        return
    if "parent" in action:
        yield row.problem("decision", "Every agency returns its own part, so a part is not moved to another")
    if "decided_on" in row and not any(
        change["cause"] == OwnerCause.NOT_FOR_US and change["changed_on"] == row["decided_on"]
        for change in _rows(action, "owner_changes")
    ):
        yield row.problem("decision", "It was moved, and no change of its agency says so")


def _owners_when_decided(action: Record, row: Record) -> set[str]:
    """Who had it until it was decided: no one else is asked to stay out of it."""
    on = row.get("decided_on", row["said_on"])
    before = [
        change["from_owner"]
        for change in _rows(action, "owner_changes")
        if change["changed_on"] == on and change["cause"] == OwnerCause.NOT_FOR_US and "from_owner" in change
    ]
    return set(before) or {owner for owner in owners_on(action, on) if owner}


def _check_successions(action: Record, known: Known) -> Iterator[Problem]:
    """It was set aside on that day, and goes on in another action that may take it up."""
    rows, here = _rows(action, "successions"), known.here["actions"].get(action.ref)
    settled = _rows(here, "successions") if here is not None else ()
    ended = {step["taken_on"] for step in _rows(action, "steps") if step["move"] == Move.SUPERSEDE}
    for row in repeated(rows, "successor"):
        yield row.problem("successor", f"{action.ref}: It goes on in this action already")
    for row in rows:
        if row["decided_on"] not in ended:
            yield row.problem("decided_on", f"{action.ref}: No step of this day sets it aside")
        if row["kind"] == SuccessionKind.SPLIT and _is_for_agencies(action) and row not in settled:
            yield row.problem(
                "kind", f"{action.ref}: What every agency returns its part of is not split, nor is a part"
            )
        successor = known.find("actions", row["successor"])
        if successor is None:
            continue
        if successor.ref == action.ref:
            yield row.problem("successor", f"{action.ref}: An action does not go on in itself")
        elif row["kind"] != SuccessionKind.SUPERSEDED and successor["source"] != action["source"]:
            yield row.problem("successor", f"{action.ref}: Choose an action of the same source")
        elif not statuses_on(successor, row["decided_on"]) - CLOSED - {Status.DRAFT}:
            yield row.problem("successor", f"{action.ref}: Nothing could go on in it on {row['decided_on']}")
        elif row["kind"] == SuccessionKind.MERGED and _is_for_agencies(action, successor):
            yield row.problem("kind", f"{action.ref}: What every agency returns its part of is not merged")


def _is_for_agencies(*actions: Record) -> bool:
    return any(action.get("is_all_agency") or "parent" in action for action in actions)


def _check_split(action: Record, known: Known) -> Iterator[Problem]:
    """A part takes over the dates of what it was split from, so that no promise is lost.

    It takes over how they moved as well, and so how often more time was given.
    """
    taken = [row for row in _rows(action, "date_changes") if row["cause"] == Cause.SPLIT]
    here = known.here["actions"].get(action.ref)
    settled = here.get("date_changes", ()) if here is not None else ()
    whole = split_from(action, known)
    for row in taken[1:]:
        if row["decided_on"] != taken[0]["decided_on"]:
            yield row.problem("cause", f"{action.ref}: It was split only once")
    if taken and whole is None and taken[0] not in settled:
        yield taken[0].problem("cause", f"{action.ref}: It was split from no other action")
    if whole is None:
        return
    if action.get("first_due_on") != whole.get("first_due_on"):
        yield action.problem(
            "first_due_on",
            f"What is split from {whole.ref} keeps its first date, {whole.get('first_due_on')}",
        )
    on = next(row["decided_on"] for row in _rows(whole, "successions") if row["successor"] == action.ref)
    if action.get("agreed_on") != on:
        yield action.problem("agreed_on", f"It was agreed on the day on which {whole.ref} was split, {on}")
    due = due_dates_on(whole, on)
    if not due_dates_on(action, on) & due:
        sentence = f"What is split from {whole.ref} keeps its due date, {' or '.join(sorted(due))}"
        yield (taken[-1] if taken else action).problem("to_on" if taken else "due_on", sentence)
    if here is None:
        yield from _check_carried(action, whole, on)


def _check_carried(action: Record, whole: Record, on: str) -> Iterator[Problem]:
    """The part goes on with as many extensions as were given to the whole by the day of the split."""
    given = [row["decided_on"] for row in _rows(whole, "date_changes") if row["cause"] == Cause.EXTENSION]
    most = carried_by(whole) + sum(day <= on for day in given)
    if not most - given.count(on) <= carried_by(action) <= most:
        yield action.problem(
            "date_changes",
            f"{whole.ref} was given more time {plural(most, 'time')} before it was split; take those over",
        )


def _check_colours(action: Record) -> Iterator[Problem]:
    stands_until = last_on = ""
    for row in _rows(action, "colour_overrides"):
        on = row["declared_on"]
        if on < last_on:
            yield row.problem("declared_on", f"{action.ref}: This was declared before what precedes it")
        statuses = sorted(statuses_on(action, on))
        try:
            check_declared(
                Colour(row["calculated"]),
                Colour(row["declared"]),
                next((status for status in statuses if status in OPEN), statuses[0]),
                stands=on < stands_until,
            )
        except RuleBroken as broken:
            yield row.problem(broken.field or "declared_on", f"{action.ref}: {broken.sentence}")
        lapses_on = str(declared_until(date.fromisoformat(on)))
        if row["lapses_on"] != lapses_on:
            yield row.problem("lapses_on", f"{action.ref}: What was declared on {on} lapses on {lapses_on}")
        stands_until, last_on = row["lapses_on"], max(last_on, on)


def _rows(action: Record, name: str) -> Sequence[Record]:
    found: Sequence[Record] = action.get(name, ())
    return found

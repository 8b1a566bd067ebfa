"""An action under change: locked at the beginning, kept and audited at the end."""

from collections.abc import Mapping
from typing import Any

from app.accounts.models import Person
from app.accounts.policy import ExtensionDecider
from app.actions import queries
from app.actions.models import Action, ActionStep, DateChange, ExtensionRequest, NotForUs
from app.actions.operations.errors import NotAPerson, TextMissing
from app.actions.rules.course import (
    NotForUsDecision,
    lapsed_because,
    more_time_lapses,
    not_for_us_lapses,
)
from app.actions.rules.date_changes import Cause, decider_after_move
from app.actions.rules.lifecycle import Move, Status, next_status
from app.actions.rules.sign_off import ExtensionDecision
from app.actions.standing import keep
from app.audit.operations import record
from app.core import hooks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session


class Change:
    """One change of one action by whoever acts now.

    1. It locks the action, so that what is checked is what is changed.
    2. The operation checks and changes.
    3. ``finish`` writes the kept columns, the one entry of the audit trail, and tells the reminders.
    """

    def __init__(self, action: Action) -> None:
        self.action = queries.action_for_change(action.ref)
        self.on = today()
        self.by_id = current_actor().person_id
        self._owed = _owed(self.action)
        self._lapsed: list[str] = []

    @property
    def status(self) -> Status:
        """Where the action stands."""
        return Status(self.action.status)

    def person(self) -> Person:
        """Who acts. Raises NotAPerson where it is the system."""
        found = current_session().get(Person, self.by_id) if self.by_id is not None else None
        if found is None:
            raise NotAPerson("Somebody has to decide this; it is never decided by itself")
        return found

    def check_possible(self, move: Move) -> None:
        """Raise IllegalMove unless the move leads somewhere from where the action stands."""
        next_status(self.status, move)

    def step(self, move: Move, *, reason: str = "") -> None:
        """Make a move, and put it on record; what nobody has to decide any more is settled by it.

        Raises IllegalMove.
        """
        reached = next_status(self.status, move)
        # Before the status changes: what else a move writes may have to go with it.
        self._settle(move, reached)
        current_session().add(
            ActionStep(
                action=self.action,
                move=move,
                from_status=self.status,
                to_status=reached,
                taken_on=self.on,
                taken_by_id=self.by_id,
                reason=reason,
            )
        )
        self.action.status = reached

    def move_date(self, to_on: Any, *, cause: Cause, reason_code: str, reason: str) -> None:
        """Move the due date by a decision on record; the date first agreed stays what it was.

        A request for more time that waits is decided by whoever may give so much from the new date on.
        """
        due_on = self.action.due_on
        assert due_on is not None, "an action that was agreed has a due date"
        if to_on == due_on:
            return
        current_session().add(
            DateChange(
                action=self.action,
                from_on=due_on,
                to_on=to_on,
                cause=cause,
                reason_code=reason_code,
                reason=reason,
                decided_on=self.on,
                decided_by_id=self.by_id,
            )
        )
        self.action.due_on = to_on
        waiting = self.action.waiting_extension
        if waiting is not None:
            waiting.decider = decider_after_move(
                ExtensionDecider(waiting.decider),
                queries.tiers(self.on),
                self.action.extension_count,
                to_on,
                waiting.new_due_on,
            )

    def _settle(self, move: Move, reached: Status) -> None:
        """Let what waits for a decision lapse, on record, where the move leaves nothing to decide."""
        request, said = self.action.waiting_extension, self.action.waiting_not_for_us
        if request is not None and more_time_lapses(move, reached):
            request.decision = ExtensionDecision.LAPSED
            self._lapse(request, reached)
        if said is not None and not_for_us_lapses(move, reached):
            said.decision = NotForUsDecision.LAPSED
            self._lapse(said, reached)

    def _lapse(self, row: ExtensionRequest | NotForUs, reached: Status) -> None:
        row.decided_on, row.decided_by_id = self.on, self.by_id
        row.decision_reason = lapsed_because(reached)
        self._lapsed.append(row.ref)

    def finish(
        self,
        verb: str,
        line: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep, audit, and have reminders taken out that are no longer true."""
        session = current_session()
        session.flush()
        keep(self.action, on=self.on)
        session.flush()
        if self._lapsed:
            after = {**(after or {}), "lapsed": self._lapsed}
        record(verb=verb, subject=self.action.audit_subject, line=line, before=before, after=after)
        if _owed(self.action) != self._owed:
            hooks.dues_changed.ask("action", self.action.ref)


def words(text: str | None, sentence: str, field: str) -> str:
    """The text without blanks at its ends. Raises TextMissing, in the sentence given, where there is none."""
    found = (text or "").strip()
    if not found:
        raise TextMissing(sentence, field)
    return found


def _owed(action: Action) -> tuple[Any, ...] | None:
    """What reminders depend on, while there is something to remind of."""
    if not action.is_chased:
        # While it waits for sign-off, those who decide are reminded; once it is closed, of looks at it.
        return (action.status, action.submitted_on, action.closed_on)
    return (action.due_on, action.owner_id, action.agency_id, action.group_id)

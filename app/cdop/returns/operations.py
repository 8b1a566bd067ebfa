"""Every change to agency returns. Whoever answers is told nothing of the case, in refusals neither."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from app.accounts.models import Agency, Person
from app.audit.operations import record
from app.cdop.models import AgencyReturn, AgencyReturnForm, AgencyReturnStep, ChildDeathCase, ReturnMove
from app.cdop.operations import record_stage
from app.cdop.operations.holding import hold, hold_while_it_goes_on, keep_up
from app.cdop.returns import queries, rules
from app.cdop.returns.rules import ReturnState
from app.cdop.standing import PATHWAY, guidance
from app.clocks import queries as clocks
from app.clocks.rules import limits_of_a_case
from app.core import checks, hooks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.holidays import working_days
from app.core.references import next_reference


class EcdopRefMissing(RuleBroken):
    """Without the reference in eCDOP nobody knows which record is meant."""


def due_on_asking(case: ChildDeathCase, asked_on: date) -> date | None:
    """The day on which what is asked on a day is due, by the time limits that the case keeps."""
    limits = limits_of_a_case(guidance().limits.get(case.regime_id, ()), case.known_on)
    return rules.due_by(limits, asked_on, working_days())


def ask(
    *,
    case: ChildDeathCase,
    agencies: Sequence[Agency],
    forms: Sequence[str],
    asked_on: date,
    due_on: date | None = None,
    owner: Person | None = None,
) -> list[AgencyReturn]:
    """Ask agencies for forms about a death, due by the limit of its guidance or by the day given.

    ``owner`` is a person of one of them, who is asked in the place of the agency's lead. The first asking is
    the stage of the case that says so.

    Raises CaseOver, EcdopRefMissing, NobodyChosen, DayToCome, DueTooEarly, NoLimit, FormsMissing,
    AskedAlready, ReasonMissing.
    """
    hold_while_it_goes_on(case)
    if not case.ecdop_ref:
        raise EcdopRefMissing("Give the case its eCDOP reference first, so that agencies know what is meant")
    if not agencies:
        raise rules.NobodyChosen("Choose at least one agency", "agencies")
    if owner is not None:
        if owner.agency_id not in {agency.id for agency in agencies}:
            raise rules.NobodyChosen("Choose somebody of an agency that is asked", "owner")
        _check_may_answer(owner, case)
    rules.check_asking(asked_on=asked_on, known_on=case.known_on, today=today())
    first_due_on = rules.check_first_due(due_on or due_on_asking(case, asked_on), asked_on)
    rules.check_forms(forms, queries.forms_offered(case, on=asked_on))
    asked = queries.asked_agencies(case)
    rules.check_not_asked([agency.short_name for agency in agencies if agency.id in asked])
    made = [
        _asked(
            case,
            agency,
            owner if owner is not None and owner.agency_id == agency.id else None,
            forms,
            asked_on=asked_on,
            due_on=first_due_on,
        )
        for agency in agencies
    ]
    _reach_stage(case, asked_on)
    keep_up(case)
    return made


def _asked(
    case: ChildDeathCase,
    agency: Agency,
    owner: Person | None,
    forms: Sequence[str],
    *,
    asked_on: date,
    due_on: date,
) -> AgencyReturn:
    session = current_session()
    made = AgencyReturn(
        ref=next_reference(session, "N"),
        agency=agency,
        owner=owner,
        asked_on=asked_on,
        asked_by_id=current_actor().person_id,
        first_due_on=due_on,
        due_on=due_on,
        forms=[AgencyReturnForm(form=form) for form in forms],
    )
    case.returns.append(made)
    _take_step(made, ReturnMove.ASKED, to_on=due_on)
    session.flush()
    record(
        verb="agency_return.ask",
        subject=made.audit_subject,
        line=f"Asked {agency.short_name}: {made.ref}, due {date_long(due_on)}",
        before={},
        after=_content(made),
    )
    return made


def _reach_stage(case: ChildDeathCase, asked_on: date) -> None:
    """Let the case reach the stage of asking, where its guidance has one and it has not reached it."""
    pathway = {stage.code for stage in clocks.stages(regime_id=case.regime_id, pathway=PATHWAY)}
    standing = {row.stage.code for row in case.stages_standing}
    if rules.ASKED_STAGE in pathway - standing:
        record_stage(case=case, stage=rules.ASKED_STAGE, reached_on=asked_on)


def record_returned(*, agency_return: AgencyReturn, returned_on: date) -> AgencyReturn:
    """Record that an agency returned its forms in eCDOP on a day.

    Raises ReturnSettled, DayToCome, ReturnedTooEarly.
    """
    change = _Change(agency_return)
    rules.check_returned(
        change.state, returned_on=returned_on, asked_on=agency_return.asked_on, today=change.on
    )
    agency_return.returned_on, agency_return.returned_by_id = returned_on, change.by_id
    agency_return.not_for_us_on, agency_return.is_open = None, False
    _take_step(agency_return, ReturnMove.RETURNED, to_on=returned_on)
    change.finish("return", f"Returned in eCDOP on {date_long(returned_on)}: {agency_return.ref}")
    return agency_return


def say_not_for_us(*, agency_return: AgencyReturn, reason: str) -> AgencyReturn:
    """Say that the agency has nothing to return; it goes back to whoever asked, who answers.

    Until then nobody is reminded. Raises ReturnSettled, WordsMissing.
    """
    change = _Change(agency_return)
    rules.check_open(change.state, goes_on=agency_return.case.is_open)
    rules.check_not_said(change.state)
    given = checks.words(reason, "Say why it is not for you", "reason")
    agency_return.not_for_us_on = change.on
    _take_step(agency_return, ReturnMove.NOT_FOR_US, reason=given)
    change.finish("say_not_for_us", f"Said not to be for them: {agency_return.ref}", reason=given)
    return agency_return


def put_back(*, agency_return: AgencyReturn, reason: str) -> AgencyReturn:
    """Let the agency owe what it said was not for it, by the date it has.

    Raises CaseOver, ReturnSettled, WordsMissing.
    """
    change = _Change(agency_return, goes_on=True)
    rules.check_said(change.state)
    given = checks.words(reason, "Say why it is for them", "reason")
    agency_return.not_for_us_on = None
    _take_step(agency_return, ReturnMove.PUT_BACK, reason=given)
    change.finish("put_back", f"Stays with the agency: {agency_return.ref}", reason=given)
    return agency_return


def move_due(*, agency_return: AgencyReturn, due_on: date, reason: str) -> AgencyReturn:
    """Move the day a return is due. The day first set stays, and is what on time is measured against.

    Raises CaseOver, ReturnSettled, DueTooEarly, WordsMissing.
    """
    change = _Change(agency_return, goes_on=True)
    rules.check_open(change.state)
    rules.check_new_due(due_on, present=agency_return.due_on, today=change.on)
    given = checks.words(reason, "Say why the date moves", "reason")
    _take_step(agency_return, ReturnMove.DUE_MOVED, reason=given, from_on=agency_return.due_on, to_on=due_on)
    agency_return.due_on = due_on
    change.finish("move_due", f"{agency_return.ref} is due on {date_long(due_on)}", reason=given)
    return agency_return


def reassign(*, agency_return: AgencyReturn, owner: Person | None, reason: str = "") -> AgencyReturn:
    """Let another person of the agency answer, or its lead where nobody is named.

    Raises ReturnSettled, NobodyChosen.
    """
    change = _Change(agency_return)
    rules.check_open(change.state, goes_on=agency_return.case.is_open)
    pass_on(agency_return, owner, reason.strip())
    change.finish("reassign", f"Passed on {agency_return.ref}", reason=reason.strip())
    return agency_return


def hand_over(*, agency_return: AgencyReturn, owner: Person | None, reason: str) -> AgencyReturn:
    """Give what somebody was asked who leaves to a successor of the agency, or to its lead.

    Raises ReturnSettled, NobodyChosen.
    """
    change = _Change(agency_return)
    rules.check_open(change.state)
    pass_on(agency_return, owner, reason)
    change.finish("hand_over", f"Handed over {agency_return.ref}", reason=reason)
    return agency_return


def pass_on(agency_return: AgencyReturn, owner: Person | None, reason: str) -> None:
    """Let somebody else answer, and put that on record. Raises NobodyChosen."""
    if owner is None and agency_return.owner_id is None:
        raise rules.NobodyChosen("The agency’s lead is asked already. Choose a person", "owner")
    if owner is not None:
        if owner.id == agency_return.owner_id:
            raise rules.NobodyChosen(f"{owner.name} is asked already. Choose somebody else", "owner")
        if owner.agency_id != agency_return.agency_id:
            raise rules.NobodyChosen(f"Choose somebody of {agency_return.agency.name}", "owner")
        _check_may_answer(owner, agency_return.case)
    agency_return.owner = owner
    agency_return.owner_id = owner.id if owner else None
    _take_step(agency_return, ReturnMove.PASSED_ON, reason=reason)


def add_forms(*, agency_return: AgencyReturn, forms: Collection[str]) -> AgencyReturn:
    """Ask an agency for more forms, by the date it has. Raises CaseOver, ReturnSettled, FormsMissing."""
    change = _Change(agency_return, goes_on=True)
    rules.check_open(change.state)
    held = {row.form for row in agency_return.forms}
    offered = queries.forms_offered(agency_return.case, on=change.on)
    rules.check_forms(forms, offered, held=held)
    agency_return.forms += [AgencyReturnForm(form=form) for form in offered if form in set(forms) - held]
    _take_step(agency_return, ReturnMove.FORMS_ADDED)
    change.finish("add_forms", f"Asked for more forms: {agency_return.ref}")
    return agency_return


def waive(*, agency_return: AgencyReturn, reason: str) -> AgencyReturn:
    """Let an agency off, with the reason. Raises CaseOver, ReturnSettled, WordsMissing."""
    change = _Change(agency_return, goes_on=True)
    rules.check_open(change.state)
    given = checks.words(reason, "Say why it is not needed", "reason")
    agency_return.waived_on, agency_return.waived_by_id = change.on, change.by_id
    agency_return.waived_reason = given
    agency_return.not_for_us_on, agency_return.is_open = None, False
    _take_step(agency_return, ReturnMove.WAIVED, reason=given)
    change.finish("waive", f"Waived {agency_return.ref}", reason=given)
    return agency_return


def withdraw(*, agency_return: AgencyReturn, reason: str) -> AgencyReturn:
    """Take an asking back that was a mistake: it stays in sight and counts nowhere.

    Raises CaseOver, ReturnSettled, WordsMissing.
    """
    change = _Change(agency_return, goes_on=True)
    if change.state is ReturnState.WITHDRAWN:
        raise rules.ReturnSettled("This was taken back already")
    given = checks.words(reason, "Say why it was a mistake to ask", "reason")
    agency_return.withdrawn_on, agency_return.withdrawn_reason = change.on, given
    agency_return.not_for_us_on, agency_return.is_open = None, False
    _take_step(agency_return, ReturnMove.WITHDRAWN, reason=given)
    change.finish("withdraw", f"Withdrew the asking {agency_return.ref}", reason=given)
    return agency_return


def ask_again(*, agency_return: AgencyReturn, due_on: date, reason: str) -> AgencyReturn:
    """Ask anew for what was returned, waived or taken back by mistake, due on another day.

    The day first set stays; what had been asked by mistake is asked today for the first time.
    Raises CaseOver, ReturnSettled, DueTooEarly, WordsMissing.
    """
    change = _Change(agency_return, goes_on=True)
    rules.check_settled(change.state)
    rules.check_new_due(due_on, present=None, today=change.on)
    given = checks.words(reason, "Say why it is asked for again", "reason")
    _take_step(
        agency_return, ReturnMove.ASKED_AGAIN, reason=given, from_on=agency_return.due_on, to_on=due_on
    )
    if change.state is ReturnState.WITHDRAWN:
        agency_return.asked_on, agency_return.asked_by_id = change.on, change.by_id
        agency_return.first_due_on = due_on
    agency_return.withdrawn_on, agency_return.withdrawn_reason = None, None
    agency_return.returned_on, agency_return.returned_by_id = None, None
    agency_return.waived_on, agency_return.waived_by_id, agency_return.waived_reason = None, None, None
    agency_return.due_on, agency_return.is_open = due_on, True
    change.finish("ask_again", f"Asked again: {agency_return.ref}, due {date_long(due_on)}", reason=given)
    return agency_return


class _Change:
    """One change of one return by whoever acts now: held still first; kept, audited and told at the end."""

    def __init__(self, agency_return: AgencyReturn, *, goes_on: bool = False) -> None:
        keep = hold_while_it_goes_on if goes_on else hold
        keep(agency_return.case, agency_return)
        self.agency_return, self.case = agency_return, agency_return.case
        self.on, self.by_id = today(), current_actor().person_id
        self.state = agency_return.state
        self._before = _content(agency_return)
        self._owed = _owed(agency_return)

    def finish(self, deed: str, line: str, *, reason: str = "") -> None:
        """Write what is kept of the case, the entry of the trail, and take out reminders no longer true."""
        changed = self.agency_return
        current_session().flush()
        keep_up(self.case)
        record(
            verb=f"agency_return.{deed}",
            subject=changed.audit_subject,
            line=line,
            before=self._before,
            after={**_content(changed), "reason": reason},
        )
        if _owed(changed) != self._owed:
            hooks.dues_changed.ask(queries.KIND, changed.ref)


def _owed(agency_return: AgencyReturn) -> tuple[Any, ...]:
    """What reminders depend on."""
    return (agency_return.is_owed, agency_return.due_on, agency_return.owner_id)


def _take_step(
    agency_return: AgencyReturn,
    move: ReturnMove,
    *,
    reason: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> None:
    agency_return.steps.append(
        AgencyReturnStep(
            move=move,
            taken_on=today(),
            taken_by_id=current_actor().person_id,
            reason=reason,
            from_on=from_on,
            to_on=to_on,
        )
    )


def _check_may_answer(owner: Person, case: ChildDeathCase) -> None:
    """Check that somebody is there and may know of the case. Raises NobodyChosen."""
    if not owner.active:
        raise rules.NobodyChosen(f"{owner.name} has left. Choose somebody else", "owner")
    if any(each.source_ref == case.ref and each.ended_on is None for each in owner.conflicts):
        raise rules.NobodyChosen(f"{owner.name} cannot be asked about this. Choose somebody else", "owner")


def _content(agency_return: AgencyReturn) -> Mapping[str, Any]:
    """What is held of a return, for the before and after of the audit trail."""
    return {
        "agency": agency_return.agency.ref,
        "owner": agency_return.owner.ref if agency_return.owner else None,
        "forms": [row.form for row in agency_return.forms],
        "asked_on": agency_return.asked_on,
        "first_due_on": agency_return.first_due_on,
        "due_on": agency_return.due_on,
        "state": str(agency_return.state),
        "returned_on": agency_return.returned_on,
    }

"""What agencies were asked to return about a death, loaded in bulk and read back; the forms stay in eCDOP."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.intake import marks
from app.accounts.models import Agency
from app.cdop.intake.keeping import keep
from app.cdop.intake.words import words_of
from app.cdop.models import (
    AgencyReturn,
    AgencyReturnForm,
    AgencyReturnStep,
    ChildDeathCase,
    ReturnMove,
    Vocabulary,
)
from app.cdop.returns.rules import OPEN, Answer, ReturnState, state_of
from app.core.database import current_session
from app.core.intake import (
    ALWAYS,
    Child,
    Field,
    Kind,
    Known,
    Problem,
    Record,
    Rows,
    Section,
    Shape,
    Texts,
    code,
    day,
    history,
    reference,
    running_ref,
    withdrawal,
    words,
)
from app.core.intake.section import batches
from app.reviews.intake import check_withdrawal

#: What became of a return; changed only by a step that says so.
_BY_STEPS = (
    "asked_on",
    "asked_by",
    "first_due_on",
    "due_on",
    "returned_on",
    "returned_by",
    "waived_on",
    "waived_by",
    "waived_reason",
    "not_for_us_on",
    "withdrawn_on",
    "withdrawn_reason",
)
#: Where a return stands after a step; other steps leave it where it is.
_AFTER = {
    ReturnMove.ASKED: ReturnState.OWED,
    ReturnMove.ASKED_AGAIN: ReturnState.OWED,
    ReturnMove.PUT_BACK: ReturnState.OWED,
    ReturnMove.RETURNED: ReturnState.RETURNED,
    ReturnMove.NOT_FOR_US: ReturnState.NOT_FOR_US,
    ReturnMove.WAIVED: ReturnState.WAIVED,
    ReturnMove.WITHDRAWN: ReturnState.WITHDRAWN,
}
#: The steps that set the day a return is due.
_SETS_DUE = (ReturnMove.ASKED, ReturnMove.DUE_MOVED, ReturnMove.ASKED_AGAIN)

STEPS = Rows(
    "steps",
    history(
        code("move", ReturnMove, required=True),
        day("taken_on", required=True),
        reference("taken_by", "people"),
        words("reason"),
        day("from_on", description="The day it was due, where that moved."),
        day("to_on", description="The day it is due from then on; of a return the day it came."),
        *marks(),
    ),
    description="What happened to it, in order. A record from elsewhere may have none.",
)


class AgencyReturnSection(Section):
    """Returns of agencies."""

    name = "agency_returns"
    kind = "agency_return"
    model = AgencyReturn
    prefixes = ("N",)
    children = {"steps": Child(AgencyReturnStep, "agency_return_id")}  # noqa: RUF012 (never changed)
    texts = {  # noqa: RUF012 (never changed)
        "forms": Texts(AgencyReturnForm, "agency_return_id", "form")
    }
    shape = Shape(
        (
            running_ref("N"),
            reference("case", "child_deaths", required=True, settled=ALWAYS),
            reference("agency", "agencies", required=True, settled=ALWAYS),
            reference("owner", "people", description="Left out where the agency's lead answers."),
            Field("forms", Kind.TEXTS, longest=40, description="Codes of the forms that are asked for."),
            day("asked_on", required=True),
            reference("asked_by", "people"),
            day("first_due_on", required=True, description="Kept, whatever moves afterwards."),
            day("due_on", required=True),
            day("returned_on"),
            reference("returned_by", "people"),
            day("waived_on"),
            reference("waived_by", "people"),
            words("waived_reason", default=None),
            day("not_for_us_on", description="Since when the agency says that it is not for them."),
            *(replace(field, settled=None) for field in withdrawal()),
            *marks(),
        ),
        (STEPS,),
        description="That an agency was asked to report in eCDOP what it knows of a death, and when it did.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """An agency is asked once about a death, for forms of its regime, and answers or need not."""
        taken = _asked(known, {record["case"] for record in records})
        for record in records:
            holder = taken[record["case"], record["agency"]]
            if holder != record.ref:
                yield record.problem("agency", f"{holder} asks this agency about {record['case']} already")
            yield from _check_forms(record, known)
            yield from _check_days(record)
            yield from _check_steps(record)
            owner = known.find("people", record.get("owner"))
            if owner is not None and owner.get("agency") != record["agency"]:
                yield record.problem("owner", "Somebody of the agency answers for it")

    def refused(self, here: Record, record: Record, known: Known) -> Iterator[Problem]:
        """Besides what is settled: what became of it is changed by a step alone, and first things first."""
        yield from super().refused(here, record, known)
        if len(record.get("steps", ())) > len(here.get("steps", ())):
            return
        for name in _BY_STEPS:
            if here.get(name) == record.get(name):
                continue
            is_answer = name not in here and state(here) in OPEN
            if not is_answer or "steps" in here:
                yield record.problem(name, "This was settled by a step, and only another step changes it")

    def derived(self, record: Record, known: Known) -> dict[str, Any]:
        """Whether it is still owed."""
        return {"is_open": state(record) in OPEN}

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """Keep what lists of the cases sort by: the clock of the returns is met by the last of them."""
        records = (*created, *(record for _, record in changed))
        keep(known.row_id("child_deaths", record["case"]) for record in records)

    def source_ref(self, record: Record) -> str:
        """The death it is about."""
        case: str = record["case"]
        return case


def state(record: Record) -> ReturnState:
    """Where a return of a file stands."""
    days = {
        name: date.fromisoformat(record[name])
        for name in ("returned_on", "waived_on", "withdrawn_on", "not_for_us_on")
        if name in record
    }
    return state_of(Answer(**days))


def _check_steps(record: Record) -> Iterator[Problem]:
    """The steps, where there are any, lead to the day it is due and to where it stands."""
    stood, due_on, first_due_on, last_on = None, None, None, record["asked_on"]
    for step in record.get("steps", ()):
        move = ReturnMove(step["move"])
        if (stood is None) != (move is ReturnMove.ASKED):
            yield step.problem("move", f"{record.ref}: It is asked once, and before everything else")
        # What was asked by mistake and is asked again is asked for the first time.
        if move is not ReturnMove.ASKED and step["taken_on"] < last_on:
            yield step.problem("taken_on", f"{record.ref}: This was done before what precedes it")
        if move in _SETS_DUE:
            due_on = step.get("to_on")
            if first_due_on is None or stood is ReturnState.WITHDRAWN:
                first_due_on = due_on
        stood, last_on = _AFTER.get(move, stood), step["taken_on"]
    if stood is None:
        return
    for name, led_to in (("due_on", due_on), ("first_due_on", first_due_on)):
        if record[name] != led_to:
            yield record.problem(name, f"Its steps lead to {led_to}")
    if stood is not state(record):
        yield record.problem("steps", f"Its steps lead to ‘{stood.label}’")


def _check_forms(record: Record, known: Known) -> Iterator[Problem]:
    if "forms" not in record:
        yield record.problem("forms", "Say which forms the agency is asked for")
        return
    case = known.find("child_deaths", record["case"])
    forms = words_of(known, Vocabulary.FORM, case["regime"]) if case is not None else {}
    for form in record["forms"]:
        if case is not None and form not in forms:
            yield record.problem("forms", f"This must be some of: {', '.join(forms)}", form)


def _check_days(record: Record) -> Iterator[Problem]:
    asked_on = record["asked_on"]
    for name in ("first_due_on", "due_on", "returned_on", "waived_on"):
        if record.get(name, asked_on) < asked_on:
            yield record.problem(name, f"This lies before the day it was asked, {asked_on}")
    if "returned_on" in record and "waived_on" in record:
        yield record.problem("waived_on", "What was returned is not waived")
    for name in ("returned", "waived"):
        if f"{name}_by" in record and f"{name}_on" not in record:
            yield record.problem(f"{name}_on", "Give the day as well")
    if ("waived_on" in record) != ("waived_reason" in record):
        yield record.problem("waived_reason", "What is waived has the day and the reason")
    yield from check_withdrawal(record)
    settled = [name for name in ("returned_on", "waived_on", "withdrawn_on") if name in record]
    if settled and "not_for_us_on" in record:
        yield record.problem("not_for_us_on", "Whoever asked has answered this")


def _asked(known: Known, cases: Collection[str]) -> dict[tuple[str, str], str]:
    """Which return asks which agency about which of these deaths, among those here and in the file."""
    taken: dict[tuple[str, str], str] = {}
    for batch in batches(sorted(cases)):
        asked = (
            select(ChildDeathCase.ref, Agency.ref, AgencyReturn.ref)
            .join(AgencyReturn, AgencyReturn.case_id == ChildDeathCase.id)
            .join(Agency, Agency.id == AgencyReturn.agency_id)
            .where(ChildDeathCase.ref.in_(batch))
        )
        for case, agency, ref in current_session().execute(asked):
            if ref not in known.file["agency_returns"]:
                taken[case, agency] = ref
    for ref, record in known.file["agency_returns"].items():
        taken.setdefault((record["case"], record["agency"]), ref)
    return taken

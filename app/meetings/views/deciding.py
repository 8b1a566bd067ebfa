"""What a panel decides about each death, and what that teaches."""

from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.guard import may
from app.actions.operations.drafting import Plan
from app.cdop.analysis import queries as analysis
from app.cdop.analysis.forms import labels
from app.cdop.analysis.rules import missing_of_analysis
from app.cdop.models.vocabulary import Vocabulary
from app.core.access import access
from app.core.checks import WordsMissing
from app.core.forms import carry_out
from app.lessons import queries as lessons
from app.meetings import operations, queries
from app.meetings.forms import CompleteForm, DeferForm, LearningForm
from app.meetings.models import AgendaItem
from app.meetings.operations.deciding import Learned
from app.meetings.queries.planning import words
from app.meetings.views.blueprint import agenda_of, blueprint, page_of_item

#: Whose lesson it is: of the panel, which tells of no single death, or of this death, inside the compartment.
OF_PANEL, OF_DEATH = "panel", "death"


@blueprint.route("/panels/<ref>/agenda/<case_ref>/complete", methods=["GET", "POST"])
@access("child_death.change", queries.item)
def complete(item: AgendaItem) -> ResponseReturnValue:
    """Record that the panel completed the review of a death."""
    terms, case = analysis.words(item.case.regime_id), item.case
    form = CompleteForm(data={"note": item.note, "conclusion": case.conclusion})
    form.conclusion.offer(labels(terms, Vocabulary.CONCLUSION, held=[case.conclusion]))

    def decide() -> None:
        operations.complete(
            item=item,
            late_reason=form.reason.data or "",
            note=form.note.data or "",
            conclusion=form.conclusion.data,
        )

    if carry_out(form, decide):
        return agenda_of(
            item.meeting.panel,
            f"The review of {item.case.ref} is completed. Add what it teaches, if anything.",
        )
    found = analysis.analysis_of(item.case)
    return page_of_item(
        "complete.html",
        item,
        form,
        missing=missing_of_analysis(found),
        terms=terms,
        vocabulary=Vocabulary,
    )


@blueprint.route("/panels/<ref>/agenda/<case_ref>/defer", methods=["GET", "POST"])
@access("child_death.change", queries.item)
def defer(item: AgendaItem) -> ResponseReturnValue:
    """Record that the panel deferred a death, and why."""
    waits = words()[Vocabulary.WAITING_ON]
    form = DeferForm(data={"note": item.note})
    form.waits_on.offer(waits, empty="Nothing outside the review")

    def decide() -> None:
        code = form.waits_on.data
        operations.defer(
            item=item,
            reason=form.reason.data,
            waits_on=code,
            waits_on_label=waits.get(code or "", ""),
            note=form.note.data or "",
        )

    if carry_out(form, decide):
        return agenda_of(item.meeting.panel, f"{item.case.ref} is deferred, and waits for another panel.")
    return page_of_item("defer.html", item, form)


@blueprint.route("/panels/<ref>/agenda/<case_ref>/learning", methods=["GET", "POST"])
@access("lesson.create", queries.item)
def learning(item: AgendaItem) -> ResponseReturnValue:
    """Draft what the review of a death teaches, and what is to be done about it."""
    panel, case = item.meeting.panel, item.case
    whose = {
        OF_PANEL: "Of the panel: told of no single death, and read by the board’s readers",
        OF_DEATH: "Of this death: it stays inside the compartment until it is cleared",
    }
    offered = {
        code: label
        for code, label in whose.items()
        if may("lesson.create", panel if code == OF_PANEL else case)
    }
    form = LearningForm(data={"whose": next(iter(offered), None)})
    form.offer(whose=offered)

    def draft() -> None:
        chosen = set(form.themes.data)
        operations.record_learning(
            item=item,
            of_panel=form.whose.data == OF_PANEL,
            learned=Learned(
                heading=form.heading.data,
                what_we_learned=form.what_we_learned.data or "",
                what_you_should_do=form.what_you_should_do.data or "",
                themes=[theme for theme in lessons.themes() if theme.ref in chosen],
            ),
            plan=_plan(form, item) if form.with_action.data else None,
        )

    if carry_out(form, draft):
        return agenda_of(panel, "The lesson is drafted. Next, have its wording cleared.")
    return page_of_item("learning.html", item, form)


def _plan(form: LearningForm, item: AgendaItem) -> Plan:
    agencies = {agency.ref: agency for agency in accounts.agencies()}
    if form.agency.data is None:
        raise WordsMissing("Choose the agency that leads on it", "agency")
    return Plan(
        title=form.title.data or "",
        intended_outcome=form.intended_outcome.data or "",
        measure_of_success=form.measure_of_success.data or "",
        agency=agencies[form.agency.data],
        group=item.meeting.panel.group,
        owner_role=form.owner_role.data or "",
        due_on=form.due_on.data,
    )

"""The stage board: where every review stands, whose clock is late, and what it waits on."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import note_read, person
from app.accounts.policy import PersonFacts
from app.audit.operations import Subject
from app.cdop import queries
from app.cdop.export import MARKING, columns, rows
from app.cdop.forms import BoardFilterForm
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.page import board_rows, by_stage
from app.cdop.views.blueprint import blueprint, worded
from app.core.access import access
from app.core.clock import today
from app.core.report_year import ReportYear

#: How the audit trail names the board.
BOARD = Subject("register", "child-deaths")


@blueprint.get("/child-deaths")
@access("child_death.list")
def index() -> str:
    """The reviews that the person may read, grouped by stage unless they are sorted otherwise."""
    facts, on = person().facts, today()
    form = _filters(facts)
    narrowed, sort = form.narrowed(), _sort()
    page, count = queries.board(
        facts,
        narrowed,
        on=on,
        sort=sort,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    shown = board_rows(page.rows, on)
    note_read(BOARD, "Opened the stage board of child deaths")
    return render_template(
        "child_deaths/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        rows=shown,
        groups=by_stage(shown),
        counts=queries.stage_counts(facts, narrowed, on=on),
        is_grouped=sort == queries.BY_STAGE,
        on=on,
    )


@blueprint.get("/child-deaths/export")
@access("child_death.list")
def export() -> ResponseReturnValue:
    """The board as a file, narrowed and sorted as it is on the page."""
    facts, on = person().facts, today()
    form = _filters(facts)
    words = queries.labels(
        Vocabulary.AGE_BAND,
        Vocabulary.SEX,
        Vocabulary.ETHNICITY_GROUP,
        Vocabulary.PLACE,
        Vocabulary.EXCLUSION,
    )
    return exports.export(
        name="Child deaths",
        file_name="child-deaths",
        columns=columns(worded(words)),
        rows=rows(queries.in_full(facts, form.narrowed(), on=on, sort=_sort()), on),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("child_deaths.index"),
        says_how_many=False,
    )


def _sort() -> str:
    asked = request.args.get("sort", queries.BY_STAGE)
    return asked if asked.removeprefix("-") in queries.SORTS else queries.BY_STAGE


def _filters(facts: PersonFacts) -> BoardFilterForm:
    form = BoardFilterForm(formdata=request.args)
    others = {code: words for code, words in queries.STANDS.items() if code != queries.OPEN}
    form.stands.offer(others, empty=queries.STANDS[queries.OPEN])
    form.stage.offer(queries.stages_in_words(), empty="All stages")
    form.area.offer({area.ref: area.name for area in accounts.areas(with_withdrawn=True)}, empty="All areas")
    form.waiting_on.offer(queries.waiting_on(), empty="Anything or nothing")
    form.regime.offer(queries.regimes_in_use(facts), empty="All guidance")
    years = {str(year): str(ReportYear(year)) for year in queries.start_years(facts)}
    form.year.offer(years, empty="All years")
    return form

"""The coverage map: which lesson was briefed to whom, and which to nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import person
from app.briefings import queries as briefings
from app.briefings import wording
from app.briefings.results.queries import coverage as queries
from app.briefings.results.queries.coverage import Briefed, Filters
from app.briefings.results.scope import agencies_of
from app.briefings.results.tables import HIDDEN, NOT_COUNTED, SUPPRESSION
from app.briefings.results.views.blueprint import blueprint
from app.core.access import access
from app.core.export import Column
from app.core.filter_forms import Applied, FilterForm
from app.core.forms import ChoiceField, TextField
from app.lessons import queries as lessons
from app.lessons.models import Lesson

#: What stands where a lesson had no link in the mail that could be followed.
NO_LINK = "No link of its own"

NEVER, ALREADY = "never", "briefed"


class CoverageForm(FilterForm):
    """What the map is narrowed to."""

    agency = ChoiceField("Readers of an agency", empty="All readers")
    audience = ChoiceField("Readers of a kind of work", empty="All readers")
    theme = ChoiceField("Theme", empty="Any")
    standing = ChoiceField(
        "Briefed", choices={NEVER: "Never briefed", ALREADY: "Briefed already"}, empty="Or not"
    )
    lesson = TextField("Lesson, by reference", longest=16, description="Such as L-0012: with every agency")


@dataclass(frozen=True)
class Row:
    """A line of the file: a lesson and one issue it went out in, if any."""

    lesson: Lesson
    briefed: Briefed | None

    @property
    def delivered(self) -> str | int | None:
        """To how many it was delivered, in words where that is not shown; nothing where nobody knows."""
        if self.briefed is None:
            return None
        return HIDDEN if self.briefed.hides_delivered else self.briefed.delivered

    @property
    def clicked(self) -> str | int | None:
        """Readers who followed its link, in words where they are no number."""
        return None if self.briefed is None else in_words(self.briefed)


COLUMNS: tuple[Column[Row], ...] = (
    Column("Lesson", lambda row: row.lesson.ref, 10),
    Column("Heading", lambda row: row.lesson.heading, 60),
    Column("Themes", lambda row: ", ".join(theme.name for theme in row.lesson.themes), 30),
    Column("Briefing", lambda row: row.briefed.issue.ref if row.briefed else "Never briefed", 14),
    Column("Sent", lambda row: wording.sent_on(row.briefed.issue) if row.briefed else None, 12),
    Column("Delivered", lambda row: row.delivered, 10),
    Column("Readers who followed its link", lambda row: row.clicked, 20),
    Column(
        "Teams that discussed the briefing", lambda row: row.briefed.receipts if row.briefed else None, 14
    ),
)


def in_words(briefed: Briefed) -> str | int:
    """How many readers followed the lesson's own link, or why that is not shown."""
    if not briefed.has_link:
        return NO_LINK
    if briefed.clicked is None:
        return NOT_COUNTED
    return HIDDEN if briefed.is_hidden else briefed.clicked


def delivered_in_words(briefed: Briefed) -> str:
    """To how many it was delivered, or why that is not shown."""
    if briefed.delivered is None:
        return "Not known"
    return HIDDEN if briefed.hides_delivered else f"{briefed.delivered:,}"


@blueprint.get("/briefings/coverage")
@access("briefing.results")
def coverage() -> str:
    """Which lesson went to whom; a lead sees what went to the readers of their own agency."""
    form, filters, narrowed = _asked()
    page = queries.listing(
        person().facts, filters, after=request.args.get("after"), before=request.args.get("before")
    )
    one = page.rows[0] if filters.lesson and len(page.rows) == 1 else None
    sees_all = agencies_of(person().facts) is None
    return render_template(
        "briefings/results/coverage.html",
        form=form,
        applied=form.applied(),
        page=page,
        lines=queries.lines(page.rows, filters),
        total=queries.count(person().facts, filters),
        in_words=in_words,
        delivered_in_words=delivered_in_words,
        narrowed=narrowed,
        by_agency=_parts(one, _agency_names(), by_agency=True) if one and sees_all else (),
        by_audience=_parts(one, _audience_names(), by_agency=False) if one and sees_all else (),
        suppression=SUPPRESSION,
    )


@blueprint.get("/briefings/coverage/export")
@access("briefing.results")
def export_coverage() -> ResponseReturnValue:
    """The map as a file, narrowed as it is on the page."""
    form, filters, narrowed = _asked()
    applied: list[Applied] = form.applied()
    if narrowed and not filters.audience_id and not form.good(form.agency):
        applied = [("Readers of an agency", narrowed, "agency"), *applied]
    found = queries.in_full(person().facts, filters)
    return exports.export(
        name="Coverage of briefings",
        file_name="briefing-coverage",
        columns=COLUMNS,
        rows=(
            Row(line.lesson, each)
            for line in queries.lines(found, filters)
            for each in (line.briefed or (None,))
        ),
        applied=applied,
        marking="OFFICIAL",
        list_url=url_for("results.coverage"),
        suppressed=SUPPRESSION,
    )


def _asked() -> tuple[CoverageForm, Filters, str]:
    """The form, what the map is narrowed to, and the name of the readers it is narrowed to."""
    form = CoverageForm(formdata=request.args)
    only = agencies_of(person().facts)
    agencies = [
        agency for agency in accounts.agencies(with_withdrawn=True) if only is None or agency.id in only
    ]
    audiences = briefings.audiences(with_retired=True) if only is None else ()
    first = None if only is None else agencies[0] if agencies else None
    form.agency.offer(
        {agency.ref: agency.name for agency in agencies}, empty=first.name if first else "All readers"
    )
    if only is None:
        form.audience.offer({audience.ref: audience.name for audience in audiences}, empty="All readers")
    else:
        del form.audience
    form.theme.offer({theme.ref: theme.name for theme in lessons.themes(with_retired=True)}, empty="Any")
    form.validate()
    agency = next((each for each in agencies if each.ref == form.good(form.agency)), first)
    asked = None if only is not None or agency else form.good(form.audience)
    audience = next((each for each in audiences if each.ref == asked), None)
    standing = form.good(form.standing)
    filters = Filters(
        agency_id=agency.id if agency else None,
        audience_id=audience.id if audience else None,
        theme=form.good(form.theme),
        lesson=(form.good(form.lesson) or "").strip().upper() or None,
        briefed=None if standing is None else standing == ALREADY,
    )
    return form, filters, agency.name if agency else audience.name if audience else ""


def _parts(lesson: Lesson, names: Mapping[int, str], *, by_agency: bool) -> list[tuple[str, Briefed]]:
    """Where one lesson went, by the names of agencies or kinds of work; only those it reached."""
    found = queries.by_part(lesson, by_agency=by_agency)
    named = [("Not said" if key is None else names.get(key, ""), briefed) for key, briefed in found]
    return sorted(named, key=lambda each: (each[0] == "Not said", each[0]))


def _agency_names() -> dict[int, str]:
    return {agency.id: agency.name for agency in accounts.agencies(with_withdrawn=True)}


def _audience_names() -> dict[int, str]:
    return {audience.id: audience.name for audience in briefings.audiences(with_retired=True)}

"""The pages that show figures, the charts in them, and the files made of them."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import may, note_read, person
from app.audit.operations import Subject
from app.cdop.figures import charts, export
from app.cdop.figures.document import Document, document, open_reviews
from app.cdop.figures.models import FiguresIssue
from app.cdop.figures.operations import is_current
from app.cdop.figures.queries import counting, kept
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.queries.kept import ChartOfIssue, Figures, YearOfFigures, in_address
from app.cdop.figures.views.blueprint import blueprint, to_year, trail
from app.core.access import access
from app.core.clock import now, today
from app.core.filters import datetime_london
from app.core.report_year import ReportYear, report_year_of


@blueprint.get("")
@access("figures.read")
def index() -> str:
    """Which years there are figures of, and the issues."""
    inside, present = may("figures.read_in_full"), report_year_of(today())
    starts = kept.years_kept() if inside else kept.years_issued()
    # Of the year that runs everybody reads what is published, whether or not it has figures yet.
    years = [ReportYear(start) for start in sorted({*starts, present.start_year}, reverse=True)]
    return render_template(
        "figures/index.html",
        trail=trail()[:-1],
        years=[(year, in_address(year), year.start_year in starts) for year in years],
        issues=kept.issues(),
        inside=inside,
    )


@blueprint.get("/<year>")
@access("figures.read", kept.year_of_figures)
def show(of: YearOfFigures) -> str:
    """The figures of a year with the pools that end in it, suppressed."""
    figures = _readable(of.year)
    return _page("figures/show.html", figures, of.year, _suppressed(figures, of.year))


@blueprint.get("/<year>/by-year")
@access("figures.read", kept.year_of_figures)
def by_year(of: YearOfFigures) -> str:
    """Every table over ten years, suppressed."""
    figures = _readable(of.year)
    shown = document(figures, of.year, counting.labels(), in_full=False, by_year=True)
    return _page("figures/by_year.html", figures, of.year, shown)


@blueprint.get("/<year>/in-full")
@access("figures.read_in_full", kept.year_of_figures)
def in_full(of: YearOfFigures) -> str:
    """The figures of a year in full, for those who review child deaths alone; its reading is recorded."""
    note_read(_subject(of.year), f"Opened the figures of child deaths {of.year} in full")
    figures = kept.figures_kept(of.year, in_full=True)
    return _page("figures/in_full.html", figures, of.year, _in_full(figures, of.year))


@blueprint.get("/issues/<ref>")
@access("figures.read", kept.issue)
def show_issue(issue: FiguresIssue) -> str:
    """The figures as an issue showed them, for good."""
    figures = kept.figures_of_issue(issue, issue.report_year)
    shown = _suppressed(figures, issue.report_year)
    return _page("figures/show.html", figures, issue.report_year, shown, is_old=True)


@blueprint.get("/issues/<ref>/export")
@access("figures.read", kept.issue)
def export_issue(issue: FiguresIssue) -> ResponseReturnValue:
    """The figures of an issue as a file, to be published as they are."""
    figures = kept.figures_of_issue(issue, issue.report_year)
    return _file(figures, _suppressed(figures, issue.report_year))


@blueprint.get("/issues/<ref>/charts/<name>.svg")
@access("figures.read", kept.chart_of_issue)
def chart_of_issue(of: ChartOfIssue) -> ResponseReturnValue:
    """A chart of an issue."""
    return _chart(of.name, kept.figures_of_issue(of.issue, of.issue.report_year), of.issue.report_year)


@blueprint.get("/<year>/charts/<name>.svg")
@access("figures.read", kept.year_of_figures)
def chart(of: YearOfFigures) -> ResponseReturnValue:
    """A chart of what the person's page of the year shows."""
    figures = _readable(of.year)
    if of.year.start_year not in figures.years:
        return redirect(url_for("figures.show", year=in_address(of.year)))
    return _chart(of.chart, figures, of.year)


@blueprint.get("/<year>/export")
@access("figures.read", kept.year_of_figures)
def export_shown(of: YearOfFigures) -> ResponseReturnValue:
    """The figures of a year as a file: CSV, Excel, Word or PDF."""
    figures = _readable(of.year)
    return _file(figures, _suppressed(figures, of.year))


@blueprint.get("/<year>/in-full/export")
@access("figures.read_in_full", kept.year_of_figures)
def export_in_full(of: YearOfFigures) -> ResponseReturnValue:
    """The figures of a year in full as a file that is marked so."""
    figures = kept.figures_kept(of.year, in_full=True)
    return _file(figures, _in_full(figures, of.year))


def _chart(name: str, figures: Figures, year: ReportYear) -> Response:
    shown = charts.bars(name, year.start_year, figures.years, counting.labels())
    return Response(charts.kept_or_drawn(charts.specification(shown)), mimetype="image/svg+xml")


def _readable(year: ReportYear) -> Figures:
    """What the person may read of a year: inside the compartment as computed last, elsewhere as issued."""
    return kept.figures_kept(year) if may("figures.read_in_full") else kept.figures_issued(year)


def _suppressed(figures: Figures, year: ReportYear) -> Document:
    stated = made_of.stated() if year.start_year not in figures.years else {}
    return document(figures, year, counting.labels(), in_full=False, stated=stated)


def _in_full(figures: Figures, year: ReportYear) -> Document:
    on = today()
    now_open = open_reviews(on, counting.open_by_age(on), counting.open_by_wait())
    return document(figures, year, counting.labels(), in_full=True, more=[now_open])


def _page(template: str, figures: Figures, year: ReportYear, shown: Document, *, is_old: bool = False) -> str:
    inside = may("figures.read_in_full")
    starts = kept.years_kept() if inside else kept.years_issued()
    years = sorted({*starts, year.start_year}, reverse=True)
    # That newer data wait, or why none can be shown, is of the compartment.
    works = inside and figures.issue is None
    return render_template(
        template,
        trail=trail(to_year(year)) if template != "figures/show.html" or is_old else trail(),
        shown=shown,
        year=year,
        address=in_address(year),
        years=[(ReportYear(start), in_address(ReportYear(start))) for start in years],
        figures=figures,
        is_old=is_old,
        state=kept.state() if works else None,
        is_current=not works or is_current(),
        held_back=kept.held_back(figures),
        last=kept.last_issue(year) if works else None,
    )


def _file(figures: Figures, shown: Document) -> ResponseReturnValue:
    """The figures as the kind of file that the address asks for, Excel if it asks for none; on record."""
    if figures.is_empty or shown.year.start_year not in figures.years:
        flash(f"There are no figures of {shown.year} to export yet.", "warning")
        return redirect(url_for("figures.show", year=in_address(shown.year)))
    kind = (
        export.Kind(asked) if (asked := request.args.get("format")) in set(export.Kind) else export.Kind.EXCEL
    )
    who = person()
    made_by = export.MadeBy(f"{who.name}, {who.role_title}", datetime_london(now()))
    response = export.answer(shown, kind, made_by, _drawn(figures, shown))
    scope = "in full" if shown.is_in_full else "as they are shown"
    note_read(
        Subject("export", "figures"),
        f"Exported the figures of child deaths {shown.year} {scope} as {kind.label}",
    )
    return response


def _drawn(figures: Figures, shown: Document) -> dict[str, str]:
    """The charts of a document's tables, by name."""
    labels, start = counting.labels(), shown.year.start_year
    names = [table.chart for table in shown.tables if table.chart]
    return {
        name: charts.kept_or_drawn(charts.specification(charts.bars(name, start, figures.years, labels)))
        for name in names
    }


def _subject(year: ReportYear) -> Subject:
    return Subject("figures", in_address(year))

"""Pages of the room: the register, and the forms behind a review's own page."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import note_read, person
from app.accounts.policy import PersonFacts
from app.audit.operations import Subject
from app.clocks import queries as clocks
from app.clocks.models import CaseKind
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.filters import date_long
from app.core.forms import TrackerForm, carry_out
from app.core.report_year import ReportYear, report_year_of
from app.reviews import operations, queries
from app.reviews.export import MARKING, columns
from app.reviews.forms import (
    AuditedCaseForm,
    FigureForm,
    NewAuditedCaseForm,
    NewReviewForm,
    ReviewFilterForm,
    ReviewForm,
    StageForm,
    WithdrawForm,
    report_years,
)
from app.reviews.models import REVIEW_TYPE_LABELS, AuditedCase, PublishedFigure, Review, ReviewStage

blueprint = Blueprint("reviews", __name__)

#: How the audit trail names the register, which shows captions.
REGISTER = Subject("register", "reviews")


@blueprint.get("/reviews")
@access("review.list")
def index() -> str:
    """The register of the reviews that the person may read."""
    labels, facts = queries.stage_labels(), person().facts
    form = _filters(facts, labels)
    page, count = queries.register(
        facts,
        form.narrowed(),
        sort=request.args.get("sort", "ref"),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    note_read(REGISTER, "Opened the register of reviews")
    return render_template(
        "reviews/index.html", form=form, applied=form.applied(), page=page, count=count, labels=labels
    )


@blueprint.get("/reviews/export")
@access("review.list")
def export() -> ResponseReturnValue:
    """The register as a file, narrowed and sorted as it is on the page."""
    labels, facts = queries.stage_labels(), person().facts
    form = _filters(facts, labels)
    return exports.export(
        name="Reviews",
        file_name="reviews",
        columns=columns(labels),
        rows=queries.in_full(facts, form.narrowed(), sort=request.args.get("sort", "ref")),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("reviews.index"),
    )


def _filters(facts: PersonFacts, labels: Mapping[tuple[int, str, str], str]) -> ReviewFilterForm:
    form = ReviewFilterForm(formdata=request.args)
    form.type.offer({str(code): label for code, label in REVIEW_TYPE_LABELS.items()}, empty="All types")
    form.area.offer({area.ref: area.name for area in accounts.areas(with_withdrawn=True)}, empty="All areas")
    groups = {group.ref: group.name for group in queries.readable_groups(facts)}
    form.group.offer(groups, empty="All sub-groups")
    stages = {queries.IN_PROGRESS: "In progress: any but the last", **_stages_in_words(labels)}
    form.stage.offer(stages, empty="All stages")
    years = {str(year): str(ReportYear(year)) for year in queries.start_years(facts)}
    form.year.offer(years, empty="All years")
    form.theme.offer(queries.themes(), empty="All themes")
    return form


@blueprint.route("/reviews/new", methods=["GET", "POST"])
@access("review.create")
def new() -> ResponseReturnValue:
    """Enter a review."""
    groups = queries.choosable_groups(person().facts)
    form = NewReviewForm(data={"report_year": str(report_year_of(today()))})
    form.offer(groups={group.ref: group.name for group in groups})
    form.regime.offer(
        {regime.code: regime.name for regime in clocks.regimes(CaseKind.REVIEW)},
        empty="The guidance in force when it began",
    )
    made: list[Review] = []

    def create() -> None:
        made.append(operations.create_review(**form.values()))

    if carry_out(form, create):
        flash(f"{made[0].ref} added. Next, add what was learned.")
        return redirect(_thread(made[0]))
    return _page("reviews/new.html", form)


@blueprint.route("/reviews/<ref>/edit", methods=["GET", "POST"])
@access("review.change", queries.review)
def edit(review: Review) -> ResponseReturnValue:
    """Change what is held of a review."""
    groups = {group.ref: group.name for group in queries.choosable_groups(person().facts)}
    form = editing(
        ReviewForm,
        review,
        lambda: {
            "review_type": review.review_type,
            "caption": review.caption,
            "group": review.group.ref,
            "areas": [area.ref for area in review.areas],
            "report_year": str(review.report_year),
            "circumstances": review.circumstances,
            "parallel_processes": review.parallel_processes,
            "recorded_impact": review.recorded_impact,
            "report_url": review.report_url,
        },
    )
    form.offer(groups=groups, review=review)
    if carry_out(form, lambda: operations.change_review(review=review, **form.values())):
        flash(f"{review.ref} changed.")
        return redirect(_thread(review))
    return _page_of(review, "reviews/edit.html", form, read="Opened {ref} to change it")


@blueprint.route("/reviews/<ref>/stages", methods=["GET", "POST"])
@access("review.change", queries.review)
def stages(review: Review) -> ResponseReturnValue:
    """The stages a review has reached, and recording the next one."""
    pathway = clocks.stages(regime_id=review.regime_id, pathway=review.pathway)
    form = StageForm()
    form.stage.offer({stage.code: stage.label for stage in pathway})

    if carry_out(form, lambda: operations.record_stage(review=review, **form.values())):
        label = next(stage.label for stage in pathway if stage.code == review.stage_code)
        flash(f"Stage recorded. {review.ref} stands at “{label}” since {date_long(review.stage_reached_on)}.")
        return redirect(url_for("reviews.stages", ref=review.ref))
    return _page_of(
        review,
        "reviews/stages.html",
        form,
        read="Opened the stages of {ref}",
        rows=queries.stage_rows(review),
        standing=sum(row.withdrawn_on is None for row in review.stages),
    )


@blueprint.route("/reviews/<ref>/stages/<int:number>/withdraw", methods=["GET", "POST"])
@access("review.change", queries.stage_row)
def withdraw_stage(row: ReviewStage) -> ResponseReturnValue:
    """Withdraw a stage that was recorded wrongly."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw_stage(row=row, reason=form.reason.data)):
        flash(f"Stage withdrawn from {row.review.ref}.")
        return redirect(url_for("reviews.stages", ref=row.review.ref))
    return _page_of(
        row.review,
        "reviews/withdraw_stage.html",
        form,
        read="Opened a stage of {ref} to withdraw it",
        row=row,
    )


@blueprint.route("/reviews/<ref>/cases", methods=["GET", "POST"])
@access("review.change", queries.review)
def cases(review: Review) -> ResponseReturnValue:
    """The cases an audit looked at, and adding one."""
    following = max((case.number for case in review.audited_cases), default=0) + 1
    form = NewAuditedCaseForm(data={"number": str(following)})

    def add() -> None:
        operations.add_audited_case(review=review, number=form.number.data, summary=form.summary.data)

    if carry_out(form, add):
        flash(f"Case {form.number.data} added. Lessons can now name it.")
        return redirect(url_for("reviews.cases", ref=review.ref))
    return _page_of(review, "reviews/cases.html", form, read="Opened the audited cases of {ref}")


@blueprint.route("/reviews/<ref>/cases/<int:number>/edit", methods=["GET", "POST"])
@access("review.change", queries.audited_case)
def edit_case(case: AuditedCase) -> ResponseReturnValue:
    """Change what is said of an audited case."""
    form = editing(AuditedCaseForm, case, first=lambda: queries.hold(case.review))
    if carry_out(form, lambda: operations.change_audited_case(case=case, summary=form.summary.data)):
        flash(f"{case.label} changed.")
        return redirect(url_for("reviews.cases", ref=case.review.ref))
    return _page_of(
        case.review, "reviews/edit_case.html", form, read="Opened a case of {ref} to change it", case=case
    )


@blueprint.route("/reviews/<ref>/cases/<int:number>/withdraw", methods=["GET", "POST"])
@access("review.change", queries.audited_case)
def withdraw_case(case: AuditedCase) -> ResponseReturnValue:
    """Withdraw an audited case with a reason."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw_audited_case(case=case, reason=form.reason.data)):
        flash(f"{case.label} withdrawn from {case.review.ref}.")
        return redirect(url_for("reviews.cases", ref=case.review.ref))
    return _page_of(
        case.review,
        "reviews/withdraw_case.html",
        form,
        read="Opened a case of {ref} to withdraw it",
        case=case,
    )


@blueprint.route("/reviews/<ref>/withdraw", methods=["GET", "POST"])
@access("review.change", queries.review)
def withdraw(review: Review) -> ResponseReturnValue:
    """Take a review out of the register with a reason."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw_review(review=review, reason=form.reason.data)):
        flash(f"{review.ref} withdrawn. The filter of the register still finds it.")
        return redirect(url_for("reviews.index"))
    left = [part for part in queries.parts_standing(review) if part[0]]
    return _page_of(review, "reviews/withdraw.html", form, read="Opened {ref} to withdraw it", left=left)


@blueprint.get("/reviews/figures")
@access("review.list")
def figures() -> str:
    """What the annual reports print of the partnership as a whole, a year at a time."""
    years = [ReportYear(year) for year in queries.years_with_figures()]
    asked = request.args.get("year", "")
    present = years[0] if years else report_year_of(today())
    year = next((year for year in years if str(year.start_year) == asked), present)
    return render_template(
        "reviews/year_figures.html",
        year=year,
        years=years,
        figures=queries.figures_of_year(year.start_year),
    )


@blueprint.route("/reviews/figures/new", methods=["GET", "POST"])
@access("review.change")
def new_figure() -> ResponseReturnValue:
    """Add a figure of the partnership's year."""
    form = _figure_form(report_year_of(today()))
    if carry_out(form, lambda: operations.add_figure(review=None, **form.values())):
        flash("Figure added.")
        return redirect(url_for("reviews.figures", year=form.report_year.data[:4]))
    return _page("reviews/new_figure.html", form)


@blueprint.route("/reviews/<ref>/figures", methods=["GET", "POST"])
@access("review.change", queries.review)
def review_figures(review: Review) -> ResponseReturnValue:
    """The published figures of a review, and adding one."""
    form = _figure_form(review.report_year)
    if carry_out(form, lambda: operations.add_figure(review=review, **form.values())):
        flash("Figure added.")
        return redirect(url_for("reviews.review_figures", ref=review.ref))
    return _page_of(review, "reviews/review_figures.html", form, read="Opened the figures of {ref}")


@blueprint.route("/reviews/figures/<ref>/edit", methods=["GET", "POST"])
@access("review.change", queries.figure)
def edit_figure(figure: PublishedFigure) -> ResponseReturnValue:
    """Change a published figure."""

    def keep_review() -> None:
        if figure.review is not None:
            queries.hold(figure.review)

    form = editing(FigureForm, figure, first=keep_review)
    form.report_year.offer(report_years(figure.report_year))
    if carry_out(form, lambda: operations.change_figure(figure=figure, **form.values())):
        flash("Figure changed.")
        return redirect(_figures_around(figure))
    return _page_of(
        figure.review, "reviews/edit_figure.html", form, read="Opened a figure of {ref}", figure=figure
    )


@blueprint.route("/reviews/figures/<ref>/withdraw", methods=["GET", "POST"])
@access("review.change", queries.figure)
def withdraw_figure(figure: PublishedFigure) -> ResponseReturnValue:
    """Withdraw a published figure with a reason."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw_figure(figure=figure, reason=form.reason.data)):
        flash("Figure withdrawn.")
        return redirect(_figures_around(figure))
    return _page_of(
        figure.review, "reviews/withdraw_figure.html", form, read="Opened a figure of {ref}", figure=figure
    )


def _page(template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    return render_template(template, form=form, **context), 422 if form.is_submitted() else 200


def _page_of(
    review: Review | None, template: str, form: TrackerForm, *, read: str, **context: Any
) -> ResponseReturnValue:
    """A page that shows case material of a review, and is recorded as read."""
    if review is not None:
        # A figure of the partnership's own year belongs to no case.
        note_read(review.audit_subject, read.format(ref=review.ref))
    return _page(template, form, review=review, **context)


def _figure_form(year: ReportYear) -> FigureForm:
    form = FigureForm(data={"report_year": str(year)})
    form.report_year.offer(report_years(year))
    return form


def _figures_around(figure: PublishedFigure) -> str:
    if figure.review is not None:
        return url_for("reviews.review_figures", ref=figure.review.ref)
    return url_for("reviews.figures", year=figure.report_year_start)


def _thread(review: Review) -> str:
    return url_for("reports.review_thread", ref=review.ref)


def _stages_in_words(labels: Mapping[tuple[int, str, str], str]) -> dict[str, str]:
    """Each code of a stage with its words; where pathways differ in them, all."""
    words: dict[str, list[str]] = {}
    for (_, _, code), label in labels.items():
        if label not in words.setdefault(code, []):
            words[code].append(label)
    return {code: " or ".join(found) for code, found in words.items()}

"""Pages of the room: lessons and strengths, themes, recommendations."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import may, note_read, person
from app.accounts.models import Source
from app.accounts.policy import Sharing
from app.audit import queries as audit
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.forms import TrackerForm, carry_out
from app.lessons import operations, queries, sources
from app.lessons.export import COLUMNS, MARKING
from app.lessons.forms import (
    LessonDetailsForm,
    LessonFilterForm,
    LessonForm,
    NewLessonForm,
    RecommendationForm,
    ResponseForm,
    RewordForm,
    SharingForm,
)
from app.lessons.models import Lesson, LessonKind, Recommendation
from app.reviews.forms import WithdrawForm
from app.reviews.models import Review

blueprint = Blueprint("lessons", __name__)

#: How the audit trail names the list, where it shows drafts that nobody has cleared yet.
LIST = Subject("register", "lessons")


@blueprint.get("/lessons")
@access("lesson.list")
def index() -> str:
    """The lessons and strengths that the person may read."""
    form = _filters()
    page, count = queries.listed(
        person().facts,
        form.narrowed(),
        sort=request.args.get("sort", "ref"),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    if any(lesson.facts.sharing == Sharing.DRAFT for lesson in page.rows):
        note_read(LIST, "Opened the list of lessons, with drafts")
    return render_template("lessons/index.html", form=form, applied=form.applied(), page=page, count=count)


@blueprint.get("/lessons/export")
@access("lesson.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    form = _filters()
    return exports.export(
        name="Lessons",
        file_name="lessons",
        columns=COLUMNS,
        rows=queries.in_full(person().facts, form.narrowed(), sort=request.args.get("sort", "ref")),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("lessons.index"),
    )


def _filters() -> LessonFilterForm:
    form = LessonFilterForm(formdata=request.args)
    themes = {theme.ref: theme.name for theme in queries.themes(with_retired=True)}
    form.theme.offer(themes, empty="All themes")
    return form


@blueprint.get("/themes")
@access("lesson.list")
def themes() -> str:
    """What lessons are about, with how many of each the person may read."""
    return render_template("lessons/themes.html", rows=queries.themes_with_counts(person().facts))


@blueprint.route("/sources/<ref>/lessons/new", methods=["GET", "POST"])
@access("lesson.create", sources.source)
def new(source: Source) -> ResponseReturnValue:
    """Add a lesson or strength to a review or to one of its audited cases."""
    asked = request.args.get("kind")
    kind = asked if asked in set(LessonKind) else LessonKind.LESSON
    form = NewLessonForm(data={"kind": kind, "audited_case": request.args.get("case"), "found_on": today()})
    form.offer(source)
    made: list[Lesson] = []

    def create() -> None:
        values = {**form.words(), **form.details(source), "kind": form.kind.data}
        made.append(operations.create_lesson(source=source, **values))

    if carry_out(form, create):
        flash(f"{made[0].ref} added as a draft. Next, add an action, or have its wording cleared.")
        return redirect(sources.href(source))
    return _page_of(source, "lessons/new.html", form, read="Opened {ref} to add a lesson")


@blueprint.route("/lessons/<ref>/edit", methods=["GET", "POST"])
@access("lesson.change", queries.lesson)
def edit(lesson: Lesson) -> ResponseReturnValue:
    """Change a lesson; the wording of one that was cleared only for those who may clear it."""
    is_draft, may_share = lesson.sharing == Sharing.DRAFT, may("lesson.share", lesson)
    kind = LessonForm if is_draft else RewordForm if may_share else LessonDetailsForm
    form = editing(
        kind,
        lesson,
        lambda: {
            "heading": lesson.heading,
            "what_we_learned": lesson.what_we_learned,
            "what_you_should_do": lesson.what_you_should_do,
            "audited_case": str(lesson.audited_case.number) if lesson.audited_case else None,
            "number": str(lesson.number or ""),
            "found_on": lesson.found_on,
            "themes": [theme.ref for theme in lesson.themes],
        },
        first=lambda: sources.hold(lesson.source),
    )
    form.offer(lesson.source, held=lesson.themes)

    def change() -> None:
        words = (
            form.words()
            if isinstance(form, LessonForm)
            else {
                "heading": lesson.heading,
                "what_we_learned": lesson.what_we_learned,
                "what_you_should_do": lesson.what_you_should_do,
            }
        )
        operations.change_lesson(
            lesson=lesson,
            may_share=may_share,
            reason=form.reason.data if isinstance(form, RewordForm) else "",
            **words,
            **form.details(lesson.source),
        )

    if carry_out(form, change):
        flash(f"{lesson.ref} changed.")
        return redirect(url_for("reports.lesson_thread", ref=lesson.ref))
    return _page_of(
        lesson.source, "lessons/edit.html", form, read=f"Opened {lesson.ref} to change it", lesson=lesson
    )


@blueprint.route("/lessons/<ref>/sharing", methods=["GET", "POST"])
@access("lesson.share", queries.lesson)
def sharing(lesson: Lesson) -> ResponseReturnValue:
    """Clear or publish the wording of a lesson, or take it back."""
    present = Sharing(lesson.sharing)
    form = SharingForm()
    form.offer(present)

    def share() -> None:
        operations.share_lesson(
            lesson=lesson,
            sharing=form.sharing.data or "",
            checked=bool(form.checked.data),
            words_read=form.words_read.data or "",
            reason=form.reason.data or "",
        )

    if carry_out(form, share):
        flash(f"{lesson.ref} is now {lesson.sharing_label.lower()}.")
        return redirect(url_for("reports.lesson_thread", ref=lesson.ref))
    # A tick stands for the words it was given for; other words ask for another.
    as_shown = operations.digest(lesson)
    form.checked.data = bool(form.checked.data) and form.words_read.data == as_shown
    form.words_read.data = as_shown
    return _page_of(
        lesson.source,
        "lessons/sharing.html",
        form,
        read=f"Opened {lesson.ref} to decide on sharing it",
        lesson=lesson,
        asks_for_reason=form.asks_for_reason(present),
    )


@blueprint.route("/lessons/<ref>/withdraw", methods=["GET", "POST"])
@access("lesson.withdraw", queries.lesson)
def withdraw(lesson: Lesson) -> ResponseReturnValue:
    """Withdraw a lesson with a reason."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw_lesson(lesson=lesson, reason=form.reason.data)):
        flash(f"{lesson.ref} withdrawn.")
        return redirect(sources.href(lesson.source))
    return _page_of(
        lesson.source,
        "lessons/withdraw.html",
        form,
        read=f"Opened {lesson.ref} to withdraw it",
        lesson=lesson,
        answered=queries.actions_standing(lesson),
    )


@blueprint.route("/sources/<ref>/recommendations/new", methods=["GET", "POST"])
@access("recommendation.create", sources.source)
def new_recommendation(source: Source) -> ResponseReturnValue:
    """Add a recommendation under the number it has in the report."""
    form = RecommendationForm(
        data={"made_on": source.stage_reached_on if isinstance(source, Review) else today()}
    )
    form.offer(source)
    made: list[Recommendation] = []

    def create() -> None:
        made.append(operations.create_recommendation(source=source, **form.values(source)))

    if carry_out(form, create):
        flash(f"{made[0].ref} added. Next, give the partnership’s response, or add an action.")
        return redirect(url_for("lessons.recommendation", ref=made[0].ref))
    return _page_of(
        source, "lessons/new_recommendation.html", form, read="Opened {ref} to add a recommendation"
    )


@blueprint.get("/recommendations/<ref>")
@access("recommendation.read", queries.recommendation)
def recommendation(recommendation: Recommendation) -> str:
    """A recommendation by itself, with the lessons it answers and the partnership's response."""
    subject = recommendation.audit_subject
    entries = audit.timeline(subject.kind, subject.ref, with_reads=may("audit.see_reads"))
    return render_template(
        "lessons/recommendation.html",
        recommendation=recommendation,
        source=recommendation.source,
        entries=entries,
    )


@blueprint.route("/recommendations/<ref>/edit", methods=["GET", "POST"])
@access("recommendation.change", queries.recommendation)
def edit_recommendation(recommendation: Recommendation) -> ResponseReturnValue:
    """Change a recommendation."""
    source = recommendation.source
    form = editing(
        RecommendationForm,
        recommendation,
        lambda: {
            "number": recommendation.number,
            "wording": recommendation.wording,
            "made_on": recommendation.made_on,
            "lessons": [lesson.ref for lesson in recommendation.lessons],
        },
        first=lambda: sources.hold(source),
    )
    form.offer(source, held=recommendation.lessons)

    def change() -> None:
        operations.change_recommendation(recommendation=recommendation, **form.values(source))

    if carry_out(form, change):
        flash(f"{recommendation.ref} changed.")
        return redirect(url_for("lessons.recommendation", ref=recommendation.ref))
    return _page_around(recommendation, "lessons/edit_recommendation.html", form)


@blueprint.route("/recommendations/<ref>/response", methods=["GET", "POST"])
@access("recommendation.respond", queries.recommendation)
def respond(recommendation: Recommendation) -> ResponseReturnValue:
    """Give the partnership's response to a recommendation."""
    form = editing(ResponseForm, recommendation, first=lambda: sources.hold(recommendation.source))

    def answer() -> None:
        operations.respond(
            recommendation=recommendation,
            response=form.response.data or "",
            reason=form.response_reason.data or "",
        )

    if carry_out(form, answer):
        flash(f"Response to {recommendation.ref} saved.")
        return redirect(url_for("lessons.recommendation", ref=recommendation.ref))
    return _page_around(recommendation, "lessons/respond.html", form)


@blueprint.route("/recommendations/<ref>/withdraw", methods=["GET", "POST"])
@access("recommendation.change", queries.recommendation)
def withdraw_recommendation(recommendation: Recommendation) -> ResponseReturnValue:
    """Withdraw a recommendation with a reason."""
    form = WithdrawForm()

    def take_out() -> None:
        operations.withdraw_recommendation(recommendation=recommendation, reason=form.reason.data)

    if carry_out(form, take_out):
        flash(f"{recommendation.ref} withdrawn.")
        return redirect(sources.href(recommendation.source))
    return _page_around(
        recommendation,
        "lessons/withdraw_recommendation.html",
        form,
        answered=queries.actions_standing(recommendation),
    )


def _page_around(
    recommendation: Recommendation, template: str, form: TrackerForm, **context: Any
) -> ResponseReturnValue:
    return _page_of(
        recommendation.source,
        template,
        form,
        read=f"Opened {recommendation.ref} to change it",
        recommendation=recommendation,
        **context,
    )


def _page_of(
    source: Source, template: str, form: TrackerForm, *, read: str, **context: Any
) -> ResponseReturnValue:
    """A page that shows case material of a source, and is recorded as read."""
    note_read(source.audit_subject, read.format(ref=source.ref))
    status = 422 if form.is_submitted() else 200
    return render_template(
        template, form=form, source=source, cases=sources.audited_cases(source), **context
    ), status

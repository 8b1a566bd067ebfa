"""Homes and threads: pages that only read."""

from flask import Blueprint, render_template, request

from app.accounts.guard import note_read, person
from app.actions.models import Action
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.lessons.models import Lesson
from app.reports import homes, queries
from app.reports.action_thread import action_thread as put_action_together
from app.reports.health import looking_after
from app.reports.lesson_thread import lesson_thread as put_lesson_together
from app.reports.queries import MOST_COUNTED, Scope
from app.reports.review_thread import review_thread as put_review_together
from app.reviews.models import Review

blueprint = Blueprint("reports", __name__)

#: How the audit trail names the list of recommendations, which shows their wording.
LIST = Subject("register", "recommendations")


@blueprint.get("/")
@access("home.read")
def home() -> str:
    """What the person signed in should see first."""
    return render_template(
        "reports/home.html",
        home=homes.home(),
        who=person(),
        most_counted=MOST_COUNTED,
        looking_after=looking_after(),
    )


@blueprint.get("/reviews/<ref>")
@access("review.read", queries.review_thread)
def review_thread(review: Review) -> str:
    """The thread of a review: every lesson, what answers it, and what became of that."""
    return render_template(
        "reports/review_thread.html", thread=put_review_together(review), review=review, today=today()
    )


@blueprint.get("/lessons/<ref>")
@access("lesson.read", queries.lesson_thread)
def lesson_thread(lesson: Lesson) -> str:
    """The thread of a lesson; outside its compartment only the wording, themes and the source's reference."""
    return render_template("reports/lesson_thread.html", thread=put_lesson_together(lesson), lesson=lesson)


@blueprint.get("/actions/<ref>")
@access("action.read", queries.action_thread)
def action_thread(action: Action) -> str:
    """The thread of an action: what is to be done and why, what happened so far, and what comes next."""
    return render_template(
        "reports/action_thread.html", thread=put_action_together(action), action=action, today=today()
    )


@blueprint.get("/recommendations")
@access("review.list")
def recommendations() -> str:
    """The recommendations that still ask for something, of the reviews the person may read."""
    facts, on = person().facts, today()
    groups = queries.groups_by_ref(request.args.get("group"))
    scope = Scope.of(facts)
    if groups:
        ids = frozenset(group.id for group in groups)
        scope = Scope(facts, ids if scope.group_ids is None else ids & scope.group_ids)
    is_late = request.args.get("show") == "late"
    note_read(LIST, "Opened the list of open recommendations")
    return render_template(
        "reports/recommendations.html",
        found=queries.listed_recommendations(scope, on, late=is_late),
        groups=groups,
        is_late=is_late,
        today=on,
    )

"""Who may open a review: its restriction and team, conflicts of interest, and breaking the glass."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.cases import operations as case_operations
from app.accounts.cases import pages
from app.accounts.cases import queries as cases
from app.accounts.cases.pages import Around
from app.accounts.cases.rules import GlassHolds
from app.accounts.guard import may, note_read, person
from app.accounts.models import SourceKind
from app.audit.operations import Subject, record
from app.audit.refusals import refusal_line
from app.core.access import access
from app.core.database import current_session
from app.core.forms import TrackerForm, carry_out
from app.core.transactions import apart
from app.reviews import queries
from app.reviews.access.forms import (
    GlassForm,
    LeadForm,
    LiftForm,
    MemberForm,
    RemoveForm,
    RestrictForm,
)
from app.reviews.access.loading import ConflictOf, PlaceOf, conflict, place
from app.reviews.models import Review
from app.reviews.operations import access as operations

blueprint = Blueprint("case_access", __name__)

#: How many times that the glass was broken one page lists.
MOST_LISTED = 200

_REFERENCE = re.compile(r"[A-Z]-\d{1,8}")


@blueprint.get("/reviews/<ref>/access")
@access("review.read", queries.review)
def overview(review: Review) -> str:
    """Who may open the review, and who may not."""
    manages = may("review.manage_conflicts", review)
    return render_template(
        "reviews/access/overview.html",
        review=review,
        team=cases.team(review.ref) if review.is_restricted else (),
        conflicts=cases.conflicts(review.ref) if manages else (),
        glass=cases.broken_glass_of(review.ref) if may("review.manage_team", review) else (),
        lead_form=LeadForm(),
    )


@blueprint.route("/reviews/<ref>/access/restrict", methods=["GET", "POST"])
@access("review.restrict", queries.review)
def restrict(review: Review) -> ResponseReturnValue:
    """Let only a team open the review."""
    form = RestrictForm()
    if carry_out(form, lambda: operations.restrict(review=review, lead=person(), reason=form.reason.data)):
        flash(f"{review.ref} is restricted. Only its team can open it; add those who work on it.")
        return redirect(_overview(review))
    return _page(review, "restrict", form)


@blueprint.route("/reviews/<ref>/access/lift", methods=["GET", "POST"])
@access("review.manage_team", queries.review)
def lift(review: Review) -> ResponseReturnValue:
    """Let everybody of the group open the review again."""
    form = LiftForm()
    if carry_out(form, lambda: operations.lift_restriction(review=review, reason=form.reason.data)):
        flash(f"{review.ref} is restricted no longer.")
        # Whoever led the team may not be of the group that can open it now.
        return redirect(_overview(review) if may("review.read", review) else url_for("reports.home"))
    return _page(review, "lift", form)


@blueprint.route("/reviews/<ref>/access/team/add", methods=["GET", "POST"])
@access("review.manage_team", queries.review)
def add(review: Review) -> ResponseReturnValue:
    """Let somebody join the team."""
    members = {member.person_id for member in cases.team(review.ref)}
    people = pages.everybody(but=members | cases.conflicted().get(review.ref, frozenset()))
    form = MemberForm()
    form.person.offer(pages.in_words(people.values()), empty="Choose a person")

    def join() -> None:
        operations.add_to_team(
            review=review, person=people[form.person.data], is_lead=bool(form.is_lead.data)
        )

    if carry_out(form, join):
        flash(f"{people[form.person.data].name} is on the team of {review.ref}.")
        return redirect(_overview(review))
    return _page(review, "add", form)


@blueprint.route("/reviews/<ref>/access/team/<person_ref>/remove", methods=["GET", "POST"])
@access("review.manage_team", place)
def remove(place: PlaceOf) -> ResponseReturnValue:
    """Let somebody leave the team."""
    form, name = RemoveForm(), place.member.person.name
    if carry_out(form, lambda: operations.remove_from_team(review=place.review, member=place.member)):
        flash(f"{name} is no longer on the team of {place.review.ref}.")
        left_it_oneself = place.member.person_id == person().id
        return redirect(url_for("reports.home") if left_it_oneself else _overview(place.review))
    return _page(place.review, "remove", form, member=place.member)


@blueprint.post("/reviews/<ref>/access/team/<person_ref>/lead")
@access("review.manage_team", place)
def lead(place: PlaceOf) -> ResponseReturnValue:
    """Let a member of the team lead it, or lead it no longer."""
    form, name = LeadForm(), place.member.person.name
    is_lead = form.lead.data == "yes"

    def change() -> None:
        operations.change_lead(review=place.review, member=place.member, is_lead=is_lead)

    if carry_out(form, change):
        flash(f"{name} {'now leads' if is_lead else 'no longer leads'} the team of {place.review.ref}.")
        return redirect(_overview(place.review))
    return _page(place.review, "lead", form)


@blueprint.route("/reviews/<ref>/access/conflict", methods=["GET", "POST"])
@access("review.declare_conflict", queries.review)
def own_conflict(review: Review) -> ResponseReturnValue:
    """Declare a conflict of interest of one's own, and see nothing more of the case."""
    return pages.own_conflict(review, _around(review))


@blueprint.route("/reviews/<ref>/access/conflicts/add", methods=["GET", "POST"])
@access("review.manage_conflicts", queries.review)
def add_conflict(review: Review) -> ResponseReturnValue:
    """Declare a conflict of interest of somebody else."""
    return pages.add_conflict(review, _around(review))


@blueprint.route("/reviews/<ref>/access/conflicts/<person_ref>/end", methods=["GET", "POST"])
@access("review.manage_conflicts", conflict)
def end_conflict(conflict: ConflictOf) -> ResponseReturnValue:
    """Record that a conflict of interest stands no longer."""
    return pages.end_conflict(conflict.review, conflict.conflict, _around(conflict.review))


@blueprint.route("/break-the-glass", methods=["GET", "POST"])
@access("glass.break")
def break_glass() -> ResponseReturnValue:
    """Open a restricted case without being on its team: with a reason, for today, and others are told."""
    form = GlassForm()
    held: list[str] = []

    def break_it() -> None:
        try:
            case_operations.break_glass(ref=form.ref.data, person=person(), reason=form.reason.data)
        except GlassHolds:
            held.append(form.ref.data.strip().upper())
            raise

    if carry_out(form, break_it):
        source = cases.source(form.ref.data.strip().upper())
        flash(f"You can read {source.ref} until the day ends. Others have been told.")
        is_death = source.kind == SourceKind.CHILD_DEATH
        return redirect(url_for("child_deaths.show" if is_death else "reports.review_thread", ref=source.ref))
    if held:
        _record_refusal(held[0])
    return render_template("reviews/access/break_glass.html", form=form), 422 if form.is_submitted() else 200


@blueprint.get("/glass-broken")
@access("glass.review")
def glass_broken() -> str:
    """Who broke the glass of which case, when and why: looked at by those who could."""
    note_read(Subject("register", "glass"), "Opened the list of broken glass")
    return render_template(
        "reviews/access/glass_broken.html",
        rows=cases.broken_glass(but=person().facts.conflicts, limit=MOST_LISTED),
        most=MOST_LISTED,
    )


def _page(review: Review, template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    note_read(review.audit_subject, f"Opened who may open {review.ref}")
    page = render_template(f"reviews/access/{template}.html", form=form, review=review, **context)
    return page, 422 if form.is_submitted() else 200


def _overview(review: Review) -> str:
    return url_for("case_access.overview", ref=review.ref)


def _around(review: Review) -> Around:
    return Around(
        [
            ("Reviews", url_for("reviews.index")),
            (review.ref, url_for("reports.review_thread", ref=review.ref)),
        ],
        _overview(review),
    )


def _record_refusal(typed: str) -> None:
    """Keep that the glass held, apart from the request's own transaction, which is dropped."""
    ref = typed if _REFERENCE.fullmatch(typed) else "-"
    current_session().rollback()
    with apart() as database:
        record(
            verb="glass.break",
            subject=Subject("glass", ref),
            line=refusal_line("glass.break"),
            is_read=True,
            session=database,
        )

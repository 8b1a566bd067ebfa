"""Pages of the challenge log."""

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.accounts import exports, guard
from app.accounts import queries as accounts
from app.accounts.models import Agency, Source
from app.accounts.policy import Facts, can
from app.actions import queries as actions
from app.actions.challenges import operations, queries
from app.actions.challenges.export import COLUMNS, MARKING
from app.actions.challenges.forms import ChallengeFilterForm, ChallengeForm, EntryForm, OutcomeForm, RaiseForm
from app.actions.challenges.letter import MEDIA_TYPE, as_word, letter_about
from app.actions.challenges.queries import Filters, Stands
from app.actions.challenges.rules import EntryKind, Outcome, answer_by
from app.actions.models import Action, Challenge
from app.actions.queries.escalated import Ask, reached_on
from app.actions.views.blueprint import blueprint, done, page
from app.actions.views.filtering import asked
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.forms import apply_rule, carry_out
from app.core.holidays import working_days

#: How the audit trail names the log as a whole.
LOG = Subject("register", "challenges")


@blueprint.get("/challenges")
@access("challenge.list")
def challenges() -> ResponseReturnValue:
    """The log: the latest first, whatever its year."""
    person, on = guard.person().facts, today()
    form = asked(ChallengeFilterForm)
    filters = _filters(form)
    found = queries.listing(
        person,
        filters,
        on=on,
        sort=request.args.get("sort", "raised"),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    guard.note_read(LOG, "Opened the log of challenges")
    return render_template(
        "challenges/index.html",
        form=form,
        page=found,
        total=queries.count(person, filters, on=on),
        applied=form.applied(),
        entry_labels={kind.value: kind.label for kind in EntryKind},
        outcome_labels={outcome.value: outcome.label for outcome in Outcome},
        today=on,
    )


@blueprint.get("/challenges/export")
@access("challenge.list")
def export_challenges() -> ResponseReturnValue:
    """The log as a file, narrowed and sorted as it is on the page."""
    form = asked(ChallengeFilterForm)
    return exports.export(
        name="Challenges",
        file_name="challenges",
        columns=COLUMNS,
        rows=queries.in_full(
            guard.person().facts, _filters(form), on=today(), sort=request.args.get("sort", "raised")
        ),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("actions.challenges"),
    )


def _filters(form: ChallengeFilterForm) -> Filters:
    stands = form.good(form.stands)
    return Filters(
        stands=Stands(stands) if stands else None,
        kind=form.good(form.kind),
        agency=form.good(form.agency),
        group=form.good(form.group),
        text=form.good(form.text),
    )


@blueprint.route("/challenges/new", methods=["GET", "POST"])
@access("challenge.create")
def new_challenge() -> ResponseReturnValue:
    """Raise a challenge that is about no single action."""
    form = ChallengeForm()
    _offer_agencies(form)
    person = guard.person().facts
    groups = {
        group.ref: group
        for group in accounts.groups()
        if can(person, "challenge.change", Facts(group_id=group.id))
    }
    form.group_id.offer({ref: group.name for ref, group in groups.items()})
    if len(groups) == 1 and not form.is_submitted():
        (form.group_id.data,) = groups
    if form.validate_on_submit():
        try:
            challenge = operations.raise_challenge(
                group=groups[form.group_id.data],
                about=form.about.data,
                put_to=form.put_to.data,
                agency=_agency(form),
                source=_source(form, groups[form.group_id.data].id),
                raised_on=form.raised_on.data,
                answer_by_on=form.answer_by_on.data,
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return _raised(challenge)
    html = render_template("challenges/new.html", form=form)
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/actions/<ref>/challenges/new", methods=["GET", "POST"])
@access("challenge.change", actions.action)
def challenge_about(action: Action) -> ResponseReturnValue:
    """Raise a challenge about an action."""
    form = RaiseForm(
        data={
            "about": f"Action {action.ref} is late",
            "agency_id": action.agency.ref,
            "put_to": action.agency.name,
            "answer_by_on": answer_by(today(), working_days()),
        }
    )
    _offer_agencies(form)
    if form.validate_on_submit():
        try:
            challenge = operations.raise_challenge(
                group=action.group,
                action=action,
                about=form.about.data,
                put_to=form.put_to.data,
                agency=_agency(form),
                raised_on=form.raised_on.data,
                answer_by_on=form.answer_by_on.data,
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return _raised(challenge)
    return page("challenge.html", action, form)


@blueprint.get("/challenges/<ref>")
@access("challenge.read", queries.challenge)
def challenge(challenge: Challenge) -> ResponseReturnValue:
    """A challenge with its log."""
    return render_template(
        "challenges/show.html",
        challenge=challenge,
        may_change=guard.may("challenge.change", challenge),
        may_open_action=challenge.action is not None and guard.may("action.read", challenge.action),
        may_open_source=challenge.source is not None
        and guard.may(challenge.source.read_verb, challenge.source),
        entry_labels={kind.value: kind.label for kind in EntryKind},
        outcome_label=Outcome(challenge.outcome).label if challenge.outcome else "",
        today=today(),
    )


@blueprint.route("/challenges/<ref>/entries/new", methods=["GET", "POST"])
@access("challenge.change", queries.challenge)
def add_challenge_entry(challenge: Challenge) -> ResponseReturnValue:
    """Add a line to the log."""
    form = EntryForm(data={"happened_on": today()})
    if carry_out(
        form,
        lambda: operations.add_entry(
            challenge=challenge,
            kind=EntryKind(form.kind.data),
            whom=form.whom.data,
            words=form.words.data,
            happened_on=form.happened_on.data or today(),
        ),
    ):
        return _done(challenge, f"The line is in the log of {challenge.ref}.")
    return _page("entry.html", challenge, form)


@blueprint.route("/challenges/<ref>/outcome", methods=["GET", "POST"])
@access("challenge.change", queries.challenge)
def record_challenge_outcome(challenge: Challenge) -> ResponseReturnValue:
    """Record what came of it."""
    form = OutcomeForm()
    if carry_out(
        form,
        lambda: operations.record_outcome(
            challenge=challenge, outcome=Outcome(form.outcome.data), words=form.outcome_words.data
        ),
    ):
        return _done(challenge, f"The outcome of {challenge.ref} is recorded.")
    return _page("outcome.html", challenge, form)


@blueprint.get("/actions/<ref>/challenge-letter")
@access("challenge.change", actions.action_in_full)
def challenge_letter(action: Action) -> ResponseReturnValue:
    """The drafted letter as a Word document, once the ladder of reminders has come to its end."""
    if reached_on(action, Ask.RISK_PROMPT) is None:
        return done(
            action,
            f"A letter about {action.ref} is drafted once reminders reach the independent chair.",
        )
    letter = letter_about(action, today())
    guard.note_read(action.audit_subject, f"Downloaded the drafted letter about {action.ref}")
    return send_file(
        BytesIO(as_word(letter)), mimetype=MEDIA_TYPE, as_attachment=True, download_name=letter.file_name
    )


def _page(template: str, challenge: Challenge, form: FlaskForm) -> ResponseReturnValue:
    subject = challenge.audit_subject
    guard.note_read(subject, f"Opened {subject.ref}")
    html = render_template(f"challenges/{template}", challenge=challenge, form=form)
    return html, 422 if form.is_submitted() else 200


def _done(challenge: Challenge, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("actions.challenge", ref=challenge.ref))


def _raised(challenge: Challenge) -> ResponseReturnValue:
    return _done(challenge, f"{challenge.ref} is raised. Add each letter, answer and meeting to its log.")


def _offer_agencies(form: RaiseForm) -> None:
    form.agency_id.offer({agency.ref: agency.name for agency in accounts.agencies()}, empty="None of these")


def _agency(form: RaiseForm) -> Agency | None:
    chosen = form.agency_id.data
    return next((agency for agency in accounts.agencies() if agency.ref == chosen), None) if chosen else None


def _source(form: ChallengeForm, group_id: int) -> Source | None:
    """The case that was named, if the person may open it and the group oversees it; else refused alike."""
    named = form.source.data.strip().upper()
    if not named:
        return None
    found = queries.source_by_ref(named)
    if found is None or found.group_id != group_id or not guard.may(found.read_verb, found):
        raise RuleBroken("Enter a case that this group oversees, or leave it empty", "source")
    return found

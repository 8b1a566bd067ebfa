"""Pages by which the briefing is arranged: its settings, and the kinds of work of its readers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.briefings import queries as room
from app.briefings.arrangements import operations, queries, rules
from app.briefings.arrangements.forms import NO, YES, AudienceForm, RetireForm, SettingsForm
from app.briefings.models import Audience
from app.core.access import access
from app.core.editing import editing
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("briefing_arrangements", __name__)

_CHOICES = ("archive_is_public", "sign_up_is_open", "counts_opens", "keeps_clicks_of_people")


@blueprint.route("/briefings/settings", methods=["GET", "POST"])
@access("briefing_settings.change")
def settings() -> ResponseReturnValue:
    """How the partnership sends its briefing and what it measures."""
    held = room.settings()
    form = editing(
        SettingsForm,
        held,
        lambda: {
            **{name: YES if getattr(held, name) else NO for name in _CHOICES},
            "rate_per_minute": str(held.rate_per_minute or ""),
            "months_kept": str(held.months_kept),
            "failures_before_pause": str(held.failures_before_pause),
            "publisher": held.publisher,
        },
    )

    def change() -> None:
        operations.change_settings(
            settings=held,
            archive_is_public=form.archive_is_public.data == YES,
            sign_up_is_open=form.sign_up_is_open.data == YES,
            counts_opens=form.counts_opens.data == YES,
            keeps_clicks_of_people=form.keeps_clicks_of_people.data == YES,
            months_kept=form.months_kept.data or "",
            rate_per_minute=form.rate_per_minute.data or "",
            failures_before_pause=form.failures_before_pause.data or "",
            publisher=form.publisher.data or "",
            sure=form.is_sure(),
        )

    if carry_out(form, change):
        flash("The settings of the briefing were changed.")
        return redirect(url_for("briefing_arrangements.settings"))
    return _page("settings.html", form, lacking=rules.publisher_lacking(held.publisher))


@blueprint.get("/briefings/audiences")
@access("briefing_settings.change")
def audiences() -> str:
    """The kinds of work that readers tell themselves by."""
    return render_template("briefings/arrangements/audiences.html", rows=queries.audiences_with_readers())


@blueprint.route("/briefings/audiences/new", methods=["GET", "POST"])
@access("briefing_settings.change")
def new_audience() -> ResponseReturnValue:
    """Add a kind of work."""
    form = AudienceForm()
    if carry_out(form, lambda: operations.add_audience(name=form.name.data or "")):
        flash(f"{form.name.data} was added.")
        return redirect(url_for("briefing_arrangements.audiences"))
    return _page("audience.html", form, audience=None)


@blueprint.route("/briefings/audiences/<ref>/edit", methods=["GET", "POST"])
@access("briefing_settings.change", queries.audience)
def edit_audience(audience: Audience) -> ResponseReturnValue:
    """Call a kind of work otherwise."""
    form = editing(AudienceForm, audience)
    if carry_out(form, lambda: operations.rename_audience(audience=audience, name=form.name.data or "")):
        flash(f"{audience.name} was changed.")
        return redirect(url_for("briefing_arrangements.audiences"))
    return _page("audience.html", form, audience=audience)


@blueprint.post("/briefings/audiences/<ref>/move")
@access("briefing_settings.change", queries.audience)
def move_audience(audience: Audience) -> ResponseReturnValue:
    """Have a kind of work change places with its neighbour."""
    operations.move_audience(audience=audience, up=request.form.get("to") == "up")
    return redirect(url_for("briefing_arrangements.audiences"))


@blueprint.route("/briefings/audiences/<ref>/retire", methods=["GET", "POST"])
@access("briefing_settings.change", queries.audience)
def retire_audience(audience: Audience) -> ResponseReturnValue:
    """Offer a kind of work no more, or again."""
    is_back = audience.retired_on is not None
    form = RetireForm()
    form.offer_turn(is_back=is_back)

    def turn() -> None:
        form.check_turn()
        deed = operations.bring_audience_back if is_back else operations.retire_audience
        deed(audience=audience, reason=form.reason.data or "")

    if carry_out(form, turn):
        flash(f"{audience.name} is {'offered again' if is_back else 'offered no more'}.")
        return redirect(url_for("briefing_arrangements.audiences"))
    return _page("retire.html", form, audience=audience, is_back=is_back)


def _page(template: str, form: TrackerForm, **context: object) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template(f"briefings/arrangements/{template}", form=form, **context), status

"""Pages of a round: the editor begins and watches it, a reader answers by the link of the message."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.briefings.models import Subscriber
from app.briefings.subscribers import links
from app.briefings.subscribers.forms import ButtonForm
from app.briefings.subscribers.reconfirming import operations, queries, rules
from app.briefings.subscribers.reconfirming.forms import BeginForm
from app.briefings.subscribers.views.blueprint import blueprint
from app.briefings.wording import briefing_name
from app.core.access import access
from app.core.clock import today
from app.core.forms import carry_out


@blueprint.route("/subscribers/confirm-again", methods=["GET", "POST"])
@access("subscriber.change")
def reconfirmation() -> ResponseReturnValue:
    """Ask readers whether they still want it: first how many they are, then the button that does it."""
    form = BeginForm(data={"answer_by": today() + 2 * rules.SHORTEST})
    number: int | None = None

    def begin() -> None:
        nonlocal number
        imported, before = bool(form.asks_imported.data), form.confirmed_before.data
        answer_by = form.answer_by.data or today()
        rules.check(asks_imported=imported, confirmed_before=before, answer_by=answer_by, today=today())
        found = queries.count(asks_imported=imported, confirmed_before=before)
        if found and form.counted.data != str(found):
            number, form.counted.data = found, str(found)
            return
        operations.begin(asks_imported=imported, confirmed_before=before, answer_by=answer_by)

    if carry_out(form, begin) and number is None:
        flash("They are written to one after the other from now on.")
        return redirect(url_for("subscribers.reconfirmation"))
    page = render_template(
        "briefings/subscribers/reconfirmation.html",
        form=form,
        number=number,
        running=queries.running(),
        held_reason=queries.held_reason(),
        over=queries.over(),
        name=briefing_name(),
    )
    return page, 422 if form.is_submitted() and number is None else 200


@blueprint.post("/subscribers/confirm-again/stop")
@access("subscriber.change")
def stop_reconfirmation() -> ResponseReturnValue:
    """Ask nobody more, and take nobody off."""
    running = queries.running()
    if running is not None and carry_out(ButtonForm(), lambda: operations.stop(running=running)):
        flash("Stopped. Nobody is taken off the list for not having answered.")
    return redirect(url_for("subscribers.reconfirmation"))


@blueprint.post("/subscribers/confirm-again/go-on")
@access("subscriber.change")
def go_on_reconfirmation() -> ResponseReturnValue:
    """Go on with what holds itself."""
    running = queries.running()
    if running is not None and carry_out(ButtonForm(), lambda: operations.go_on(running=running)):
        flash("They are written to again, one after the other.")
    return redirect(url_for("subscribers.reconfirmation"))


@blueprint.route(links.AGAIN_PATH, methods=["GET", "POST"])
def confirm_again() -> ResponseReturnValue:
    """Say by a link that one still wants it, with a button."""
    link, form = request.args.get("link", ""), ButtonForm()
    asked = links.opened_again(link)
    made: list[Subscriber] = []
    if asked is not None and carry_out(form, lambda: made.append(operations.confirm(link=link))):
        flash(f"Thank you. {briefing_name()} goes on coming to you.")
        return redirect(url_for("subscribers.preferences", key=made[0].key))
    if asked is None or form.is_submitted():
        return render_template("briefings/subscribers/link_over.html", name=briefing_name()), 410
    return render_template(
        "briefings/subscribers/confirm_again.html",
        form=form,
        leave_url=url_for("subscribers.leave", key=asked.subscriber.key),
        name=briefing_name(),
    )

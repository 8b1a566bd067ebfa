"""What anybody may do without signing in: sign up, confirm, choose, leave.

Opening any of these pages changes nothing: programs that check mail open every link.
"""

import re

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts.signing_in import throttle
from app.briefings import queries as briefings
from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.subscribers import links, operations, queries, rules
from app.briefings.subscribers.forms import AddressForm, ButtonForm, DetailsForm, SignUpForm, held_by
from app.briefings.subscribers.views.blueprint import blueprint
from app.briefings.wording import briefing_name
from app.core.clock import machine_now, today
from app.core.editing import editing
from app.core.forms import carry_out

_ISSUE = re.compile(r"B-[0-9]{4,12}")
#: What is counted against the place it comes from, and against an address.
_WHAT = "subscribe"


def sign_up_address() -> str | None:
    """Where a stranger signs up; null for who is signed in, and where nobody signs up."""
    if current_user.is_authenticated or not briefings.settings().sign_up_is_open:
        return None
    return url_for("subscribers.sign_up")


@blueprint.route(links.SIGN_UP_PATH, methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    """Ask for the briefing. One answer for every address, whoever it belongs to."""
    if not briefings.settings().sign_up_is_open:
        return _closed()
    form = SignUpForm()
    form.offer()
    if carry_out(form, lambda: _ask(form)):
        return redirect(url_for("subscribers.asked"))
    form.note_made()
    page = render_template("briefings/subscribers/sign_up.html", form=form, name=briefing_name())
    return page, 422 if form.is_submitted() else 200


def _ask(form: SignUpForm) -> None:
    rules.check_time_taken(form.made_at(), machine_now())
    # By where it comes from, whatever the address: that may be said aloud.
    throttle.check_may_send(_WHAT)
    address = rules.typed_address(form.email.data or "")
    details = form.details()
    # What was looked up is needed no more than by its numbers: the count below ends the transaction.
    values = {
        "name": form.name.data or "",
        "agency_id": details["agency"] and details["agency"].id,
        "area_id": details["area"] and details["area"].id,
        "audience_id": details["audience"] and details["audience"].id,
        "topics": [topic.ref for topic in details["topics"]],
    }
    if form.website.data or not throttle.may_write_to(address, _WHAT):
        return
    operations.ask(email=address, **values)


@blueprint.get("/subscribe/asked")
def asked() -> ResponseReturnValue:
    """That a message is on its way, whoever the address belongs to."""
    if not briefings.settings().sign_up_is_open:
        return _closed()
    return render_template("briefings/subscribers/asked.html", name=briefing_name())


def _closed() -> ResponseReturnValue:
    return render_template("briefings/subscribers/closed.html", name=briefing_name()), 404


@blueprint.route(links.CONFIRM_PATH, methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Confirm an address by a link, with a button."""
    link, form = request.args.get("link", ""), ButtonForm()
    found = links.opened(link)
    if found is None:
        return _over()
    moves, email = found.subscriber_id is not None, found.email
    made: list[Subscriber] = []
    if carry_out(form, lambda: made.append(operations.confirm(link=link))):
        flash(f"{briefing_name()} comes to this address from now on.")
        return redirect(url_for("subscribers.preferences", key=made[0].key))
    if form.is_submitted():
        # Somebody was quicker, with a second click or in another way.
        return _over()
    return render_template(
        "briefings/subscribers/confirm.html", form=form, email=email, moves=moves, name=briefing_name()
    )


@blueprint.route(links.UNDO_PATH, methods=["GET", "POST"])
def undo() -> ResponseReturnValue:
    """Have the briefing sent to the address before again, with a button: somebody else had it changed."""
    link, form = request.args.get("link", ""), ButtonForm()
    found = links.opened_undoing(link)
    if found is None:
        return _over()
    email, made = found.email, list[Subscriber]()
    if carry_out(form, lambda: made.append(operations.undo(link=link))):
        flash(
            f"{briefing_name()} is sent to this address again, and no more to the other. Whoever had it "
            "changed may have changed your choices too: look at them here."
        )
        return redirect(url_for("subscribers.preferences", key=made[0].key))
    if form.is_submitted():
        return _over()
    return render_template("briefings/subscribers/undo.html", form=form, email=email, name=briefing_name())


def _over() -> ResponseReturnValue:
    return render_template("briefings/subscribers/link_over.html", name=briefing_name()), 410


@blueprint.route(links.PREFERENCES_PATH, methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    """A reader's own page: what they want to read about, where it is sent, and the way out."""
    subscriber = _whose_key()
    if subscriber.state == SubscriberState.ERASED:
        return _over()
    form = editing(DetailsForm, subscriber, lambda: held_by(subscriber))
    form.offer(subscriber)
    if carry_out(form, lambda: operations.change(subscriber=subscriber, **form.details())):
        flash("Your choices are saved.")
        return redirect(url_for("subscribers.preferences", key=subscriber.key))
    page = render_template(
        "briefings/subscribers/preferences.html",
        subscriber=subscriber,
        form=form,
        name=briefing_name(),
        gets_it=subscriber.state == SubscriberState.ACTIVE,
        left=subscriber.state == SubscriberState.LEFT,
        taken_off=rules.is_taken_off(subscriber.state, subscriber.left_reason),
        may_come_back=not rules.is_given_up(subscriber.state, subscriber.left_reason),
        may_be_tried=rules.may_be_tried_again(subscriber.left_reason, subscriber.left_on, today=today()),
        address=rules.masked(subscriber.email or ""),
        has_account=subscriber.basis == Basis.ACCOUNT,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route(links.ADDRESS_PATH, methods=["GET", "POST"])
def address() -> ResponseReturnValue:
    """Have the briefing sent to another address, which its owner confirms."""
    subscriber, form = _whose_key(), AddressForm()
    if subscriber.state == SubscriberState.ERASED:
        return _over()
    key = subscriber.key
    if subscriber.state == SubscriberState.LEFT:
        flash("You left the list, so nothing is sent to another address either.", "warning")
        return redirect(url_for("subscribers.preferences", key=key))
    if rules.is_taken_off(subscriber.state, subscriber.left_reason):
        flash("An editor took you off the list, so nothing is sent to another address either.", "warning")
        return redirect(url_for("subscribers.preferences", key=key))
    if carry_out(form, lambda: _ask_for_move(key, form)):
        flash("We sent a message to the new address. The change is made once you confirm it there.")
        return redirect(url_for("subscribers.preferences", key=key))
    page = render_template(
        "briefings/subscribers/address.html",
        address=rules.masked(subscriber.email or ""),
        key=key,
        form=form,
        name=briefing_name(),
    )
    return page, 422 if form.is_submitted() else 200


def _ask_for_move(key: str, form: AddressForm) -> None:
    address = rules.typed_address(form.email.data or "")
    # Counting ends the transaction at hand.
    throttle.check_may_send(_WHAT)
    if not throttle.may_write_to(address, _WHAT):
        return
    subscriber = queries.by_key(key)
    if subscriber is not None:
        operations.ask(email=address, subscriber=subscriber)


@blueprint.post(links.RETURN_PATH)
def come_back() -> ResponseReturnValue:
    """Be on the list again; where the address was given up, once a message there is confirmed."""
    subscriber, form = _whose_key(), ButtonForm()
    key = subscriber.key
    if rules.is_given_up(subscriber.state, subscriber.left_reason):
        if carry_out(form, lambda: operations.try_again(subscriber=subscriber)):
            flash("We sent a message to your address. You are on the list again once you confirm it there.")
    elif carry_out(form, lambda: operations.come_back(subscriber=subscriber)):
        flash(f"You get {briefing_name()} again, from the next issue on.")
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("subscribers.preferences", key=key))


@blueprint.route(links.LEAVE_PATH, methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """Leave the list by a link: opened, it shows a button; sent, it is done at once and as often as asked.

    Mail programs send it by themselves (RFC 8058), without a session or a token.
    """
    subscriber = _whose_key()
    if request.method == "POST":
        named = request.args.get("issue", "")
        operations.leave(subscriber=subscriber, issue_ref=named if _ISSUE.fullmatch(named) else None)
    return render_template(
        "briefings/subscribers/leave.html",
        name=briefing_name(),
        gets_it=subscriber.state == SubscriberState.ACTIVE,
        is_erased=subscriber.state == SubscriberState.ERASED,
        address=rules.masked(subscriber.email or ""),
        preferences_url=url_for("subscribers.preferences", key=subscriber.key),
    )


def _whose_key() -> Subscriber:
    subscriber = queries.by_key(request.args.get("key", ""))
    if subscriber is None:
        # A link of a mail from before the address was changed is the likeliest; a bare 404 would help nobody.
        page = render_template("briefings/subscribers/nobodys_link.html", name=briefing_name())
        abort(make_response(page, 404))
    return subscriber

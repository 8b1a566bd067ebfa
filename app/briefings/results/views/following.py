"""Where a mail's links and its picture lead: counted in passing, and never in the reader's way."""

import base64
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.signing_in.rules import place
from app.briefings.results import links, rules
from app.briefings.results.floods import Floods
from app.briefings.results.links import NOBODY, Purpose
from app.briefings.results.operations import clicks
from app.briefings.results.queries import following
from app.briefings.results.views.blueprint import blueprint, not_ours
from app.core.access import access
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.transactions import apart

#: Of the clicks of which only the number is kept, nothing in the database tells one that comes again.
floods = Floods(most=rules.MOST_A_MINUTE, within=timedelta(minutes=1))

#: One transparent point.
_POINT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@blueprint.get("/go")
@access("briefing.read")
def go() -> ResponseReturnValue:
    """Go where a link of a mail leads; counted unless somebody only looks whether it is there."""
    named = links.read(request.args.get("to", ""), numbers=2)
    target = named and following.target(named.ref, named.numbers[0])
    if not named or not target or not named.is_signed_for(Purpose.GO, target.link_key):
        return not_ours()
    response = _unkept(make_response(redirect(target.url)))
    if request.method != "GET" or not target.counts():
        return response
    link_id, delivery_id = target.link_id, named.numbers[1]
    scanner = rules.by_what_it_says(
        request.headers.get("User-Agent", ""),
        f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}",
    )
    if delivery_id != NOBODY and target.keeps_people_on(today()):
        if clicks.says_something_new(link_id=link_id, delivery_id=delivery_id, scanner=scanner):
            _record(partial(clicks.follow, link_id=link_id, delivery_id=delivery_id, scanner=scanner))
    elif floods.may_pass((link_id, place(request.remote_addr)), machine_now()):
        _record(partial(clicks.count, link_id=link_id, scanner=scanner))
    return response


@blueprint.get("/opened")
@access("briefing.read")
def opened() -> ResponseReturnValue:
    """The picture in a mail. Whatever is asked for, it is the same point: it tells nothing."""
    named = links.read(request.args.get("of", ""), numbers=1)
    pictured = named and following.pictured(named.ref)
    if (
        request.method == "GET"
        and named
        and pictured
        and named.is_signed_for(Purpose.OPENED, pictured.link_key)
        and pictured.counts_on(today())
    ):
        issue_id, delivery_id = pictured.issue_id, named.numbers[0]
        if not clicks.is_opened(delivery_id=delivery_id):
            _record(partial(clicks.open_mail, issue_id=issue_id, delivery_id=delivery_id))
    response = _unkept(make_response(_POINT))
    response.mimetype = "image/gif"
    # Mail programs show it from elsewhere than our own pages.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _record(write: Callable[[], None]) -> None:
    """Record in a short transaction of its own. The reader goes on, whatever becomes of it."""
    current_session().rollback()
    try:
        with apart(hurried=True):
            write()
    except SQLAlchemyError as error:
        # Never the error's text, which quotes who it was.
        current_app.logger.error("a click could not be recorded: %s", type(error).__name__)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

"""The page shown when there is no other: one for each kind of trouble, each saying what to do."""

from flask import Flask, Response, current_app, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import NoResultFound, OperationalError
from werkzeug.exceptions import HTTPException

from app.core.database import current_session

#: The kinds of trouble that have a page of their own; any other shows the nearest of these.
PAGES = frozenset({400, 403, 404, 405, 413, 429, 500, 503})

#: Shown when even the frame of a page cannot be made, because the database does not answer.
BARE_PAGE = (
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Try again shortly - '
    "Case Learning Tracker</title></head><body><h1>Try again shortly</h1><p>The service cannot answer just "
    "now. Nothing you sent was kept. Try again in a few minutes.</p></body></html>"
)


def install_error_pages(app: Flask) -> None:
    """Answer every kind of trouble with a page, and drop whatever the request had begun to change."""
    app.register_error_handler(HTTPException, _http_trouble)
    app.register_error_handler(CSRFError, lambda error: _page(400))
    app.register_error_handler(NoResultFound, lambda error: _page(404))
    app.register_error_handler(OperationalError, _database_trouble)
    app.register_error_handler(Exception, _any_trouble)


def _http_trouble(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    response = _page(error.code or 500)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _database_trouble(error: Exception) -> Response:
    """The database is busy, full or away: the person may try again."""
    current_app.logger.error("the database did not answer: %s", type(error).__name__)
    return _page(503)


def _any_trouble(error: Exception) -> Response:
    # The traceback names code, not records: the text of a database error, which quotes values, is left out.
    if current_app.testing:
        raise error
    current_app.logger.error("a page failed: %s", type(error).__name__, exc_info=_without_text(error))
    return _page(500)


def _without_text(error: Exception) -> Exception:
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)


def _page(status: int) -> Response:
    """The page of that status, or a bare one where the frame cannot be made."""
    shown = status if status in PAGES else 400 if status < 500 else 500
    try:
        current_session().rollback()
        # The frame must not tell the place that was refused from the place that does not exist.
        return make_response(render_template(f"errors/{shown}.html", is_trouble=True), status)
    except OperationalError:
        return make_response(BARE_PAGE, status)

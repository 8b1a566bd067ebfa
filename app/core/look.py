"""The look of every page: where templates find GOV.UK's macros, the address of each asset, and headers.

The Content-Security-Policy allows neither inline script nor inline style, so pages have neither.
"""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, request, url_for
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from app.core.filters import register_filters
from app.core.forms import error_links
from app.core.installation import Mode

SERVICE_NAME = "Case Learning Tracker"

#: Our stylesheets, in the order in which pages take them.
_SHEETS = (
    "frame",
    "page",
    "words",
    "tags",
    "cards",
    "lists",
    "band",
    "thread",
    "reports",
    "homes",
    "screening",
    "checking",
    "deaths",
    "figures",
    "briefing",
    "composer",
)
#: Short name of an asset of ours, and its file below the static folder.
_OWN_ASSETS = {
    "app.js": "app.js",
    "session.js": "js/session.js",
    "favicon.svg": "favicon.svg",
    **{f"{sheet}.css": f"css/{sheet}.css" for sheet in _SHEETS},
}
#: Short name of a built asset, and how its file in the vendor folder begins and ends.
_BUILT_ASSETS = {
    "govuk.css": ("govuk-frontend-", ".min.css"),
    "govuk.js": ("govuk-frontend-", ".min.js"),
    "htmx.js": ("htmx-", ".min.js"),
}
_ONE_YEAR = 365 * 24 * 60 * 60

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # GOV.UK's stylesheet draws its small icons as data.
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class AssetsMissing(RuntimeError):
    """The front-end assets have not been built; no page could be shown."""


def install_look(app: Flask) -> None:
    """Give an application the loaders, filters, helpers and headers that the templates rely on."""
    own = app.jinja_loader
    assert own is not None, "an application of Flask's always has a loader for its own templates"
    app.jinja_loader = ChoiceLoader(
        [
            own,
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    WTFormsHelpers(app)
    register_filters(app)
    app.jinja_env.globals.update(
        asset_url=asset_url,
        address_with=address_with,
        error_links=error_links,
        service_name=SERVICE_NAME,
        stylesheets=[f"{sheet}.css" for sheet in _SHEETS],
    )
    app.after_request(_add_headers)


def check_assets(app: Flask) -> None:
    """Raise AssetsMissing, in a sentence that says what to do, unless every asset is where it must be."""
    for name in (*_OWN_ASSETS, *_BUILT_ASSETS):
        _asset_file(Path(app.static_folder or ""), name)


def asset_url(name: str) -> str:
    """The address of an asset by its short name, which changes when the file does.

    ``asset_url("app.js")`` is ``/static/app.js?v=`` and the digest of the content, so browsers may keep
    it for a year.
    """
    known: dict[str, str] = current_app.extensions.setdefault("asset_versions", {})
    folder = Path(current_app.static_folder or "")
    file = _asset_file(folder, name)
    if name not in known or current_app.debug:
        known[name] = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    return url_for("static", filename=file.relative_to(folder).as_posix(), v=known[name])


def address_with(page: str | None = None, /, **changes: object) -> str:
    """The address of the page at hand with some of its query changed; none takes a parameter away.

    With ``page``, the address of another page, narrowed in the same way.

    On ``/actions?agency=ccg&after=A-0007``, ``address_with(after=None, sort="due")`` is
    ``/actions?agency=ccg&sort=due``.
    """
    query: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name not in changes}
    query.update({name: value for name, value in changes.items() if value is not None})
    path = page or quote(request.script_root + request.path)
    # Not url_for: it would take names such as _external from the query for its own.
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def _asset_file(folder: Path, name: str) -> Path:
    if name in _OWN_ASSETS:
        file = folder / _OWN_ASSETS[name]
        if file.is_file():
            return file
        raise AssetsMissing(f"The file {file.name} is missing from {folder}.")
    begins, ends = _BUILT_ASSETS[name]
    try:
        built = json.loads((folder / "vendor" / "built.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        built = []
    for listed in built:
        file = folder / "vendor" / str(listed)
        if str(listed).startswith(begins) and str(listed).endswith(ends) and file.is_file():
            return file
    raise AssetsMissing("The front-end assets have not been built. Run ‘make setup’, then start again.")


def _add_headers(response: Response) -> Response:
    """Tell the browser what a page may do, and to keep nothing of what a signed-in person saw."""
    for header, value in _HEADERS.items():
        response.headers.setdefault(header, value)
    if current_app.config.get("TRACKER_MODE") == Mode.PRODUCTION:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR}; includeSubDomains")
    if request.endpoint == "static":
        if "v" in request.args and response.status_code < 400:
            response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response

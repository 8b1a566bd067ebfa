"""Forms that were sent with a token that no longer counts, or once their session was over.

Nothing of them is carried out, and nothing of what was typed is lost or kept here: the form comes back
filled, with a new token; whoever is not signed in gets it back to send once more after signing in.
"""

from collections.abc import Collection

from flask import g, request
from flask_wtf import CSRFProtect

#: What stands above a form that comes back.
SENTENCE = "Nothing was saved yet: the page had been open too long. Check what you typed, then send it again"

#: Never given back into a page.
_SECRET = frozenset({"csrf_token", "password", "present", "link"})


class Forgery(CSRFProtect):
    """The guard against forged forms, which lets a form that came late back to the person who filled it in.

    A late form reaches its view, where no form of ours counts as valid (see ``TrackerForm.validate``); what
    the view did in spite of it is dropped at the commit point.
    """

    def __init__(
        self, *, open_endpoints: Collection[str], without_token: Collection[str] = frozenset()
    ) -> None:
        """``without_token`` are endpoints that mail programs send to, which have no session with us."""
        super().__init__()
        self._open = open_endpoints
        self._without_token = without_token

    def protect(self, **how: bool) -> None:
        """Refuse a form without its token, but for the endpoints that need none."""
        if request.endpoint not in self._without_token:
            super().protect(**how)

    def _error_response(self, reason: str) -> None:
        if request.endpoint in self._open or not comes_from_our_own_page():
            super()._error_response(reason)
        g.form_is_late = True


def comes_from_our_own_page() -> bool:
    """Whether the form stood on a page of ours that also shows it; only the browser itself can say so."""
    rule = request.url_rule
    return (
        request.headers.get("Sec-Fetch-Site") == "same-origin"
        and rule is not None
        and {"GET", "POST"} <= (rule.methods or set())
    )


def is_late() -> bool:
    """Whether the form at hand came too late to be carried out."""
    return bool(g.get("form_is_late"))


def typed() -> list[tuple[str, str]]:
    """What the form at hand carries, name and value, without what is secret."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _SECRET]


def has_files() -> bool:
    """Whether a file was chosen, which no page can give back."""
    return any(file.filename for file in request.files.values())

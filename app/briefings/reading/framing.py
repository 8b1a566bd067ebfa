"""The mail of an issue as a browser shows it within a page of ours, whose own rules stay as they are."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

from flask import Response, make_response

_SHEET = re.compile(r"<style[^>]*>(.*?)</style>", re.S)
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_COMMENT = re.compile(r"<!--.*?-->", re.S)


#: How the mail asks whether its reader's screen is dark.
_IF_DARK = "@media (prefers-color-scheme: dark)"


def framed(html: str, *, is_dark: bool) -> Response:
    """The mail as a light or a dark screen shows it, for a frame of ours and nothing else.

    Whether the editor's own screen is dark makes no difference to what is shown.
    """
    html = html.replace(_IF_DARK, "@media all" if is_dark else "@media not all")
    response = make_response(html)
    response.headers["Content-Security-Policy"] = policy(html)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def policy(html: str) -> str:
    """What the mail may do: be styled by the styles that stand in it, each told by its digest. Nothing else.

    It runs no script, loads nothing, sends nothing and is framed by our own pages alone.
    """
    shown = _COMMENT.sub("", html)
    sheets = _SHEET.findall(shown)
    # What a browser takes the digest of is the value, not how it is written in the source.
    styles = (unescape(value) for value in _STYLE.findall(shown))
    digests = " ".join(dict.fromkeys(_digest(each) for each in (*sheets, *styles)))
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'unsafe-hashes' {digests}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox",
        )
    )


def _digest(style: str) -> str:
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"

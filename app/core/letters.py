"""How the words of a message are made from its templates, outside of any page."""

from functools import cache
from typing import Any

from flask import current_app

from app.core.hooks import MessageText
from app.core.look import SERVICE_NAME


def letter(template: str, *, subject: str, kept: bool = True, **context: Any) -> MessageText:
    """A message from ``emails/<template>.txt`` and ``.html``, its style rules written into the elements."""
    # Not render_template: it would ask for what only a page has, such as who is signed in.
    environment = current_app.jinja_env
    context = {"subject": subject, "service_name": SERVICE_NAME, **context}
    return MessageText(
        subject=subject,
        text=environment.get_template(f"emails/{template}.txt").render(context),
        html=_inliner().inline(environment.get_template(f"emails/{template}.html").render(context)),
        kept=kept,
    )


@cache
def _inliner() -> Any:
    """What writes the style sheet's rules into the elements; mail programs read no style sheets."""
    # Imported on first use: commands that send nothing start without it.
    import css_inline

    return css_inline.CSSInliner(load_remote_stylesheets=False)

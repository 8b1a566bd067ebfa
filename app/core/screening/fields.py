"""The part of a text field that screens what was typed, warns beside it and takes the author's answer."""

from typing import Any

from flask import render_template
from markupsafe import Markup
from wtforms.validators import ValidationError

from app.core.screening.notices import Notice
from app.core.screening.rules import Finding, Kind, find, text_digest

#: What the summary of errors and the field say of a text that looks as if it identified somebody.
WARNING = "Look again: this may identify somebody. Change the words, or tick that you have checked them"
#: What the author ticks to keep the words.
TICK = "I have checked: this identifies nobody"


class Screened:
    """Mixed into a text field. The tick is bound to the text: other words are screened anew."""

    is_screened: bool
    findings: list[Finding]

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read the tick, and what the author was warned about before, beside the text itself."""
        name: str = self.name  # type: ignore[attr-defined]
        self.findings = []
        self.ticks = frozenset(formdata.getlist(f"{name}-checked")) if formdata else frozenset()
        told = formdata.getlist(f"{name}-warned") if formdata else []
        self.warned = tuple(kind for kind in Kind if kind in told)
        super().process(formdata, *args, **kwargs)  # type: ignore[misc]

    def screen(self) -> list[Finding]:
        """What the author wrote that looks as if it identified somebody; what stood there before is left."""
        text: str = self.data or ""  # type: ignore[attr-defined]
        stood = self.object_data  # type: ignore[attr-defined]
        is_theirs = not isinstance(stood, str) or " ".join(stood.split()) != " ".join(text.split())
        self.findings = find(text) if self.is_screened and is_theirs else []
        return self.findings

    @property
    def digest(self) -> str:
        """What a tick for the present words is bound to."""
        return text_digest(self.data or "")  # type: ignore[attr-defined]

    @property
    def is_ticked(self) -> bool:
        """Whether the author says that these very words identify nobody."""
        return self.digest in self.ticks

    @property
    def notices(self) -> list[Notice]:
        """What the author did about the warnings of this field, once the form is good."""
        name, label = self.name, self.label.text  # type: ignore[attr-defined]
        kept = tuple(dict.fromkeys(finding.kind for finding in self.screen()))
        changed = tuple(kind for kind in self.warned if kind not in kept)
        both = ((kept, True), (changed, False))
        return [Notice(name, label, kinds, is_kept) for kinds, is_kept in both if kinds]

    def warning(self) -> Markup:
        """The findings quoted in place, and the tick; nothing while nothing was found."""
        told = dict.fromkeys((*self.warned, *(finding.kind for finding in self.findings)))
        if not told:
            return Markup("")
        html = render_template("components/screening.html", field=self, kinds=list(told), tick=TICK)
        return Markup(html)


def identifies_nobody(form: Any, field: Any) -> None:
    """Refuse a text with findings that the author has not ticked. Raises ValidationError."""
    if field.screen() and not field.is_ticked:
        raise ValidationError(WARNING)

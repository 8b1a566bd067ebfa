"""The forms of reading: what the archive is narrowed to, and to whom a test goes."""

from typing import ClassVar

from app.briefings import queries as briefings
from app.briefings.reading import queries
from app.core.filter_forms import FilterForm
from app.core.forms import ChoiceField, TextField, TrackerForm
from app.lessons import queries as lessons


class ArchiveFilterForm(FilterForm):
    """What the archive can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"text": "Words"}

    text = TextField("Words", longest=100)
    theme = ChoiceField("Theme", empty="All themes")
    audience = ChoiceField("Written for", empty="Any kind of work")

    def offer(self) -> None:
        """Set the themes and audiences that may be chosen."""
        themes = {theme.ref: theme.name for theme in lessons.themes(with_retired=True)}
        self.theme.offer(themes, empty="All themes")
        audiences = {each.ref: each.name for each in briefings.audiences(with_retired=True)}
        self.audience.offer(audiences, empty="Any kind of work")

    def narrowed(self) -> queries.ArchiveFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        return queries.ArchiveFilter(
            text=sound.get("text") or "",
            theme=sound.get("theme"),
            audience=sound.get("audience"),
        )


class SendTestForm(TrackerForm):
    """To whom a test goes."""

    address = TextField(
        "E-mail address",
        missing="Enter the e-mail address the test goes to",
        longest=254,
        description="Of somebody who has an account and may read drafts: an issue that is not cleared goes to"
        " nobody else.",
    )

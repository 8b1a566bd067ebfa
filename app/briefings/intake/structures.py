"""How the briefing is sent, and the kinds of work that readers tell themselves by."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select, update

from app.briefings.models import Audience, BriefingSettings
from app.core.database import current_session
from app.core.intake import (
    Known,
    Problem,
    Record,
    Section,
    Shape,
    canonical,
    clashes,
    day,
    flag,
    line,
    named_ref,
    number,
)

#: The reference of the one row there is.
SETTINGS = "briefing"


class SettingsSection(Section):
    """How the partnership sends its briefing; one record, left out of a dump while all is as usual."""

    name = "briefing_settings"
    kind = "briefing_settings"
    model = BriefingSettings
    shape = Shape(
        (
            named_ref(),
            flag("archive_is_public"),
            flag("sign_up_is_open", default=True),
            flag("counts_opens"),
            flag("keeps_clicks_of_people", default=True),
            number(
                "months_kept",
                least=2,
                most=36,
                default=13,
                description="For so many months it is kept what was sent to whom, and what they followed.",
            ),
            number("rate_per_minute", least=1, description="Left out: as many as the mail server takes."),
            number("failures_before_pause", least=1, default=10),
            line("publisher", 300, default="", description="Who publishes it and where they are."),
        ),
        description=f"How the briefing is sent and what is measured: one, with the reference {SETTINGS}.",
    )

    def present(self, refs: Collection[str] | None, sections: Mapping[str, Section]) -> dict[str, Record]:
        """The settings; for a dump only where something is not as usual."""
        names = [field.name for field in self.shape.fields if field.name != "ref"]
        row = (
            current_session()
            .execute(select(BriefingSettings.id, *(getattr(BriefingSettings, name) for name in names)))
            .one()
        )
        record = canonical(self.shape, {"ref": SETTINGS, **dict(zip(names, row[1:], strict=True))})
        record.row_id = row.id
        if refs is None:
            return {SETTINGS: record} if len(record) > 1 else {}
        return {SETTINGS: record} if SETTINGS in refs else {}

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """There is one record of it, and its reference is given."""
        for record in records:
            if record.ref != SETTINGS:
                yield record.problem("ref", f"The settings of the briefing have the reference {SETTINGS}")

    def write(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """The row is there from the beginning, and holds no reference."""
        for here, record in changed:
            values = self.columns(record, known)
            del values["ref"]
            current_session().execute(
                update(BriefingSettings).where(BriefingSettings.id == here.row_id).values(values)
            )
        known.passed(2 * len(changed))
        current_session().expire_all()


class AudienceSection(Section):
    """Kinds of work that readers tell themselves by."""

    name = "audiences"
    kind = "audience"
    model = Audience
    is_small = True
    shape = Shape(
        (
            named_ref(),
            line("name", 100, required=True),
            number("position", default=0, most=10_000),
            day("retired_on"),
        ),
        description="The kinds of work that readers of the briefing tell themselves by.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """A name is one audience's."""
        yield from clashes(records, known.everything(self.name), "name", "This is already the name of")

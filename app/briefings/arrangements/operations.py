"""Every change to the settings of the briefing and to the kinds of work of its readers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.audit.operations import Subject, record
from app.briefings import queries as room
from app.briefings.arrangements import queries, rules
from app.briefings.models import Audience, BriefingSettings
from app.core import checks
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.references import short_reference

SETTINGS = Subject("briefing_settings", "briefing")


def change_settings(
    *,
    settings: BriefingSettings,
    archive_is_public: bool,
    sign_up_is_open: bool,
    counts_opens: bool,
    keeps_clicks_of_people: bool,
    months_kept: str,
    rate_per_minute: str,
    failures_before_pause: str,
    publisher: str,
    sure: bool = False,
) -> BriefingSettings:
    """Change how the partnership sends its briefing and what it measures.

    What is kept of readers for a shorter time is removed by the next night: only of somebody who is ``sure``.
    Raises NumberNotUsable, RemovesForGood.
    """
    keep_for_change(settings)
    before = content(settings)
    rate = rules.number(rate_per_minute, most=rules.FASTEST, field="rate_per_minute", optional=True)
    failures = rules.number(failures_before_pause, most=rules.MOST_FAILURES, field="failures_before_pause")
    months = rules.number(months_kept, least=rules.FEWEST_MONTHS, most=rules.MOST_MONTHS, field="months_kept")
    assert failures is not None
    assert months is not None
    removed = 0 if sure else queries.removed_by(settings, keeps=keeps_clicks_of_people, months=months)
    if removed:
        issues = "1 issue" if removed == 1 else f"{removed:,} issues"
        raise rules.RemovesForGood(
            f"By tomorrow, what is kept of the readers of {issues} would be summed up and removed for good. "
            "Tick that you mean it, or leave what is kept of links, and for how many months, as it was",
            "sure",
        )
    settings.archive_is_public = archive_is_public
    settings.sign_up_is_open = sign_up_is_open
    settings.counts_opens = counts_opens
    settings.keeps_clicks_of_people = keeps_clicks_of_people
    settings.months_kept = months
    settings.rate_per_minute, settings.failures_before_pause = rate, failures
    settings.publisher = publisher.strip()
    current_session().flush()
    after = content(settings)
    if after != before:
        names = ", ".join(name.replace("_", " ") for name in after if after[name] != before[name])
        record(
            verb="briefing_settings.change",
            subject=SETTINGS,
            line=f"Changed the settings of the briefing: {names}",
            before=before,
            after=after,
        )
    return settings


def add_audience(*, name: str) -> Audience:
    """Add a kind of work, at the end. Raises WordsMissing, AudienceNameTaken."""
    session = current_session()
    name = _free_name(name)
    last = session.scalar(select(func.max(Audience.position))) or 0
    audience = Audience(
        ref=short_reference(name, otherwise="audience", is_taken=_ref_taken), name=name, position=last + 1
    )
    session.add(audience)
    _tell(audience, "add", f"Added the kind of work {audience.ref}", {})
    return audience


def rename_audience(*, audience: Audience, name: str) -> Audience:
    """Call a kind of work otherwise. Raises WordsMissing, AudienceNameTaken."""
    keep_for_change(audience)
    before = held(audience)
    audience.name = _free_name(name, but=audience)
    _tell(audience, "change", f"Renamed the kind of work {audience.ref}", before)
    return audience


def move_audience(*, audience: Audience, up: bool) -> Audience:
    """Have a kind of work change places with the one before or after it; at either end it stays."""
    everything = list(room.audiences(with_retired=True))
    place = everything.index(audience)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(everything):
        return audience
    before = held(audience)
    everything[place], everything[other] = everything[other], everything[place]
    for position, each in enumerate(everything, start=1):
        each.position = position
    _tell(audience, "change", f"Moved the kind of work {audience.ref} {'up' if up else 'down'}", before)
    return audience


def retire_audience(*, audience: Audience, reason: str) -> Audience:
    """Offer a kind of work no more; whoever chose it keeps it. Raises WordsMissing, AudienceNotUsable."""
    return _turn(audience, reason, is_back=False)


def bring_audience_back(*, audience: Audience, reason: str) -> Audience:
    """Offer a retired kind of work again. Raises WordsMissing, AudienceNotUsable."""
    return _turn(audience, reason, is_back=True)


def content(settings: BriefingSettings) -> Mapping[str, Any]:
    """What is held of the settings, for the before and after of the trail."""
    return {
        "archive_is_public": settings.archive_is_public,
        "sign_up_is_open": settings.sign_up_is_open,
        "counts_opens": settings.counts_opens,
        "keeps_clicks_of_people": settings.keeps_clicks_of_people,
        "months_kept": settings.months_kept,
        "rate_per_minute": settings.rate_per_minute,
        "failures_before_pause": settings.failures_before_pause,
        "publisher": settings.publisher,
    }


def held(audience: Audience) -> dict[str, Any]:
    """What is held of a kind of work, for the before and after of the trail."""
    return {"name": audience.name, "position": audience.position, "retired_on": audience.retired_on}


def _turn(audience: Audience, reason: str, *, is_back: bool) -> Audience:
    keep_for_change(audience)
    if (audience.retired_on is not None) is not is_back:
        raise rules.AudienceNotUsable("Somebody did this already. Nothing was changed")
    reason = checks.words(reason, "Say why", "reason")
    before = held(audience)
    audience.retired_on = None if is_back else today()
    line = (
        f"Brought the kind of work {audience.ref} back"
        if is_back
        else f"Retired the kind of work {audience.ref}"
    )
    _tell(audience, "bring_back" if is_back else "retire", line, before, reason=reason)
    return audience


def _free_name(name: str, *, but: Audience | None = None) -> str:
    name = checks.words(name, "Enter what it is called", "name")
    taken = current_session().scalar(select(Audience).where(func.lower(Audience.name) == name.lower()))
    if taken is not None and (but is None or taken.id != but.id):
        retired = ": bring it back instead" if taken.retired_on else ""
        raise rules.AudienceNameTaken(f"There is a kind of work of this name already{retired}", "name")
    return name


def _ref_taken(ref: str) -> bool:
    return current_session().scalar(select(Audience.id).where(Audience.ref == ref)) is not None


def _tell(audience: Audience, deed: str, line: str, before: dict[str, Any], **more: Any) -> None:
    current_session().flush()
    after = held(audience) | more
    if after != before:
        record(
            verb=f"audience.{deed}",
            subject=Subject("audience", audience.ref),
            line=line,
            before=before,
            after=after,
        )

"""Every change to themes: they are added, renamed, merged into one another and retired, never deleted."""

import re
from typing import Any

from app.audit.operations import Subject, record
from app.core import checks
from app.core.clock import today
from app.core.database import current_session
from app.core.references import short_reference
from app.lessons import queries
from app.lessons.models import Theme
from app.lessons.rules import ThemeNameTaken, ThemeNotUsable


def add_theme(*, name: str, synonyms: str = "") -> Theme:
    """Add a theme. Raises WordsMissing, ThemeNameTaken."""
    name = _free_name(name)
    ref = short_reference(name, otherwise="theme", is_taken=queries.theme_ref_taken)
    theme = Theme(ref=ref, name=name, synonyms=_listed(synonyms))
    current_session().add(theme)
    _record(theme, {}, "theme.add", f"Added the theme {theme.ref}")
    return theme


def change_theme(*, theme: Theme, name: str, synonyms: str = "") -> Theme:
    """Rename a theme, or say what else it is called. Raises WordsMissing, ThemeNameTaken, ThemeNotUsable."""
    if theme.merged_into_id is not None:
        raise ThemeNotUsable("This theme was merged into another: change that one.")
    before = content(theme)
    theme.name, theme.synonyms = _free_name(name, but=theme), _listed(synonyms)
    _record(theme, before, "theme.change", f"Changed the theme {theme.ref}")
    return theme


def merge_theme(*, theme: Theme, into: Theme, reason: str) -> Theme:
    """Have another theme take this one's place: its lessons are about that one from now on.

    The old name becomes another word for the new one. Raises WordsMissing, ThemeNotUsable.
    """
    reason = checks.words(reason, "Say why the two are merged", "reason")
    if into.id == theme.id or into.retired_on is not None or into.merged_into_id is not None:
        raise ThemeNotUsable("Choose another theme that is in use", "into")
    if theme.merged_into_id is not None:
        raise ThemeNotUsable("This theme was merged already.")
    before = content(theme)
    moved = queries.lessons_about(theme)
    for lesson in moved:
        others = [held for held in lesson.themes if held.id != theme.id]
        lesson.themes = others if into in others else [*others, into]
    if into.parent_id == theme.id:
        into.parent_id = theme.parent_id
    for narrower in queries.narrower_themes(theme):
        if narrower.id != into.id:
            narrower.parent_id = into.id if into.parent_id is None else into.parent_id
    words = [word for word in (into.synonyms, theme.name, theme.synonyms) if word]
    into.synonyms = _listed(", ".join(words))
    theme.merged_into_id, theme.retired_on = into.id, theme.retired_on or today()
    _record(
        theme,
        before,
        "theme.merge",
        f"Merged the theme {theme.ref} into {into.ref}",
        reason=reason,
        into=into.ref,
        lessons=sorted(lesson.ref for lesson in moved),
    )
    return into


def retire_theme(*, theme: Theme, reason: str) -> Theme:
    """Offer a theme no more; lessons keep it. Raises WordsMissing, ThemeNotUsable."""
    reason = checks.words(reason, "Say why it is retired", "reason")
    if theme.retired_on is not None:
        raise ThemeNotUsable("This theme was retired already.")
    before = content(theme)
    theme.retired_on = today()
    _record(theme, before, "theme.retire", f"Retired the theme {theme.ref}", reason=reason)
    return theme


def bring_theme_back(*, theme: Theme, reason: str) -> Theme:
    """Offer a retired theme again. Raises WordsMissing, ThemeNotUsable."""
    reason = checks.words(reason, "Say why it comes back", "reason")
    if theme.merged_into_id is not None or theme.retired_on is None:
        raise ThemeNotUsable("Only a theme that was retired, and not merged, comes back.")
    before = content(theme)
    theme.retired_on = None
    _record(theme, before, "theme.bring_back", f"Brought the theme {theme.ref} back", reason=reason)
    return theme


def content(theme: Theme) -> dict[str, Any]:
    """What is held of a theme, for the before and after of the audit trail."""
    return {"name": theme.name, "synonyms": theme.synonyms, "retired_on": theme.retired_on}


def _record(theme: Theme, before: dict[str, Any], verb: str, line: str, **more: Any) -> None:
    current_session().flush()
    after = content(theme) | more
    if after != before:
        record(verb=verb, subject=Subject("theme", theme.ref), line=line, before=before, after=after)


def _free_name(name: str, *, but: Theme | None = None) -> str:
    name = checks.words(name, "Enter the name of the theme", "name")
    held = queries.theme_by_name(name)
    if held is not None and (but is None or held.id != but.id):
        retired = ": bring it back instead" if held.retired_on and not held.merged_into_id else ""
        raise ThemeNameTaken(f"There is a theme of this name already{retired}", "name")
    return name


def _listed(synonyms: str) -> str:
    """Other words, each once and separated by commas."""
    words = (" ".join(word.split()) for word in re.split(r"[,\n]", synonyms))
    return ", ".join(dict.fromkeys(word for word in words if word))

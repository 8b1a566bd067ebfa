"""Collecting the texts of a record and its parts, for the rooms that answer for one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.core.database import keep_for_change
from app.core.files.models import StoredFile
from app.core.files.operations import redact_content
from app.core.files.receiving import label_of, size_in_words
from app.core.hooks import Redactable


class Texts:
    """The texts of one record, each with what it is called and how it is emptied."""

    def __init__(self, record: Any, *, copies: Callable[[], Sequence[tuple[str, str]]] = tuple) -> None:
        self.record, self.subject = record, record.audit_subject
        self._copies = copies
        self._texts: dict[str, tuple[str, str]] = {}
        self._set: dict[str, Callable[[str], None]] = {}
        self._only_for: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._repeats: dict[str, Callable[[frozenset[str]], bool]] = {}

    def of(self, thing: Any, fields: dict[str, str], *, under: str = "", called: str = "") -> "Texts":
        """Add the fields of the record, or of the part that stands ``under`` a name and is ``called`` so.

        An empty text of a part is left out; whatever stood there before is found in the trail.
        """
        for name, label in fields.items():
            text = getattr(thing, name) or ""
            if under and not text:
                continue
            key = f"{under}.{name}" if under else name
            self._texts[key] = (f"{called}: {label[:1].lower()}{label[1:]}" if called else label, text)
            self._set[key] = _setter(thing, name)
        return self

    def of_each(
        self,
        things: Iterable[Any],
        fields: dict[str, str],
        *,
        under: str,
        called: str,
        only_for: str | None = None,
    ) -> "Texts":
        """Add the fields of parts; one without a reference is told by its place among them.

        ``only_for`` is the verb without which nobody reads them.
        """
        for place, thing in enumerate(sorted(things, key=lambda thing: int(thing.id)), start=1):
            name = str(getattr(thing, "ref", place))
            self.of(thing, fields, under=f"{under}.{name}", called=f"{called} {name}")
            if only_for is not None:
                self._only_for |= {f"{under}.{name}.{field}": only_for for field in fields}
        return self

    def of_entries(self, *verbs: str, only_for: str) -> "Texts":
        """Let what entries of the trail say be read only by those who may do ``only_for``."""
        self._only_for |= dict.fromkeys(verbs, only_for)
        return self

    def of_link(self, thing: Any, drop: Callable[[Any], None], *, under: str, called: str) -> "Texts":
        """Add the link of a part; a mark is no address, so ``drop`` takes the link away."""
        if thing.link:
            self._texts[f"{under}.link"] = (f"{called}: link", thing.link)
            self._set[f"{under}.link"] = lambda _: drop(thing)
        return self

    def of_file(
        self,
        file: StoredFile,
        *,
        under: str,
        called: str,
        repeats: Callable[[frozenset[str]], bool] | None = None,
    ) -> "Texts":
        """Add the content of a file, told by its digest: where the same stands elsewhere, it goes too.

        ``repeats`` says of a file that was made here whether it repeats one of some texts.
        """
        if file.redacted_at is None:
            kind, size = label_of(file.media_type), size_in_words(file.size_bytes)
            key = f"{under}.content"
            self._texts[key] = (
                f"{called}: the whole file",
                f"{kind}, {size}, its digest begins {file.digest[:16]}",
            )
            self._set[key] = lambda _: redact_content(file)
            if repeats is not None:
                self._repeats[key] = repeats
        return self

    def hide(self, under: str) -> "Texts":
        """Keep the fields of the part that stands ``under`` a name from whoever acts now."""
        self._hidden |= {key for key in self._texts if key.startswith(f"{under}.")}
        return self

    def done(self) -> Redactable:
        """The record as the hook hands it over."""

        def empty(field: str, mark: str) -> None:
            self._set[field](mark)

        def repeats(field: str, texts: frozenset[str]) -> bool:
            return field in self._repeats and self._repeats[field](texts)

        return Redactable(
            subject=self.subject,
            facts=self.record.facts,
            texts=self._texts,
            empty=empty,
            lock=lambda: keep_for_change(self.record),
            hidden=frozenset(self._hidden),
            repeats=repeats,
            copies=self._copies,
            only_for=self._only_for,
        )


def _setter(thing: Any, name: str) -> Callable[[str], None]:
    def put(mark: str) -> None:
        setattr(thing, name, mark)

    return put

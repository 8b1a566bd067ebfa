"""The stamp that says what a view asks of the person; the guard of the accounts room resolves it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
Load = TypeVar("Load", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a view asks: the verb of the policy and, where it concerns one thing, how to load that thing.

    ``load`` takes the URL's values and returns the thing, or raises NoResultFound. The guard hands the
    view what was loaded in place of the URL's values, and only once the policy has allowed the verb on it.
    """

    verb: str
    load: Callable[..., Any] | None = None
    #: Whether strangers may read it too, as things stand; null for never.
    open_when: Callable[[], bool] | None = None


def access(
    verb: str,
    load: Callable[..., Any] | None = None,
    *,
    open_when: Callable[[], bool] | None = None,
) -> Callable[[View], View]:
    """Stamp a view with the verb it needs. A view without a stamp is refused to everybody.

    With ``open_when``, strangers may read it as well for as long as that answers yes: for what a partnership
    may publish, and decides by a setting.
    """

    def stamp(view: View) -> View:
        view.access = Access(verb, load, open_when)  # type: ignore[attr-defined]
        return view

    return stamp


def behind(door: Callable[..., bool]) -> Callable[[Load], Load]:
    """Have the guard ask, before something is loaded, whether the person may know of it at all.

    ``door`` takes the person's facts and the URL's values. It asks the same whether it is there or not,
    so that the time a refusal takes does not tell which.
    """

    def stamp(load: Load) -> Load:
        load.door = door  # type: ignore[attr-defined]
        return load

    return stamp

"""The keyed digests of addresses that nobody but their owner adds again."""

import hmac
from collections.abc import Collection
from datetime import date
from hashlib import sha256

from sqlalchemy import delete, select

from app.briefings.models import SuppressedAddress
from app.briefings.subscribers import queries
from app.core.clock import today
from app.core.database import current_session
from app.core.upsert import insert_new

#: How many digests one question names.
_AT_ONCE = 500


def digest_of(address: str) -> str:
    """The digest of an address, as ``rules.address_of`` writes it."""
    return digests_of([address])[address]


def digests_of(addresses: Collection[str]) -> dict[str, str]:
    """The digest of each address."""
    key = bytes.fromhex(queries.address_key())
    return {address: hmac.new(key, address.encode(), sha256).hexdigest() for address in addresses}


def suppressed(addresses: Collection[str]) -> set[str]:
    """Which of these addresses nobody but their owner adds again."""
    by_digest = {digest: address for address, digest in digests_of(addresses).items()}
    found: set[str] = set()
    digests = list(by_digest)
    for start in range(0, len(digests), _AT_ONCE):
        kept = select(SuppressedAddress.digest).where(
            SuppressedAddress.digest.in_(digests[start : start + _AT_ONCE])
        )
        found.update(by_digest[digest] for digest in current_session().scalars(kept))
    return found


def suppressed_since(day: date) -> set[str]:
    """The digests of the addresses that were suppressed on that day or later."""
    return set(
        current_session().scalars(select(SuppressedAddress.digest).where(SuppressedAddress.since_on >= day))
    )


def suppress(address: str, *, reason: str) -> None:
    """Keep an address from being added again by anybody but its owner."""
    insert_new(
        current_session(),
        SuppressedAddress.metadata.tables[SuppressedAddress.__tablename__],
        [{"digest": digest_of(address), "reason": reason, "since_on": today(), "note": ""}],
        returning=["digest"],
    )


def allow(address: str) -> None:
    """Let an address be kept again: its owner asked for it."""
    current_session().execute(
        delete(SuppressedAddress)
        .where(SuppressedAddress.digest == digest_of(address))
        .execution_options(synchronize_session=False)
    )

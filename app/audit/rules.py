"""Digests and links of the audit trail, as pure functions on plain values."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

#: The link before the first entry.
FIRST_LINK = "0" * 64


def payload_body(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """The text kept for a change: only what differs, in a fixed order; dates as ISO text."""
    old, new = dict(before or {}), dict(after or {})
    if before is not None and after is not None:
        differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        old = {name: value for name, value in old.items() if name in differing}
        new = {name: value for name, value in new.items() if name in differing}
    return json.dumps({"before": old, "after": new}, sort_keys=True, ensure_ascii=False, default=str)


def payload_digest(salt: str, body: str) -> str:
    """The digest an entry keeps of its payload."""
    return sha256(f"{salt}\n{body}".encode()).hexdigest()


def entry_digest(fields: Mapping[str, Any]) -> str:
    """The digest of an entry over every one of its columns."""
    return sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def link_after(previous: str, digest: str) -> str:
    """The link that joins an entry's digest to the link before it."""
    return sha256(f"{previous}\n{digest}".encode()).hexdigest()

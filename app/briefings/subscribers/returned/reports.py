"""What a returned mail says, as a pure function on its bytes (RFC 3464).

The mail comes from anywhere. Only its beginning is looked at, nothing of it is decoded beyond the headers
that tell what was refused, and one that cannot be read is no report.
"""

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import compat32
from hashlib import sha256

from app.briefings.subscribers import rules
from app.outbox.rules import WrongAddress, one_line

#: So much of a returned mail is read; what it reports stands before the message it gives back.
LARGEST = 256_000
#: A report has three parts; one of many more is none.
_MOST_PARTS = 30
_LONGEST_LINE = 998
_LONGEST_ID = 200


@dataclass(frozen=True)
class Report:
    """That a mail did not arrive, or is late."""

    #: What makes it the same report.
    report_id: str
    #: The Message-ID of the mail that was returned, with its angle brackets; empty where it does not say.
    message_id: str
    #: The addresses it did not reach, as they are kept: the one written to first.
    addresses: tuple[str, ...]
    #: The enhanced status code, where there is one.
    code: str
    said: str
    #: Whether it was given up; otherwise it is only late.
    is_final: bool


def read(content: bytes) -> Report | None:
    """The report that these bytes are; null for any other mail."""
    try:
        return _read(content[:LARGEST])
    except Exception:
        # The parser raises whatever a hostile mail leads it to, also by the depth of what is nested.
        return None


def _read(content: bytes) -> Report | None:
    mail = BytesParser(policy=compat32).parsebytes(content)
    parts = _first_parts(mail)
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not isinstance(status.get_payload(), list):
        return None
    blocks = [block for block in status.get_payload() if isinstance(block, Message)]
    told = [block for block in blocks if block.get("Action")]
    block = next((each for each in told if _line(each, "Action").lower() == "failed"), None)
    is_final = block is not None
    block = block or next(iter(told), None)
    if block is None:
        return None
    said = _line(block, "Diagnostic-Code").partition(";")[2].strip() or _line(block, "Status")
    return Report(
        report_id=f"returned:{sha256(_line(mail, 'Message-ID').encode() or content).hexdigest()}",
        message_id=_message_id(parts),
        addresses=_addresses(block),
        code=rules.enhanced_code(_line(block, "Status"), said),
        said=said,
        is_final=is_final,
    )


def _first_parts(mail: Message) -> list[Message]:
    """The mail's own parts, and not what is inside of those."""
    payload = mail.get_payload()
    if not mail.is_multipart() or not isinstance(payload, list) or len(payload) > _MOST_PARTS:
        return []
    return [part for part in payload if isinstance(part, Message)]


def _message_id(parts: list[Message]) -> str:
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
            returned = payload[0]
        elif part.get_content_type() == "text/rfc822-headers" and isinstance(payload, str):
            returned = HeaderParser(policy=compat32).parsestr(payload)
        else:
            continue
        if isinstance(returned, Message):
            return _line(returned, "Message-ID")[:_LONGEST_ID]
    return ""


def _addresses(block: Message) -> tuple[str, ...]:
    found = []
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _, address = _line(block, name).partition(";")
        if kind.strip().lower() == "rfc822":
            try:
                found.append(rules.address_of(address.strip().strip("<>")))
            except WrongAddress:
                continue
    return tuple(dict.fromkeys(found))


def _line(message: Message, name: str) -> str:
    return one_line(str(message.get(name, "")), _LONGEST_LINE)

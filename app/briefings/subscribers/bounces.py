"""What is noted of a briefing that its receiver refused, on the line or by returned mail."""

from app.audit.operations import record
from app.briefings.models import Bounce, Delivery, DeliveryState, Subscriber, SubscriberState
from app.briefings.subscribers import queries, rules
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.upsert import insert_new


def note_refusal(
    *, delivery: Delivery, code: str, said: str, came_by: str = "smtp", report_id: str | None = None
) -> bool:
    """Note that a receiver refused a briefing, and give the address up where the rule says so.

    ``code`` is the enhanced status code where the caller knows it; else it is looked for in what was said.
    One refusal counts once: on the line once for each delivery, by mail once for each report. Whether it was
    new. The delivery is bounced from now on. Of a reader who was erased nothing more is noted.
    """
    session = current_session()
    subscriber = delivery.subscriber
    if subscriber is not None:
        keep_for_change(subscriber)
    if subscriber is None or subscriber.state == SubscriberState.ERASED:
        delivery.state = DeliveryState.BOUNCED
        session.flush()
        return False
    code = rules.enhanced_code(code, said)
    new = insert_new(
        session,
        Bounce.metadata.tables[Bounce.__tablename__],
        [
            {
                "subscriber_id": subscriber.id,
                "delivery_id": delivery.id,
                "kind": rules.kind_of(code),
                "code": code,
                "said": rules.without_addresses(said),
                "came_by": came_by,
                "bounced_on": today(),
                "report_id": report_id or f"smtp:{delivery.id}",
            }
        ],
        returning=["id"],
    )
    if not new:
        return False
    delivery.state = DeliveryState.BOUNCED
    session.flush()
    if subscriber.state == SubscriberState.ACTIVE and rules.is_to_be_given_up(
        queries.refusals_since_delivered(subscriber.id)
    ):
        give_up(subscriber=subscriber, code=code)
    return True


def give_up(*, subscriber: Subscriber, code: str) -> Subscriber:
    """Write no more to an address that is refused for good; an editor can put it back."""
    subscriber.state = SubscriberState.SUPPRESSED
    subscriber.left_on = today()
    subscriber.left_reason = f"refused {code}".strip()
    record(
        verb="subscriber.suppress",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} is written to no more: its mail server refused it for good"
        + (f" ({code})" if code else ""),
    )
    return subscriber

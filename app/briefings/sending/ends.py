"""What became of the messages of an issue, written to its deliveries, and what that says of their readers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Table, select, update

from app.briefings.models import Delivery, DeliveryState
from app.briefings.sending import queries, rules
from app.briefings.subscribers import bounces
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State

_DELIVERY = cast(Table, Delivery.__table__)
_MESSAGE = cast(Table, OutboxMessage.__table__)

#: What a delivery comes to when its message has come to this.
_BECOMES = {
    State.SENT: DeliveryState.DELIVERED,
    State.FAILED: DeliveryState.FAILED,
    State.UNCERTAIN: DeliveryState.FAILED,
    State.CANCELLED: DeliveryState.NOT_SENT,
}


def write_down(ended: Sequence[queries.Ended]) -> None:
    """Bring deliveries that still wait for word to what their messages came to."""
    codes = {each.delivery_id: _refusal_code(each) for each in ended}
    refused = [delivery_id for delivery_id, code in codes.items() if code is not None]
    if refused:
        queries.keep_readers(refused)
    # In the order readers, messages, deliveries: so do those who erase a reader, or settle a message.
    again = queries.sent_again([each.delivery_id for each in ended if each.state in queries.MAY_GO_AGAIN])
    by_state: Mapping[DeliveryState, list[int]] = defaultdict(list)
    for each in ended:
        if each.delivery_id not in again:
            is_refused = codes[each.delivery_id] is not None
            state = DeliveryState.BOUNCED if is_refused else _BECOMES[State(each.state)]
            by_state[state].append(each.delivery_id)
    its_time = select(_MESSAGE.c.sent_at).where(_MESSAGE.c.id == _DELIVERY.c.message_id).scalar_subquery()
    for state, delivery_ids in by_state.items():
        current_session().execute(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.QUEUED)
            .values(state=state, delivered_at=its_time)
            .execution_options(synchronize_session=False)
        )
    for each in ended:
        code = codes[each.delivery_id]
        if code is not None and each.delivery_id not in again:
            _note_refusal(each, code)


def _refusal_code(each: queries.Ended) -> str | None:
    return rules.refusal_code(each.error or "") if each.state == State.FAILED else None


def _note_refusal(each: queries.Ended, code: str) -> None:
    delivery = current_session().get_one(Delivery, each.delivery_id, populate_existing=True)
    bounces.note_refusal(delivery=delivery, code=code, said=each.error or "", came_by="smtp")

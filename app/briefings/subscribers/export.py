"""What the list of readers says in a file: a row for each."""

from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.subscribers.forms import BASIS_LABELS, STATE_LABELS
from app.core.export import Column

#: Names and addresses of people, which go to nobody who does not look after the list.
MARKING = "OFFICIAL-SENSITIVE: PERSONAL DATA"

COLUMNS: tuple[Column[Subscriber], ...] = (
    Column("Ref", lambda one: one.ref, 10),
    Column("Email address", lambda one: one.email, 36),
    Column("Name", lambda one: one.name, 26),
    Column("Agency", lambda one: one.agency.name if one.agency else None, 34),
    Column("Kind of work", lambda one: one.audience.name if one.audience else None, 28),
    Column("Area", lambda one: one.area.name if one.area else None, 18),
    Column("Topics", lambda one: ", ".join(topic.name for topic in one.topics), 30),
    Column("State", lambda one: STATE_LABELS[SubscriberState(one.state)], 20),
    Column("Basis", lambda one: BASIS_LABELS[Basis(one.basis)], 22),
    Column("Basis in words", lambda one: one.basis_stated, 40),
    Column("On the list since", lambda one: one.signed_up_on, 14),
    Column("Address confirmed", lambda one: one.confirmed_on, 14),
    Column("Off the list since", lambda one: one.left_on, 14),
    Column("Why", lambda one: one.left_reason, 22),
    Column("Source of the record", lambda one: one.provenance.capitalize(), 14),
)

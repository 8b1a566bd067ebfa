"""Mail that was refused: listed as work, and settled by whoever looks after the person's account."""

from sqlalchemy import select

from app.accounts.administration.mail import tell_of_new_address
from app.accounts.models import Person
from app.accounts.policy import Role
from app.accounts.queries import person_by_email
from app.audit.operations import Subject, record
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.outbox.models import OutboxMessage
from app.outbox.rules import WrongAddress, checked_address
from app.reminders import queries
from app.reminders.models import RefusedAddress


class AddressNotUsable(RuleBroken):
    """The address is none, or somebody else's."""


class SettledAlready(RuleBroken):
    """Somebody dealt with it meanwhile."""


class MoreThanAnOwner(RuleBroken):
    """The person may do more than an agency's lead, so that the lead does not say where their links go."""


#: Roles of people whose address their agency's lead may correct.
_OF_AN_AGENCY = frozenset({Role.ACTION_OWNER, Role.STAFF_READER})


def note_refusal(*, message_id: int, reason: str) -> RefusedAddress | None:
    """Put a refused address on somebody's list, once for each message; nothing for one to nobody we know."""
    session = current_session()
    message = session.get_one(OutboxMessage, message_id)
    person = session.get(Person, message.recipient_id) if message.recipient_id is not None else None
    # An address that was corrected meanwhile needs nobody; nor does one that somebody is at already.
    if person is None or person.email != message.address or queries.open_refusal_of(person.id) is not None:
        return None
    refused = RefusedAddress(
        person_id=person.id, message_id=message_id, refused_on=today(), said=reason[:500]
    )
    session.add(refused)
    session.flush()
    return refused


def correct_address(*, refused: RefusedAddress, email: str) -> RefusedAddress:
    """Give the person another address. Raises AddressNotUsable, SettledAlready or MoreThanAnOwner.

    Whoever holds an address may choose a new password by it, so an agency's lead corrects those of people who
    own actions or read, and of nobody who may do more, such as open a restricted case.
    """
    _check_open(refused)
    _check_may_correct(refused.person)
    try:
        address = checked_address(email.strip())
    except WrongAddress as error:
        raise AddressNotUsable("Enter an e-mail address, for example name@example.org", "email") from error
    person = refused.person
    other = person_by_email(address)
    if other is not None and other.id != person.id:
        raise AddressNotUsable("Somebody else has an account with that address", "email")
    if address == person.email:
        raise AddressNotUsable("That is the address that was refused; enter another one", "email")
    before, person.email = person.email, address
    # A refusal may have been a passing one, and then the former address still reaches its person.
    if person.password is not None:
        tell_of_new_address(person, former=before, on=today())
    return _settle(
        refused,
        "The address was corrected.",
        f"Corrected the address of {person.ref}",
        before={"email": before},
        after={"email": address},
    )


def keep_address(*, refused: RefusedAddress) -> RefusedAddress:
    """Record a person's word that the address works. Raises SettledAlready."""
    _check_open(refused)
    return _settle(
        refused, "The address works, somebody says.", f"Said that the address of {refused.person.ref} works"
    )


def _check_may_correct(person: Person) -> None:
    acting = current_session().get(Person, current_actor().person_id or 0)
    everywhere = {Role.ADMINISTRATOR, Role.BOARD_MANAGER}
    if acting is not None and not everywhere.isdisjoint(acting.facts.roles):
        return
    facts = person.facts
    if facts.member_of or facts.teams or not facts.roles <= _OF_AN_AGENCY:
        raise MoreThanAnOwner(
            f"{person.name} does more here than own actions, so the administrator or the board manager "
            "corrects the address"
        )


def _check_open(refused: RefusedAddress) -> None:
    # Held still by itself, not with the person it is about.
    settled_on = current_session().scalar(
        select(RefusedAddress.settled_on).where(RefusedAddress.id == refused.id).with_for_update()
    )
    if settled_on is not None:
        raise SettledAlready("Somebody settled this already")


def _settle(
    refused: RefusedAddress,
    how: str,
    line: str,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> RefusedAddress:
    refused.settled_on, refused.settled_by_id = today(), current_actor().person_id
    refused.settled_how = how
    current_session().flush()
    record(
        verb="address.settle",
        subject=Subject("person", refused.person.ref),
        line=line,
        before=before,
        after=after,
    )
    return refused

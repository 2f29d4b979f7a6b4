"""Deliveries and invitations, as those who run an exam send and get them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from guildhall.assessments.messages.shape import Shape
from guildhall.assessments.model.exams import ATTEMPTS_MAX, Accommodation, Delivery
from guildhall.assessments.model.questions import Label

ROSTER_CHARACTERS_MAX = 60_000

Moment = Annotated[int, Field(ge=0, le=2**53)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class DeliveryWanted(Shape):
    """Times are UTC milliseconds. Nobody begins before `opens_at_ms` or after `closes_at_ms`."""

    exam_version_id: Annotated[str, Field(max_length=128)]
    title: Label
    opens_at_ms: Moment
    closes_at_ms: Moment
    attempts_allowed: int = Field(1, ge=1, le=ATTEMPTS_MAX)
    is_practice: bool = False


class DeliveryEdited(Shape):
    title: Label
    opens_at_ms: Moment
    closes_at_ms: Moment
    attempts_allowed: int = Field(1, ge=1, le=ATTEMPTS_MAX)


class DeliveryShown(Shape):
    """`warnings` are what is allowed and probably not meant, in sentences."""

    delivery_id: str
    exam_version_id: str
    organisation_id: str
    title: str
    exam_title: str
    is_proctored: bool
    duration_seconds: int
    opens_at_ms: int
    closes_at_ms: int
    attempts_allowed: int
    is_practice: bool
    is_cancelled: bool
    warnings: tuple[str, ...]
    rev: int


class DeliveryListed(Shape):
    delivery_id: str
    exam_version_id: str
    organisation_id: str
    title: str
    opens_at_ms: int
    closes_at_ms: int
    is_practice: bool
    is_cancelled: bool


class InvitationWanted(Shape):
    name: PersonName
    email: Address
    accommodation: Accommodation = Accommodation()


class InvitationEdited(Shape):
    """Counts for attempts that are made from now on."""

    name: PersonName
    accommodation: Accommodation


class InvitationListed(Shape):
    """`exceptions` are what is otherwise for this person, in words; `account_id` is set once they have come."""

    invitation_id: str
    delivery_id: str
    name: str
    email: str
    has_come: bool
    attempts: int
    is_withdrawn: bool
    accommodation: Accommodation
    exceptions: tuple[str, ...]
    rev: int


class RosterGiven(Shape):
    """Lines of name and e-mail address, as pasted."""

    text: Annotated[str, Field(min_length=1, max_length=ROSTER_CHARACTERS_MAX)]


class LineRefused(Shape):
    line: int
    text: str
    reason: str


class RosterTaken(Shape):
    """Who was invited just now, who had been already, and the lines that named nobody, each with its reason."""

    invited: list[InvitationListed]
    already: list[InvitationListed]
    refused: list[LineRefused]


def list_delivery(delivery: Delivery) -> DeliveryListed:
    return DeliveryListed(
        delivery_id=delivery.id,
        exam_version_id=delivery.exam_version_id,
        organisation_id=delivery.organisation_id,
        title=delivery.title,
        opens_at_ms=delivery.opens_at_ms,
        closes_at_ms=delivery.closes_at_ms,
        is_practice=delivery.is_practice,
        is_cancelled=delivery.is_cancelled,
    )

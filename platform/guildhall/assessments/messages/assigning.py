"""Proctors of deliveries, as authors assign them and as proctors find what is theirs."""

from guildhall.assessments.messages.deliveries import Address
from guildhall.assessments.messages.shape import Shape


class ProctorNamed(Shape):
    email: Address


class ProctorAssigned(Shape):
    account_id: str
    name: str
    assigned_at_ms: int


class ProctorsAssigned(Shape):
    items: tuple[ProctorAssigned, ...]


class DeliverySupervised(Shape):
    """Times are UTC milliseconds."""

    delivery_id: str
    title: str
    exam_title: str
    opens_at_ms: int
    closes_at_ms: int
    is_practice: bool
    is_cancelled: bool


class DeliveriesSupervised(Shape):
    items: tuple[DeliverySupervised, ...]
    server_time_ms: int

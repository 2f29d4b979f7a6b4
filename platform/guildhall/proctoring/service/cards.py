"""A candidate as one card, told to the walls whenever it changes."""

from guildhall.kit.bus import Bus
from guildhall.proctoring.messages import Card
from guildhall.proctoring.model import Session


def card_topic(exam_id: str) -> str:
    return f"proctoring.card.{exam_id}"


def card_of(session: Session, faces: int | None = None) -> Card:
    return Card(
        session_id=session.id,
        candidate_name=session.candidate_name,
        state=session.standing,
        faces=faces,
        since_ms=session.since_ms,
    )


async def announce_card(bus: Bus, session: Session) -> None:
    await bus.publish(card_topic(session.exam_id), card_of(session).model_dump_json().encode())

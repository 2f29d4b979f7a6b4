"""A candidate as one card, told to the walls whenever it changes."""

from guildhall.kit.bus import Bus
from guildhall.proctoring.messages import Card
from guildhall.proctoring.model import JUDGED, Session


def card_topic(exam_id: str) -> str:
    return f"proctoring.card.{exam_id}"


def card_of(session: Session, faces: int | None = None) -> Card:
    baseline = session.baseline
    known = {} if baseline is None else baseline.quality
    return Card(
        session_id=session.id,
        candidate_name=session.candidate_name,
        state=session.standing,
        faces=faces,
        since_ms=session.since_ms,
        check_in=session.check_in.state,
        quality=min((known[signal].figure for signal in JUDGED if signal in known), default=None),
        signals_off=tuple(signal for signal in JUDGED if baseline is not None and not baseline.is_on(signal)),
    )


async def announce_card(bus: Bus, session: Session) -> None:
    await bus.publish(card_topic(session.exam_id), card_of(session).model_dump_json().encode())

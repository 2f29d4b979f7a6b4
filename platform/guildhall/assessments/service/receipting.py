"""From an entry of an answer log to what is told of it: a receipt, or the answer as it stands."""

from guildhall.assessments.messages.sitting import AnswerShown, Receipted
from guildhall.assessments.model.attempts import Answer
from guildhall.assessments.rules.answers import AnswerLog
from guildhall.kit.streams import Entry


def late_stream(attempt_id: str) -> str:
    return f"{attempt_id}/late"


def late_link(answer: Answer, stream: str, key: str, at_ms: int, epoch: int, newest: Entry | None) -> dict[str, object]:
    beside = AnswerLog(newest=newest)
    return beside.linked(newest, stream, key, at_ms, answer, None, epoch)


def receipted(entry: Entry, instead: Entry | None, *, is_late: bool = False) -> Receipted:
    return Receipted(
        key=entry.key,
        number=entry.number,
        hash=str(entry.body["hash"]),
        at_ms=entry.at_ms,
        in_force=bool(entry.body["in_force"]) and not is_late,
        instead=None if instead is None else as_shown(instead),
        is_late=is_late,
    )


def as_shown(entry: Entry) -> AnswerShown:
    return AnswerShown(
        slot_id=entry.body["answer"]["slot_id"],
        response=entry.body["answer"]["response"],
        flagged=entry.body["answer"]["flagged"],
        number=entry.number,
        hash=str(entry.body["hash"]),
        at_ms=entry.at_ms,
    )

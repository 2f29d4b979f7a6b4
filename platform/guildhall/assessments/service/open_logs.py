"""What a process remembers of the answer logs of attempts that are being sat."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from guildhall.assessments.model.questions import Question
from guildhall.assessments.rules.answers import AnswerLog
from guildhall.assessments.rules.sections import Sections
from guildhall.kit.errors import Conflict


class NotBegun(Conflict):
    type = "not-begun"
    title = "This attempt has not begun"

    def __init__(self) -> None:
        super().__init__("This attempt has not begun yet, so it takes no answers.")


@dataclass(slots=True, eq=False)
class OpenLog:
    """One attempt as this process remembers it: a copy that may be old, which the log itself corrects."""

    attempt_id: str
    questions: Mapping[str, Question]
    sections: Sections
    due_at_ms: int
    answers: AnswerLog = field(default_factory=AnswerLog)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

"""What crosses the exam's socket, and the same over HTTP. The pages' `exam.ts` mirrors this file."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from guildhall.assessments.lifecycle import AttemptState
from guildhall.assessments.model.attempts import ClientKey, SectionStanding, SuspensionKind
from guildhall.assessments.model.questions import Question, ShortId
from guildhall.assessments.model.responses import Response
from guildhall.kit.errors import Problem
from guildhall.kit.sockets import Message

ANSWERS_AT_ONCE_MAX = 50

Milliseconds = Annotated[int, Field(ge=0, le=2**53)]
EntryNumber = Annotated[int, Field(ge=0, le=2**31)]


class AnswerGiven(Message):
    """One answer of the page's outbox. `key` is the page's own name for this write, however often it is sent.

    `based_on` is the number of the entry that the page showed for this slot when it was written (0: none). Where that
    was the page's own answer, still without a receipt, `follows` is the key of it: so several answers to one slot may
    be sent in one go. An answer written over anything but the slot's newest one in force is kept, but not in force.
    """

    key: ClientKey
    slot_id: ShortId
    response: Response | None
    flagged: bool = False
    based_on: EntryNumber = 0
    follows: ClientKey | None = None
    client_at_ms: Milliseconds
    spent_ms: Milliseconds | None = None
    """How long the question stood on the screen since the page's last answer to it."""


class AnswersGiven(Message):
    """Candidate -> server, `answers`: in the order they were written."""

    answers: list[AnswerGiven] = Field(min_length=1, max_length=ANSWERS_AT_ONCE_MAX)


class AnswerShown(Message):
    """What is stored for a slot; `number`, `hash` and `at_ms` are those of its receipt."""

    slot_id: ShortId
    response: Response | None
    flagged: bool
    number: int
    hash: str
    at_ms: int


class Receipted(Message):
    """One answer is on disk. Not `in_force`: another page's answer, `instead`, had come before it and stands."""

    key: str
    number: int
    hash: str
    at_ms: int
    in_force: bool
    instead: AnswerShown | None = None
    is_late: bool = False
    """It came after the end: kept apart, for a person to decide about."""


class AnswerRefused(Message):
    """An answer that can never be stored as it is (it does not fit its question); the page says so and keeps it."""

    key: str
    problem: Problem


class AnswersTaken(Message):
    """One outcome for each answer, in their order."""

    outcomes: tuple[Receipted | AnswerRefused, ...]
    server_time_ms: int


class ActionShown(Message):
    action: str
    allowed: bool
    reason: str | None


class CreditShown(Message):
    """Time that is given back, or was given: what, when and why, as the candidate reads it."""

    kind: SuspensionKind | Literal["extension", "reopening"]
    began_at_ms: int
    ended_at_ms: int | None
    credited_ms: int
    reason: str


class ClockShown(Message):
    """The server's clock for this attempt. `deadline_ms` is None while it stands or has not begun."""

    server_time_ms: int
    is_running: bool
    started_at_ms: int | None
    deadline_ms: int | None
    left_ms: int
    budget_ms: int
    break_ms_left: int
    credits: tuple[CreditShown, ...]


class ClockChanged(Message):
    """Server -> candidate: the state or the time left is another now."""

    event: ClassVar[str] = "clock"

    state: AttemptState
    actions: tuple[ActionShown, ...]
    clock: ClockShown
    reason: str = ""


class SlotShown(Message):
    """A question as this candidate sees it: its parts are already in their order."""

    id: ShortId
    section_id: ShortId
    question: Question
    centipoints: int
    penalty_centipoints: int


class SectionShown(Message):
    id: ShortId
    title: str
    instructions: str


class SectionSat(SectionShown):
    """A section of an attempt, and where its candidate is with it.

    Of an exam that goes forwards only, one section is `open`; the others keep their title and say nothing else.
    """

    standing: SectionStanding
    questions: int
    answered: int


class ReceiptShown(Message):
    """What a candidate leaves with: the end of the chain over their answers."""

    attempt_id: str
    number: int
    hash: str
    at_ms: int


class AttemptShown(Message):
    """Server -> candidate, right after connecting and at each turn of state: everything the page needs.

    `slots` are empty before the clock has started, on a break and after the end; on a pause they stay readable. Of an
    exam that goes forwards only they are those of the section that is open, and so are the `answers` until the end.
    """

    event: ClassVar[str] = "attempt"

    attempt_id: str
    exam_title: str
    candidate_name: str
    number: int
    is_practice: bool
    is_proctored: bool
    is_navigation_free: bool
    instructions: str
    duration_ms: int
    """The exam's own time; what `clock.budget_ms` has beyond it is extra time of this candidate's."""
    questions: int
    state: AttemptState
    actions: tuple[ActionShown, ...]
    clock: ClockShown
    sections: tuple[SectionSat, ...]
    slots: tuple[SlotShown, ...]
    answers: tuple[AnswerShown, ...]
    epoch: int
    receipt: ReceiptShown | None


class SectionToLeave(Message):
    """Candidate -> server, `leave_section`: go on to the next one; nothing leads back. Again, it changes nothing."""

    section_id: ShortId


class Acted(Message):
    """The answer to everything a candidate does but answering: where the attempt stands now."""

    attempt: AttemptShown


class Nothing(Message):
    """A request that says everything by its name."""


class ClockAsked(Message):
    """Candidate -> server, `time`: to measure how far the page's clock is off."""

    sent_at_ms: Milliseconds


class ClockTold(Message):
    sent_at_ms: int
    server_time_ms: int


class TakenOver(Message):
    """Server -> candidate: the attempt goes on in another tab or on another device."""

    event: ClassVar[str] = "taken_over"

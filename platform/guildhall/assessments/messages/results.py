"""Results as they cross the wire.

Keys are in what staff reads, and in `OwnItemShown.key`, where the exam's feedback says so and the result is released.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from guildhall.assessments.lifecycle import ResultState
from guildhall.assessments.messages.shape import Shape
from guildhall.assessments.model.keys import AnswerKey
from guildhall.assessments.model.questions import Question
from guildhall.assessments.model.responses import Response
from guildhall.assessments.model.results import Grader, MarkRole

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


class ReasonGiven(Shape):
    reason: Reason


# --- the candidate


class OwnItemShown(Shape):
    """One question of a released result. `key` and `rationale` are empty unless the exam shows what was right."""

    slot_id: str
    question: Question
    response: Response | None
    earned_centipoints: int
    worth_centipoints: int
    is_unreadable: bool
    comments: tuple[str, ...]
    key: AnswerKey | None
    rationale: str


class OwnResultListed(Shape):
    """Of a withheld result only that, and why."""

    attempt_id: str
    exam_title: str
    number: int
    is_practice: bool
    state: ResultState
    released_at_ms: int | None
    is_pass: bool | None
    percent_hundredths: int | None
    credential_id: str
    reason: str


class OwnResultsListed(Shape):
    items: list[OwnResultListed]


class OwnResultShown(Shape):
    """As much as the exam's feedback allows: `items` is empty where it is the total alone."""

    summary: OwnResultListed
    pass_percent: int | None
    earned_centipoints: int | None
    worth_centipoints: int | None
    items: tuple[OwnItemShown, ...]


# --- staff


class ScoreShown(Shape):
    slot_id: str
    version_id: str
    earned_centipoints: int | None
    worth_centipoints: int
    grader: Grader
    corrections: int
    is_unreadable: bool


class GradeShown(Shape):
    at_ms: int
    by: str
    reason: str
    earned_centipoints: int
    worth_centipoints: int
    percent_hundredths: int
    is_pass: bool | None


class ResultListed(Shape):
    result_id: str
    candidate_name: str
    number: int
    state: ResultState
    is_sat_again: bool
    """Its attempt was opened again and goes on."""
    is_practice: bool
    grade: GradeShown
    regrades: int
    release_at_ms: int
    released_at_ms: int | None
    reason: str
    credential_id: str
    actions: tuple[str, ...]


class DeliveryListed(Shape):
    """A delivery and how many of its results stand where."""

    organisation_id: str
    delivery_id: str
    title: str
    closes_at_ms: int
    is_practice: bool
    counts: dict[ResultState, int]


class DeliveriesOfResults(Shape):
    items: list[DeliveryListed]


class ResultsListed(Shape):
    delivery_id: str
    title: str
    exam_title: str
    pass_percent: int
    may_release: bool
    """Whether who asks may release and withhold here; an auditor looks and changes nothing."""
    items: list[ResultListed]


class StaffMarkShown(Shape):
    mark_id: str
    slot_id: str
    role: MarkRole
    marker_id: str
    points: dict[str, int]
    comment: str
    is_final: bool


class StaffItemShown(Shape):
    bank_id: str
    """Where the pictures of the question are."""
    question: Question
    key: AnswerKey
    response: Response | None
    score: ScoreShown


class ResultShown(Shape):
    """`names` are those of the accounts that marked, graded or decided; of one that is gone there is none."""

    summary: ResultListed
    decided_by: str
    names: dict[str, str]
    items: tuple[StaffItemShown, ...]
    marks: tuple[StaffMarkShown, ...]
    history: tuple[GradeShown, ...]
    late_kept_until_ms: int | None
    """Answers came after the end and are kept until then, for a person to decide; None: there are none."""


class ReleasedShown(Shape):
    released: int


class KeyProposed(Shape):
    key: AnswerKey
    after: str = Field("", max_length=200)
    """Where the page before said that the next one begins; empty: the first."""


class KeyCorrected(Shape):
    key: AnswerKey
    reason: Reason


class RegradingShown(Shape):
    """One result that the key would change."""

    result_id: str
    candidate_name: str
    state: ResultState
    earned_before: int
    earned_after: int
    percent_before: int
    percent_after: int
    passed_before: bool | None
    passed_after: bool | None


class RegradePreviewed(Shape):
    """A page of what another key would do: whoever asks adds up all of them, until `next_after` is null.

    `affected` results hold the item; `changed` are those whose points would change.
    """

    affected: int
    to_pass: int
    to_fail: int
    changed: list[RegradingShown]
    next_after: str | None


class CorrectionShown(Shape):
    at_ms: int
    by: str
    reason: str


class VersionKeyShown(Shape):
    version_id: str
    rev: int
    question: Question
    key: AnswerKey
    corrections: tuple[CorrectionShown, ...]


class RegradeAccepted(Shape):
    """It is stored; results follow within seconds."""

    corrections: int


class IntervalShown(Shape):
    low: float
    high: float


class GroupCounts(Shape):
    choice: str
    upper: int
    middle: int
    lower: int
    is_right: bool


class ItemAnalysisShown(Shape):
    """The times are those for which it stood on the screen until its last answer, of the `timed` whose page said so.

    Null where none did. The median says more: whoever leaves a question open for an hour moves the mean.
    """

    version_id: str
    prompt: str
    kind: str
    n: int
    omitted: int
    difficulty: float
    interval: IntervalShown
    discrimination: float | None
    upper_lower: float | None
    timed: int
    mean_seconds: float | None
    median_seconds: float | None
    choices: tuple[GroupCounts, ...]
    words: tuple[str, ...]


class AnalysisShown(Shape):
    n: int
    mean_percent: float
    sd_percent: float | None
    alpha: float | None
    is_kr20: bool
    standard_error_percent: float | None
    pass_rate: float
    pass_interval: IntervalShown
    distribution: tuple[int, ...]
    words: tuple[str, ...]
    items: tuple[ItemAnalysisShown, ...]


class ItemInExam(Shape):
    exam_version_id: str
    exam_title: str
    analysis: ItemAnalysisShown


class ItemStatisticsShown(Shape):
    """An item across every exam that had it, a line for each version in each exam."""

    item_id: str
    n: int
    difficulty: float | None
    exams: tuple[ItemInExam, ...]

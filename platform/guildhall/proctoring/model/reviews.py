"""The review of a session's flags: what each person found, what was decided, what the candidate said to it.

One document a session, with the session's id; every decision is one compare-and-set on it.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model.incident_kinds import Channel, Rule

FLAGS_MAX: Final = 200  # overflow policy: the earliest are reviewed, the others are counted in `flags_left_out`
ROUNDS_MAX: Final = 3
WITNESSES_MAX: Final = 50
EARLIER_MAX: Final = 5  # overflow policy: of an attempt that was opened again more often, the newest are kept
ACTS_MAX: Final = 20  # overflow policy: nothing further is decided until a follower has carried these out
WORDS_CHARACTERS: Final = 2_000

Words = Annotated[str, Field(max_length=WORDS_CHARACTERS)]


class VerdictReason(StrEnum):
    """Why a flag is upheld or dismissed: a closed list. Which serve what is in `rules/reviewing.py`."""

    SEEN_IN_EVIDENCE = "seen_in_evidence"
    SEEN_LIVE = "seen_live"
    ADMITTED = "admitted"
    FALSE_DETECTION = "false_detection"
    INNOCENT_EXPLANATION = "innocent_explanation"
    ACCOMMODATION = "accommodation"
    PERMITTED = "permitted"
    EVIDENCE_TOO_POOR = "evidence_too_poor"


class Penalty(StrEnum):
    """What may follow, the mildest first: two reviewers who agree on a flag impose the milder of what they propose."""

    REPRIMAND = "reprimand"  # the result stands
    RESIT = "resit"
    VOID = "void"


class Flag(Stored):
    """An incident as it stood when the review began, or what a proctor flagged by hand."""

    id: str
    rule: Rule | None  # None: by hand
    channel: Channel
    rule_version: str
    opened_at_ms: int
    closed_at_ms: int | None
    reason: str


class Verdict(Stored):
    flag_id: str
    is_upheld: bool
    reason: VerdictReason
    words: Words
    at_ms: int


class Round(Stored):
    """What one person makes of the case. After a lease that ran out the same person goes on; another begins anew."""

    by: str
    by_name: str
    claimed_at_ms: int
    until_ms: int = 0  # 0: the lease was given back or ran out
    verdicts: tuple[Verdict, ...] = Field((), max_length=FLAGS_MAX)
    penalty: Penalty | None = None
    words: Words = ""
    decided_at_ms: int | None = None


class Contest(Stored):
    at_ms: int
    words: Words


class EarlierCase(Stored):
    """What was decided of an attempt before it was opened again; another case followed in the same document."""

    state: ReviewState
    over_at_ms: int
    flags: tuple[Flag, ...] = Field(max_length=FLAGS_MAX)
    rounds: tuple[Round, ...] = Field(max_length=ROUNDS_MAX)
    penalty: Penalty | None = None
    contest: Contest | None = None


class Act(Stored):
    """What somebody did with the case, decided in its own compare-and-set and perhaps not in the audit log yet."""

    key: str
    at_ms: int
    by: str
    verb: str
    details: dict[str, str | int | bool] = Field(default_factory=dict)


class Review(VersionedDocument):
    """`is_pending`: a follower has something to do, be it an act to write down or what its state has to lead to."""

    exam_id: str
    attempt_id: str
    candidate_name: str
    delivery_id: str = ""
    organisation_id: str = ""
    account_id: str = ""  # of the candidate
    exceptions: tuple[str, ...] = ()  # what is off for this person; a reviewer sees it, and never why
    state: ReviewState = ReviewState.QUEUED
    flags: tuple[Flag, ...] = Field(max_length=FLAGS_MAX)
    flags_left_out: int = 0
    witnesses: tuple[str, ...] = Field((), max_length=WITNESSES_MAX)  # who raised a flag by hand, or acted on them live
    rounds: tuple[Round, ...] = Field((), max_length=ROUNDS_MAX)  # first, second, appeal
    penalty: Penalty | None = None  # in force; none before two people agreed
    contest: Contest | None = None
    over_at_ms: int = 0
    """The end of the attempt up to which its flags are in it; 0 in older ones."""
    earlier: tuple[EarlierCase, ...] = Field((), max_length=EARLIER_MAX)
    acts: tuple[Act, ...] = Field((), max_length=ACTS_MAX)
    is_pending: bool = False
    due_at_ms: int = 0  # when a lease or the time to contest runs out; 0: never

    @property
    def cases(self) -> "tuple[EarlierCase | Review, ...]":
        """All of them, the newest last."""
        return (*self.earlier, self)

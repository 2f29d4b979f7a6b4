"""The exams of a town, kept in its database, so that every process knows how far everybody is.

Two parts of the house ask them, each through a port of its own: onboarding about the exam of the house, opportunities
about another one that clients ask their applicants for.
"""

import contextlib
from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.service.credentials import HeldCredential
from guildhall.assessments.service.passing import ExamOffered, Progress
from guildhall.kit.clock import Clock
from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.storage import Duplicate, Schema, Storage
from guildhall.kit.storage.versioned import Documents
from guildhall.onboarding.model.flows import CredentialAsked
from guildhall.onboarding.service.context import Held
from tests.guildhall.onboarding.guild import CREDENTIAL, FakeExams

SITTINGS: Final = Schema("town_sittings")
FAR_MS: Final = 4_000_000_000_000
HOUSE_EXAM: Final = CREDENTIAL.delivery_id
MARKET_EXAM: Final = ExamOffered("dlv_charts", "Reading charts", "Reading charts", "Skilled", FAR_MS)
EXAMS: Final = (HOUSE_EXAM, MARKET_EXAM.delivery_id)
ON_ITS_WAY: Final = frozenset({ExamProgress.SITTING, ExamProgress.MARKING, ExamProgress.WITHHELD})
PAST_MAX: Final = 400
_P = ExamProgress


class SittingEvent(StrEnum):
    BEGIN = "begin"
    HAND_IN = "hand_in"
    WITHHOLD = "withhold"
    PASS = "pass"
    FAIL = "fail"
    FAIL_FOR_GOOD = "fail_for_good"
    TRY_AGAIN = "try_again"
    REVOKE = "revoke"


_MOVES: Final = {
    SittingEvent.BEGIN: (frozenset({_P.TO_SIT, _P.NOT_PASSED}), _P.SITTING),
    SittingEvent.HAND_IN: (frozenset({_P.SITTING}), _P.MARKING),
    SittingEvent.WITHHOLD: (frozenset({_P.MARKING}), _P.WITHHELD),
    SittingEvent.PASS: (frozenset({_P.MARKING, _P.WITHHELD}), _P.NOT_PASSED),
    SittingEvent.FAIL: (frozenset({_P.MARKING, _P.WITHHELD}), _P.NOT_PASSED),
    SittingEvent.FAIL_FOR_GOOD: (frozenset({_P.MARKING, _P.WITHHELD}), _P.NOT_PASSED),
    SittingEvent.TRY_AGAIN: (frozenset({_P.NOT_PASSED}), _P.NOT_PASSED),
    SittingEvent.REVOKE: (frozenset({_P.NOT_PASSED}), _P.NOT_PASSED),
}
_MAY_SIT_AFTER: Final = frozenset({SittingEvent.FAIL, SittingEvent.TRY_AGAIN})


class Stood(Stored):
    """How it stood from a moment on."""

    at_ms: int
    of: ExamProgress
    may_sit: bool
    until_ms: int
    """Of the pass; 0 where there is none."""


class Sitting(VersionedDocument):
    """Its id is the account's and the exam's. As with real exams, `NOT_PASSED` beside a pass is what a pass leaves."""

    past: tuple[Stood, ...] = Field(max_length=PAST_MAX)

    @property
    def now(self) -> Stood:
        return self.past[-1]

    def between(self, from_ms: int, to_ms: int) -> tuple[Stood, ...]:
        """Every way in which it stood at any moment of these."""
        ends = [*(one.at_ms for one in self.past[1:]), FAR_MS]
        return tuple(
            one for one, until_ms in zip(self.past, ends, strict=True) if one.at_ms <= to_ms and until_ms >= from_ms
        )


class ExamBoard:
    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._clock = clock
        self._sittings = Documents(storage.collection(SITTINGS), Sitting, lambda _: NotFound("Nobody was invited."))

    async def ensure(self) -> None:
        await self._sittings.ensure()

    async def sitting(self, account_id: str, exam: str) -> Sitting | None:
        return await self._sittings.get(f"{account_id}/{exam}")

    async def invite(self, account_id: str, exam: str) -> None:
        now_ms = self._clock.now_ms()
        invited = Stood(at_ms=now_ms, of=_P.TO_SIT, may_sit=True, until_ms=0)
        with contextlib.suppress(Duplicate):
            await self._sittings.add(Sitting(id=f"{account_id}/{exam}", created_at_ms=now_ms, past=(invited,)))

    async def move(self, account_id: str, exam: str, event: SittingEvent, valid_ms: int) -> None:
        """Raises Conflict, NotFound."""
        now_ms = self._clock.now_ms()
        sources, target = _MOVES[event]

        def decide(seen: Sitting) -> Sitting:
            before = seen.now
            may = before.may_sit if event is SittingEvent.BEGIN else True
            if before.of not in sources or not may or len(seen.past) == PAST_MAX:
                raise Conflict(f"It is {before.of} now.")
            until_ms = now_ms + valid_ms if event is SittingEvent.PASS else 0
            if event in {SittingEvent.BEGIN, SittingEvent.HAND_IN, SittingEvent.TRY_AGAIN}:
                until_ms = before.until_ms
            after = Stood(at_ms=now_ms, of=target, may_sit=event in _MAY_SIT_AFTER, until_ms=until_ms)
            return seen.model_copy(update={"past": (*seen.past, after)})

        await self._sittings.change(f"{account_id}/{exam}", now_ms, decide)

    async def give(self, account_id: str, exam: str, until_ms: int) -> None:
        """A pass, however far they are."""
        await self.invite(account_id, exam)
        now_ms = self._clock.now_ms()
        passed = Stood(at_ms=now_ms, of=_P.NOT_PASSED, may_sit=False, until_ms=until_ms)
        await self._sittings.change(
            f"{account_id}/{exam}",
            now_ms,
            lambda seen: seen.model_copy(update={"past": (*seen.past, passed)[-PAST_MAX:]}),
        )

    async def stands(self, account_id: str, exam: str) -> Progress:
        found = await self.sitting(account_id, exam)
        if found is None:
            return Progress(_P.NOT_INVITED, may_sit=False)
        return Progress(found.now.of, found.now.may_sit)

    async def pass_until_ms(self, account_id: str, exam: str) -> int:
        """0 where no pass is valid now."""
        found = await self.sitting(account_id, exam)
        until_ms = found.now.until_ms if found is not None else 0
        return until_ms if until_ms > self._clock.now_ms() else 0


class HouseExams(FakeExams):
    """Onboarding's port."""

    def __init__(self, board: ExamBoard) -> None:
        super().__init__()
        self._board = board

    async def held(self, account_id: str, asked: CredentialAsked) -> Held | None:
        until_ms = await self._board.pass_until_ms(account_id, asked.delivery_id)
        return Held(f"crd_{account_id}", until_ms) if until_ms else None

    async def progress(self, account_id: str, asked: CredentialAsked) -> ExamProgress:
        return (await self._board.stands(account_id, asked.delivery_id)).of

    async def invite(self, account_id: str, delivery_id: str) -> None:
        await self._board.invite(account_id, delivery_id)

    async def give(self, account_id: str, held: Held) -> None:
        await self._board.give(account_id, HOUSE_EXAM, held.expires_at_ms or FAR_MS)


class MarketExams:
    """Both ports of opportunities: what somebody holds, and how far they are."""

    def __init__(self, board: ExamBoard) -> None:
        self._board = board

    async def held_by(self, account_id: str) -> list[HeldCredential]:
        titles = {
            HOUSE_EXAM: (CREDENTIAL.title, CREDENTIAL.level or ""),
            MARKET_EXAM.delivery_id: (MARKET_EXAM.credential_title, MARKET_EXAM.credential_level),
        }
        held = [(exam, await self._board.pass_until_ms(account_id, exam)) for exam in EXAMS]
        return [HeldCredential(f"crd_{exam}", *titles[exam], until_ms) for exam, until_ms in held if until_ms]

    async def progress(self, account_id: str, delivery_id: str) -> Progress:
        return await self._board.stands(account_id, delivery_id)

    async def invite(self, account_id: str, delivery_id: str, by: str) -> None:
        assert by == "system:opportunities"
        await self._board.invite(account_id, delivery_id)

    async def offered(self, organisation_id: str, house_deliveries: tuple[str, ...]) -> list[ExamOffered]:
        assert organisation_id
        assert not house_deliveries
        return [MARKET_EXAM]

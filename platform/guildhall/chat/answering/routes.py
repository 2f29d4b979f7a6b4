"""HTTP of answering, for the desk and for those who keep the FAQ: why, should have been, what if, and what is off."""

from typing import Final

from guildhall.chat.answering.messages import (
    AnsweringShown,
    BandsCounted,
    CardsShown,
    ChangedShown,
    CorrectionGiven,
    CorrectionKept,
    ReplayShown,
    ReplayWanted,
    TierShown,
    show_card,
)
from guildhall.chat.answering.service import AnsweringService
from guildhall.chat.faq.model import Bands
from guildhall.chat.faq.rules.bands import COLD
from guildhall.chat.faq.service.training import TrainingFailed
from guildhall.chat.routes.declaring import NOT_THERE, Declaring
from guildhall.chat.routes.desk import claims_of
from guildhall.kit.errors import DomainError, Invalid
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Route

DESK: Final = Declaring("chat.answer", "answering")
ONE: Final = "/desk/conversations/{conversation_id}"
PROBLEMS: Final[tuple[type[DomainError], ...]] = (TrainingFailed,)
"""For `mount_root`: the types of problem that only answering answers with."""

CARDS = DESK.read(
    "read_why_cards",
    f"{ONE}/automatic-answers",
    "Why the bot said what it said in a conversation, the newest first",
    CardsShown,
)
CORRECT = DESK.write(
    "POST",
    "correct_automatic_answer",
    f"{ONE}/corrections",
    "An automatic answer should have been another: kept as a regression case",
    {201: CorrectionKept},
    CorrectionGiven,
)
REPLAY = Declaring("faq.keep", "answering").write(
    "POST",
    "replay_questions",
    "/faq/replays",
    "What would have become of the last days' questions with other thresholds or entries; changes nothing",
    {200: ReplayShown},
    ReplayWanted,
    problems=NOT_THERE | {"training-failed"},
    deadline_seconds=120,
)
STATE = DESK.read(
    "read_answering",
    "/desk/answering",
    "What answers automatically, and what is off and why",
    AnsweringShown,
    problems=frozenset[str](),
)


def routes(service: AnsweringService) -> tuple[Route, ...]:
    """Some below `/v1/desk`, one below `/v1/faq`."""
    chat, faq, reviewing = service.context.chat, service.context.faq, service.reviewing

    async def cards(call: Call[NoBody, NoQuery]) -> Answer:
        conversation = await chat.desk.find(await claims_of(chat, call), call.path["conversation_id"])
        return Answer(CardsShown(cards=[show_card(turn) for turn in await reviewing.cards(conversation)]))

    async def correct(call: Call[CorrectionGiven, NoQuery]) -> Answer:
        claims = await claims_of(chat, call)
        conversation = await chat.desk.find(claims, call.path["conversation_id"])
        case = await reviewing.correct(claims, conversation, call.body.number, call.body.entry_id)
        return Answer(CorrectionKept(case_id=case.id), status=201)

    async def replay(call: Call[ReplayWanted, NoQuery]) -> Answer:
        body = call.body
        faq.entries.check_site(body.site)
        record = (await faq.matchers.of(body.site, body.language)).record
        bands = _bands(body, record.bands if record is not None else COLD)
        found = await reviewing.replay(body.site, body.language, bands, tuple(body.drafts))
        return Answer(
            ReplayShown(
                questions=found.questions,
                before=BandsCounted.model_validate(found.before),
                after=BandsCounted.model_validate(found.after),
                known=found.known,
                wrong_before=found.wrong_before,
                wrong_after=found.wrong_after,
                changed=[
                    ChangedShown(
                        question=one.question,
                        before=one.before,
                        after=one.after,
                        entry_before=one.entry_before,
                        entry_after=one.entry_after,
                        right=one.right,
                    )
                    for one in found.changed
                ],
            )
        )

    async def state(call: Call[NoBody, NoQuery]) -> Answer:  # noqa: ARG001 - of the port
        ai_state, ai_reason = service.ai.state()
        return Answer(
            AnsweringShown(faq=TierShown(state="on", reason=""), ai=TierShown(state=ai_state, reason=ai_reason))
        )

    return Route(CARDS, cards), Route(CORRECT, correct), Route(REPLAY, replay), Route(STATE, state)


def _bands(wanted: ReplayWanted, current: Bands) -> Bands | None:
    """Raises Invalid where asking back would begin above answering."""
    if wanted.answer_at is None and wanted.ask_at is None:
        return None
    answer_at = current.answer_at if wanted.answer_at is None else wanted.answer_at
    ask_at = min(current.ask_at, answer_at) if wanted.ask_at is None else wanted.ask_at
    if ask_at > answer_at:
        raise Invalid("Asking back begins below answering.", fields={"ask_at": "must not be above answer_at"})
    return Bands(answer_at=answer_at, ask_at=ask_at, samples=current.samples)

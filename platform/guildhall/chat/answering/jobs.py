"""Takes up the questions that nobody answers: of processes that were killed, or that were too busy.

Any number of processes may run it: a turn is one document, and has one holder.
"""

from guildhall.chat.answering.model import BotTurn
from guildhall.chat.answering.service import AnsweringService
from guildhall.kit.passes import carry_out_all, pass_for_ever


async def run_for_ever(service: AnsweringService) -> None:
    """A pass each `job_seconds`."""
    await pass_for_ever(
        lambda: look(service),
        service.context.settings.job_seconds,
        postponed="answering_jobs_postponed",
        failed="answering_jobs_failed",
    )


async def look(service: AnsweringService) -> None:
    """One pass: turns that somebody did not finish, and conversations that have been owed an answer for too long."""
    now_ms = service.context.clock.now_ms()
    chats = service.context.chat.context.store

    async def finish(turn: BotTurn) -> None:
        await service.turns.finish(await chats.conversations.read(turn.conversation_id), turn)

    await carry_out_all(service.context.store.unfinished(now_ms), finish, failed="answering_job_failed")
    before_ms = now_ms - round(service.context.settings.resume_after_seconds * 1000)
    for conversation in await chats.owed_by_bot(before_ms):
        service.turns.take_up(conversation.id)

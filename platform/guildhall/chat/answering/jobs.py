"""Takes up the questions that nobody answers: of processes that were killed, or that were too busy.

Any number of processes may run it: a turn is one document, and has one holder.
"""

from guildhall.chat.answering.service import AnsweringService
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever

log = get_logger(__name__)


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
    for turn in await service.context.store.unfinished(now_ms):
        conversation = await service.context.chat.context.store.conversations.read(turn.conversation_id)
        await service.turns.finish(conversation, turn)
    before_ms = now_ms - round(service.context.settings.resume_after_seconds * 1000)
    for conversation in await service.context.chat.context.store.owed_by_bot(before_ms):
        service.turns.take_up(conversation.id)

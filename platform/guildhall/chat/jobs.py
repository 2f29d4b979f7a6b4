"""What follows when nobody is waiting.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from guildhall.chat.lifecycle import ConversationEvent
from guildhall.chat.model import Conversation, ConversationKind, DeskAgent
from guildhall.chat.rules.standing import NotLate, NotYourTurn
from guildhall.chat.service import ChatService
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.passes import carry_out_all, pass_for_ever

_all = partial(carry_out_all, failed="chat_job_failed")
ASSIGNMENTS_SECONDS = 5.0
"""How often it is looked whether whoever has a candidate is still assigned; what they read is asked about at once."""


async def run_for_ever(service: ChatService) -> None:
    """A pass each `job_seconds`, and the numbers each `numbers_seconds`."""
    settings = service.context.settings
    async with asyncio.TaskGroup() as jobs:
        looking = pass_for_ever(
            lambda: look(service), settings.job_seconds, postponed="chat_jobs_postponed", failed="chat_jobs_failed"
        )
        counting = pass_for_ever(
            service.numbers.count,
            settings.numbers_seconds,
            postponed="chat_numbers_postponed",
            failed="chat_numbers_failed",
        )
        watching = pass_for_ever(
            lambda: look_at_exams(service),
            ASSIGNMENTS_SECONDS,
            postponed="chat_exams_postponed",
            failed="chat_exams_failed",
        )
        jobs.create_task(looking, name="chat.look")
        jobs.create_task(watching, name="chat.look_at_exams")
        jobs.create_task(counting, name="chat.numbers")


async def look(service: ChatService) -> None:
    """One pass."""
    store, now_ms = service.context.store, service.context.clock.now_ms()
    await _all(store.due(now_ms), service.following.settle)
    await _all(store.to_wake(now_ms), _mover(service, ConversationEvent.WAKE))
    await _all(store.to_close(now_ms), _mover(service, ConversationEvent.CLOSE))
    await _all(store.lapsed(now_ms), service.presence.lapse)
    gone_since_ms = now_ms - round(service.context.settings.return_after_seconds * 1000)
    await _all(store.gone(gone_since_ms), _returner(service))
    await _all(store.doubtful(now_ms), service.following.doubt)
    await _all(store.late(now_ms), _teller_of_lateness(service))
    await _all(store.to_mail(now_ms), _teller_of_unread(service))
    await _all(store.to_index(now_ms), service.searching.index)
    await service.queueing.drain()


async def look_at_exams(service: ChatService) -> None:
    """Candidates whose proctor is no longer assigned wait for another one, and for the desk where there is none."""
    store = service.context.store
    await _all(store.held_exams(), _taker_away(service))
    await _all(store.waiting_exams(), service.talks.widen)


def _mover(
    service: ChatService, event: ConversationEvent, only_from: str = ""
) -> Callable[[Conversation], Awaitable[None]]:
    async def move(conversation: Conversation) -> None:
        try:
            await service.desk.move(conversation, event, only_from)
        except (MoveRefused, NotYourTurn):  # somebody was faster
            await service.following.follow(conversation.id)

    return move


def _teller_of_lateness(service: ChatService) -> Callable[[Conversation], Awaitable[None]]:
    async def tell(conversation: Conversation) -> None:
        try:
            await service.promising.tell_late(conversation)
        except NotLate:  # somebody answered meanwhile
            await service.following.follow(conversation.id)

    return tell


def _teller_of_unread(service: ChatService) -> Callable[[Conversation], Awaitable[None]]:
    async def tell(conversation: Conversation) -> None:
        is_visitors = conversation.kind is ConversationKind.VISITOR
        await (service.mailing.mail_unread if is_visitors else service.noticing.tell_unread)(conversation)

    return tell


def _taker_away(service: ChatService) -> Callable[[Conversation], Awaitable[None]]:
    async def take_away(conversation: Conversation) -> None:
        agent = await service.context.store.agents.get(conversation.owner)
        if agent is None or not await service.reach.may_be_given(agent, conversation):
            await _mover(service, ConversationEvent.REQUEUE, conversation.owner)(conversation)

    return take_away


def _returner(service: ChatService) -> Callable[[DeskAgent], Awaitable[None]]:
    async def give_back(agent: DeskAgent) -> None:
        """The conversations of somebody who went away go back to their queues, where they have waited longest."""
        move = _mover(service, ConversationEvent.REQUEUE, agent.id)
        async for page in service.context.store.all_held_by(agent.id):
            for conversation in page:
                await move(conversation)
        await service.presence.forget_lease(agent)

    return give_back

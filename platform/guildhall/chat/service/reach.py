"""Whose conversations an agent may read and answer: asked before every verb of the desk, and again while one is open.

Visitors are everybody's at the desk. A candidate is theirs who are assigned to the delivery, and the desk's where
nobody is. Two parties are among themselves until one of them calls the house in, and again from when they go on alone.
"""

from collections.abc import Sequence
from typing import Any, Final

from guildhall.chat.lifecycle import ConversationState
from guildhall.chat.model import BETWEEN_PARTIES, ChatClaims, Conversation, ConversationKind, DeskAgent
from guildhall.chat.service.context import Context
from guildhall.chat.service.logbook import Logbook
from guildhall.chat.store import NoSuch
from guildhall.kit.storage import among

Shelf = dict[str, Any]
"""A query for some of the conversations that somebody may see; a list is made from all of theirs."""

EXAMS: Final[Shelf] = {"kind": ConversationKind.EXAM.value}
ALL: Final[tuple[Shelf, ...]] = (
    EXAMS,
    {"kind": among(*(kind.value for kind in ConversationKind if kind is not ConversationKind.EXAM))},
)
"""Whatever there is, for the platform's own passes: candidates that nobody answers keep no visitor waiting."""


class Reach:
    def __init__(self, context: Context, logbook: Logbook) -> None:
        self._assignments = context.assignments
        self._store = context.store
        self._logbook = logbook

    async def must_answer(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        """The conversation, for whoever answers it. Raises NoSuch, in the same words for what there is not."""
        conversation = await self._store.conversations.get(conversation_id)
        if conversation is None or not await self.answers(claims, conversation):
            raise NoSuch(f"There is no conversation {conversation_id} at this desk.")
        return conversation

    async def must_see(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        """The conversation, for its parties too. Raises NoSuch."""
        conversation = await self._store.conversations.get(conversation_id)
        if conversation is None or not await self.sees(claims, conversation):
            raise NoSuch(f"There is no conversation {conversation_id}.")
        return conversation

    async def sees(self, claims: ChatClaims, conversation: Conversation) -> bool:
        return conversation.is_party(claims.subject) or await self.answers(claims, conversation)

    async def answers(self, claims: ChatClaims, conversation: Conversation) -> bool:
        """Whether they may read and take it, as the log and the assignments are now."""
        if claims.role != "agent" or conversation.kind not in claims.kinds:
            return False
        if conversation.kind in BETWEEN_PARTIES:
            # Not by the lists, which are behind the log: nobody reads what two say to each other after the house left.
            return (await self._logbook.standing(conversation))[1].is_called_in
        return await self._is_theirs(claims.kinds, claims.subject, conversation)

    async def may_be_given(self, agent: DeskAgent, conversation: Conversation) -> bool:
        """Whether the platform may assign it to them: what `serves` cannot know."""
        return conversation.kind in agent.kinds and await self._is_theirs(agent.kinds, agent.id, conversation)

    async def shelves(self, claims: ChatClaims) -> tuple[Shelf, ...]:
        """Where their lists are made from."""
        found: list[Shelf] = []
        is_at_desk = ConversationKind.VISITOR in claims.kinds
        if is_at_desk:
            found.append({"kind": ConversationKind.VISITOR.value})
        if ConversationKind.EXAM in claims.kinds:
            if claims.manages:
                found.append(EXAMS)
            else:
                named = await self._assignments.supervised_ids(claims.subject)
                found += [{**EXAMS, "scope_id": among(*scopes)} for scopes in (named, [""] * is_at_desk) if scopes]
        if called := [kind.value for kind in claims.kinds if kind in BETWEEN_PARTIES]:
            found.append({"kind": among(*called), "is_called_in": True})
        return tuple(found)

    async def _is_theirs(self, kinds: Sequence[ConversationKind], subject: str, conversation: Conversation) -> bool:
        if conversation.kind is not ConversationKind.EXAM:
            return True
        if not conversation.scope_id:
            return ConversationKind.VISITOR in kinds
        return await self._assignments.may_supervise(conversation.scope_id, subject)


def is_shut_to_agents(state: str) -> bool:
    """Whether an entry that leads there is the parties' own: they go on alone."""
    return state == ConversationState.OPEN

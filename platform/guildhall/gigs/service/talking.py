"""The two sides of a contract talk to each other: one conversation for as long as there is a contract."""

from guildhall.chat.model import ConversationKind, Party
from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.service.context import Caller, Context
from guildhall.kit.errors import NotFound


class Talking:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def about(self, contract_id: str, caller: Caller) -> str:
        """The conversation's id, for one of the two sides; the staff are called in by them, at the desk.

        Whoever leads the organisation now is a member, whoever led it before is not. Raises NotFound.
        """
        contract, by = await self._context.seen(contract_id, caller)
        if by.actor is Actor.STAFF:
            raise NotFound("Only the two sides of a contract talk here; they call you in at the desk.")
        leaders = await self._context.clients.leaders(contract.organisation_id)
        names = self._context.agents
        conversation = await self._context.talks.open_conversation(
            ConversationKind.CONTRACT,
            contract.id,
            [Party(id=one, name=await names.name(one)) for one in dict.fromkeys((contract.agent_id, *leaders))],
            title=contract.terms.title,
            path=f"/contracts#{contract.id}",
        )
        return conversation.id

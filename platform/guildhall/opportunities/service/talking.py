"""Client and applicant talk to each other, from when the client has taken a closer look."""

from guildhall.accounts.model import FORMER_MEMBER
from guildhall.chat.model import ConversationKind, Party
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.rules.talking import check_talk
from guildhall.opportunities.rules.telling import AGENTS_PAGE, CLIENTS_PAGE
from guildhall.opportunities.service.context import Client, Context


class Talking:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def by_agent(self, application_id: str, agent_id: str) -> str:
        """The conversation's id. Raises NotFound, Conflict."""
        return await self._open(await self._context.own(application_id, agent_id))

    async def by_client(self, application_id: str, client: Client) -> str:
        """The conversation's id, the same for both sides. Raises NotFound, Conflict."""
        return await self._open(await self._context.applicant(application_id, client))

    async def _open(self, application: Application) -> str:
        check_talk(application)
        opportunity_id, agent_id = application.opportunity_id, application.agent_id
        leaders = await self._context.clients.leaders(application.organisation_id)
        pages = dict.fromkeys((agent_id, *leaders), f"{CLIENTS_PAGE}#{opportunity_id}")
        pages[agent_id] = f"{AGENTS_PAGE}#{opportunity_id}"
        members = [await self._party(account_id, path) for account_id, path in pages.items()]
        conversation = await self._context.talks.open_conversation(
            ConversationKind.APPLICATION, application.id, members, title=application.title
        )
        return conversation.id

    async def _party(self, account_id: str, path: str) -> Party:
        person = await self._context.people.find(account_id)
        if person is not None:
            return Party(id=account_id, name=person.name, path=path)
        is_gone = await self._context.is_gone(account_id)
        return Party(id=account_id, name=FORMER_MEMBER if is_gone else "", path=path)

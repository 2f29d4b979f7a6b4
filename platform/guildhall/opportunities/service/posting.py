"""What clients and administrators do with opportunities."""

from guildhall.accounts.rules.addresses import email_key
from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.http.cursors import Place
from guildhall.kit.ids import new_id
from guildhall.opportunities.lifecycle import Actor, PostingEvent, PostingState
from guildhall.opportunities.model.postings import Opportunity, Posting
from guildhall.opportunities.rules import posting as rules
from guildhall.opportunities.rules.moving import NO_REVIEW, Reviewing
from guildhall.opportunities.rules.searching import rank_of
from guildhall.opportunities.service.context import Client, Context
from guildhall.opportunities.service.following import Following
from guildhall.opportunities.settings import Moderation

LISTED = 100


class PostingVerbs:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following

    async def draft(self, client: Client, organisation_id: str, posting: Posting) -> Opportunity:
        """A new one, which nobody else sees. Raises NotFound, Invalid."""
        if organisation_id not in client.organisations:
            raise NotFound(f"There is no organisation {organisation_id} for which you may post.")
        now_ms = self._context.clock.now_ms()
        rules.check_posting(posting, self._context.settings, now_ms)
        await self._check_exams(organisation_id, posting)
        opportunity_id = new_id("opp", self._context.clock)
        opportunity = Opportunity(
            id=opportunity_id,
            created_at_ms=now_ms,
            organisation_id=organisation_id,
            client=await self._context.clients.name(organisation_id),
            posted_by=client.account_id,
            state_since_ms=now_ms,
            posting=posting,
            rank=rank_of(now_ms, opportunity_id),
        )
        await self._context.store.opportunities.add(opportunity)
        return opportunity

    async def edit(self, client: Client, opportunity_id: str, posting: Posting) -> Opportunity:
        """Raises NotFound, Invalid, Conflict, MoveRefused."""
        before = await self._context.posted(opportunity_id, client)
        await self._check_exams(before.organisation_id, posting, before.posting)
        by, settings = self._context.by(client.account_id, Actor.CLIENT), self._context.settings
        changed = await self._context.store.opportunities.change(
            opportunity_id,
            by.at_ms,
            lambda seen: rules.edit(seen, posting, settings, by, reviewing=Reviewing(self._is_looked_at_again(seen))),
        )
        return await self._following.of_opportunity(changed)

    async def _check_exams(self, organisation_id: str, posting: Posting, before: Posting | None = None) -> None:
        """An exam that is over since may stay. Raises Invalid."""
        known = {one.delivery_id for one in before.credentials} if before is not None else set[str]()
        asked = {one.delivery_id for one in posting.credentials} - known - {""}
        if not asked:
            return
        settings = self._context.settings
        offered = await self._context.exams.offered(organisation_id, settings.house_deliveries)
        gives = {one.delivery_id: (one.credential_title, one.credential_level) for one in offered}
        wrong = {
            f"posting.credentials.{place}": "No exam of yours, or of the house for you, gives this pass."
            for place, one in enumerate(posting.credentials)
            if one.delivery_id in asked and gives.get(one.delivery_id) != (one.title, one.level)
        }
        if wrong:
            raise Invalid("An exam is named that your applicants cannot be invited to.", fields=wrong)

    async def act(self, client: Client, opportunity_id: str, event: PostingEvent) -> Opportunity:
        """Publish, recall, pause, resume, reopen or close. Raises NotFound, MoveRefused."""
        found = await self._context.posted(opportunity_id, client)
        is_asked = event is PostingEvent.PUBLISH and await self.needs_review(found.organisation_id)
        reviewing = Reviewing(needs_review=is_asked)
        return await self._move(opportunity_id, event, client.account_id, Actor.CLIENT, reviewing=reviewing)

    async def publish_for_the_house(self, client: Client, opportunity_id: str) -> Opportunity:
        """The demo's: what the house itself has written waits for no look. Raises NotFound, MoveRefused."""
        await self._context.posted(opportunity_id, client)
        return await self._move(opportunity_id, PostingEvent.PUBLISH, client.account_id, Actor.CLIENT)

    async def remove(self, admin_id: str, opportunity_id: str, reason: str) -> Opportunity:
        """An administrator's. Raises NotFound, MoveRefused."""
        return await self._move(opportunity_id, PostingEvent.REMOVE, admin_id, Actor.ADMIN, reason)

    async def to_review(self, place: Place | None, limit: int) -> list[Opportunity]:
        return await self._context.store.to_review(place, limit)

    async def review(self, reviewer: Client, opportunity_id: str, event: PostingEvent, reason: str = "") -> Opportunity:
        """An administrator's: claim, release, approve or return. Raises NotFound, MoveRefused."""
        found = await self._context.store.opportunities.read(opportunity_id)
        reviewing = Reviewing(is_own=found.organisation_id in reviewer.organisations)
        return await self._move(opportunity_id, event, reviewer.account_id, Actor.ADMIN, reason, reviewing)

    async def needs_review(self, organisation_id: str) -> bool:
        match self._context.settings.moderation:
            case Moderation.OFF:
                return False
            case Moderation.FIRST:
                return not await self._context.store.has_published(organisation_id)
            case Moderation.ALL:
                return True

    def _is_looked_at_again(self, opportunity: Opportunity) -> bool:
        """Where only a client's first is looked at, what nobody has looked at can be changed without it."""
        match self._context.settings.moderation:
            case Moderation.OFF:
                return False
            case Moderation.FIRST:
                return opportunity.was_looked_at
            case Moderation.ALL:
                return True

    async def invite(self, client: Client, opportunity_id: str, address: str) -> Opportunity:
        """The answer is the same whoever has this address, and whether anybody does. Raises NotFound, Conflict."""
        await self._context.posted(opportunity_id, client)
        key = email_key(address)
        if "@" not in key:
            raise Invalid("An address is asked for.", fields={"email": "This is no e-mail address."})
        by = self._context.by(client.account_id, Actor.CLIENT)
        changed = await self._context.store.opportunities.change(
            opportunity_id, by.at_ms, lambda seen: rules.invite(seen, key, by)
        )
        return await self._following.of_opportunity(changed)

    async def listed(self, client: Client) -> list[Opportunity]:
        """The client's own, the newest first."""
        return await self._context.store.of_organisations(client.organisations, LISTED)

    async def seen_by_agent(self, opportunity_id: str, agent_id: str) -> Opportunity:
        """What was published; drafts are not there, and what was taken down is only for whoever applied."""
        found = await self._context.store.opportunities.read(opportunity_id)
        if found.state is PostingState.PUBLISHED:
            return found
        if await self._context.store.application_of(opportunity_id, agent_id) is None:
            raise NotFound(f"There is no opportunity {opportunity_id}.")
        return found

    async def _move(
        self,
        opportunity_id: str,
        event: PostingEvent,
        account_id: str,
        actor: Actor,
        reason: str = "",
        reviewing: Reviewing = NO_REVIEW,
    ) -> Opportunity:
        by, settings = self._context.by(account_id, actor), self._context.settings
        changed = await self._context.store.opportunities.change(
            opportunity_id, by.at_ms, lambda seen: rules.move(seen, event, settings, by, reason, reviewing=reviewing)
        )
        return await self._following.of_opportunity(changed)

"""The verbs of onboarding, for its routes and jobs, and the port by which other domains ask what somebody may do."""

from guildhall.kit.errors import Conflict
from guildhall.kit.storage import Duplicate
from guildhall.notifications.service import ADMINS
from guildhall.onboarding.lifecycle import Actor
from guildhall.onboarding.model.flows import Capability, CredentialAsked, Flow, FlowPlan, flow_id
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.house_flow import HOUSE_FLOW, house_flow
from guildhall.onboarding.rules.moving import By, Terms
from guildhall.onboarding.rules.requirements import CapabilityTold, capability_of
from guildhall.onboarding.rules.walking import adopt, fire, next_look
from guildhall.onboarding.service.context import Context
from guildhall.onboarding.service.desk import Desk
from guildhall.onboarding.service.examining import Examining
from guildhall.onboarding.service.exporting import Exporting
from guildhall.onboarding.service.following import Following
from guildhall.onboarding.service.forgetting import Forgetting
from guildhall.onboarding.service.walking import Walking

__all__ = ["OnboardingService"]


class OnboardingService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.following = Following(context)
        self.examining = Examining(context)
        self.forgetting = Forgetting(context)
        self.walking = Walking(context, self.following, self.examining)
        self.exporting = Exporting(context, self.walking)
        self.desk = Desk(context, self.following, self.walking)
        context.notifications.watch(context.store.onboardings, "onboarding", lambda one: (one.account_id, ADMINS))

    async def capability(self, account_id: str, capability: Capability) -> CapabilityTold:
        """Whether somebody may do this now, and if not: why, who acts next, and until when."""
        seen = await self.walking.read(account_id)
        return capability_of(seen.onboarding, seen.terms, capability, seen.exam)

    async def flows(self) -> list[Flow]:
        """The newest first."""
        return await self.context.store.flow_versions(HOUSE_FLOW)

    async def publish_flow(self, plan: FlowPlan, by: str) -> Flow:
        """A new version of the house's flow; earlier ones stay as they were. Raises Conflict."""
        versions = await self.flows()
        version = versions[0].version + 1 if versions else 1
        flow = Flow(
            id=flow_id(HOUSE_FLOW, version),
            created_at_ms=self.context.clock.now_ms(),
            key=HOUSE_FLOW,
            version=version,
            plan=plan,
            published_by=by,
        )
        try:
            await self.context.store.flows.add(flow)
        except Duplicate:
            raise Conflict("Somebody published a version this very moment: look at it first.") from None
        await self.context.audit.record(
            by, "onboarding.publish_flow", "flow", flow.id, "allowed", key=f"onboarding/{flow.id}"
        )
        return flow

    async def seed_flow(self, credential: CredentialAsked | None) -> None:
        """The first version of a new house; what is there stays. Safe from several processes at once."""
        if not await self.flows():
            try:
                await self.publish_flow(house_flow(credential), "system:house")
            except Conflict:
                return

    async def settle(self, onboarding: Onboarding) -> None:
        """The job's: look for the exam where that is due, fire the timers, carry out what is left."""
        now_ms = self.context.clock.now_ms()
        look_ms = next_look(onboarding, await self.context.terms_of(onboarding))
        if 0 < look_ms <= now_ms:
            onboarding = (await self.examining.look(onboarding, even_if_passed=True)).onboarding
        by = self.context.by("system:calendar", Actor.SYSTEM)

        def decide(seen: Onboarding, terms: Terms, by: By) -> Onboarding:
            # A copy even where nothing was due after all, so that its next timer is set anew.
            return fire(seen, terms, by.at_ms).model_copy()

        changed = await self.context.change(onboarding.id, by, decide)
        await self.following.carry_out(changed)

    async def adopt(self, onboarding: Onboarding, newest: Flow) -> None:
        """The job's: over to the newest version, once it applies."""
        now_ms = self.context.clock.now_ms()
        terms = await self.context.terms_of(onboarding)
        new_terms = Terms(newest, self.context.settings)

        def decide(seen: Onboarding) -> Onboarding:
            if seen.flow_version != onboarding.flow_version:
                return seen
            return self.context.timed(seen, adopt(seen, terms, newest, now_ms), new_terms)

        changed = await self.context.store.onboardings.change(onboarding.id, now_ms, decide)
        await self.following.carry_out(changed)

"""What every verb of onboarding stands on, and the steps all of them share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.service.people import People
from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.key_ring import KeyRing
from guildhall.notifications.service import NotificationsService
from guildhall.onboarding.lifecycle import Actor
from guildhall.onboarding.model.flows import CredentialAsked, Flow, flow_id
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.house_flow import HOUSE_FLOW
from guildhall.onboarding.rules.moving import By, Terms
from guildhall.onboarding.rules.walking import next_due
from guildhall.onboarding.settings import OnboardingSettings
from guildhall.onboarding.store import OnboardingStore

Decide = Callable[[Onboarding, Terms, By], Onboarding]


@dataclass(frozen=True, slots=True)
class Held:
    """A pass that is valid now."""

    credential_id: str
    expires_at_ms: int | None


class Exams(Protocol):
    """What onboarding asks of exams. `service.exams` asks the assessments domain."""

    async def held(self, account_id: str, asked: CredentialAsked) -> Held | None: ...

    async def progress(self, account_id: str, asked: CredentialAsked) -> ExamProgress: ...

    async def invite(self, account_id: str, delivery_id: str) -> None:
        """Once, however often it is asked."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the composition root."""

    store: OnboardingStore
    blobs: BlobStore
    audit: Audit
    notifications: NotificationsService
    people: People
    exams: Exams
    clock: Clock
    settings: OnboardingSettings
    secret: str
    sealing: tuple[str, ...]
    """The secrets that seal, the newest first."""
    is_gone: Callable[[str], Awaitable[bool]]
    """Whether an account was erased, or never was."""
    _flows: dict[str, Flow] = field(default_factory=dict)
    """Versions never change, so each is read once."""

    async def flow(self, key: str, version: int) -> Flow:
        id_ = flow_id(key, version)
        if id_ not in self._flows:
            self._flows[id_] = await self.store.flows.read(id_)
        return self._flows[id_]

    async def newest_flow(self) -> Flow:
        """Whether or not it applies yet. Raises NotFound where the house has none."""
        versions = await self.store.flow_versions(HOUSE_FLOW)
        if not versions:
            raise NotFound("This house takes nobody in at the moment.")
        return versions[0]

    async def flow_for_beginners(self) -> Flow:
        """The newest that applies."""
        versions, now_ms = await self.store.flow_versions(HOUSE_FLOW), self.clock.now_ms()
        for flow in versions:
            if flow.plan.applies_from_ms <= now_ms:
                return flow
        raise NotFound("This house takes nobody in at the moment.")

    async def terms_of(self, onboarding: Onboarding) -> Terms:
        return Terms(await self.flow(onboarding.flow_key, onboarding.flow_version), self.settings)

    def by(self, account_id: str, actor: Actor) -> By:
        return By(account_id, actor, self.clock.now_ms())

    async def change(self, onboarding_id: str, by: By, decide: Decide) -> Onboarding:
        """One compare-and-set by a pure decision, with its next timer. Raises what `decide` raises."""
        seen = await self.store.onboardings.read(onboarding_id)
        versions = {seen.flow_version: await self.terms_of(seen)}

        def settle(found: Onboarding) -> Onboarding:
            terms = versions[found.flow_version]
            return self.timed(found, decide(found, terms, by), terms)

        try:
            return await self.store.onboardings.change(onboarding_id, by.at_ms, settle)
        except KeyError:  # it went over to a newer flow between the two
            return await self.change(onboarding_id, by, decide)

    def timed(self, seen: Onboarding, new: Onboarding, terms: Terms) -> Onboarding:
        if new is seen:
            return seen
        return new.model_copy(update={"due_at_ms": next_due(new, terms)})

    def seal(self, words: str) -> str:
        """Encrypted at rest: what must be read back, and is never shown."""
        return KeyRing(self.sealing, "onboarding/sealed").seal(words)

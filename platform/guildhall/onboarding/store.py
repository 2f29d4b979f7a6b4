"""The collections of onboarding; the only file here that queries.

Documents are changed as `kit.storage.versioned` does it.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Schema, Storage, among, gt, lt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.onboarding.lifecycle import WITH_REVIEWERS, OnboardingState
from guildhall.onboarding.model.flows import Flow
from guildhall.onboarding.model.onboardings import Consent, Onboarding

FLOWS = Schema("onboarding_flows", unique=(("key", "version"),))
ONBOARDINGS = Schema(
    "onboardings",
    unique=(("account_id", "flow_key"),),
    index=(
        ("state", "promised_at_ms"),
        ("promised_at_ms",),
        ("due_at_ms",),
        ("unsettled",),
        ("flow_key", "flow_version", "state"),
    ),
)
CONSENTS = Schema("onboarding_consents", index=(("account_id", "at_ms"),))
PAGE: Final = 100
QUEUE_ORDER: Final[SortBy] = ("promised_at_ms", 1)


class OnboardingStore:
    """Used by the service and the jobs."""

    def __init__(self, storage: Storage) -> None:
        self.flows = Documents(storage.collection(FLOWS), Flow, _none_of("flow"))
        self._lines = storage.collection(ONBOARDINGS)
        self.onboardings = Documents(
            self._lines, Onboarding, _none_of("onboarding"), frozenset({"account_id", "flow_key", "created_at_ms"})
        )
        self.consents = Documents(storage.collection(CONSENTS), Consent, _none_of("consent"))

    async def ensure(self) -> None:
        for documents in (self.flows, self.onboardings, self.consents):
            await documents.ensure()

    async def flow_versions(self, key: str) -> list[Flow]:
        """The newest first."""
        return await self.flows.find({"key": key}, sort=(("version", -1),), limit=PAGE)

    async def of_account(self, account_id: str, flow_key: str) -> Onboarding | None:
        found = await self.onboardings.find({"account_id": account_id, "flow_key": flow_key}, limit=1)
        return found[0] if found else None

    async def queue(self, states: frozenset[OnboardingState], place: Place | None, limit: int) -> list[Onboarding]:
        """Those with a promise to somebody, whoever has waited longest first; `limit` of them after `place`."""
        where = {"state": among(*sorted(state.value for state in states)), "promised_at_ms": gt(0)}
        found = await find_after(self._lines, where, QUEUE_ORDER, limit, place)
        return [Onboarding.model_validate(document) for document in found]

    def due(self, now_ms: int) -> AsyncIterator[list[Onboarding]]:
        return self.onboardings.pages({"due_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    def unsettled(self) -> AsyncIterator[list[Onboarding]]:
        return self.onboardings.pages({"unsettled": True}, limit=PAGE)

    def behind(self, newest: Flow) -> AsyncIterator[list[Onboarding]]:
        """Those under an earlier version that are not with the reviewers."""
        states = sorted(state.value for state in OnboardingState if state not in WITH_REVIEWERS)
        where: dict[str, Any] = {
            "flow_key": newest.key,
            "flow_version": lt(newest.version),
            "state": among(*states),
        }
        return self.onboardings.pages(where, limit=PAGE)

    async def page_after(self, after_id: str) -> list[Onboarding]:
        """Of all there are, by id."""
        return await self.onboardings.find({"_id": gt(after_id)}, limit=PAGE)

    async def forget(self, onboarding: Onboarding) -> None:
        await self.consents.delete({"account_id": onboarding.account_id})
        await self.onboardings.delete({"_id": onboarding.id})

    async def consents_of(self, account_id: str) -> list[Consent]:
        return await self.consents.find({"account_id": account_id}, sort=(("at_ms", 1),), limit=1_000)


def _none_of(noun: str) -> Any:
    def missing(document_id: str) -> NotFound:
        return NotFound(f"There is no {noun} {document_id}.")

    return missing

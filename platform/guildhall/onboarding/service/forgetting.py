"""What becomes of an onboarding when its account is erased: it goes, with its documents, consents and notices."""

from guildhall.kit.logs import get_logger
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.service.context import Context
from guildhall.onboarding.service.following import blob_key

log = get_logger(__name__)


class Forgetting:
    """Walks through all onboardings, a page a time, for ever; accounts tell nobody when one of them ends."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._after_id = ""
        self._swept_at_ms = 0

    async def sweep(self) -> None:
        """A page, at most once in `forget_seconds`; from the start again after the last."""
        now_ms = self._context.clock.now_ms()
        if now_ms - self._swept_at_ms < self._context.settings.forget_seconds * 1000:
            return
        self._swept_at_ms = now_ms
        page = await self._context.store.page_after(self._after_id)
        self._after_id = page[-1].id if page else ""
        for onboarding in page:
            if await self._context.is_gone(onboarding.account_id):
                await self.forget(onboarding)

    async def forget(self, onboarding: Onboarding) -> None:
        """The document that names all others goes last: whoever is killed before it is followed by the next sweep."""
        for file in onboarding.documents:
            await self._context.blobs.delete(blob_key(onboarding.id, file.sha256))
        await self._context.notifications.forget_account(onboarding.account_id)
        await self._context.store.forget(onboarding)
        log.info("onboarding_forgotten", onboarding=onboarding.id)

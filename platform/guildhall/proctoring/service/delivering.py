"""What proctors asked, on its way to the candidates whose pages are connected to this process.

A page is told of everything open when it comes, at every hint, and every few seconds until it says that it has it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets import Message
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle.acting import ActionState
from guildhall.proctoring.messages.acting import ActionTold, ConversationTold
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.cases import Action, Case
from guildhall.proctoring.rules import acting
from guildhall.proctoring.service.acting import Acting, asked_topic
from guildhall.proctoring.store.cases import PAGE, CaseStore

log = get_logger(__name__)


@dataclass(slots=True, eq=False)
class Page:
    """One candidate's page here. `sent` is what it was sent since it came; a hint sends only what is new to it."""

    session: Session
    send: Callable[[Message], Awaitable[None]]
    sent: set[str] = field(default_factory=set)
    talked: tuple[str, int | None] = ("", None)  # the newest saying and the hand, as it was told of them
    is_stale: bool = True
    subscription: Subscription | None = None


class Delivering:
    """One a process. `keep_delivered` is run by the service."""

    def __init__(self, cases: CaseStore, acting_: Acting, bus: Bus, resend_seconds: float) -> None:
        self._cases = cases
        self._acting = acting_
        self._bus = bus
        self._resend_seconds = resend_seconds
        self._pages: set[Page] = set()
        self._hinted = asyncio.Event()

    async def join(self, session: Session, send: Callable[[Message], Awaitable[None]]) -> Page:
        """From now on this page is told; what is open already is sent before this returns."""
        page = Page(session, send)
        page.subscription = await self._bus.subscribe(
            asked_topic(session.id), lambda _: self._hint(page), lambda: self._hint(page)
        )
        self._pages.add(page)
        try:
            await self._tell(page, await self._acting.open_case(session), is_again=True)
        except StorageUnavailable as error:  # the next round has it
            log.warning("actions_not_read_yet", session_id=session.id, reason=str(error))
        return page

    async def leave(self, page: Page) -> None:
        self._pages.discard(page)
        if page.subscription is not None:
            await page.subscription.close()
            page.subscription = None

    async def keep_delivered(self) -> None:
        """At every hint tell what is new, every few seconds what was not answered."""
        loop = asyncio.get_running_loop()
        again_at = loop.time() + self._resend_seconds
        while True:
            try:
                async with asyncio.timeout(max(0.0, again_at - loop.time())):
                    await self._hinted.wait()
            except TimeoutError:
                pass
            self._hinted.clear()
            try:
                await self.tell_the_stale()
                if loop.time() >= again_at:
                    again_at = loop.time() + self._resend_seconds
                    await self.send_again()
            except StorageUnavailable as error:
                log.warning("actions_not_read_yet", reason=str(error))
                await asyncio.sleep(1)
            except Exception:
                # One candidate's trouble must not keep the others from hearing.
                log.exception("delivery_failed")
                await asyncio.sleep(1)

    async def tell_the_stale(self) -> None:
        for page in [page for page in self._pages if page.is_stale]:
            page.is_stale = False
            try:
                await self._tell(page, await self._acting.open_case(page.session))
            except StorageUnavailable:
                page.is_stale = True
                raise

    async def send_again(self) -> None:
        """What pages have not said yet that they have; also finds what a lost hint left unheard."""
        pages = {page.session.id: page for page in self._pages}
        names = sorted(pages)
        for first in range(0, len(names), PAGE):
            for case in await self._cases.unanswered(names[first : first + PAGE]):
                await self._tell(pages[case.id], case, is_again=True)

    def _hint(self, page: Page) -> None:
        page.is_stale = True
        self._hinted.set()

    async def _tell(self, page: Page, case: Case, *, is_again: bool = False) -> None:
        page.is_stale = False
        for action in acting.to_send(case):
            if is_again or action.id not in page.sent:
                page.sent.add(action.id)
                await page.send(_told_of(action))
        talked = (case.sayings[-1].key if case.sayings else "", case.hand_raised_at_ms)
        if talked != page.talked:
            page.talked = talked
            await page.send(conversation_of(case))


def conversation_of(case: Case) -> ConversationTold:
    return ConversationTold(
        session_id=case.id, rev=case.rev, sayings=case.sayings, hand_raised_at_ms=case.hand_raised_at_ms
    )


def _told_of(action: Action) -> ActionTold:
    return ActionTold(
        action_id=action.id,
        number=action.number,
        kind=action.kind,
        reason=action.reason,
        text=action.text,
        extra_seconds=action.extra_seconds,
        by_name=action.by_name,
        asked_at_ms=action.asked_at_ms,
        is_delivered=action.state is ActionState.DELIVERED,
    )

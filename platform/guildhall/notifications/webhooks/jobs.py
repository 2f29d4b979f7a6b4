"""What happens to webhooks when nobody is waiting. Any number of processes may run it."""

import asyncio
from functools import partial

from guildhall.kit.passes import carry_out_each, pass_for_ever
from guildhall.notifications.webhooks.service import WebhooksService
from guildhall.notifications.webhooks.store import PAGE

_FORGET_SECONDS = 3600.0
_each = partial(carry_out_each, failed="webhook_job_failed")


async def run_for_ever(service: WebhooksService) -> None:
    """A pass each `poll_seconds`, and what is old is forgotten each hour."""
    async with asyncio.TaskGroup() as both:
        both.create_task(
            pass_for_ever(
                lambda: look(service),
                service.context.settings.poll_seconds,
                postponed="webhooks_postponed",
                failed="webhooks_failed",
            )
        )
        both.create_task(
            pass_for_ever(
                service.forget_old,
                _FORGET_SECONDS,
                postponed="webhooks_forgetting_postponed",
                failed="webhooks_forgetting_failed",
            )
        )


async def look(service: WebhooksService) -> None:
    """One pass."""
    await _each(await service.context.store.endpoints_unsettled(), service.following.of_endpoint)
    while await service.sending.deliver_due() == PAGE:
        pass

"""What happens to notices when nobody is waiting: old ones are forgotten."""

from guildhall.kit.passes import pass_for_ever
from guildhall.notifications.service import NotificationsService

_PAUSE_SECONDS = 3600.0


async def run_for_ever(service: NotificationsService) -> None:
    await pass_for_ever(
        service.forget_old,
        _PAUSE_SECONDS,
        postponed="notices_forgetting_postponed",
        failed="notices_forgetting_failed",
    )

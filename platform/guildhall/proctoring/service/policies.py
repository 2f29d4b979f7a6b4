"""Writing a delivery's policy over none but the one that its author has seen."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import Documents
from guildhall.proctoring.model.admission import DeliveryPolicy

NO_REVISION: Final = "0"
"""Of a delivery that nobody has given a policy of its own."""


async def write_policy(
    policies: Documents[DeliveryPolicy], wanted: DeliveryPolicy, check: Callable[[str], None]
) -> DeliveryPolicy:
    """`check` is asked about the revision that goes, and raises where its caller has not seen that one."""
    if await policies.get(wanted.id) is None:
        check(NO_REVISION)
        with suppress(Duplicate):  # somebody was first: then theirs is the one that goes
            await policies.add(wanted)
            return wanted

    def write(seen: DeliveryPolicy) -> DeliveryPolicy:
        check(str(seen.rev))
        return seen.model_copy(update={"policy": wanted.policy, "changed_by": wanted.changed_by})

    return await policies.change(wanted.id, wanted.created_at_ms, write)

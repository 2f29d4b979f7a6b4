"""What always holds in a town, whoever did what, and whatever process was killed over it.

The numbers are those of the list of invariants that this domain was designed by. What one document holds is checked
after every step; what takes two documents is checked where nothing of theirs is left to be carried out.

1. What is held for a contract = its milestones from funded to disputed, its covered weeks, and disputed hours.
2. What was released, what was given back and what is held = what was funded, for each milestone and week.
3. A released milestone was released exactly once.
4. A completed contract holds nothing, and nothing of it is open.
5. As many contracts as people hired, and never more than positions.
6. What is set aside for payouts = the payouts that are held, pending, in transit or failed.
7. A completed onboarding has every required step passed, waived or expired, or opened again since; and what is not
   passed or waived gives none of the capabilities that need it.
8. Whoever is suspended has no sign-in that counts, and once everybody was told no socket that is open.
9. A timer belongs to a state that declares it: it is what the document's rules say, and a pass leaves none due.
10. The ledger proves: trial balance, chain of hashes and projections.

Beyond the list: no two entries of an agent's hours overlap, whatever contracts they are under; one open offer at most;
no position is lost for good; what anybody looks at can be shown. Nobody sees what waits to be looked at, and what had
to be looked at before it was published was; an application ends for an exam that was not passed or not sat in time,
never while that is sat or marked, and none waits for a pass that is there; every version of a contract's terms stands
under its hash, and a week keeps the rate and the cap of its Monday.
"""

from typing import Any

from tests.guildhall.payments.purse import prove_whole
from tests.soaks.guild.town import Town
from tests.soaks.guild.truths.accounts import check_settled_suspended, check_suspended
from tests.soaks.guild.truths.contracts import check_contract, check_settled_contract
from tests.soaks.guild.truths.hiring import check_hiring, check_settled_hiring
from tests.soaks.guild.truths.hours import check_hours
from tests.soaks.guild.truths.money import check_payouts, check_settled_payouts
from tests.soaks.guild.truths.onboarding import check_onboarding


async def check(town: Town) -> None:
    """After any step. Raises AssertionError."""
    contracts, weeks = await town.contracts(), await town.weeks()
    for contract in contracts:
        await check_contract(town, contract, [one for one in weeks if one.contract_id == contract.id])
    check_hours(weeks)
    await check_hiring(town, await town.posted(), await town.applications(), contracts)
    for onboarding in await town.onboardings():
        await check_onboarding(town, onboarding)
    await check_payouts(town)  # 6
    await check_suspended(town)  # 8
    await prove_whole(town.payments.ledger)  # 10


async def check_settled(town: Town) -> None:
    """When passes have done what was left behind: nothing is, no timer is due, no position is lost."""
    contracts, weeks = await town.contracts(), await town.weeks()
    opportunities, applications = await town.posted(), await town.applications()
    onboardings, now_ms = await town.onboardings(), town.clock.now_ms()
    documents: tuple[Any, ...] = (*contracts, *weeks, *opportunities, *applications, *onboardings)
    for document in documents:
        assert document.follow_ups == (), (document.id, document.follow_ups)
        assert not document.unsettled, document.id
        assert not 0 < document.due_at_ms <= now_ms, (document.id, document.due_at_ms, now_ms)
    for contract in contracts:
        check_settled_contract(contract, [one for one in weeks if one.contract_id == contract.id])
    await check_settled_hiring(town, opportunities, applications)
    await check_settled_payouts(town)
    await check_settled_suspended(town)
    await check(town)

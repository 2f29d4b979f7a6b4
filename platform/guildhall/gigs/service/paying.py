"""Under which key, between whom, and in which words the pay of a milestone or a week is held and moved. Pure."""

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules.moving import milestone_of
from guildhall.gigs.service.funding import Pay
from guildhall.kit.money import Money


def pay_of(contract: Contract, milestone: str) -> Pay:
    one = milestone_of(contract, milestone)
    return _pay(contract, one.key, one.minor, one.title)


def cover_of(contract: Contract, week: Week) -> Pay:
    """The most that the week can come to, held from its first hour on."""
    return _pay(contract, f"{week.monday}_cover", week.cap_minor, f"Week of {week.monday}")


def pay_of_week(contract: Contract, week: Week) -> Pay:
    """What the week came to, where its cover was never held."""
    return _pay(contract, week.monday, week.minor, f"Week of {week.monday}")


def _pay(contract: Contract, item: str, minor: int, words: str) -> Pay:
    return Pay(
        key=f"gigs/{contract.id}/{item}",
        organisation_id=contract.organisation_id,
        agent_id=contract.agent_id,
        amount=Money(minor=minor, currency=contract.terms.work.currency),
        subject=f"{words}, {contract.terms.title}",
    )

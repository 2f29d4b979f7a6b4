"""The work: contracts, their terms, milestones, files, disputes and reviews."""

from typing import Any, Final

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.terms import MilestoneAgreed, TermsAmended
from guildhall.gigs.rules import amending
from guildhall.gigs.rules.moving import By
from guildhall.gigs.service.context import Caller, Decide
from guildhall.gigs.service.verbs import contract_verbs, dispute_verbs, milestone_verbs
from guildhall.gigs.settings import GigsSettings
from tests.guildhall.gigs.workshop import TEXT
from tests.soaks.guild.acts.drawn import Act, Drawn, one_of
from tests.soaks.guild.town import STAFF, Town

CONTRACT_ACTIONS = ("begin", "void", "pause", "resume", "end", "propose_termination", "drop_termination", "terminate")
MILESTONE_ACTIONS = (
    "accept",
    "cancel",
    "fund",
    "start",
    "submit",
    "request_changes",
    "grant_revision",
    "approve",
    "give_back",
)
DISPUTE_ACTIONS = (
    "concede",
    "say",
    "propose",
    "accept",
    "escalate",
    "decide",
    "confirm",
    "overrule",
    "accept_decision",
    "appeal",
    "withdraw",
)


async def a_contract(town: Town, drawn: Drawn) -> Contract | None:
    found = await town.contracts()
    return one_of(found, drawn.which) if found else None


def party(town: Town, contract: Contract, drawn: Drawn, *, with_staff: bool = False) -> Caller:
    names = [town.name_of(contract.agent_id), town.client_of(contract.organisation_id)]
    if with_staff:
        names += list(STAFF)
    return town.caller(one_of(names, drawn.who))


def _milestone(contract: Contract, drawn: Drawn) -> str:
    keys = [one.key for one in contract.milestones]
    return one_of(keys, drawn.minor) if keys else "m1"


async def act_on_contract(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is not None:
        who, action = party(town, contract, drawn, with_staff=True), one_of(CONTRACT_ACTIONS, drawn.what)
        await town.gigs.working.decide(contract.id, who, contract_verbs(action, "Because of this."))


async def act_on_milestone(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is not None:
        who, action = party(town, contract, drawn), one_of(MILESTONE_ACTIONS, drawn.what)
        await town.gigs.working.decide(
            contract.id, who, milestone_verbs(action, _milestone(contract, drawn), "As agreed.")
        )


async def go_ahead(town: Town, drawn: Drawn) -> None:
    """What most do most of the time: pay in, fund or begin, start, hand in."""
    contract = await a_contract(town, drawn)
    if contract is None:
        return
    client = town.client_of(contract.organisation_id)
    agent, payer = town.caller(town.name_of(contract.agent_id)), town.caller(client)
    await town.pay_in(client, 100_000)
    if not contract.milestones:
        await town.gigs.working.decide(contract.id, payer, contract_verbs("begin", ""))
        return
    key = _milestone(contract, drawn)
    for who, action in ((payer, "fund"), (agent, "start"), (agent, "submit"))[: 1 + drawn.what % 3]:
        await town.gigs.working.decide(contract.id, who, milestone_verbs(action, key, "Done."))


async def approve(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is not None:
        payer = town.caller(town.client_of(contract.organisation_id))
        action = milestone_verbs("approve", _milestone(contract, drawn), "")
        await town.gigs.working.decide(contract.id, payer, action)


async def propose(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is not None:
        agreed = MilestoneAgreed(title="One more", minor=1 + drawn.minor)
        await town.gigs.working.propose(contract.id, party(town, contract, drawn), agreed)


async def amend(town: Town, drawn: Drawn) -> None:
    """Other terms: proposed; accepted by what was read, declined, taken back; or accepted as they were not."""
    contract = await a_contract(town, drawn)
    if contract is None:
        return
    who, proposed = party(town, contract, drawn), contract.amendment
    read = proposed.terms_sha256 if proposed is not None else contract.terms.terms_sha256
    verbs: tuple[Decide, ...] = (
        lambda seen, settings, by: amending.propose_terms(seen, _other(seen, drawn), "Rather so.", settings, by),
        lambda seen, settings, by: amending.accept_terms(seen, read, settings, by),
        lambda seen, settings, by: amending.accept_terms(seen, read, settings, by),
        lambda seen, settings, by: amending.decline_terms(seen, "No.", settings, by),
        amending.withdraw_terms,
    )
    await town.gigs.working.decide(contract.id, who, one_of(verbs, drawn.what))


async def overtake(town: Town, drawn: Drawn) -> None:
    """Somebody accepts what they have read, while its proposer takes it back and proposes something else."""
    contract = await a_contract(town, drawn)
    if contract is None:
        return
    sides = [town.caller(town.name_of(contract.agent_id)), town.caller(town.client_of(contract.organisation_id))]
    proposer, other = sides if drawn.who % 2 else sides[::-1]
    terms, later = _other(contract, drawn), _other(contract, Drawn(drawn.who, 0, drawn.what, drawn.minor + 1))
    decide = town.gigs.working.decide
    seen = await decide(
        contract.id, proposer, lambda seen, settings, by: amending.propose_terms(seen, terms, "", settings, by)
    )
    if seen.amendment is None:  # somebody has answered already
        return
    read = seen.amendment.terms_sha256
    await decide(contract.id, proposer, amending.withdraw_terms)
    await decide(
        contract.id, proposer, lambda seen, settings, by: amending.propose_terms(seen, later, "", settings, by)
    )

    def accept(seen: Contract, settings: GigsSettings, by: By) -> Contract:
        accepted = amending.accept_terms(seen, read, settings, by)
        assert accepted.terms.terms_sha256 == read, f"{seen.id} is under terms that nobody has read"
        return accepted

    await decide(contract.id, other, accept)


def _other(contract: Contract, drawn: Drawn) -> TermsAmended:
    work = contract.terms.work
    is_hourly = not work.milestones
    return TermsAmended(
        scope=f"And {drawn.minor % 5} charts more.",
        rate_minor=4_000 + drawn.minor % 4_001 if is_hourly else 0,
        weekly_cap_minutes=(60, 120, 600)[drawn.what % 3] if is_hourly else 0,
        review_days=3 + drawn.minor % 10,
        revisions=drawn.what % 4,
    )


async def handle_files(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is None:
        return
    who, key, working = party(town, contract, drawn), _milestone(contract, drawn), town.gigs.working
    body = TEXT + b" %d" % (drawn.what % 2)
    drafts = [file.sha256 for one in contract.milestones for file in one.draft]
    if drawn.what % 3 or not drafts:
        await working.put_file(contract.id, who, key, "draft.txt", body)
    else:
        await working.drop_file(contract.id, who, key, one_of(drafts, drawn.what))


async def argue(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is None:
        return
    who = party(town, contract, drawn, with_staff=True)
    if drawn.what % 12 == 11 or not contract.disputes:
        minor = drawn.minor % 20_000
        await town.gigs.working.open_dispute(contract.id, who, _milestone(contract, drawn), minor, "Not so.")
        return
    dispute, action = contract.disputes[-1], one_of(DISPUTE_ACTIONS, drawn.what)
    decide = dispute_verbs(action, dispute.id, drawn.minor % 20_000, "I say so.")
    await town.gigs.working.decide(contract.id, who, decide)


async def review(town: Town, drawn: Drawn) -> None:
    contract = await a_contract(town, drawn)
    if contract is None:
        return
    who, working = party(town, contract, drawn), town.gigs.working
    if drawn.what % 3:
        scores: dict[str, Any] = dict.fromkeys(("quality", "communication", "reliability"), 1 + drawn.minor % 5)
        await working.review(contract.id, who, scores, "So it was.")
    else:
        await working.reply(contract.id, who, "Thank you.")


ACTS: Final[tuple[Act, ...]] = (
    act_on_contract,
    act_on_milestone,
    go_ahead,
    approve,
    propose,
    amend,
    overtake,
    handle_files,
    argue,
    review,
)

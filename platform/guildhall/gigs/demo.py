"""The demo's contract: a client whom everybody may sign in as, and work that waits for an answer."""

import contextlib
from typing import Final

from guildhall.accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE, DEMO_TOTP_SECRET, seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.service import AccountsService
from guildhall.accounts.service.organisations import SlugTaken
from guildhall.gigs.lifecycle import MilestoneState
from guildhall.gigs.model.terms import ContractTerms, Kind, MilestoneAgreed, WorkTerms, terms_sha256
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.verbs import milestone_verbs
from guildhall.payments.service import PaymentsService

DEMO_CLIENT: Final = ("Mary Somerville", "mary@guildhall.example")
_OFFER: Final = "off_demo"
_DRAFT: Final = b"Chart of the harbour, first draft.\nDepths in metres below the lowest tide.\n"
_WORK: Final = WorkTerms(
    kind=Kind.FIXED,
    currency="EUR",
    milestones=(
        MilestoneAgreed(title="First draft of the chart", minor=45_000),
        MilestoneAgreed(title="Lights and buoys", minor=30_000),
    ),
    scope="A chart of the harbour with its depths, lights and buoys, ready for print.",
    time_zone="Europe/London",
)


async def seed_demo_contract(service: GigsService, accounts: AccountsService, payments: PaymentsService) -> None:
    """Called by the composition root where the demo's people are; safe to repeat, and from several processes."""
    agent_email = next(email for _, email, role in DEMO_PEOPLE if role is PlatformRole.AGENT)
    name, email = DEMO_CLIENT
    if await accounts.store.account_with_email(email) is None:
        await seed_account(accounts, name, email, DEMO_PASSWORD, PlatformRole.AGENT, totp_secret=DEMO_TOTP_SECRET)
    agent = await accounts.store.account_with_email(agent_email)
    client = await accounts.store.account_with_email(email)
    if agent is None or client is None or await service.store.from_offer(_OFFER) is not None:
        return
    if not await accounts.organisations.of(client.id):
        with contextlib.suppress(SlugTaken):  # by another process, this very moment
            await accounts.organisations.create(client.id, "Harbour office", "demo-harbour")
    organisation = next(iter(await accounts.organisations.of(client.id)), None)
    if organisation is None:
        return
    terms = ContractTerms(
        organisation_id=organisation.id,
        client_account_id=client.id,
        agent_id=agent.id,
        opportunity_id="",
        application_id="",
        title="Chart the harbour",
        work=_WORK,
        terms_sha256=terms_sha256(_WORK),
    )
    contract = await service.opening.open_contract(terms, _OFFER)
    if contract.milestones[0].state is not MilestoneState.AGREED:
        return
    # The first milestone's pay and no more: funding the second one shows what is missing, and paying in.
    await payments.paying.pay_in(organisation.id, "demo", _WORK.milestones[0].minor, _WORK.currency, "card_ok")
    await payments.provider.deliver(payments.receive)
    theirs = frozenset({organisation.id})
    as_agent, as_client = Caller(agent.id), Caller(client.id, theirs, theirs)
    await service.working.decide(contract.id, as_client, milestone_verbs("fund", "m1", ""))
    await service.working.put_file(contract.id, as_agent, "m1", "chart.txt", _DRAFT)
    await service.working.decide(contract.id, as_agent, milestone_verbs("submit", "m1", "Depths are in."))

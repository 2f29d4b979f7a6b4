"""What a house has from its first moment: a way in for agents, and where the settings ask for it the demo."""

from typing import Final

from guildhall.accounts.demo import seed_demo_accounts
from guildhall.assessments.demo import seed_demo_exam
from guildhall.backbone import Backbone
from guildhall.chat.faq.demo import DEMO_SITE, seed_demo_faq
from guildhall.config import Config
from guildhall.gigs.demo import seed_demo_contract
from guildhall.kit.logs import get_logger
from guildhall.onboarding.demo import demo_credential, seed_demo_onboarding
from guildhall.opportunities.demo import seed_demo_opportunities

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
log = get_logger(__name__)


async def open_house(backbone: Backbone, config: Config) -> None:
    """Before the first request, in every process that serves; safe to repeat, and from several at once."""
    has_people = config.proctoring.demo
    if has_people:
        await seed_demo_accounts(backbone.accounts)
        if config.storage.mongo_url or config.http.host not in LOOPBACK:
            log.warning("demo_is_open", advice="anybody who reaches this server may watch; see proctoring.demo")
    if config.assessments.demo:
        await seed_demo_exam(backbone.assessments)
    asks_for_exam = config.onboarding.demo and config.assessments.demo
    await backbone.onboarding.seed_flow(demo_credential() if asks_for_exam else None)
    if has_people:
        await _open_work(backbone, config)
    if config.faq.demo and DEMO_SITE in config.chat.sites:
        await seed_demo_faq(backbone.faq)


async def _open_work(backbone: Backbone, config: Config) -> None:
    """The demo's agent is on her way in, a client has posted work, and they have a contract."""
    if config.onboarding.demo:
        await seed_demo_onboarding(backbone.onboarding)
    if config.opportunities.demo:
        await seed_demo_opportunities(backbone.opportunities, backbone.accounts)
    if config.gigs.demo:
        await seed_demo_contract(backbone.gigs, backbone.accounts, backbone.payments)

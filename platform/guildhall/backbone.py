"""What every role of Guildhall stands on, web and worker alike; workers compose from here, the web role from `app`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.service import AccountsService
from guildhall.accounts.store import AccountsStore
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.context import Context as AssessmentsContext
from guildhall.assessments.service.people import AccountPeople
from guildhall.assessments.store import AssessmentsStore
from guildhall.chat.answering.service import AnsweringService
from guildhall.chat.answering.service.context import Context as AnsweringContext
from guildhall.chat.answering.store import AnsweringStore
from guildhall.chat.faq.service import FaqService
from guildhall.chat.faq.service.context import Context as FaqContext
from guildhall.chat.faq.store import FaqStore
from guildhall.chat.service import ChatService
from guildhall.chat.service.context import AccountPeople as ChatPeople
from guildhall.chat.service.context import Context as ChatContext
from guildhall.chat.store import ChatStore
from guildhall.config import Config
from guildhall.gigs.rules.events import TYPES as GIG_EVENTS
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.context import AccountNames
from guildhall.gigs.service.context import Context as GigsContext
from guildhall.gigs.service.held_funds import HeldFunds
from guildhall.gigs.store import GigsStore
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.blobs import open_blobs
from guildhall.kit.bus import Bus, open_bus
from guildhall.kit.clock import Clock, SystemClock
from guildhall.kit.http import IdempotencyStore
from guildhall.kit.mail import MAILBOX, OUTBOX, MailOutbox, open_mailer
from guildhall.kit.secrets import read_or_make_secret
from guildhall.kit.storage import Storage, open_storage, until_it_answers
from guildhall.kit.streams import NumberedLog
from guildhall.kit.tokens import TokenSigner
from guildhall.notifications.service import NotificationsService
from guildhall.notifications.store import NotificationsStore
from guildhall.notifications.webhooks.service import open_webhooks
from guildhall.onboarding.model.flows import Capability
from guildhall.onboarding.service import OnboardingService
from guildhall.onboarding.service.context import Context as OnboardingContext
from guildhall.onboarding.service.exams import AssessmentExams
from guildhall.onboarding.store import OnboardingStore
from guildhall.opportunities.rules.events import TYPES as OPPORTUNITY_EVENTS
from guildhall.opportunities.rules.moving import Standing
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import AccountClients
from guildhall.opportunities.service.context import Context as OpportunitiesContext
from guildhall.opportunities.service.exams import follow_results, with_demo_exam
from guildhall.opportunities.store import OpportunityStore
from guildhall.payments.service import PaymentsService
from guildhall.proctoring.service.acting import Acting
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.service.retention import Retention
from guildhall.proctoring.service.review_following import ReviewFollower
from guildhall.proctoring.store import ProctoringStore


class OnboardedCapabilities:
    """What opportunities ask of onboarding: neither imports the other for it."""

    def __init__(self, onboarding: OnboardingService) -> None:
        self._onboarding = onboarding

    async def may_apply(self, account_id: str) -> Standing:
        return await self._ask(account_id, Capability.APPLY)

    async def may_accept(self, account_id: str) -> Standing:
        return await self._ask(account_id, Capability.ACCEPT_OFFERS)

    async def _ask(self, account_id: str, capability: Capability) -> Standing:
        told = await self._onboarding.capability(account_id, capability)
        return Standing(told.is_given, told.reason, told.next_actor.value)


class Backbone:
    """What every role of Guildhall stands on, web and worker alike."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.secret = read_or_make_secret(config.security.token_secret, config.security.token_secret_path)
        # Former keys end with the house's own secret: whoever sets the first signing secret interrupts nobody.
        signing, *former = (*config.security.signing_secrets, self.secret)
        self.sealing = (*config.security.sealing_secrets, self.secret)
        self.tokens = TokenSigner(signing, self.clock, former)
        self.storage: Storage = open_storage(config.storage)
        self._database_is_elsewhere = config.storage.mongo_url is not None
        self.bus: Bus = open_bus(config.bus)
        self.audit_log = self.storage.collection(AUDIT_LOG)
        self.audit = Audit(NumberedLog(self.audit_log), self.clock)
        self.mailer = open_mailer(config.mail, self.storage, self.clock)
        self.outbox = MailOutbox(self.storage.collection(OUTBOX), self.mailer, self.clock, config.mail.outbox)
        self.accounts = AccountsService(
            AccountsStore(self.storage),
            self.secret,
            self.tokens,
            self.outbox,
            self.audit,
            self.bus,
            self.clock,
            config.accounts,
            self.sealing,
        )
        self.blobs = open_blobs(config.blobs, config.storage)
        self.assessments = AssessmentsService(
            AssessmentsContext(
                store=AssessmentsStore(self.storage),
                blobs=self.blobs,
                bus=self.bus,
                audit=self.audit,
                mails=self.outbox,
                clock=self.clock,
                settings=config.assessments,
                people=AccountPeople(self.accounts.store),
                secret=self.secret,
                tokens=self.tokens,
                public_url=config.accounts.public_url,
            )
        )
        self.notifications = NotificationsService(
            NotificationsStore(self.storage),
            self.accounts.store,
            self.outbox,
            self.bus,
            self.clock,
            config.accounts.public_url,
        )
        event_types = (*OPPORTUNITY_EVENTS.values(), *GIG_EVENTS.values())
        allows_loopback = config.webhooks.allow_loopback or config.proctoring.demo
        hooks = config.webhooks.model_copy(update={"allow_loopback": allows_loopback})
        self.webhooks = open_webhooks(
            self.storage, self.accounts.store, self.notifications, self.audit, hooks, self.secret, event_types
        )
        self.notifications.emitter = self.webhooks.emitting
        self.chat = ChatService(
            ChatContext(
                store=ChatStore(self.storage),
                bus=self.bus,
                clock=self.clock,
                tokens=self.tokens,
                people=ChatPeople(self.accounts.store),
                mails=self.outbox,
                blobs=self.blobs,
                assignments=self.assessments.assigning,
                notices=self.notifications,
                settings=config.chat,
            )
        )
        self.assessments.asking.talks = self.chat.talks
        self.faq = FaqService(
            FaqContext(
                store=FaqStore(self.storage),
                blobs=self.blobs,
                bus=self.bus,
                clock=self.clock,
                audit=self.audit,
                settings=config.faq,
                sites=frozenset(config.chat.sites),
            )
        )
        self.answering = AnsweringService(
            AnsweringContext(
                store=AnsweringStore(self.storage),
                chat=self.chat,
                faq=self.faq,
                bus=self.bus,
                clock=self.clock,
                audit=self.audit,
                settings=config.answering,
            )
        )
        self.onboarding = OnboardingService(
            OnboardingContext(
                store=OnboardingStore(self.storage),
                blobs=self.blobs,
                audit=self.audit,
                notifications=self.notifications,
                people=AccountPeople(self.accounts.store),
                exams=AssessmentExams(self.assessments),
                clock=self.clock,
                settings=config.onboarding,
                secret=self.secret,
                sealing=self.sealing,
                is_gone=self._is_gone,
            )
        )
        self.payments = PaymentsService(
            self.storage,
            self.clock,
            config.payments,
            self.secret,
            self.notifications,
            self.audit,
            self._name_of,
            AccountClients(self.accounts.store).keepers,
            self.sealing,
        )
        self.gigs = GigsService(
            GigsContext(
                store=GigsStore(self.storage),
                blobs=self.blobs,
                audit=self.audit,
                notifications=self.notifications,
                clients=AccountClients(self.accounts.store),
                agents=AccountNames(self.accounts.store),
                talks=self.chat.talks,
                funding=HeldFunds(self.payments.holding),
                outages_since=self.assessments.time_keeping.outages_since,
                clock=self.clock,
                settings=config.gigs,
            )
        )
        self.opportunities = OpportunitiesService(
            OpportunitiesContext(
                store=OpportunityStore(self.storage),
                gigs=self.gigs,
                audit=self.audit,
                notifications=self.notifications,
                people=AccountPeople(self.accounts.store),
                talks=self.chat.talks,
                clients=AccountClients(self.accounts.store),
                capabilities=OnboardedCapabilities(self.onboarding),
                credentials=self.assessments.credentials,
                exams=self.assessments.passing,
                clock=self.clock,
                settings=with_demo_exam(config.opportunities, is_there=config.assessments.demo),
                secret=self.secret,
                administrators=self._administrators,
                is_gone=self._is_gone,
                outages_since=self.assessments.time_keeping.outages_since,
            )
        )
        exported = self.accounts.closing.kept_elsewhere
        exported["onboarding"] = self.onboarding.exporting.of_account
        exported["applications"] = self.opportunities.exporting.of_account
        exported["contracts"] = self.gigs.exporting.of_account
        follow_results(self.assessments.context.store, lambda: self.opportunities)
        self.idempotency = IdempotencyStore(self.storage, self.clock, config.http.idempotency_hours)
        self.proctoring = ProctoringStore(self.storage)
        self.acting = Acting(self.proctoring.cases, self.proctoring, self.bus, self.clock, config.proctoring)
        self.acting.exams = self.assessments.supervision
        publish = self.assessments.credentials.publish
        self.retention = Retention(self.proctoring, self.blobs, self.audit, self.secret, self.clock, publish)
        self.looks = Looks(self.audit, self.proctoring.strips.log(self.clock), self.clock)
        self.review_follower = ReviewFollower(
            self.proctoring, self.assessments.holding, self.looks, self.clock, config.proctoring.review
        )
        self.assessments.grading.is_watched = self.review_follower.is_watched

    async def _name_of(self, owner: str) -> str:
        """Of an organisation or an account, as invoices name it."""
        store = self.accounts.store
        return await AccountClients(store).name(owner) or await AccountNames(store).name(owner)

    async def _administrators(self) -> list[str]:
        return [one.id for one in await self.accounts.store.administrators() if one.state is AccountState.ACTIVE]

    async def _is_gone(self, account_id: str) -> bool:
        account = await self.accounts.store.accounts.get(account_id)
        return account is None or account.state is AccountState.ERASED

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Backbone"]:
        """Raises StorageUnavailable where this machine's own file cannot be used; a server elsewhere is waited for."""
        async with AsyncExitStack() as stack:
            await self.when_it_answers(self.storage.start)
            stack.push_async_callback(self.storage.close)
            await self.blobs.start()
            stack.push_async_callback(self.blobs.close)
            await self.bus.start()
            stack.push_async_callback(self.bus.close)
            await self.when_it_answers(self._ensure)
            await stack.enter_async_context(self.accounts.running())
            await stack.enter_async_context(self.webhooks.context.sender.running())
            await self.faq.start()
            stack.push_async_callback(self.faq.close)
            stack.push_async_callback(self.chat.close)
            stack.push_async_callback(self.answering.close)
            yield self

    async def when_it_answers(self, ask: Callable[[], Awaitable[object]]) -> None:
        """What a start needs of the database. A broken file does not mend itself: that one is told at once."""
        if self._database_is_elsewhere:
            await until_it_answers(ask)
        else:
            await ask()

    async def _ensure(self) -> None:
        """Every collection and its indexes; safe to repeat."""
        others = (self.chat, self.faq, self.answering, self.assessments, self.webhooks)
        for kept in (
            *(self.audit_log, self.storage.collection(MAILBOX), self.outbox, self.accounts.store, self.proctoring),
            *(self.notifications.store, self.payments, self.idempotency),
            *(one.context.store for one in (self.onboarding, self.gigs, self.opportunities, *others)),
        ):
            await kept.ensure()

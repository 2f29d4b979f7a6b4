"""Random clients, agents and clocks on one opportunity: what must hold after every step, whatever they do."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from guildhall.kit.errors import DomainError
from guildhall.kit.follow_ups import done
from guildhall.opportunities.lifecycle import LIVE, Actor, ApplicationState, OfferState, PostingEvent, PostingState
from guildhall.opportunities.model.applications import Application, RejectionCode
from guildhall.opportunities.model.postings import Opportunity, PlaceState
from guildhall.opportunities.rules import applying, deciding, offering, places
from guildhall.opportunities.rules import posting as posting_rules
from guildhall.opportunities.rules.moving import By, Terms
from guildhall.opportunities.settings import OpportunitySettings
from tests.guildhall.opportunities.market import DAY_MS, NOW_MS, WORK, posting

SETTINGS = OpportunitySettings()
AGENTS = st.integers(0, 3)


class Hall(RuleBasedStateMachine):
    """Two documents for each step, as the service writes them; what follows is carried out late, or early."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.count = NOW_MS, 0
        self.opportunity = Opportunity(
            id="opp_1",
            created_at_ms=NOW_MS,
            organisation_id="org_1",
            client="Harbour",
            posted_by="usr_c",
            posting=posting(positions=2),
            rank="1",
        )
        self._move(PostingEvent.PUBLISH)
        self.applications: dict[int, Application] = {}

    def _move(self, event: PostingEvent) -> None:
        moved = posting_rules.move(self.opportunity, event, SETTINGS, self._by(Actor.CLIENT))
        self.opportunity = done(moved, [one.key for one in moved.follow_ups])

    def _by(self, actor: Actor) -> By:
        return By(f"usr_{actor.value}", actor, self.now_ms)

    @property
    def _terms(self) -> Terms:
        return Terms(self.opportunity, SETTINGS)

    def _keep(self, agent: int, changed: Application) -> None:
        self.applications[agent] = done(changed, [one.key for one in changed.follow_ups]).model_copy(
            update={"rev": changed.rev + 1}
        )

    def _try(self, agent: int, decide: Any, actor: Actor, *given: Any) -> None:
        if agent in self.applications:
            try:
                self._keep(agent, decide(self.applications[agent], *given, self._terms, self._by(actor)))
            except DomainError:
                return

    @rule(agent=AGENTS)
    def apply(self, agent: int) -> None:
        if agent in self.applications or self.opportunity.state is not PostingState.PUBLISHED:
            return
        fresh = Application(
            id=f"app_{agent}",
            created_at_ms=self.now_ms,
            opportunity_id="opp_1",
            organisation_id="org_1",
            agent_id=f"usr_{agent}",
            name="Ada",
            title="Chart",
            applied_at_ms=self.now_ms,
            bid_minor=1,
            currency="EUR",
            terms_version=self.opportunity.terms_version,
        )
        self._keep(agent, applying.submit(fresh, self._terms, self._by(Actor.AGENT)))

    @rule(agent=AGENTS, is_killed=st.booleans())
    def offer(self, agent: int, is_killed: bool) -> None:
        if agent not in self.applications:
            return
        self.count += 1
        wanted = offering.Wanted(f"ofr_{self.count}", WORK, "", 7)
        application, by = self.applications[agent], self._by(Actor.CLIENT)
        try:
            offering.offer(application, wanted, self._terms, by)
            self.opportunity = places.claim(self.opportunity, application.id, wanted.offer_id, self.now_ms)
            if not is_killed:
                self._keep(agent, offering.offer(application, wanted, self._terms, by))
        except DomainError:
            return

    @rule(agent=AGENTS, actor=st.sampled_from([Actor.AGENT, Actor.CLIENT]), is_killed=st.booleans())
    def accept(self, agent: int, actor: Actor, is_killed: bool) -> None:
        application = self.applications.get(agent)
        offer = application.open_offer if application else None
        if application is None or offer is None:
            return
        try:
            offering.accept(application, offer.id, self._terms, self._by(actor))
            self.opportunity = places.claim(self.opportunity, application.id, offer.chain_id, self.now_ms)
            if not is_killed:
                self._keep(agent, offering.accept(application, offer.id, self._terms, self._by(actor)))
        except DomainError:
            return

    @rule(agent=AGENTS, actor=st.sampled_from([Actor.AGENT, Actor.CLIENT]), what=st.integers(0, 2))
    def answer(self, agent: int, actor: Actor, what: int) -> None:
        application = self.applications.get(agent)
        offer = application.open_offer if application else None
        if offer is None:
            return
        self.count += 1
        wanted = offering.Wanted(f"ofr_{self.count}", WORK, "", 7)
        if what == 0:
            self._try(agent, offering.counter, actor, offer.id, wanted)
        else:
            self._try(agent, (offering.decline, offering.withdraw_offer)[what - 1], actor, offer.id)

    @rule(agent=AGENTS, what=st.integers(0, 5))
    def decide(self, agent: int, what: int) -> None:
        if what == 0:
            self._try(agent, deciding.shortlist, Actor.CLIENT)
        elif what == 1:
            self._try(agent, deciding.reject, Actor.CLIENT, RejectionCode.PAY, "")
        elif what == 2:
            self._try(agent, deciding.reopen, Actor.CLIENT)
        elif what == 3:
            self._try(agent, applying.confirm, Actor.AGENT)
        elif what == 4:
            self._try(agent, applying.withdraw, Actor.AGENT)
        else:
            self._try(agent, deciding.answer_closed, Actor.SYSTEM)

    @rule(agent=AGENTS)
    def settle(self, agent: int) -> None:
        if agent in self.applications:
            self.opportunity = places.settle(self.opportunity, self.applications[agent], SETTINGS, self.now_ms)

    @rule(days=st.sampled_from([0.01, 3, 8]))
    def wait(self, days: float) -> None:
        self.now_ms += int(days * DAY_MS)
        for agent in self.applications:
            self._try(agent, deciding.fire, Actor.SYSTEM)

    @precondition(lambda self: self.opportunity.posting.positions < 4)
    @rule()
    def add_a_position(self) -> None:
        wider = self.opportunity.posting.model_copy(
            update={"positions": self.opportunity.posting.positions + 1, "closes_at_ms": self.now_ms + 30 * DAY_MS}
        )
        try:
            changed = posting_rules.edit(self.opportunity, wider, SETTINGS, self._by(Actor.CLIENT))
            self.opportunity = done(changed, [one.key for one in changed.follow_ups])
            self._move(PostingEvent.REOPEN)
        except DomainError:
            return

    @invariant()
    def nobody_is_hired_without_a_position_and_no_more_than_there_are(self) -> None:
        hired = [one for one in self.applications.values() if one.state is ApplicationState.HIRED]
        assert len(hired) <= len(self.opportunity.places) <= self.opportunity.posting.positions
        assert all(one.id in self.opportunity.places for one in hired)

    @invariant()
    def an_open_offer_belongs_to_the_state_offered_and_there_is_one(self) -> None:
        for one in self.applications.values():
            sent = [offer for offer in one.offers if offer.state is OfferState.SENT]
            accepted = [offer for offer in one.offers if offer.state is OfferState.ACCEPTED]
            assert len(sent) == (one.state is ApplicationState.OFFERED)
            assert len(accepted) == (one.state is ApplicationState.HIRED)
            assert (one.outcome is not None) == (one.state is ApplicationState.REJECTED)

    @invariant()
    def every_clock_belongs_to_a_state_that_has_one(self) -> None:
        for one in self.applications.values():
            has_clock = one.state in LIVE - {ApplicationState.SHORTLISTED}
            assert (one.due_at_ms > 0) == has_clock

    @invariant()
    def filled_means_that_every_position_was_filled(self) -> None:
        if self.opportunity.state is PostingState.FILLED:
            filled = [one for one in self.opportunity.places.values() if one.state is PlaceState.FILLED]
            assert len(filled) > 0

    def teardown(self) -> None:
        """Whatever was killed on the way: once its time is over, only what is promised or filled holds a position."""
        self.now_ms += DAY_MS // 10
        for agent in self.applications:
            self.settle(agent)
        for key, place in self.opportunity.places.items():
            application = next(one for one in self.applications.values() if one.id == key)
            assert application.state in {ApplicationState.OFFERED, ApplicationState.HIRED}, (place, application.state)


TestHall = Hall.TestCase
TestHall.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)

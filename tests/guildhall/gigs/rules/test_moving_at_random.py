"""Random users against the rules: whatever anybody and the calendar do, the invariants hold after each step.

The numbers of the claims are those of the design's list of invariants across machines.
"""

from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from guildhall.gigs.lifecycle import (
    DISPUTE_OVER,
    SETTLED,
    Actor,
    ContractState,
    DisputeState,
    MilestoneState,
)
from guildhall.gigs.model.contracts import SCORES, Contract, WorkFile, deliverable_sha256
from guildhall.gigs.model.terms import MilestoneAgreed
from guildhall.gigs.rules import contracting, disputed_milestones, reviewing, working
from guildhall.gigs.rules.moving import By, contract_actions, dispute_actions, milestone_actions, milestone_of
from guildhall.gigs.rules.timing import fire, give_back, next_due
from guildhall.gigs.service.verbs import contract_verbs, dispute_verbs, milestone_verbs
from guildhall.kit.errors import DomainError
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.outages import Outage
from tests.guildhall.gigs.contracts import (
    HOUR_MS,
    MONDAY_MS,
    SECOND,
    SETTINGS,
    STAFF,
    Purse,
    by,
    fixed,
    held_by,
    opened,
)

PARTY = st.sampled_from((Actor.AGENT, Actor.CLIENT))
ANYBODY = st.sampled_from((Actor.AGENT, Actor.CLIENT, Actor.STAFF))
STAFFER = st.sampled_from((STAFF, SECOND, "acc_third"))
CONTRACT_ACTIONS = st.sampled_from(
    ("begin", "void", "pause", "resume", "end", "propose_termination", "drop_termination", "terminate")
)
MILESTONE_ACTIONS = st.sampled_from(
    ("accept", "cancel", "fund", "start", "submit", "request_changes", "grant_revision", "approve", "give_back")
)
DISPUTE_ACTIONS = st.sampled_from(
    (
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
)
PLACE = st.integers(0, 5)
FILE = WorkFile(sha256="ab" * 32, name="work.pdf", content_type="application/pdf", size_bytes=10, at_ms=MONDAY_MS)


class RandomUsers(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_ms = MONDAY_MS
        self.purse = Purse()
        self.contract = opened(fixed(40_000, 60_000, 25_001, revisions=1))
        self.versions: dict[str, tuple[Any, ...]] = {}

    # --- what they do

    @rule(actor=ANYBODY, account=STAFFER, action=CONTRACT_ACTIONS)
    def act_on_contract(self, actor: Actor, account: str, action: str) -> None:
        self._try(actor, account, action, contract_verbs(action, "because of this"), self._contract_actions)

    @rule(actor=PARTY, place=PLACE, action=MILESTONE_ACTIONS)
    def act_on_milestone(self, actor: Actor, place: int, action: str) -> None:
        key = self._milestone(place)
        self._try(
            actor,
            "",
            action,
            milestone_verbs(action, key, "as agreed"),
            lambda who: milestone_actions(self.contract, milestone_of(self.contract, key), SETTINGS, who),
        )

    @rule(place=PLACE)
    def go_ahead(self, place: int) -> None:
        """What most do most of the time, so that the walk gets far."""
        key = self._milestone(place)
        for actor, action in ((Actor.CLIENT, "fund"), (Actor.AGENT, "start"), (Actor.AGENT, "submit")):
            self._attempt(by(actor, self.now_ms), milestone_verbs(action, key, "done"))

    @rule(actor=PARTY, minor=st.integers(-5, 70_000))
    def propose_milestone(self, actor: Actor, minor: int) -> None:
        if minor > 0:
            agreed = MilestoneAgreed(title="One more", minor=minor)
            self._attempt(by(actor, self.now_ms), lambda seen, _, who: working.propose(seen, agreed, who))

    @rule(place=PLACE)
    def put_file(self, place: int) -> None:
        key = self._milestone(place)
        self._attempt(by(Actor.AGENT, self.now_ms), lambda seen, _settings, _who: working.put_file(seen, key, FILE))

    @rule(actor=PARTY, place=PLACE, agent_minor=st.integers(-10, 60_000))
    def open_dispute(self, actor: Actor, place: int, agent_minor: int) -> None:
        key, id_ = self._milestone(place), f"dsp_{len(self.contract.disputes)}"
        self._attempt(
            by(actor, self.now_ms),
            lambda seen, settings, who: disputed_milestones.open_dispute(
                seen, id_, key, agent_minor, "Not so.", settings, who
            ),
        )

    @precondition(lambda self: bool(self.contract.disputes))
    @rule(actor=ANYBODY, account=STAFFER, place=PLACE, agent_minor=st.integers(0, 60_000), action=DISPUTE_ACTIONS)
    def act_on_dispute(self, actor: Actor, account: str, place: int, agent_minor: int, action: str) -> None:
        dispute = self.contract.disputes[place % len(self.contract.disputes)]
        self._try(
            actor,
            account,
            "answer" if action == "say" and dispute.state is DisputeState.AWAITING_RESPONSE else action,
            dispute_verbs(action, dispute.id, agent_minor, "I say so."),
            lambda who: dispute_actions(dispute, SETTINGS, who),
            is_exact=action != "say",
        )

    @rule(actor=PARTY, score=st.integers(1, 5))
    def review(self, actor: Actor, score: int) -> None:
        scores = dict.fromkeys(SCORES, score)
        self._attempt(by(actor, self.now_ms), lambda seen, s, who: reviewing.write(seen, scores, "So it was.", s, who))

    @rule(actor=PARTY)
    def reply(self, actor: Actor) -> None:
        self._attempt(by(actor, self.now_ms), lambda seen, _, who: reviewing.reply(seen, "Thank you.", who))

    @rule(hours=st.sampled_from((1, 12, 30, 100, 24 * 8, 24 * 15)))
    def later(self, hours: int) -> None:
        self.now_ms += hours * HOUR_MS
        for _ in range(20):
            due_ms = next_due(self.contract, SETTINGS)
            if not 0 < due_ms <= self.now_ms:
                break
            self._store(fire(self.contract, SETTINGS, self.now_ms))
        due_ms = next_due(self.contract, SETTINGS)
        assert due_ms == 0 or due_ms > self.now_ms, "a timer that is due has fired"

    @rule(minutes=st.integers(1, 600))
    def outage(self, minutes: int) -> None:
        """Clocks give it back to the millisecond, and once."""
        began_ms, self.now_ms = self.now_ms, self.now_ms + minutes * 60_000
        before = {one.key: one.auto_at_ms for one in self.contract.milestones}
        ends_at_ms = self.contract.ends_at_ms
        outage = Outage(began_ms, self.now_ms)
        for _ in range(2):
            self.contract = give_back(self.contract, [outage], SETTINGS)
        for one in self.contract.milestones:
            if before[one.key] > began_ms:
                assert one.auto_at_ms == before[one.key] + self.now_ms - began_ms
        if self.contract.state is ContractState.ENDING and ends_at_ms > began_ms:
            assert self.contract.ends_at_ms == ends_at_ms + self.now_ms - began_ms

    # --- what always holds

    @invariant()
    def what_is_held_is_what_milestones_say(self) -> None:  # 1, 2, 3
        assert sum(self.purse.held.values()) == held_by(self.contract)
        for one in self.contract.milestones:
            moved = self.purse.to_agent.get(one.key, 0) + self.purse.to_client.get(one.key, 0)
            if one.state in SETTLED and one.state is not MilestoneState.CANCELLED:
                assert moved == one.minor
                assert self.purse.payouts.count(one.key) == 1
            else:
                assert moved == 0
        if self.contract.state in {ContractState.PENDING_FUNDING, ContractState.VOID}:
            assert not self.purse.held

    @invariant()
    def completed_means_that_nothing_is_open(self) -> None:  # 4
        if self.contract.state is ContractState.COMPLETED:
            assert not self.purse.held
            assert all(one.state in SETTLED for one in self.contract.milestones)
            assert not self.contract.has_open_dispute

    @invariant()
    def a_disputed_milestone_has_one_open_dispute(self) -> None:
        disputed = [one.key for one in self.contract.milestones if one.state is MilestoneState.DISPUTED]
        still_open = [one.milestone for one in self.contract.disputes if one.state not in DISPUTE_OVER]
        assert sorted(disputed) == sorted(still_open)
        assert self.contract.has_open_dispute is bool(still_open)

    @invariant()
    def every_timer_belongs_to_a_state_that_declares_it(self) -> None:  # 9
        for one in self.contract.milestones:
            assert bool(one.auto_at_ms) is (one.state is MilestoneState.SUBMITTED)
            assert one.revisions_left >= 0
        waiting = {DisputeState.AWAITING_RESPONSE, DisputeState.EVIDENCE, DisputeState.PROPOSAL, DisputeState.DECIDED}
        for dispute in self.contract.disputes:
            assert bool(dispute.due_at_ms) is (dispute.state in waiting)

    @invariant()
    def what_was_handed_in_never_changes(self) -> None:
        for one in self.contract.milestones:
            before = self.versions.get(one.key, ())
            assert one.deliverables[: len(before)] == before
            self.versions[one.key] = one.deliverables
            previous = ""
            for version in one.deliverables:
                assert version.previous_sha256 == previous
                assert version.sha256 == deliverable_sha256(version)
                previous = version.sha256

    @invariant()
    def reviews_are_sealed_until_both_or_the_end(self) -> None:
        for review in self.contract.reviews:
            other = Actor.CLIENT if review.by is Actor.AGENT else Actor.AGENT
            if reviewing.is_readable(self.contract, review, other):
                is_late = self.now_ms >= reviewing.ends_at_ms(self.contract, SETTINGS)
                assert len(self.contract.reviews) == 2 or is_late

    @invariant()
    def nothing_counts_as_approved_that_the_client_was_not_told_of_twice(self) -> None:
        automatic = sum(one.event == "milestone.auto_approve" for one in self.contract.history)
        assert automatic <= self.purse.told.count(("client", "gig_reminder"))

    @invariant()
    def the_stored_history_and_follow_ups_stay_within_their_bounds(self) -> None:
        assert not self.contract.follow_ups
        Contract.model_validate(self.contract.model_dump(mode="json", by_alias=True))

    # --- the means

    def _milestone(self, place: int) -> str:
        return self.contract.milestones[place % len(self.contract.milestones)].key

    def _contract_actions(self, who: By) -> Any:
        return contract_actions(self.contract, SETTINGS, who)

    def _try(self, actor: Actor, account: str, event: str, decide: Any, actions: Any, *, is_exact: bool = True) -> None:
        """And what was said to be possible is, and what was not is not."""
        who = by(actor, self.now_ms, account if actor is Actor.STAFF else "")
        told = next((one for one in actions(who) if one.event == event), None)
        came = self._attempt(who, decide)
        if is_exact and told is not None and told.allowed:
            assert came != "refused", (event, told, self.contract.state)
        elif is_exact:
            assert came != "done", (event, told, self.contract.state)

    def _attempt(self, who: By, decide: Any) -> str:
        """Done, refused by its machine, or wrong in another way; what is not done changes nothing."""
        try:
            decided = decide(self.contract, SETTINGS, who)
        except MoveRefused:
            return "refused"
        except DomainError:
            return "wrong"
        if decided is not self.contract:
            self._store(contracting.settle(decided, SETTINGS, by(Actor.SYSTEM, self.now_ms)))
        return "done"

    def _store(self, decided: Contract) -> None:
        self.contract = self.purse.carry_out(decided.model_copy(update={"rev": decided.rev + 1}), self.now_ms)


RandomUsers.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRandomUsers = RandomUsers.TestCase

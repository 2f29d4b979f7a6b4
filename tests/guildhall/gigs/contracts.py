"""Contracts for tests, and what follows from decisions carried out without any storage."""

from dataclasses import dataclass, field
from typing import Any

from guildhall.gigs.lifecycle import HELD, Actor
from guildhall.gigs.model.contracts import Contract, FollowUpKind, first_milestones
from guildhall.gigs.model.terms import ContractTerms, Kind, MilestoneAgreed, WorkTerms, terms_sha256
from guildhall.gigs.rules import contracting, working
from guildhall.gigs.rules.moving import By, milestone_of
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.follow_ups import done

MONDAY_MS = 1_800_000_000_000 + 3 * 86_400_000  # Monday, 18 January 2027, 08:00 UTC
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SETTINGS = GigsSettings()
AGENT, CLIENT, STAFF, SECOND = "acc_ada", "acc_carl", "acc_sam", "acc_sue"


def fixed(*minors: int, **terms: Any) -> WorkTerms:
    milestones = tuple(MilestoneAgreed(title=f"Part {place}", minor=minor) for place, minor in enumerate(minors, 1))
    return WorkTerms(kind=Kind.FIXED, currency="EUR", milestones=milestones, **terms)


def hourly(**terms: Any) -> WorkTerms:
    given = {"rate_minor": 6_000, "weekly_cap_minutes": 600, "time_zone": "Europe/Berlin"} | terms
    return WorkTerms(kind=Kind.HOURLY, currency="EUR", **given)


def agreed(work: WorkTerms) -> ContractTerms:
    return ContractTerms(
        organisation_id="org_1",
        client_account_id=CLIENT,
        agent_id=AGENT,
        opportunity_id="opp_1",
        application_id="app_1",
        title="Translate a catalogue",
        work=work,
        terms_sha256=terms_sha256(work),
    )


def opened(work: WorkTerms, now_ms: int = MONDAY_MS) -> Contract:
    terms = agreed(work)
    return Contract(
        id="ctr_1",
        created_at_ms=now_ms,
        from_offer="off_1",
        organisation_id=terms.organisation_id,
        agent_id=AGENT,
        state_since_ms=now_ms,
        opened_at_ms=now_ms,
        given_back_ms=now_ms,
        terms=terms,
        milestones=first_milestones(terms),
    )


def by(actor: Actor, at_ms: int = MONDAY_MS, account_id: str = "", **more: bool) -> By:
    known = {Actor.AGENT: AGENT, Actor.CLIENT: CLIENT, Actor.STAFF: STAFF, Actor.SYSTEM: "system:gigs"}
    return By(account_id or known[actor], actor, at_ms, **more)


@dataclass
class Purse:
    """What is held and where it went, by milestone."""

    held: dict[str, int] = field(default_factory=dict)
    to_agent: dict[str, int] = field(default_factory=dict)
    to_client: dict[str, int] = field(default_factory=dict)
    payouts: list[str] = field(default_factory=list)
    refuses: bool = False
    told: list[tuple[str, str]] = field(default_factory=list)
    """(to whom, kind), in the order they were told."""

    def carry_out(self, contract: Contract, at_ms: int) -> Contract:
        """Everything that follows, as the service does it."""
        while contract.follow_ups:
            for one in contract.follow_ups:
                contract = self._do(contract, one.kind, one.details, at_ms)
                contract = done(contract, [one.key]).model_copy(update={"rev": contract.rev + 1})
        return contract

    def _do(self, contract: Contract, kind: str, details: dict[str, Any], at_ms: int) -> Contract:
        system = by(Actor.SYSTEM, at_ms)
        if kind == FollowUpKind.TELL:
            self.told.append((details["to"], details["kind"]))
        if kind == FollowUpKind.HOLD:
            key = details["milestone"]
            if not self.refuses:
                self.held[key] = milestone_of(contract, key).minor
            refusal = "Not enough is there." if self.refuses else ""
            return contracting.settle(working.held(contract, key, refusal, SETTINGS, system), SETTINGS, system)
        if kind == FollowUpKind.PAY_OUT:
            key = details["milestone"]
            division = milestone_of(contract, key).division
            assert division is not None
            assert self.held.pop(key) == division.agent_minor + division.client_minor
            self.payouts.append(key)
            self.to_agent[key], self.to_client[key] = division.agent_minor, division.client_minor
            paid = working.paid_out(contract, key, SETTINGS, system)
            return contracting.settle(paid, SETTINGS, system)
        return contract


def held_by(contract: Contract) -> int:
    return sum(one.minor for one in contract.milestones if one.state in HELD)

"""The machines of gigs: a contract, a milestone of it, a dispute about one, and a week of hours.

A dispute is a hold on one milestone or week, never a state of the contract. Pay moves by the system alone, once what
was decided is stored: states named after a decision (`approved`, `settling`) come before those named after the money.
"""

from guildhall.gigs.lifecycle.actors import Actor
from guildhall.gigs.lifecycle.contract import CONTRACT, LIVE, OVER, ContractEvent, ContractFacts, ContractState
from guildhall.gigs.lifecycle.dispute import DISPUTE, DISPUTE_OVER, DisputeEvent, DisputeFacts, DisputeState
from guildhall.gigs.lifecycle.milestone import HELD, MILESTONE, SETTLED, MilestoneEvent, MilestoneFacts, MilestoneState
from guildhall.gigs.lifecycle.week import WEEK, WeekEvent, WeekFacts, WeekState

__all__ = [
    "CONTRACT",
    "DISPUTE",
    "DISPUTE_OVER",
    "HELD",
    "LIVE",
    "MILESTONE",
    "OVER",
    "SETTLED",
    "WEEK",
    "Actor",
    "ContractEvent",
    "ContractFacts",
    "ContractState",
    "DisputeEvent",
    "DisputeFacts",
    "DisputeState",
    "MilestoneEvent",
    "MilestoneFacts",
    "MilestoneState",
    "WeekEvent",
    "WeekFacts",
    "WeekState",
]

"""From the name of an action to the decision it is. A table, so that routes say nothing of rules."""

from collections.abc import Callable
from functools import partial

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.rules import (
    beginning,
    contracting,
    deciding,
    disputed_hours,
    disputed_milestones,
    disputing,
    hours,
    working,
)
from guildhall.gigs.rules.disputing import Act
from guildhall.gigs.rules.moving import By
from guildhall.gigs.service.context import Decide, DecideWeek
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Invalid

Keyed = Callable[[Contract, str, GigsSettings, By], Contract]
Worded = Callable[[Contract, str, str, GigsSettings, By], Contract]


def contract_verbs(action: str, words: str) -> Decide:
    """What an action on the whole contract does."""
    verbs: dict[str, Decide] = {
        "begin": beginning.begin,
        "void": lambda seen, settings, by: contracting.void(seen, words, settings, by),
        "pause": lambda seen, settings, by: contracting.pause(seen, words, settings, by),
        "resume": contracting.resume,
        "end": lambda seen, settings, by: contracting.end(seen, words, settings, by),
        "propose_termination": lambda seen, settings, by: contracting.propose_termination(seen, words, settings, by),
        "drop_termination": contracting.drop_termination,
        "terminate": contracting.terminate,
    }
    return verbs[action]


def milestone_verbs(action: str, key: str, words: str) -> Decide:
    """What an action on a milestone does."""
    plain = {
        "accept": working.accept,
        "cancel": working.cancel,
        "fund": working.fund,
        "start": working.start,
        "grant_revision": working.grant_revision,
        "approve": working.approve,
    }
    worded = {
        "submit": working.submit,
        "request_changes": working.request_changes,
        "give_back": working.give_back,
    }
    if action in plain:
        return partial(_on, plain[action], key)
    return partial(_on_with, worded[action], key, words)


def dispute_verbs(action: str, dispute_id: str, agent_minor: int | None, words: str) -> Decide:
    """What an action on a dispute about a milestone does. Raises Invalid where the division is missing."""
    do = _act(action, agent_minor, words)
    return lambda seen, settings, by: disputed_milestones.act(seen, dispute_id, do, settings, by)


def week_dispute_verbs(action: str, agent_minor: int | None, words: str) -> DecideWeek:
    """The same on the dispute about hours of a week."""
    do = _act(action, agent_minor, words)
    return lambda seen, contract, settings, by: disputed_hours.act(seen, contract, do, settings, by)


def _act(action: str, agent_minor: int | None, words: str) -> Act:
    """Raises Invalid where it needs to know how to divide the pay."""
    plain: dict[str, Act] = {
        "concede": disputing.concede,
        "accept": disputing.accept,
        "escalate": disputing.escalate,
        "confirm": deciding.confirm,
        "accept_decision": deciding.accept_decision,
        "withdraw": disputing.withdraw,
    }
    worded = {"say": disputing.say, "overrule": deciding.overrule, "appeal": deciding.appeal}
    if action in plain:
        return plain[action]
    if action in worded:
        return partial(worded[action], words)
    if agent_minor is None:
        raise Invalid("Say how much of the pay is the agent's.", fields={"agent_minor": "is missing"})
    return partial({"propose": disputing.propose, "decide": deciding.decide}[action], agent_minor, words)


def week_verbs(action: str, words: str) -> DecideWeek:
    """What an action on a week of hours does."""
    verbs: dict[str, DecideWeek] = {
        "submit": hours.submit,
        "query": lambda seen, contract, settings, by: hours.query(seen, contract, words, settings, by),
        "approve": hours.approve,
    }
    return verbs[action]


def _on(verb: Keyed, key: str, seen: Contract, settings: GigsSettings, by: By) -> Contract:
    return verb(seen, key, settings, by)


def _on_with(verb: Worded, key: str, words: str, seen: Contract, settings: GigsSettings, by: By) -> Contract:
    return verb(seen, key, words, settings, by)

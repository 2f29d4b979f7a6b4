"""What both sides are told, in words: every notice of gigs. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.model.contracts import Contract, Division, FollowUpKind, Milestone
from guildhall.kit.business_days import zone_named
from guildhall.kit.money import Money, say_money

PAGE: Final = "/contracts"
Told = tuple[FollowUpKind, Mapping[str, Any]]


def moment(contract: Contract, at_ms: int) -> str:
    """In the contract's time zone: "Tuesday, 1 December 2026, 18:00 CET"."""
    told = datetime.fromtimestamp(at_ms / 1000, zone_named(contract.terms.work.time_zone))
    return f"{told:%A}, {told.day} {told:%B %Y, %H:%M %Z}"


def say_minor(contract: Contract, minor: int) -> str:
    return say_money(Money(minor=minor, currency=contract.terms.work.currency))


def say_division(contract: Contract, division: Division) -> str:
    agent, client = say_minor(contract, division.agent_minor), say_minor(contract, division.client_minor)
    return f"{agent} for the agent, {client} back to the client"


def name_of(contract: Contract, milestone: Milestone) -> str:
    """Its title; with its number where others of the contract are called the same."""
    is_shared = any(one.title == milestone.title and one.key != milestone.key for one in contract.milestones)
    return f"{milestone.title} (no. {milestone.key[1:]})" if is_shared else milestone.title


def about(contract: Contract, subject: str, told: Iterable[Told], milestone: str = "") -> tuple[Told, ...]:
    """What is told of a dispute says which one: a contract may have several at the same moment.

    People read it in the title, programs in the event's `milestones`: `milestone` is its key.
    """
    plain, named = f"{contract.terms.title}: ", f"{contract.terms.title}, {subject}: "
    return tuple(
        (kind, {**details, "title": named + details["title"].removeprefix(plain), "milestone": milestone})
        if kind is FollowUpKind.TELL
        else (kind, details)
        for kind, details in told
    )


def tell(contract: Contract, to: Actor, kind: str, title: str, text: str, *, by_mail: bool = True) -> Told:
    """One side; the client's are all who lead its organisation."""
    return FollowUpKind.TELL, {
        "to": to.value,
        "kind": f"gig_{kind}",
        "title": f"{contract.terms.title}: {title}",
        "text": text,
        "path": f"{PAGE}#{contract.id}",
        "by_mail": by_mail,
    }


def tell_both(contract: Contract, kind: str, title: str, text: str, *, by_mail: bool = True) -> tuple[Told, Told]:
    return (
        tell(contract, Actor.AGENT, kind, title, text, by_mail=by_mail),
        tell(contract, Actor.CLIENT, kind, title, text, by_mail=by_mail),
    )


def submitted(contract: Contract, milestone: Milestone, *, is_again: bool) -> Told:
    version = f"version {len(milestone.deliverables)} of " if is_again else ""
    return tell(
        contract,
        Actor.CLIENT,
        "submitted",
        f"{version}{name_of(contract, milestone)} was handed in",
        f"Look at it until {moment(contract, milestone.auto_at_ms)}: approve it, ask for changes, or dispute it. After "
        "that it counts as approved.",
    )


def reminded(contract: Contract, milestone: Milestone) -> Told:
    return tell(
        contract,
        Actor.CLIENT,
        "reminder",
        f"{name_of(contract, milestone)} still waits for you",
        f"Without your answer it counts as approved from {moment(contract, milestone.auto_at_ms)} on.",
    )


def changes_requested(contract: Contract, milestone: Milestone, words: str) -> Told:
    left = milestone.revisions_left
    return tell(
        contract,
        Actor.AGENT,
        "changes",
        f"changes are asked for on {name_of(contract, milestone)}",
        f"{words}\n\n{left} {'revision is' if left == 1 else 'revisions are'} left after this one. No clock runs "
        "against you meanwhile.",
    )


def funded(contract: Contract, milestone: Milestone) -> str:
    if contract.is_paid_outside:
        return "The client has done their part."
    return f"{say_minor(contract, milestone.minor)} is held for it by this house."


def booked(contract: Contract) -> str:
    if contract.is_paid_outside:
        return "It is paid outside of this house, as you agreed."
    return "It is booked; every line of it, and what this house keeps, stands under Money."


def paid_out(contract: Contract, milestone: Milestone, division: Division) -> tuple[Told, ...]:
    text = f"{say_division(contract, division)}. {booked(contract)}"
    return tell_both(contract, "settled", f"{name_of(contract, milestone)} is settled", text)

"""What agents are told, in words: every notice of onboarding. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from guildhall.onboarding.model.flows import FlowStep
from guildhall.onboarding.model.onboardings import FollowUpKind, Onboarding
from guildhall.onboarding.rules.moving import zone_of

PAGE: Final = "/onboarding"
Told = tuple[FollowUpKind, Mapping[str, Any]]


def notice(kind: str, title: str, text: str, *, by_mail: bool = True, path: str = PAGE) -> Told:
    return FollowUpKind.NOTIFY, {"kind": kind, "title": title, "text": text, "path": path, "by_mail": by_mail}


def moment(onboarding: Onboarding, at_ms: int) -> str:
    """Where the agent lives: "Tuesday, 1 December 2026, 18:00 CET"."""
    told = datetime.fromtimestamp(at_ms / 1000, zone_of(onboarding))
    return f"{told:%A}, {told.day} {told:%B %Y, %H:%M %Z}"


def submitted(onboarding: Onboarding) -> Told:
    return notice(
        "onboarding_submitted",
        "We have everything, thank you",
        f"A person looks at it until {moment(onboarding, onboarding.promised_at_ms)}. You need not do anything until "
        "then, and are told what comes of it.",
    )


def completed(title: str) -> Told:
    return notice(
        "onboarding_completed",
        f"Welcome: {title} is completed",
        "All is done and checked. What you may do now stands on the page of your onboarding.",
    )


def returned(steps: list[tuple[FlowStep, str]]) -> Told:
    lines = "\n".join(f"- {step.title}: {reason}" for step, reason in steps)
    return notice(
        "onboarding_changes",
        "Something has to be changed before you are let in",
        f"{lines}\n\nEverything else was kept as it is. Change these, then hand it in again.",
    )


def rejected(onboarding: Onboarding, reason: str, ends_ms: int) -> Told:
    return notice(
        "onboarding_rejected",
        "Your onboarding was turned down",
        f"The reason: {reason}\n\nTwo people decided this. If you think that it is wrong, appeal until "
        f"{moment(onboarding, ends_ms)}: somebody who took no part in it looks at everything again.",
    )


def revoked(onboarding: Onboarding, reason: str) -> Told:
    return notice(
        "onboarding_revoked",
        "Your onboarding is looked at again",
        f"The reason: {reason}\n\nTwo people decided this. Until {moment(onboarding, onboarding.promised_at_ms)} a "
        "reviewer looks at it anew; what you could do by it rests so long.",
    )


def overdue() -> Told:
    return notice(
        "onboarding_overdue",
        "Your review is late",
        "We promised to have looked at it by now, and have not. It stands first in the queue. We are sorry.",
    )


def reminder(says: str, rests_at: str) -> Told:
    return notice(
        "onboarding_reminder",
        "Your onboarding waits for you",
        f"{says}\n\nEverything that you entered is kept. Without anything new it rests from {rests_at} on, and can be "
        "taken up again at any time.",
    )


def dormant() -> Told:
    return notice(
        "onboarding_dormant",
        "Your onboarding rests",
        "Nothing was done for a while. Everything is kept; take it up again whenever you like.",
    )


def expires_soon(onboarding: Onboarding, step: FlowStep, at_ms: int) -> Told:
    return notice(
        "onboarding_expires",
        f"{step.title}: valid until {moment(onboarding, at_ms)}",
        "Renew it before then, and nothing is interrupted.",
    )


def expired(step: FlowStep) -> Told:
    return notice(
        "onboarding_expired",
        f"{step.title} has expired",
        "What it is needed for rests until you renew it. You stay completed.",
    )


def exam_passed(step: FlowStep) -> Told:
    return notice("onboarding_exam", f"{step.title}: passed", "Your exam counts for your onboarding.")


def exam_lost(step: FlowStep) -> Told:
    return notice(
        "onboarding_exam_lost",
        f"{step.title} does not count any more",
        "The credential of your exam was revoked. What it is needed for rests; see what can be done on the page.",
    )


def new_version(titles: list[str]) -> Told:
    named = ", ".join(titles) or "a text has a new version"
    return notice("onboarding_new_version", "Something new is asked of everybody", f"New: {named}.", by_mail=True)


def step_decided(step: FlowStep, words: str) -> Told:
    return notice("onboarding_step", f"{step.title}: {words}", f"{step.title}: {words}.", by_mail=False)

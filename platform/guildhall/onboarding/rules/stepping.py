"""One step: saved, handed in, passed, returned, waived, run out. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guildhall.kit.errors import Conflict, Invalid, NotFound, TooLarge
from guildhall.kit.follow_ups import follow
from guildhall.onboarding.lifecycle import (
    STEP,
    Actor,
    OnboardingEvent,
    OnboardingState,
    StepEvent,
    StepFacts,
    StepState,
)
from guildhall.onboarding.model.contents import (
    AgreementContent,
    ConsentsContent,
    Content,
    read_content,
)
from guildhall.onboarding.model.flows import FlowStep, StepKind, Verifier
from guildhall.onboarding.model.onboardings import DRAFT_BYTES_MAX, FollowUpKind, Onboarding, ReasonCode, Step
from guildhall.onboarding.rules import telling
from guildhall.onboarding.rules.checking import faults_of
from guildhall.onboarding.rules.moving import DAY_MS, By, Terms, audited, locks_of, move, step_of, with_step


class NoStep(NotFound):
    def __init__(self, key: str) -> None:
        super().__init__(f"This onboarding has no step {key}.")


class StepLocked(Conflict):
    type = "step-locked"
    title = "Another step comes first"


class StepIncomplete(Invalid):
    type = "step-incomplete"
    title = "Something is missing or wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        count = "one thing is" if len(fields) == 1 else f"{len(fields)} things are"
        super().__init__(f"It is kept, but cannot be handed in yet: {count} missing or wrong.", fields=fields)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What `submit` is given: the content, and for what must be sealed, its sealed form and what is shown of it."""

    raw: Mapping[str, Any]
    sealed: str = ""


def flow_step(terms: Terms, key: str) -> FlowStep:
    """Raises NoStep."""
    step = terms.flow.plan.step(key)
    if step is None:
        raise NoStep(key)
    return step


def save(onboarding: Onboarding, key: str, raw: Mapping[str, Any], terms: Terms, by: By) -> Onboarding:
    """Keep what was entered so far, whatever is wrong with it. Raises NoStep, StepLocked, TooLarge, MoveRefused."""
    step, record = flow_step(terms, key), step_of(onboarding, key)
    kept = _as_draft(step, raw)
    state = _move_step(onboarding, step, StepEvent.SAVE, terms, by)
    if record.state is StepState.DRAFT and kept == record.draft:
        return onboarding
    draft = record.model_copy(update={"state": state, "draft": kept, "saved_at_ms": by.at_ms})
    return with_step(move(onboarding, OnboardingEvent.WORK, terms, by, key), key, draft)


def submit(onboarding: Onboarding, key: str, handed_in: HandedIn, terms: Terms, by: By) -> Onboarding:
    """Hand one step in: what nobody has to look at is passed at once.

    Raises NoStep, StepLocked, StepIncomplete (with every field that is wrong), TooLarge, MoveRefused.
    """
    step, record = flow_step(terms, key), step_of(onboarding, key)
    _as_draft(step, handed_in.raw)
    state = _move_step(onboarding, step, StepEvent.SUBMIT, terms, by)
    content, faults = read_content(step, dict(handed_in.raw))
    faults |= {} if content is None else faults_of(onboarding, step, content, by.at_ms)
    if content is None or faults:
        raise StepIncomplete(faults)
    shown = _without_secrets(step, content.model_dump(mode="json"))
    new = record.model_copy(
        update={
            "state": state,
            "draft": "",
            "content": shown,
            "sealed": handed_in.sealed,
            "saved_at_ms": by.at_ms,
            "submitted_at_ms": by.at_ms,
            "decided_at_ms": by.at_ms if state is StepState.PASSED else 0,
            "decided_by": "system:form" if state is StepState.PASSED else "",
            "reason_code": None,
            "reason": "",
            "valid_until_ms": valid_until(onboarding, step, by.at_ms),
            "warned": 0,
        }
    )
    moved = with_step(move(onboarding, OnboardingEvent.WORK, terms, by, key), key, new)
    return follow(moved, by.at_ms, audited(by, "submit_step", step=key), *_consents(step, content))


def pass_by_credential(
    onboarding: Onboarding, key: str, credential_id: str, expires_at_ms: int | None, terms: Terms, at_ms: int
) -> Onboarding:
    """The exam's pass counts from now on. The same again changes nothing."""
    step, record = flow_step(terms, key), step_of(onboarding, key)
    if record.state in {StepState.PASSED, StepState.WAIVED}:
        if record.credential_id == credential_id or record.state is StepState.WAIVED:
            return onboarding
        return with_step(onboarding, key, record.model_copy(update={"credential_id": credential_id}))
    by = By("system:credentials", Actor.SYSTEM, at_ms)
    state = STEP.move(record.state, StepEvent.PASS, Actor.SYSTEM, StepFacts()).target
    ends = [one for one in (valid_until(onboarding, step, at_ms), expires_at_ms or 0) if one]
    new = record.model_copy(
        update={
            "state": state,
            "decided_at_ms": at_ms,
            "decided_by": by.account_id,
            "credential_id": credential_id,
            "reason_code": None,
            "reason": "",
            "valid_until_ms": min(ends, default=0),
            "warned": 0,
        }
    )
    moved = with_step(move(onboarding, OnboardingEvent.SETTLE_STEP, terms, by, key), key, new)
    return follow(moved, at_ms, telling.exam_passed(step), audited(by, "pass_step", step=key, credential=credential_id))


def lose_credential(onboarding: Onboarding, key: str, terms: Terms, at_ms: int) -> Onboarding:
    """What the step was passed by was revoked. Nobody's state is changed by it: capabilities rest."""
    step, record = flow_step(terms, key), step_of(onboarding, key)
    if record.state is not StepState.PASSED or not record.credential_id:
        return onboarding
    by = By("system:credentials", Actor.SYSTEM, at_ms)
    state = STEP.move(record.state, StepEvent.FAIL, Actor.SYSTEM, StepFacts()).target
    lost = {
        "state": state,
        "decided_at_ms": at_ms,
        "decided_by": by.account_id,
        "credential_id": "",
        "reason_code": ReasonCode.OTHER,
        "reason": "The credential of your exam was revoked.",
        "valid_until_ms": 0,
    }
    moved = with_step(
        move(onboarding, OnboardingEvent.SETTLE_STEP, terms, by, key), key, record.model_copy(update=lost)
    )
    return follow(moved, at_ms, telling.exam_lost(step), audited(by, "lose_credential", step=key))


def expire(onboarding: Onboarding, key: str, terms: Terms, at_ms: int) -> Onboarding:
    step, record = flow_step(terms, key), step_of(onboarding, key)
    by = By("system:calendar", Actor.SYSTEM, at_ms)
    state = STEP.move(record.state, StepEvent.EXPIRE, Actor.SYSTEM, StepFacts()).target
    moved = move(onboarding, OnboardingEvent.SETTLE_STEP, terms, by, key)
    moved = with_step(moved, key, record.model_copy(update={"state": state}))
    return follow(moved, at_ms, telling.expired(step), audited(by, "expire_step", step=key))


def valid_until(onboarding: Onboarding, step: FlowStep, at_ms: int) -> int:
    """The earliest end of what it rests on; 0 where nothing ends it."""
    by_kind = [
        [one for one in onboarding.documents if (one.step, one.kind) == (step.key, kind.key)] for kind in step.documents
    ]
    # A new passport stands beside the old one, front beside back: what is valid longest counts.
    ends = [max(one.valid_until_ms for one in own) for own in by_kind if own]
    ends = [one for one in ends if one]
    if step.valid_days:
        ends.append(at_ms + step.valid_days * DAY_MS)
    return min(ends, default=0)


def entered(record: Step) -> dict[str, Any]:
    """What the agent sees in the step: what they saved last, else what they handed in."""
    if not record.draft:
        return record.content
    read: dict[str, Any] = json.loads(record.draft)
    return read


def _as_draft(step: FlowStep, raw: Mapping[str, Any]) -> str:
    """Raises TooLarge."""
    draft = json.dumps(_without_secrets(step, raw))
    if len(draft) > DRAFT_BYTES_MAX:
        raise TooLarge(f"A step holds {DRAFT_BYTES_MAX // 1024} KB at most.")
    return draft


def _without_secrets(step: FlowStep, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Of an account number its last four characters."""
    if step.kind is not StepKind.PAYOUT:
        return dict(raw)
    number = "".join(str(raw.get("account_number", "")).split())
    return {"holder": str(raw.get("holder", ""))[:80], "account_number": f"···· {number[-4:]}" if number else ""}


def _move_step(onboarding: Onboarding, step: FlowStep, event: StepEvent, terms: Terms, by: By) -> StepState:
    if step.verifier is Verifier.CREDENTIAL:
        raise StepLocked(f"{step.title} is passed by its exam: nothing is handed in here.")
    locks = locks_of(onboarding, terms.flow, step)
    if locks:
        raise StepLocked(f"First comes {' and '.join(one.title for one in locks)}.")
    facts = StepFacts(is_by_form=step.verifier is Verifier.FORM, is_by_person=step.verifier is Verifier.PERSON)
    return STEP.move(step_of(onboarding, step.key).state, event, by.actor, facts).target


def _consents(step: FlowStep, content: Content) -> tuple[tuple[FollowUpKind, Mapping[str, Any]], ...]:
    if not isinstance(content, ConsentsContent | AgreementContent):
        return ()
    return tuple(
        (
            FollowUpKind.KEEP_CONSENT,
            {
                "text_key": text.key,
                "text_version": text.version,
                "text_sha256": hashlib.sha256(text.text.encode()).hexdigest(),
                "is_given": content.given[text.key],
            },
        )
        for text in step.consents
    )


def editable_by_agent(onboarding: Onboarding, step: FlowStep, terms: Terms) -> str:
    """Why the agent cannot change this step now; empty: they can."""
    record = step_of(onboarding, step.key)
    if step.verifier is Verifier.CREDENTIAL:
        return "It is passed by its exam."
    if onboarding.state is OnboardingState.COMPLETED and record.state in {
        StepState.PASSED,
        StepState.WAIVED,
        StepState.SUBMITTED,
    }:
        return "You are let in already: only what is missing, returned or expired is changed here."
    if onboarding.state not in {
        OnboardingState.IN_PROGRESS,
        OnboardingState.CHANGES_REQUESTED,
        OnboardingState.COMPLETED,
    }:
        return "It is with the reviewers now." if onboarding.submitted_at_ms else "Begin first."
    locks = locks_of(onboarding, terms.flow, step)
    return f"First comes {' and '.join(one.title for one in locks)}." if locks else ""

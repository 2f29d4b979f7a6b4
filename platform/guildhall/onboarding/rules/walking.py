"""What an agent decides about the whole: begin, hand in, take back, go on. And what time decides. Pure.

Outages of ours are given back to none of these clocks: who was laid to rest goes on where they were, a decision was
promised by this house, which an outage does not excuse, and documents and passes are valid until their day.
"""

from typing import Final

from guildhall.kit.follow_ups import follow
from guildhall.onboarding.lifecycle import (
    WITH_AGENT,
    WITH_REVIEWERS,
    Actor,
    OnboardingEvent,
    OnboardingState,
    StepState,
)
from guildhall.onboarding.model.flows import Flow, FlowStep, Verifier
from guildhall.onboarding.model.onboardings import FollowUpKind, Onboarding
from guildhall.onboarding.rules import telling
from guildhall.onboarding.rules.moving import (
    DAY_MS,
    REMINDERS_BEFORE_REST,
    By,
    Terms,
    audited,
    locks_of,
    move,
    step_of,
    with_step,
)
from guildhall.onboarding.rules.stepping import expire
from guildhall.onboarding.settings import OnboardingSettings

_HOUR_MS: Final = 3_600_000
_CLOCK: Final = "system:calendar"


def begin(onboarding_id: str, terms: Terms, by: By) -> Onboarding:
    """A new one, pinned to the flow's version as it is today."""
    fresh = Onboarding(
        id=onboarding_id,
        created_at_ms=by.at_ms,
        account_id=by.account_id,
        flow_key=terms.flow.key,
        flow_version=terms.flow.version,
    )
    return follow(move(fresh, OnboardingEvent.START, terms, by), by.at_ms, audited(by, "start"))


def submit(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    """Hand everything in; where nobody has to look at it, that completes it. Raises MoveRefused."""
    moved = move(onboarding, OnboardingEvent.SUBMIT, terms, by)
    if moved.state is OnboardingState.COMPLETED:
        completed = moved.model_copy(update={"completed_at_ms": by.at_ms})
        return follow(completed, by.at_ms, telling.completed(terms.flow.plan.title), audited(by, "complete"))
    return follow(moved, by.at_ms, telling.submitted(moved), audited(by, "submit"))


def recall(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    """Take it back before a reviewer has taken it. Raises MoveRefused."""
    moved = move(onboarding, OnboardingEvent.RECALL, terms, by, promised_at_ms=0, is_overdue=False)
    return follow(moved, by.at_ms, audited(by, "recall"))


def resume(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    return move(onboarding, OnboardingEvent.RESUME, terms, by)


def invite(onboarding: Onboarding, step: FlowStep, at_ms: int) -> Onboarding:
    """To the exam of this step, once it is its turn."""
    credential = step.credential
    if onboarding.is_invited or credential is None or not credential.delivery_id:
        return onboarding
    invited = onboarding.model_copy(update={"is_invited": True})
    return follow(invited, at_ms, (FollowUpKind.INVITE, {"delivery_id": credential.delivery_id}))


def exam_step(onboarding: Onboarding, flow: Flow) -> FlowStep | None:
    """The step that an exam passes and whose turn it is, or which an exam has passed."""
    for step in flow.plan.steps:
        if step.verifier is Verifier.CREDENTIAL and not locks_of(onboarding, flow, step):
            return step
    return None


def adopt(onboarding: Onboarding, terms: Terms, newer: Flow, at_ms: int) -> Onboarding:
    """Go over to a newer version of the flow: what is new is asked for, and no state is changed by it."""
    if onboarding.state in WITH_REVIEWERS or newer.version <= onboarding.flow_version:
        return onboarding  # whoever is being reviewed is reviewed by what they were asked
    adopted = onboarding.model_copy(update={"flow_version": newer.version})
    before = {step.key: step for step in terms.flow.plan.steps}
    new = [step.title for step in newer.plan.steps if step.key not in before]
    for step in newer.plan.steps:
        earlier = before.get(step.key)
        record = step_of(onboarding, step.key)
        if earlier is not None and earlier.consents != step.consents and record.state is StepState.PASSED:
            adopted = with_step(adopted, step.key, record.model_copy(update={"state": StepState.EXPIRED}))
            new.append(step.title)
    return follow(adopted, at_ms, telling.new_version(new)) if new else adopted


def fire(onboarding: Onboarding, terms: Terms, now_ms: int) -> Onboarding:
    """Everything that time has decided until now; the same a second time changes nothing."""
    by = By(_CLOCK, Actor.SYSTEM, now_ms)
    settings, state = terms.settings, onboarding.state
    if state is OnboardingState.IN_REVIEW and onboarding.lease.is_over(now_ms):
        onboarding = move(onboarding, OnboardingEvent.LAPSE, terms, by)
    if is_late(onboarding, now_ms):
        onboarding = follow(onboarding.model_copy(update={"is_overdue": True}), now_ms, telling.overdue())
    if state in WITH_AGENT:
        onboarding = _remind(onboarding, terms, by)
    for step in terms.flow.plan.steps:
        record = step_of(onboarding, step.key)
        if record.state is not StepState.PASSED or not record.valid_until_ms:
            continue
        if record.valid_until_ms <= now_ms:
            onboarding = expire(onboarding, step.key, terms, now_ms)
        elif (due := warnings_due(record.valid_until_ms, settings, now_ms)) > record.warned:
            warned = with_step(onboarding, step.key, record.model_copy(update={"warned": due}))
            onboarding = follow(warned, now_ms, telling.expires_soon(onboarding, step, record.valid_until_ms))
    return onboarding


def is_late(onboarding: Onboarding, now_ms: int) -> bool:
    """A promise was broken, and the agent has not been told yet."""
    is_waited_for = onboarding.state in WITH_REVIEWERS and not onboarding.is_overdue
    return is_waited_for and 0 < onboarding.promised_at_ms <= now_ms


def _remind(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    settings, count = terms.settings, onboarding.reminders
    if count < len(settings.remind_hours):
        if onboarding.active_at_ms + settings.remind_hours[count] * _HOUR_MS > by.at_ms:
            return onboarding
        # Of several that are due at once (a server was away) one is sent.
        passed = [hours for hours in settings.remind_hours if onboarding.active_at_ms + hours * _HOUR_MS <= by.at_ms]
        moved = move(onboarding, OnboardingEvent.REMIND, terms, by, reminders=max(len(passed), count + 1))
        return follow(moved, by.at_ms, telling.reminder(_left(onboarding, terms), _rests_at(onboarding, settings)))
    if rests_ms(onboarding, settings) > by.at_ms or count < REMINDERS_BEFORE_REST:
        return onboarding
    return follow(move(onboarding, OnboardingEvent.GO_DORMANT, terms, by), by.at_ms, telling.dormant())


def _left(onboarding: Onboarding, terms: Terms) -> str:
    open_steps = [
        step.title
        for step in terms.flow.plan.steps
        if step.is_required
        and step_of(onboarding, step.key).state in {StepState.OPEN, StepState.DRAFT, StepState.FAILED}
    ]
    return f"Still to do: {', '.join(open_steps)}." if open_steps else "All is done: it only has to be handed in."


def _rests_at(onboarding: Onboarding, settings: OnboardingSettings) -> str:
    return telling.moment(onboarding, rests_ms(onboarding, settings))


def rests_ms(onboarding: Onboarding, settings: OnboardingSettings) -> int:
    """When it is laid to rest if nothing is done until then."""
    return onboarding.active_at_ms + settings.dormant_days * DAY_MS


def warnings_due(valid_until_ms: int, settings: OnboardingSettings, now_ms: int) -> int:
    return sum(valid_until_ms - days * DAY_MS <= now_ms for days in settings.expiry_warning_days)


def next_due(onboarding: Onboarding, terms: Terms) -> int:
    """When `fire` has something to do next, or an exam is to be looked for; 0 for never."""
    settings, times = terms.settings, list[int]()
    if onboarding.state is OnboardingState.IN_REVIEW:
        times.append(onboarding.lease_until_ms)
    if onboarding.state in WITH_REVIEWERS and onboarding.promised_at_ms and not onboarding.is_overdue:
        times.append(onboarding.promised_at_ms)
    if onboarding.state in WITH_AGENT:
        count = onboarding.reminders
        if count < len(settings.remind_hours):
            times.append(onboarding.active_at_ms + settings.remind_hours[count] * _HOUR_MS)
        elif count >= REMINDERS_BEFORE_REST:
            times.append(rests_ms(onboarding, settings))
    for record in onboarding.steps.values():
        if record.state is StepState.PASSED and record.valid_until_ms:
            times.append(record.valid_until_ms)
            times += [record.valid_until_ms - days * DAY_MS for days in settings.expiry_warning_days[record.warned :]]
    if look_ms := next_look(onboarding, terms):
        times.append(look_ms)
    return min(times, default=0)


def next_look(onboarding: Onboarding, terms: Terms) -> int:
    """When the exam is to be asked about; 0: it is nobody's turn, or the onboarding is over."""
    step = exam_step(onboarding, terms.flow)
    if step is None or onboarding.state in {OnboardingState.REJECTED, OnboardingState.DORMANT}:
        return 0
    state = step_of(onboarding, step.key).state
    if state is StepState.WAIVED:
        return 0
    if state is StepState.PASSED:
        return onboarding.looked_at_ms + round(terms.settings.credential_check_hours * _HOUR_MS)
    return max(1, onboarding.looked_at_ms + round(terms.settings.credential_look_seconds * 1_000))

"""The one sentence that an agent looks for: who acts next, what that is, and until when. Pure."""

from dataclasses import dataclass

from guildhall.assessments.model.progress import ExamProgress
from guildhall.onboarding.lifecycle import WITH_AGENT, WITH_REVIEWERS, OnboardingState
from guildhall.onboarding.model.flows import Due, Verifier
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.asking import NextActor, Requirement, Standing, requirement_of
from guildhall.onboarding.rules.moving import DAY_MS, HANDED_IN, Terms, steps_missing
from guildhall.onboarding.rules.walking import rests_ms


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next: the one sentence that an agent looks for. `action` is what the page offers for it."""

    actor: NextActor
    says: str
    action: str = ""
    step: str = ""
    by_ms: int | None = None
    then: str = ""
    """What happens at that time if nothing was done until then."""


def next_of(onboarding: Onboarding, terms: Terms, exam: ExamProgress, now_ms: int) -> Next:
    """Who acts next and what that is."""
    state = onboarding.state
    if state is OnboardingState.NOT_STARTED:
        count = len(steps_missing(onboarding, terms.flow, HANDED_IN))
        return Next(
            NextActor.AGENT, f"Begin: {count} steps, each kept as you go. Leave and come back at any time.", "start"
        )
    if state in WITH_AGENT:
        return _agents_next(onboarding, terms, exam)
    if state in WITH_REVIEWERS:
        return _reviewers_next(onboarding, now_ms)
    if state is OnboardingState.DORMANT:
        return Next(NextActor.AGENT, "It rests because nothing was done for long. All is kept: go on.", "resume")
    if state is OnboardingState.REJECTED:
        return _after_rejection(onboarding, terms, now_ms)
    return _after_completion(onboarding, terms, exam)


def _agents_next(onboarding: Onboarding, terms: Terms, exam: ExamProgress) -> Next:
    asked = [requirement_of(onboarding, terms, step, exam) for step in steps_missing(onboarding, terms.flow, HANDED_IN)]
    by_ms = rests_ms(onboarding, terms.settings)
    then = "It is laid to rest, with everything kept; one click goes on with it."
    order = (Standing.FAILED, Standing.EXPIRED, Standing.DRAFT, Standing.OPEN)
    for standing in order:
        for one in asked:
            if one.standing is standing and one.next_actor is NextActor.AGENT:
                return Next(NextActor.AGENT, _call_for(one, terms), "step", one.step, by_ms, then)
    waiting = next((one for one in asked if one.next_actor is not NextActor.AGENT), None)
    if waiting is not None:
        return Next(waiting.next_actor, f"{waiting.title}: {waiting.says}", "", waiting.step)
    says = "All is done: hand it in." if not terms.flow.plan.needs_review else "All is done: hand it in for review."
    return Next(NextActor.AGENT, says, "submit", "", by_ms, then)


def _call_for(asked: Requirement, terms: Terms) -> str:
    """An open step is called for by what it is about, any other by what is the matter with it."""
    step = terms.flow.plan.step(asked.step)
    if asked.standing is Standing.OPEN and step is not None and step.verifier is not Verifier.CREDENTIAL:
        return f"{step.title}. {step.explains}".strip()
    return f"{asked.title}: {asked.says}"


def _reviewers_next(onboarding: Onboarding, now_ms: int) -> Next:
    is_taken = onboarding.state is not OnboardingState.SUBMITTED
    says = "A reviewer is looking at it now." if is_taken else "It waits for a reviewer. You need not do anything."
    promised = onboarding.promised_at_ms
    if promised and promised <= now_ms:
        says = f"{says} We are late with it, and it stands first in the queue."
    then = "You are told of it, and it moves to the front of the queue."
    return Next(NextActor.REVIEWER, says, "", "", promised or None, then)


def _after_rejection(onboarding: Onboarding, terms: Terms, now_ms: int) -> Next:
    settings = terms.settings
    ends_ms = onboarding.rejected_at_ms + settings.appeal_days * DAY_MS
    again_ms = onboarding.appealed_at_ms + settings.appeal_again_days * DAY_MS if onboarding.appealed_at_ms else 0
    if again_ms <= now_ms < ends_ms:
        says = "It was turned down by two people. You may appeal: somebody else looks at everything again."
        return Next(NextActor.AGENT, says, "appeal", "", ends_ms, "The decision stays as it is.")
    return Next(NextActor.NOBODY, "It was turned down, and the time for an appeal is over.")


def _after_completion(onboarding: Onboarding, terms: Terms, exam: ExamProgress) -> Next:
    asked = [requirement_of(onboarding, terms, step, exam) for step in terms.flow.plan.steps]
    for standing in (Standing.EXPIRED, Standing.FAILED):
        for one in asked:
            if one.standing is standing:
                return Next(one.next_actor, f"{one.title}: {one.says}", "step", one.step)
    due = {step.key for step in steps_missing(onboarding, terms.flow, HANDED_IN)}
    new = next((one for one in asked if one.step in due and one.standing in {Standing.OPEN, Standing.DRAFT}), None)
    if new is not None:
        return Next(new.next_actor, f"New: {new.title}. {new.says}", "step", new.step)
    pending = next((one for one in asked if one.standing in {Standing.SUBMITTED, Standing.VERIFYING}), None)
    if pending is not None:
        return Next(pending.next_actor, f"{pending.title}: {pending.says}", "", pending.step, pending.by_ms)
    later = next(
        (one for one in asked if one.standing in {Standing.OPEN, Standing.DRAFT} and one.step in _before_pay(terms)),
        None,
    )
    if later is not None:
        return Next(NextActor.AGENT, f"Whenever you like, before your first pay: {later.title}.", "step", later.step)
    ends = [one for one in asked if one.standing is Standing.PASSED and one.by_ms]
    first = min(ends, key=lambda one: one.by_ms or 0, default=None)
    if first is None:
        return Next(NextActor.NOBODY, "Nothing is asked of you.")
    return Next(NextActor.NOBODY, "Nothing is asked of you.", "", first.step, first.by_ms, f"{first.title} runs out.")


def _before_pay(terms: Terms) -> set[str]:
    return {step.key for step in terms.flow.plan.steps if step.due is Due.BEFORE_FIRST_PAY}

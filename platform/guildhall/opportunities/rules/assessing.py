"""Waiting for a pass: who lacks one that is asked for, and what becomes of their application. Pure."""

from collections.abc import Iterable

from guildhall.kit.follow_ups import Wanted, follow
from guildhall.opportunities.lifecycle import Actor, ApplicationEvent, ApplicationState
from guildhall.opportunities.model.applications import Application, Assessment, Outcome, RejectionCode
from guildhall.opportunities.model.postings import CredentialRequired, FollowUpKind, Posting
from guildhall.opportunities.rules import telling
from guildhall.opportunities.rules.moving import (
    DAY_MS,
    By,
    Pass,
    Terms,
    application_facts,
    missing_of,
    move_application,
)


def credentials_of(posting: Posting, held: Iterable[Pass]) -> tuple[str, ...]:
    """The passes that are asked for and held, as they are shown."""
    asked = {one.title for one in posting.credentials}
    return tuple(f"{title} {level}".strip() for title, level in held if title in asked)[:20]


def require(application: Application, terms: Terms, by: By) -> Application:
    """It waits until the passes that are missing are there. Raises MoveRefused."""
    missing = tuple(one for one in _missing(application, terms) if one.delivery_id)
    until_ms = by.at_ms + terms.settings.assessment_days * DAY_MS
    assessment = Assessment(
        missing=missing,
        was_shortlisted=application.state is ApplicationState.SHORTLISTED,
        asked_at_ms=by.at_ms,
        until_ms=until_ms,
        looked_at_ms=by.at_ms,
    )
    moved = move_application(application, ApplicationEvent.REQUIRE_ASSESSMENT, terms, by, assessment=assessment)
    return follow(moved, by.at_ms, *_invitations(missing), telling.assessment(moved, assessment))


def require_or_know(application: Application, terms: Terms, by: By) -> Application:
    """The client's: a pass that is there by now is taken, and nobody sits an exam twice for it. Raises MoveRefused."""
    held = terms.passes.held
    if held is not None and not missing_of(terms.opportunity.posting, held):
        known = credentials_of(terms.opportunity.posting, held)
        if known != application.credentials:
            return application.model_copy(update={"credentials": known})
    return require(application, terms, by)


def look(application: Application, terms: Terms, by: By) -> Application:
    """What the exams say by now: the passes are there, cannot be had any more, or the time for them is over."""
    assessment = application.assessment
    if application.state is not ApplicationState.ASSESSMENT or assessment is None or terms.passes.held is None:
        return application
    facts = application_facts(application, terms, by)
    if facts.has_passes:
        return _passed(application, terms, by)
    if facts.has_failed:
        names = " and ".join(one.says for one in assessment.missing)
        outcome = Outcome(code=RejectionCode.BELOW_BAR, text=names, at_ms=by.at_ms, by=Actor.SYSTEM)
        moved = move_application(application, ApplicationEvent.ASSESSMENT_FAILED, terms, by, outcome=outcome)
        return follow(moved, by.at_ms, telling.assessment_failed(moved, names), *_client_told(moved, assessment))
    if facts.is_assessment_over:
        moved = move_application(application, ApplicationEvent.ASSESSMENT_LATE, terms, by)
        return follow(moved, by.at_ms, telling.assessment_late(moved), *_client_told(moved, assessment))
    return _still_waiting(application, assessment, terms, by)


def _passed(application: Application, terms: Terms, by: By) -> Application:
    posting = terms.opportunity.posting
    known = credentials_of(posting, terms.passes.held or ())
    moved = move_application(application, ApplicationEvent.ASSESSMENT_PASSED, terms, by, credentials=known)
    return follow(moved, by.at_ms, telling.assessment_passed(moved), telling.assessed(moved))


def _still_waiting(application: Application, assessment: Assessment, terms: Terms, by: By) -> Application:
    """The posting may ask for another pass than it did: whoever waits is invited to that exam as well."""
    missing = tuple(one for one in _missing(application, terms) if one.delivery_id)
    known = {one.delivery_id for one in assessment.missing}
    fresh = tuple(one for one in missing if one.delivery_id not in known)
    seen = assessment.model_copy(
        update={
            "missing": missing or assessment.missing,
            "looked_at_ms": by.at_ms,
            "is_on_its_way": terms.passes.is_on_its_way,
        }
    )
    return follow(application.model_copy(update={"assessment": seen}), by.at_ms, *_invitations(fresh))


def _client_told(application: Application, assessment: Assessment) -> list[Wanted]:
    """A client who never heard of an application need not hear of its end."""
    return [telling.assessment_ended(application)] if assessment.was_shortlisted else []


def _missing(application: Application, terms: Terms) -> tuple[CredentialRequired, ...]:
    return missing_of(terms.opportunity.posting, terms.passes.held, application.credentials)


def _invitations(missing: Iterable[CredentialRequired]) -> list[Wanted]:
    return [(FollowUpKind.INVITE_TO_EXAM, {"delivery_id": one.delivery_id}) for one in missing]

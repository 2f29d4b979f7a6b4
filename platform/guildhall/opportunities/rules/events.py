"""What programs are told, by the kind of the notice that people get: see `telling`. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from guildhall.notifications.model import EventType

TYPES: Final[Mapping[str, EventType]] = MappingProxyType(
    {
        "opportunity_terms": EventType("opportunity.terms_changed", "An opportunity's terms have changed"),
        "opportunity_paused": EventType("opportunity.paused", "An opportunity is paused"),
        "opportunity_expired": EventType("opportunity.expired", "The last day to apply is over"),
        "opportunity_approved": EventType("opportunity.approved", "An opportunity was looked at and is published"),
        "opportunity_returned": EventType("opportunity.returned", "An opportunity was looked at and not published"),
        "opportunity_removed": EventType("opportunity.removed", "An opportunity was taken down"),
        "opportunity_invited": EventType("opportunity.invited", "You are invited to apply", is_for_told_alone=True),
        "application_submitted": EventType("application.submitted", "Somebody has applied"),
        "application_withdrawn": EventType("application.withdrawn", "An application was withdrawn"),
        "application_assessment": EventType("application.assessment", "An application waits for a pass"),
        "application_assessed": EventType("application.assessed", "An applicant has earned the pass that is asked for"),
        "application_shortlisted": EventType("application.shortlisted", "An applicant is shortlisted"),
        "application_interview": EventType("application.interview", "An applicant is invited to an interview"),
        "application_interview_soon": EventType("application.interview_soon", "An interview is near"),
        "application_rejected": EventType("application.rejected", "An applicant was not chosen"),
        "application_reopened": EventType("application.reopened", "A rejection was taken back"),
        "application_expired": EventType("application.expired", "Nobody answered an application in time"),
        "application_waits": EventType("application.waits", "An application waits for you", is_for_told_alone=True),
        "offer_sent": EventType("offer.sent", "An offer was made"),
        "offer_countered": EventType("offer.countered", "A counter-offer was made"),
        "offer_declined": EventType("offer.declined", "An offer was declined"),
        "offer_withdrawn": EventType("offer.withdrawn", "An offer was withdrawn"),
        "offer_expired": EventType("offer.expired", "An offer has run out"),
        "offer_accepted": EventType("offer.accepted", "An offer was accepted: somebody is hired"),
    }
)

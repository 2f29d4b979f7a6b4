"""What programs are told, by the kind of the notice that people get: see `telling`. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from guildhall.notifications.model import EventType

TYPES: Final[Mapping[str, EventType]] = MappingProxyType(
    {
        "gig_begun": EventType("contract.begun", "Work can begin"),
        "gig_not_begun": EventType("contract.not_begun", "Hourly work could not begin", is_for_told_alone=True),
        "gig_void": EventType("contract.void", "A contract was never begun"),
        "gig_paused": EventType("contract.paused", "A contract is paused"),
        "gig_resumed": EventType("contract.resumed", "A contract goes on"),
        "gig_ending": EventType("contract.ending", "A contract ends: what is open is settled"),
        "gig_completed": EventType("contract.completed", "A contract is completed"),
        "gig_terminated": EventType("contract.terminated", "A contract was ended by this house"),
        "gig_terms_proposed": EventType("contract.terms_proposed", "Other terms are proposed"),
        "gig_terms_accepted": EventType("contract.terms_changed", "Other terms are in force"),
        "gig_terms_declined": EventType("contract.terms_declined", "The terms stay as they are"),
        "gig_terms_withdrawn": EventType("contract.terms_withdrawn", "Proposed terms were taken back"),
        "gig_proposed": EventType("milestone.proposed", "A milestone is proposed"),
        "gig_agreed": EventType("milestone.agreed", "A milestone is agreed on"),
        "gig_cancelled": EventType("milestone.cancelled", "A milestone is cancelled"),
        "gig_funded": EventType("milestone.funded", "A milestone's pay is held: it can begin"),
        "gig_not_funded": EventType("milestone.not_funded", "A milestone could not be funded", is_for_told_alone=True),
        "gig_started": EventType("milestone.started", "Work on a milestone has begun"),
        "gig_submitted": EventType("milestone.submitted", "Work on a milestone was handed in"),
        "gig_reminder": EventType("milestone.waits", "What was handed in waits for you", is_for_told_alone=True),
        "gig_changes": EventType("milestone.changes_requested", "Changes are asked for"),
        "gig_revision": EventType("milestone.revision_granted", "One more revision is granted"),
        "gig_approved": EventType("milestone.approved", "A milestone is approved"),
        "gig_given_back": EventType("milestone.given_back", "A milestone is given back, with its pay"),
        "gig_closed_out": EventType("milestone.closed_out", "A milestone was closed out at the contract's end"),
        "gig_settled": EventType("milestone.settled", "A milestone is settled"),
        "gig_disputed": EventType("dispute.opened", "A milestone, or hours of a week, are disputed"),
        "gig_dispute_said": EventType("dispute.said", "Something was said in a dispute"),
        "gig_dispute_proposed": EventType("dispute.proposed", "A division is proposed in a dispute"),
        "gig_dispute_accepted": EventType("dispute.accepted", "A proposal or a decision of a dispute is accepted"),
        "gig_dispute_silence": EventType("dispute.silence", "No answer came in a dispute"),
        "gig_dispute_escalated": EventType("dispute.escalated", "A dispute is for this house to decide"),
        "gig_dispute_decided": EventType("dispute.decided", "A dispute is decided"),
        "gig_dispute_withdrawn": EventType("dispute.withdrawn", "A dispute is withdrawn"),
        "gig_dispute_settled": EventType("dispute.settled", "A dispute is settled"),
        "gig_hours_submitted": EventType("hours.submitted", "A week of hours was handed in"),
        "gig_hours_reminder": EventType("hours.waits", "A week of hours waits for you", is_for_told_alone=True),
        "gig_hours_queried": EventType("hours.queried", "Something is asked about a week of hours"),
        "gig_hours_approved": EventType("hours.approved", "A week of hours is approved"),
        "gig_hours_paid": EventType("hours.paid", "A week of hours is settled"),
        "gig_week_ahead": EventType("hours.not_paid_in", "The pay of the next week of hours is not paid in"),
        "gig_week_covered": EventType("hours.covered", "The pay of a week of hours is held after all"),
        "gig_week_not_covered": EventType("hours.not_covered", "The pay of a week of hours could not be held"),
        "gig_week_unpaid": EventType("hours.waiting", "An approved week of hours waits for the client's money"),
        "gig_review_written": EventType("review.written", "The other side has written its review"),
        "gig_review_reply": EventType("review.replied", "A review was replied to"),
        "gig_reviews": EventType("review.shown", "Both reviews can be read"),
    }
)

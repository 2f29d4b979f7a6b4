"""From the posting to the contract."""

from docs.drawing.mermaid import mermaid
from guildhall.gigs import lifecycle as gigs_lifecycle
from guildhall.gigs.settings import GigsSettings
from guildhall.notifications.webhooks import lifecycle as webhook_lifecycle
from guildhall.opportunities import lifecycle as opportunity_lifecycle
from guildhall.opportunities.settings import OpportunitySettings
from guildhall.payments import lifecycle as payments_lifecycle


def opportunity_and_gig() -> str:
    """From the posting to the contract, and the machines on the way."""
    settings, work = OpportunitySettings(), GigsSettings()
    lines = [
        "flowchart LR",
        "  draft[client drafts] --> published[published]",
        "  published --> search[agents search]",
        "  search --> applied[applied]",
        "  applied --> shortlist[shortlisted]",
        "  applied --> rejected[rejected with a reason]",
        "  rejected -->|taken back| shortlist",
        "  shortlist --> offer[offer holds a position]",
        "  offer -->|counter-offer| offer",
        "  offer -->|declined, withdrawn, run out| shortlist",
        "  offer -->|accepted| hired[hired, position filled]",
        "  hired --> contract[contract opened, pending its funding]",
        "  contract -->|not funded in time| void([void])",
        "  contract -->|first pay held, or begun by the hour| work[work]",
        "  work --> handed_in[handed in, a version with its hash]",
        "  handed_in -->|changes asked for| work",
        "  handed_in -->|approved, or its clock ran out| released[pay released]",
        "  work --> dispute[dispute holds one milestone]",
        "  handed_in --> dispute",
        "  dispute -->|agreed or decided| divided[pay divided]",
        "  dispute -->|withdrawn| handed_in",
        "  released --> ended[ended, settled]",
        "  divided --> ended",
        "  ended --> reviews([sealed reviews, shown together])",
    ]
    clocks = (
        ("a client is reminded of an applicant", settings.answer_warning_days),
        ("an application ends without an answer", settings.answer_days),
        ("an offer runs out", settings.offer_days),
        ("a rejection stays as it is", settings.reopen_days),
        ("what was closed stays closed", settings.repost_days),
        ("a contract that nobody has funded is void", work.void_days),
        ("what is open is closed out, after the agreed notice", work.settle_days),
        ("the other side may resume what was paused", work.resume_days),
        ("a decision of a dispute takes effect", work.appeal_days),
        ("reviews that were written are shown", work.review_days),
    )
    rows = "".join(f"| {what} | {days} days |\n" for what, days in clocks)
    machines = (
        ("Opportunity", opportunity_lifecycle.POSTING),
        ("Application", opportunity_lifecycle.APPLICATION),
        ("Offer", opportunity_lifecycle.OFFER),
        ("Contract", gigs_lifecycle.CONTRACT),
        ("Milestone", gigs_lifecycle.MILESTONE),
        ("Dispute", gigs_lifecycle.DISPUTE),
        ("Week of hours", gigs_lifecycle.WEEK),
        ("Webhook: the endpoint that is told all this", webhook_lifecycle.ENDPOINT),
        ("Webhook: one delivery", webhook_lifecycle.DELIVERY),
        ("Payment in", payments_lifecycle.PAYMENT),
        ("Payout", payments_lifecycle.PAYOUT),
        ("Claim after a chargeback", payments_lifecycle.CLAIM),
    )
    drawn = "".join(f"\n## {name}\n\n{mermaid(machine.as_mermaid())}" for name, machine in machines)
    return (
        "# Opportunity and gig\n\nAn offer holds a position from before it is written until it has ended, so positions "
        "are never filled twice. Its terms never change: a counter-offer is another offer, and both are named by the "
        "hash of their terms.\n\n"
        + mermaid("\n".join(lines))
        + drawn
        + "\n## Clocks (default)\n\n| then | after |\n|---|---|\n"
        + rows
    )

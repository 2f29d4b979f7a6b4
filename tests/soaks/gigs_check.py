"""After the town's chaos: what was left midway is carried out, all holds that must, and everybody was told once."""

from collections import Counter
from typing import Any, Final

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.kit.mail.outbox import OUTBOX
from guildhall.kit.storage import Document
from guildhall.notifications.store import NOTICES
from guildhall.notifications.webhooks.store import DELIVERIES
from guildhall.opportunities.model.applications import Application
from tests.soaks.guild import truths
from tests.soaks.guild.pages import look_at_everything
from tests.soaks.guild.town import Town

ALL_MAX: Final = 100_000
TOLD_OF_CONTRACTS: Final = {
    "milestone.submit": ("gig_submitted", "client"),
    "milestone.request_changes": ("gig_changes", "agent"),
    "milestone.approve": ("gig_approved", "agent"),
    "milestone.auto_approve": ("gig_approved", "both"),
    "milestone.start": ("gig_started", "client"),
    "pause": ("gig_paused", "other"),
    "complete": ("gig_completed", "both"),
    "void": ("gig_void", "both"),
    "dispute.open": ("gig_disputed", "other"),
    "propose_terms": ("gig_terms_proposed", "other"),
    "accept_terms": ("gig_terms_accepted", "other"),
    "decline_terms": ("gig_terms_declined", "other"),
    "withdraw_terms": ("gig_terms_withdrawn", "other"),
}
"""What stands in a contract's history, and who is told of it how."""
TOLD_OF_WEEKS: Final = {
    "week.submit": ("gig_hours_submitted", "client"),
    "week.query": ("gig_hours_queried", "agent"),
    "week.approve": ("gig_hours_approved", "agent"),
    "week.auto_approve": ("gig_hours_approved", "both"),
    "week.dispute": ("gig_disputed", "agent"),
    "week.resolve": ("gig_dispute_settled", "both"),
    "week.paid_out": ("gig_hours_paid", "agent"),
}
TOLD_OF_APPLICATIONS: Final = {
    "require_assessment": "application_assessment",
    "assessment_passed": "application_assessed",
    "assessment_failed": "application_rejected",
    "assessment_late": "application_expired",
    "shortlist": "application_shortlisted",
    "invite": "application_interview",
    "reject": "application_rejected",
    "reopen": "application_reopened",
}
"""What an agent is told."""
TOLD_OF_POSTINGS: Final = {
    "approve": "opportunity_approved",
    "return": "opportunity_returned",
    "remove": "opportunity_removed",
    "expire": "opportunity_expired",
}
"""What a client is told."""
Known = Counter[tuple[Any, ...]]


async def judge(town: Town) -> dict[str, int]:
    """What it counted. Raises AssertionError."""
    for _ in range(8):
        await town.look()
        town.clock.advance(70_000)
    for _ in range(4):
        await town.look()
    await truths.check_settled(town)
    await look_at_everything(town)
    return await _check_told(town)


async def _check_told(town: Town) -> dict[str, int]:
    storage = town.backbone.storage
    notices = await storage.collection(NOTICES).find({}, limit=ALL_MAX)
    seen = Counter((one["account_id"], one["kind"], one["path"], one["title"], one["at_ms"]) for one in notices)
    twice = [one for one, count in seen.items() if count > 1]
    assert not twice, f"told twice: {twice[:3]}"
    known = Counter((one["account_id"], one["kind"], one["path"], one["at_ms"]) for one in notices)
    moves = await _check_posted(town, known)
    weeks = await town.weeks()
    for contract in await town.contracts():
        moves += _check_moves(town, contract, [one for one in weeks if one.contract_id == contract.id], known)
    mails = await storage.collection(OUTBOX).find({}, limit=ALL_MAX)
    assert len({one["_id"] for one in mails}) == len(mails)
    mailed = {one["_id"] for one in mails}
    by_mail = {_sort_of(one) for one in notices if one["_id"] in mailed}
    lost = [one["_id"] for one in notices if _sort_of(one) in by_mail and one["_id"] not in mailed]
    assert not lost, f"told, and no mail was sent: {lost[:3]}"
    return {
        "contracts": len(await town.contracts()),
        "applications": len(await town.applications()),
        "weeks": len(await town.weeks()),
        "moves": moves,
        "notices": len(notices),
        "mails": len(mails),
        "events": await _check_events(town, await town.applications()),
        "audited": await _check_audit(town),
    }


def _sort_of(notice: Document) -> tuple[str, str]:
    """Its kind, and whose page it leads to: of the same, one side is written to, and the other finds it here."""
    return notice["kind"], notice["path"].partition("#")[0]


async def _check_posted(town: Town, known: Known) -> int:
    """What became of what was posted, and of who applied for it."""
    count = 0
    for opportunity in await town.posted():
        client = town.accounts[town.client_of(opportunity.organisation_id)]
        for past in opportunity.history:
            if past.event in TOLD_OF_POSTINGS:
                key = (client, TOLD_OF_POSTINGS[past.event], f"/hiring#{opportunity.id}", past.at_ms)
                assert known[key] >= 1, f"never told: {key}"
                count += 1
    for application in await town.applications():
        for passage in application.history:
            if passage.event in TOLD_OF_APPLICATIONS:
                path = f"/opportunities#{application.opportunity_id}"
                key = (application.agent_id, TOLD_OF_APPLICATIONS[passage.event], path, passage.at_ms)
                assert known[key] >= 1, f"never told: {key}"
                count += 1
    return count


def _told_submitted(application: Application) -> int:
    """How often its client was told of it: of one that waits for a pass, only once that is there, and otherwise."""
    history = application.history
    following = (*history[1:], None)
    return sum(
        one.event in {"submit", "apply_again"}
        and not (after is not None and after.event == "require_assessment" and after.actor == "system")
        for one, after in zip(history, following, strict=True)
    )


def _check_moves(town: Town, contract: Contract, weeks: list[Week], known: Known) -> int:
    sides = {"agent": contract.agent_id, "client": town.accounts[town.client_of(contract.organisation_id)]}
    moves = [(one, TOLD_OF_CONTRACTS) for one in contract.history if one.actor.value != "staff"]
    moves += [(one, TOLD_OF_WEEKS) for week in weeks for one in week.history]
    count = 0
    for passage, told in moves:
        if passage.event not in told:
            continue
        kind, to = told[passage.event]
        if to == "other" and passage.actor.value == "system":
            to = "both"
        other = "client" if passage.actor.value == "agent" else "agent"
        for side in ("agent", "client") if to == "both" else (other if to == "other" else to,):
            key = (sides[side], kind, f"/contracts#{contract.id}", passage.at_ms)
            assert known[key] >= 1, f"never told: {key} of {passage}"
            count += 1
    return count


async def _check_events(town: Town, applications: list[Application]) -> int:
    """By webhook: numbers without gaps in every lane, and one event for each application that was ever handed in."""
    deliveries = await town.backbone.storage.collection(DELIVERIES).find({}, limit=ALL_MAX)
    lanes: dict[str, list[int]] = {}
    for one in deliveries:
        lanes.setdefault(one["lane"], []).append(one["number"])
    for lane, numbers in lanes.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"{lane}: {sorted(numbers)}"
    assert len({(one["endpoint_id"], one["event_id"]) for one in deliveries}) == len(deliveries)
    told = Counter(one["lane"].split("/")[1] for one in deliveries if one["type"] == "application.submitted")
    for application in applications:
        submitted = _told_submitted(application)
        assert told[application.id] == submitted, (application.id, told[application.id], submitted)
    return len(deliveries)


async def _check_audit(town: Town) -> int:
    entries: list[Any] = []
    while page := await town.backbone.audit.read(len(entries), 5_000):
        entries += page
    counted = Counter((one.object_id, one.action) for one in entries)
    for contract in await town.contracts():
        for event, action in (("milestone.fund", "gigs.fund"), ("void", "gigs.void")):
            moves = sum(one.event == event for one in contract.history)
            assert counted[contract.id, action] == moves, (contract.id, action, counted[contract.id, action], moves)
        terms = Counter(one.event for one in contract.history)
        for event in ("propose_terms", "accept_terms"):
            assert counted[contract.id, f"gigs.{event}"] == terms[event], (contract.id, event)
    for opportunity in await town.posted():
        events = Counter(one.event for one in opportunity.history)
        for event in ("publish", "approve", "return", "remove"):
            assert counted[opportunity.id, f"opportunities.{event}"] == events[event], (opportunity.id, event)
    for application in await town.applications():
        accepted = sum(one.event == "accept" for one in application.history)
        assert counted[application.id, "opportunities.accept"] == accepted, application.id
    return len(entries)

"""The fairness report over HTTP."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from guildhall.kit.http import Answer, Call, NoBody, Operation, Route
from guildhall.proctoring.messages.fairness import ComparisonShown, FairnessShown, GroupShown, ShareShown
from guildhall.proctoring.routes.reporting import REPORT
from guildhall.proctoring.routes.reviewing import reviewing_scope
from guildhall.proctoring.rules.fairness import Comparison, Group, Share
from guildhall.proctoring.service.fairness import SESSIONS_MAX, Fairness

_SLOW_SECONDS: Final = 60.0


class DeliveryQuery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    delivery_id: Annotated[str, StringConstraints(min_length=1, max_length=80)]


READ = Operation(
    name="read_fairness_report",
    method="GET",
    path="/proctoring/fairness",
    summary="Who was flagged, and who could not be seen, by light, accommodation, device and glasses, with intervals",
    permission=REPORT,
    aal=2,
    query=DeliveryQuery,
    answers={200: FairnessShown},
    problems=frozenset({"not-found"}),
    deadline_seconds=_SLOW_SECONDS,
    tags=("review",),
)


def fairness_routes(fairness: Fairness) -> tuple[Route, ...]:
    async def read(call: Call[NoBody, DeliveryQuery]) -> Answer:
        delivery_id = call.query.delivery_id
        title, sessions, comparisons = await fairness.of_delivery(reviewing_scope(call.principal, REPORT), delivery_id)
        return Answer(
            FairnessShown(
                delivery_id=delivery_id,
                title=title,
                sessions=sessions,
                most_sessions=SESSIONS_MAX,
                comparisons=tuple(_comparison(one) for one in comparisons),
            )
        )

    return (Route(READ, read),)


def _comparison(one: Comparison) -> ComparisonShown:
    return ComparisonShown(
        by=one.by, groups=tuple(_group(group) for group in one.groups), differs=one.differs, note=one.note
    )


def _group(group: Group) -> GroupShown:
    return GroupShown(
        name=group.name,
        sessions=group.sessions,
        flagged=_share(group.flagged),
        cannot_see=_share(group.cannot_see),
        upheld=_share(group.upheld),
    )


def _share(share: Share) -> ShareShown:
    return ShareShown(count=share.count, of=share.of, low=share.interval.low, high=share.interval.high)

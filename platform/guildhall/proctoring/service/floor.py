"""What one wall knows of everybody in the room, for the order in which they are to be looked at."""

from dataclasses import dataclass, field

from guildhall.proctoring.lifecycle.acting import ActionState
from guildhall.proctoring.messages import Card, EntryAdded
from guildhall.proctoring.messages.acting import CaseTold, Ranked, Ranking
from guildhall.proctoring.model import Channel, EntryKind, Incident
from guildhall.proctoring.rules.attention import Pace, Seen, bound_ms, ranked

LOOK_MS = 3_000  # how long one look is reckoned to take, for the bound that is told


@dataclass(slots=True)
class Floor:
    """Kept by the wall from the same hints that its viewers get; read anew when some may be missing."""

    cards: dict[str, Card] = field(default_factory=dict)
    open: dict[str, dict[str, Incident]] = field(default_factory=dict)  # by session, by incident
    happened_ms: dict[str, int] = field(default_factory=dict)  # by session: the newest incident of behaviour
    cases: dict[str, CaseTold] = field(default_factory=dict)

    def take_card(self, card: Card) -> None:
        self.cards[card.session_id] = card

    def take_case(self, case: CaseTold) -> bool:
        """False for one that is older than what is known."""
        known = self.cases.get(case.session_id)
        if known is not None and known.rev >= case.rev:
            return False
        self.cases[case.session_id] = case
        return True

    def take_entry(self, entry: EntryAdded) -> None:
        incident = entry.incident
        going_on = self.open.setdefault(incident.session_id, {})
        if entry.kind is EntryKind.INCIDENT_OPENED:
            self.take_incident(incident)
        else:
            going_on.pop(incident.incident_id, None)

    def take_incident(self, incident: Incident) -> None:
        self.open.setdefault(incident.session_id, {})[incident.incident_id] = incident
        if incident.channel is Channel.BEHAVIOUR:
            newest = max(self.happened_ms.get(incident.session_id, 0), incident.opened_at_ms)
            self.happened_ms[incident.session_id] = newest

    def ranking(self, exam_id: str, now_ms: int, pace: Pace) -> Ranking:
        places = ranked([self._seen(card) for card in self.cards.values()], now_ms, pace)
        order = tuple(
            Ranked(session_id=one.session_id, due_at_ms=one.due_at_ms, is_quiet=one.is_quiet, why=one.why)
            for one in places
        )
        present = sum(one.due_at_ms > 0 for one in places)
        return Ranking(exam_id=exam_id, at_ms=now_ms, bound_ms=bound_ms(present, LOOK_MS, pace), order=order)

    def _seen(self, card: Card) -> Seen:
        case = self.cases.get(card.session_id)
        asking_ms = _asking_since_ms(case)
        return Seen(
            session_id=card.session_id,
            standing=card.state,
            since_ms=card.since_ms,
            looked_at_ms=0 if case is None else case.looked_at_ms,
            open=tuple((one.channel, one.opened_at_ms) for one in self.open.get(card.session_id, {}).values()),
            newest_incident_ms=self.happened_ms.get(card.session_id, 0),
            quality=card.quality,
            is_asking=asking_ms > 0,
            asking_since_ms=asking_ms,
        )


def _asking_since_ms(case: CaseTold | None) -> int:
    """Since when they, or a colleague, want somebody; 0: nobody does."""
    if case is None:
        return 0
    proposed = [one.asked_at_ms for one in case.open if one.state is ActionState.PROPOSED]
    since = [*proposed, *([case.hand_raised_at_ms] if case.hand_raised_at_ms else [])]
    if case.unread:
        since.append(case.looked_at_ms + 1)
    return min(since, default=0)

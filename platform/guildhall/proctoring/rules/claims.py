"""What a browser says of itself, beside what else is seen: a claim is on the log as a claim, and never as more.

Whoever wants to deceive can make a browser say anything, and an honest one can be wrong. So a kind of claim leaves its
channel only where the exam's policy lets it count *and* something else than the browser says the same at the same time:
a hidden tab and a face turned away, a lost network and silence at our own end. Copying, pasting, printing and developer
tools have nothing that could corroborate them, so they never count, whatever a policy says.

Everything here is pure. An incident of a claim has the claim's number in its session's log as its ordinal: whoever is
killed between keeping a claim and recording its incident is repeated without a trace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from guildhall.proctoring.model import Channel, Corroboration, Incident, Rule
from guildhall.proctoring.model.admission import (
    INSTANTS,
    Claim,
    ClaimKind,
    ClaimPhase,
    ClaimWeight,
    ProctoringPolicy,
)
from guildhall.proctoring.rules.judging import Closed, Opened
from guildhall.proctoring.settings import RuleSettings

_AWAY: Final = frozenset({Corroboration.LOOKING_AWAY, Corroboration.ABSENT})
CORROBORATORS: Final[Mapping[ClaimKind, frozenset[Corroboration]]] = MappingProxyType(
    {
        ClaimKind.TAB_HIDDEN: _AWAY,
        ClaimKind.FOCUS_LOST: _AWAY,
        ClaimKind.FULL_SCREEN_LEFT: _AWAY,
        ClaimKind.SECOND_SCREEN: frozenset({Corroboration.LOOKING_AWAY}),
        ClaimKind.NETWORK_LOST: frozenset({Corroboration.NO_FRAMES, Corroboration.CONNECTION_LOST}),
        ClaimKind.CLOCK_JUMPED: frozenset({Corroboration.CLOCK_OFFSET}),
    }
)
COUNTS_AS: Final[Mapping[ClaimKind, Channel]] = MappingProxyType(
    {
        ClaimKind.TAB_HIDDEN: Channel.BEHAVIOUR,
        ClaimKind.FOCUS_LOST: Channel.BEHAVIOUR,
        ClaimKind.FULL_SCREEN_LEFT: Channel.BEHAVIOUR,
        ClaimKind.SECOND_SCREEN: Channel.BEHAVIOUR,
        ClaimKind.NETWORK_LOST: Channel.VISIBILITY,  # a lost network is not a decision
        ClaimKind.CLOCK_JUMPED: Channel.PLEASE_CHECK,
    }
)
"""The channel of a corroborated claim that counts."""
REASONS: Final[Mapping[ClaimKind, str]] = MappingProxyType(
    {
        ClaimKind.TAB_HIDDEN: "The browser says that the exam was not on the screen.",
        ClaimKind.FOCUS_LOST: "The browser says that another window had the keyboard.",
        ClaimKind.FULL_SCREEN_LEFT: "The browser says that the exam left the full screen.",
        ClaimKind.COPIED: "The browser says that something was copied.",
        ClaimKind.PASTED: "The browser says that something was pasted.",
        ClaimKind.PRINTED: "The browser says that the page was printed.",
        ClaimKind.SECOND_SCREEN: "The browser says that there is a second screen.",
        ClaimKind.DEVELOPER_TOOLS: "The window's size looks as if developer tools were open. A weak sign.",
        ClaimKind.NETWORK_LOST: "The browser says that the network was lost.",
        ClaimKind.CLOCK_JUMPED: "The browser says that the clock of its device was changed.",
    }
)
SEEN_AS: Final[Mapping[Rule, Corroboration]] = MappingProxyType(
    {
        Rule.LOOKING_AWAY: Corroboration.LOOKING_AWAY,
        Rule.ABSENT: Corroboration.ABSENT,
        Rule.NO_FRAMES: Corroboration.NO_FRAMES,
    }
)
KEPT: Final = 32  # of each list of a book; policy: drop oldest


@dataclass(frozen=True, slots=True)
class Told:
    """One incident made of claims; `number` is that of the claim which opened it."""

    kind: ClaimKind
    number: int
    began_ms: int
    reason: str
    ended_ms: int | None = None
    by: tuple[Corroboration, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """When something that may corroborate a claim was seen; it goes on while `ended_ms` is None."""

    what: Corroboration
    began_ms: int
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Corroborated:
    """An incident of a claim is more than a claim from now on."""

    told: Told
    channel: Channel

    @property
    def rule(self) -> Rule:
        return self.told.kind.rule


@dataclass(frozen=True, slots=True)
class ClaimBook:
    """All that is remembered of a session's claims; small and immutable."""

    since_ms: int
    """When this process began to listen: what was open before has ended by then."""
    last_number: int = 0
    open: Mapping[ClaimKind, Told] = field(default_factory=dict)
    recent: tuple[Told, ...] = ()
    seen: tuple[Stretch, ...] = ()
    offset_ms: int | None = None
    """Our clock less theirs, as of the last measure."""
    measured_ms: int = 0


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """What a decision needs beside the book."""

    policy: ProctoringPolicy
    rules_off: frozenset[Rule]
    """Muted for this person, or not consented to."""
    settings: RuleSettings

    def weight_of(self, kind: ClaimKind) -> ClaimWeight:
        return ClaimWeight.OFF if kind.rule in self.rules_off else self.policy.weight_of(kind)


Change = Opened | Closed | Corroborated
Noticed = tuple[ClaimBook, tuple[Change, ...]]


def happened_at_ms(server_at_ms: int, age_ms: int, earliest_ms: int) -> int:
    """When a claim happened by our clock; neither in the future nor before the session, whatever a page says."""
    return min(server_at_ms, max(earliest_ms, server_at_ms - max(0, age_ms)))


def resume_claims(open_incidents: Iterable[Incident], since_ms: int) -> ClaimBook:
    """The book of a session that is taken over: what was open there is open here."""
    kinds = {kind.rule: kind for kind in ClaimKind}
    told = [
        Told(
            kind=kinds[incident.rule],
            number=int(incident.incident_id.rsplit(":", 1)[1]),
            began_ms=incident.opened_at_ms,
            reason=incident.reason,
            by=incident.corroborated_by,
        )
        for incident in open_incidents
        if incident.rule in kinds
    ]
    return ClaimBook(since_ms=since_ms, open={one.kind: one for one in told})


def notice_claim(book: ClaimBook, number: int, claim: Claim, terms: ClaimTerms) -> Noticed:
    """What the claim with this number in its session's log makes of the book. A repeated one changes nothing."""
    if number <= book.last_number:
        return book, ()
    book = replace(book, last_number=number)
    kind = claim.kind
    if terms.weight_of(kind) not in {ClaimWeight.CLAIM, ClaimWeight.COUNTS}:
        return book, ()
    changes: tuple[Change, ...] = ()
    if kind in INSTANTS:
        if _is_apart(book, claim, terms.settings):
            told = Told(kind, number, claim.happened_at_ms, _reason(claim), ended_ms=claim.happened_at_ms)
            book, changes = _keep(book, told), (_opened(told), _closed(told))
    elif claim.phase is ClaimPhase.BEGAN:
        if kind not in book.open:
            told = Told(kind, number, claim.happened_at_ms, _reason(claim))
            book, changes = replace(book, open={**book.open, kind: told}), (_opened(told),)
    elif claim.phase is ClaimPhase.ENDED:
        book, changes = _end(book, number, claim, terms.settings)
    return _corroborate(book, changes, terms)


def _is_apart(book: ClaimBook, claim: Claim, settings: RuleSettings) -> bool:
    gap_ms = settings.claim_gap_seconds * 1000
    return all(abs(claim.happened_at_ms - told.began_ms) > gap_ms for told in book.recent if told.kind is claim.kind)


def _end(book: ClaimBook, number: int, claim: Claim, settings: RuleSettings) -> Noticed:
    kind = claim.kind
    told = book.open.get(kind)
    if told is not None:
        ended = replace(told, ended_ms=max(told.began_ms, claim.happened_at_ms))
        rest = {other: one for other, one in book.open.items() if other is not kind}
        return _keep(replace(book, open=rest), ended), (_closed(ended),)
    began_ms = claim.happened_at_ms - (claim.lasted_ms or 0)
    if kind is not ClaimKind.NETWORK_LOST:
        began_ms = max(began_ms, book.since_ms)  # its beginning was told before, and ended when nobody listened
    if claim.happened_at_ms - began_ms < settings.claim_least_seconds * 1000:
        return book, ()
    whole = Told(kind, number, began_ms, _reason(claim), ended_ms=claim.happened_at_ms)
    return _keep(book, whole), (_opened(whole), _closed(whole))


def notice_seen(book: ClaimBook, changes: Iterable[Opened | Closed], terms: ClaimTerms) -> Noticed:
    """What the pictures showed, or their silence: an incident of the camera that opened or closed."""
    seen = book.seen
    for change in changes:
        what = SEEN_AS.get(change.rule)
        if what is None:
            continue
        if isinstance(change, Opened):
            seen = (*seen, Stretch(what, change.began_ms))[-KEPT:]
        else:
            seen = tuple(
                replace(one, ended_ms=change.ended_ms) if one.what is what and one.ended_ms is None else one
                for one in seen
            )
    if seen is book.seen:
        return book, ()
    return _corroborate(replace(book, seen=seen), (), terms)


def notice_silence(book: ClaimBook, began_ms: int, ended_ms: int, terms: ClaimTerms) -> Noticed:
    """Our own end of the line was silent: the candidate's connection was gone between these two times."""
    if ended_ms <= began_ms:
        return book, ()
    silence = Stretch(Corroboration.CONNECTION_LOST, began_ms, ended_ms)
    return _corroborate(replace(book, seen=(*book.seen, silence)[-KEPT:]), (), terms)


def measure_clock(book: ClaimBook, client_now_ms: int, server_now_ms: int, terms: ClaimTerms) -> Noticed:
    """Their clock beside ours, with every batch; a leap between two measures is something that we saw ourselves."""
    offset_ms = server_now_ms - client_now_ms
    before_ms, since_ms = book.offset_ms, book.measured_ms
    book = replace(book, offset_ms=offset_ms, measured_ms=server_now_ms)
    if before_ms is None or abs(offset_ms - before_ms) < terms.settings.clock_jump_seconds * 1000:
        return book, ()
    leap = Stretch(Corroboration.CLOCK_OFFSET, since_ms, server_now_ms)
    return _corroborate(replace(book, seen=(*book.seen, leap)[-KEPT:]), (), terms)


def close_claims(book: ClaimBook, at_ms: int) -> Noticed:
    """End what is open, because nobody listens any more."""
    ended = [replace(told, ended_ms=max(told.began_ms, at_ms)) for told in book.open.values()]
    for told in ended:
        book = _keep(book, told)
    return replace(book, open={}, since_ms=at_ms), tuple(_closed(told) for told in ended)


def _corroborate(book: ClaimBook, changes: tuple[Change, ...], terms: ClaimTerms) -> Noticed:
    """Each incident at most once, by whatever says the same at that time."""
    found: dict[int, Told] = {}
    for told in (*book.open.values(), *book.recent):
        if told.by or terms.weight_of(told.kind) is not ClaimWeight.COUNTS:
            continue
        sources = CORROBORATORS.get(told.kind, frozenset())
        by = sorted({one.what for one in book.seen if one.what in sources and _overlap(told, one, terms.settings)})
        if by:
            found[told.number] = replace(told, by=tuple(by))
    if not found:
        return book, changes
    book = replace(
        book,
        open={kind: found.get(told.number, told) for kind, told in book.open.items()},
        recent=tuple(found.get(told.number, told) for told in book.recent),
    )
    return book, (*changes, *(Corroborated(told, COUNTS_AS[told.kind]) for told in found.values()))


def _overlap(told: Told, seen: Stretch, settings: RuleSettings) -> bool:
    near_ms = settings.corroboration_seconds * 1000
    began_first = told.ended_ms is None or seen.began_ms <= told.ended_ms + near_ms
    return began_first and (seen.ended_ms is None or seen.ended_ms >= told.began_ms - near_ms)


def _keep(book: ClaimBook, told: Told) -> ClaimBook:
    return replace(book, recent=(*book.recent, told)[-KEPT:])


def _reason(claim: Claim) -> str:
    return f"{REASONS[claim.kind]} {claim.detail}".strip()


def _opened(told: Told) -> Opened:
    return Opened(told.kind.rule, told.number, told.began_ms, told.reason)


def _closed(told: Told) -> Closed:
    return Closed(told.kind.rule, told.number, told.began_ms if told.ended_ms is None else told.ended_ms)

"""What of flags, and of what people made of them, crosses the wire; with nobody's name."""

from collections.abc import Iterable, Mapping
from typing import Final

from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.messages.reviewing import (
    ContestShown,
    EarlierCaseShown,
    FlagShown,
    OwnFlagShown,
    RightsState,
    RoundShown,
    VerdictShown,
)
from guildhall.proctoring.model import Incident
from guildhall.proctoring.model.reviews import Contest, EarlierCase, Flag, Review, Round
from guildhall.proctoring.rules.reliability import Reliability
from guildhall.proctoring.rules.review_letters import MEANS
from guildhall.proctoring.rules.rule_titles import title_of
from guildhall.proctoring.service.reliabilities import Reliabilities

STATES: Final[Mapping[ReviewState, RightsState]] = {
    ReviewState.CLEARED: "cleared",
    ReviewState.PENALISED: "decided",
    ReviewState.CONTESTED: "contested",
    ReviewState.IN_APPEAL: "contested",
    ReviewState.CONFIRMED: "final",
    ReviewState.OVERTURNED: "overturned",
}


def show_flag(flag: Flag, reliability: Reliability) -> FlagShown:
    return FlagShown(
        id=flag.id,
        rule=flag.rule,
        title=title_of(flag.rule),
        channel=flag.channel,
        rule_version=flag.rule_version,
        opened_at_ms=flag.opened_at_ms,
        closed_at_ms=flag.closed_at_ms,
        reason=flag.reason,
        probability=reliability.probability,
        reviewed=reliability.reviewed,
    )


def own_flags(
    incidents: list[Incident], review: Review | None, decided: tuple[Round, ...], reliabilities: Reliabilities
) -> tuple[OwnFlagShown, ...]:
    """Everything that was flagged, the earliest first; of what is reviewed, what was found.

    Without what is of a case before the exam was opened again: it counted, and stands with that case.
    """
    reviewed = () if review is None else review.flags
    elsewhere = {flag.id for flag in reviewed}
    elsewhere |= {flag.id for case in (() if review is None else review.earlier) for flag in case.flags}
    found = [_own_flag(flag, reliabilities, decided) for flag in reviewed]
    found += [_uncounted(one, reliabilities) for one in incidents if one.incident_id not in elsewhere]
    return tuple(sorted(found, key=lambda one: (one.opened_at_ms, one.id)))


def show_earlier(cases: Iterable[EarlierCase], reliabilities: Reliabilities) -> tuple[EarlierCaseShown, ...]:
    """The oldest first."""
    return tuple(
        EarlierCaseShown(
            over_at_ms=case.over_at_ms,
            state=STATES[case.state],
            flags=tuple(_own_flag(flag, reliabilities, decided_of(case.rounds)) for flag in case.flags),
            penalty=case.penalty,
            means="" if case.penalty is None else MEANS[case.penalty],
            decisions=tuple(show_round(one) for one in decided_of(case.rounds)),
            contest=show_contest(case.contest),
        )
        for case in cases
    )


def decided_of(rounds: Iterable[Round]) -> tuple[Round, ...]:
    return tuple(one for one in rounds if one.decided_at_ms is not None)


def show_round(one: Round, *, is_mine: bool = False) -> RoundShown:
    return RoundShown(
        is_mine=is_mine,
        verdicts=_verdicts(one),
        penalty=one.penalty,
        words=one.words,
        decided_at_ms=one.decided_at_ms,
    )


def show_contest(contest: Contest | None) -> ContestShown | None:
    return None if contest is None else ContestShown(at_ms=contest.at_ms, words=contest.words)


def _own_flag(flag: Flag, reliabilities: Reliabilities, decided: tuple[Round, ...]) -> OwnFlagShown:
    """One that people review, as it stood when they began."""
    verdicts = tuple(each for one in decided for each in _verdicts(one) if each.flag_id == flag.id)
    shown = show_flag(flag, reliabilities.of(flag.rule))
    return OwnFlagShown(**shown.model_dump(), counts=True, verdicts=verdicts)


def _uncounted(incident: Incident, reliabilities: Reliabilities) -> OwnFlagShown:
    reliability = reliabilities.of(incident.rule)
    return OwnFlagShown(
        id=incident.incident_id,
        rule=incident.rule,
        title=title_of(incident.rule),
        channel=incident.channel,
        rule_version=incident.rule_version,
        opened_at_ms=incident.opened_at_ms,
        closed_at_ms=incident.closed_at_ms,
        reason=incident.reason,
        probability=reliability.probability,
        reviewed=reliability.reviewed,
        counts=False,
        verdicts=(),
    )


def _verdicts(one: Round) -> tuple[VerdictShown, ...]:
    return tuple(
        VerdictShown(
            flag_id=each.flag_id, is_upheld=each.is_upheld, reason=each.reason, words=each.words, at_ms=each.at_ms
        )
        for each in one.verdicts
    )

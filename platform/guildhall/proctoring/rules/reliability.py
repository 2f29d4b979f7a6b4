"""How likely a flag of a rule is upheld, by what reviewers made of earlier ones. Pure.

A rule's share of upheld flags is a beta-binomial with Jeffreys' prior (Beta(1/2, 1/2)); its interval is Wilson's, which
holds for few flags and for shares near 0 and 1 (Brown, Cai and DasGupta, "Interval Estimation for a Binomial
Proportion", 2001). Below `LEAST_REVIEWED` outcomes nothing is said but that it is uncalibrated.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from guildhall.proctoring.lifecycle.reviewing import REVIEW, ReviewState
from guildhall.proctoring.model.incident_kinds import Rule
from guildhall.proctoring.model.reviews import Review

LEAST_REVIEWED: Final = 30
Z_95: Final = 1.959964  # of the normal distribution, two-sided 95 %
UNCALIBRATED: Final = "uncalibrated"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of one rule's flags in reviews that are over."""

    upheld: int = 0
    dismissed: int = 0

    @property
    def reviewed(self) -> int:
        return self.upheld + self.dismissed


@dataclass(frozen=True, slots=True)
class Reliability:
    """`probability` that a further flag is upheld, within `low` and `high` (95 %); None while uncalibrated."""

    reviewed: int
    probability: float | None = None
    low: float = 0.0
    high: float = 1.0

    @property
    def told(self) -> str:
        if self.probability is None:
            return UNCALIBRATED
        return f"{self.probability:.0%} ({self.low:.0%} to {self.high:.0%}, of {self.reviewed} reviewed)"


def reliability_of(outcomes: Outcomes) -> Reliability:
    reviewed = outcomes.reviewed
    if reviewed < LEAST_REVIEWED:
        return Reliability(reviewed)
    share, z2 = outcomes.upheld / reviewed, Z_95**2
    middle = (share + z2 / (2 * reviewed)) / (1 + z2 / reviewed)
    half = Z_95 * math.sqrt(share * (1 - share) / reviewed + z2 / (4 * reviewed**2)) / (1 + z2 / reviewed)
    probability = (outcomes.upheld + 0.5) / (reviewed + 1)
    return Reliability(reviewed, probability, max(0.0, middle - half), min(1.0, middle + half))


def outcomes_by_rule(reviews: Iterable[Review]) -> Mapping[Rule, Outcomes]:
    """Of reviews that are over, what the last person who judged a flag made of it; flags nobody judged do not count.

    A decision that was overturned on appeal upheld nothing. A case before its exam was opened again counts like any.
    """
    upheld: dict[Rule, int] = defaultdict(int)
    dismissed: dict[Rule, int] = defaultdict(int)
    for case in (case for review in reviews for case in review.cases):
        if case.state not in REVIEW.final:
            continue
        newest = {one.flag_id: one for round_ in case.rounds for one in round_.verdicts}
        for flag in case.flags:
            verdict = newest.get(flag.id)
            if verdict is not None and flag.rule is not None:  # what was flagged by hand is no rule's
                stands = verdict.is_upheld and case.state is not ReviewState.OVERTURNED
                (upheld if stands else dismissed)[flag.rule] += 1
    return {rule: Outcomes(upheld[rule], dismissed[rule]) for rule in {*upheld, *dismissed}}

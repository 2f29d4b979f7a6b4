"""How items and exams worked, from the grades of everybody who sat them. Pure; floats, for they are estimates.

Sources. Difficulty and the upper and lower 27 %: T. L. Kelley, J. Educ. Psychol. 30 (1939) 17-24. Discrimination is the
product-moment correlation of an item with the total of the others (item-rest, "corrected point-biserial"): Lord and
Novick, Statistical Theories of Mental Test Scores (1968) ch. 15. Alpha: L. J. Cronbach, Psychometrika 16 (1951)
297-334; where every item is right or wrong it is KR-20 (Kuder and Richardson, Psychometrika 2 (1937) 151-160). Standard
error of measurement: sd * sqrt(1 - alpha). Intervals of shares: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean, median
from typing import Final, Literal

KELLEY_SHARE: Final = 0.27
FEW: Final = 30
"""Below this many people a correlation's 95 % interval is wider than +-0.35: told in words beside every figure."""
WEAK_DISCRIMINATION: Final = 0.2
"""R. L. Ebel, Essentials of Educational Measurement (1972): below .20 an item is to be improved or dropped."""
WRONG_DISCRIMINATION: Final = -0.1
"""Below it is more than the noise around nothing: the mark of a key that is wrong."""
EASY, HARD = 0.95, 0.2
BANDS: Final = 10
_Z: Final = 1.959963984540054

Group = Literal["upper", "middle", "lower"]


@dataclass(frozen=True, slots=True)
class Taken:
    """One item as one person took it: its share of the worth (below 0 with a penalty), and the choices they made."""

    share: float
    is_omitted: bool = False
    chosen: tuple[str, ...] = ()
    seconds: float | None = None
    """For which it stood on their screen until their last answer to it; None: nobody said."""


@dataclass(frozen=True, slots=True)
class Sat:
    """One person's form: items by version."""

    percent: float
    is_pass: bool
    items: Mapping[str, Taken]

    @property
    def total(self) -> float:
        return sum(taken.share for taken in self.items.values())


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """One item version. None: there is nothing to estimate it from; `words` say why, and what to look at."""

    version_id: str
    n: int
    omitted: int
    difficulty: float
    interval: Interval
    discrimination: float | None
    upper_lower: float | None
    timed: int = 0
    """Of how many it is known how long they had it before them; the mean and the median are theirs."""
    mean_seconds: float | None = None
    median_seconds: float | None = None
    choices: Mapping[str, Mapping[Group, int]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExamAnalysis:
    n: int
    mean_percent: float
    sd_percent: float | None
    alpha: float | None
    is_kr20: bool
    standard_error_percent: float | None
    pass_rate: float
    pass_interval: Interval
    distribution: tuple[int, ...]
    """People by tenth of the percents: 0-10, ... 90-100; 100 is in the last."""
    words: tuple[str, ...] = ()


def wilson(successes: float, n: int) -> Interval:
    """95 % interval of a share; `successes` may be a sum of part credits, which makes it a little too wide."""
    if n == 0:
        return Interval(0.0, 1.0)
    share, z2 = successes / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def analyse_items(sittings: Sequence[Sat]) -> list[ItemAnalysis]:
    """One for each item that anybody had, by version."""
    names = sorted({name for sat in sittings for name in sat.items})
    return [analyse_item(name, [sat for sat in sittings if name in sat.items]) for name in names]


def analyse_item(version_id: str, sittings: Sequence[Sat]) -> ItemAnalysis:
    """Of those who had it on their form."""
    taken = [sat.items[version_id] for sat in sittings]
    shares = [max(0.0, one.share) for one in taken]
    n = len(taken)
    rests = [sat.total - sat.items[version_id].share for sat in sittings]
    discrimination = correlation([one.share for one in taken], rests) if n > 1 else None
    groups = kelley_groups(rests)
    difficulty = sum(shares) / n if n else 0.0
    omitted = sum(one.is_omitted for one in taken)
    seconds = [one.seconds for one in taken if one.seconds is not None]
    found = ItemAnalysis(
        version_id=version_id,
        n=n,
        omitted=omitted,
        difficulty=difficulty,
        interval=wilson(sum(shares), n),
        discrimination=discrimination,
        upper_lower=_upper_lower(shares, groups),
        timed=len(seconds),
        mean_seconds=mean(seconds) if seconds else None,
        median_seconds=median(seconds) if seconds else None,
        choices=_choices(taken, groups),
    )
    return replace(found, words=tuple(_item_words(found)))


def analyse_exam(sittings: Sequence[Sat]) -> ExamAnalysis:
    """The whole: alpha is over the items that everybody had, so drawn forms may have too few in common."""
    n = len(sittings)
    percents = [sat.percent for sat in sittings]
    mean = sum(percents) / n if n else 0.0
    deviation = math.sqrt(variance(percents)) if n > 1 else None
    shared = sorted(set.intersection(*(set(sat.items) for sat in sittings))) if n else []
    scores = [[sat.items[name].share for name in shared] for sat in sittings]
    alpha = cronbach_alpha(scores)
    passed = sum(sat.is_pass for sat in sittings)
    bands = Counter(min(BANDS - 1, int(percent // (100 / BANDS))) for percent in percents)
    error = deviation * math.sqrt(max(0.0, 1 - alpha)) if deviation is not None and alpha is not None else None
    return ExamAnalysis(
        n=n,
        mean_percent=mean,
        sd_percent=deviation,
        alpha=alpha,
        is_kr20=bool(scores) and all(share in {0.0, 1.0} for row in scores for share in row),
        standard_error_percent=error,
        pass_rate=passed / n if n else 0.0,
        pass_interval=wilson(passed, n),
        distribution=tuple(bands.get(band, 0) for band in range(BANDS)),
        words=tuple(_exam_words(n, len(shared), {name for sat in sittings for name in sat.items}, alpha)),
    )


def cronbach_alpha(scores: Sequence[Sequence[float]]) -> float | None:
    """People by items; None with fewer than two of either, or where all totals are the same."""
    if len(scores) < 2 or len(scores[0]) < 2:  # noqa: PLR2004 - two make a variance
        return None
    k = len(scores[0])
    total = variance([sum(row) for row in scores])
    if total == 0:
        return None
    parts = sum(variance([row[item] for row in scores]) for item in range(k))
    # Never above 1: of differences too small to square in floats the parts' variances are lost before the total's.
    return min(1.0, k / (k - 1) * (1 - parts / total))


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's; None where either does not vary."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread_x = sum((x - mean_x) ** 2 for x in xs)
    spread_y = sum((y - mean_y) ** 2 for y in ys)
    if spread_x < 1e-12 or spread_y < 1e-12:  # noqa: PLR2004 - what is left of equal floats
        return None
    shared = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return max(-1.0, min(1.0, shared / math.sqrt(spread_x * spread_y)))


def variance(values: Sequence[float]) -> float:
    """Of a sample (n - 1)."""
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def kelley_groups(totals: Sequence[float]) -> list[Group]:
    """The group of each: the best and the worst 27 %, whole ties on one side, so that equal people are in one group."""
    size = round(len(totals) * KELLEY_SHARE)
    if size == 0:
        return ["middle"] * len(totals)
    ranked = sorted(totals)
    low, high = ranked[size - 1], ranked[-size]
    if high <= low:  # nearly everybody has the same
        return ["middle"] * len(totals)
    return ["upper" if total >= high else "lower" if total <= low else "middle" for total in totals]


def _upper_lower(shares: Sequence[float], groups: Sequence[Group]) -> float | None:
    means = {}
    for group in ("upper", "lower"):
        of_group = [share for share, own in zip(shares, groups, strict=True) if own == group]
        if not of_group:
            return None
        means[group] = sum(of_group) / len(of_group)
    return means["upper"] - means["lower"]


def _choices(taken: Sequence[Taken], groups: Sequence[Group]) -> dict[str, dict[Group, int]]:
    found: dict[str, dict[Group, int]] = {}
    for one, group in zip(taken, groups, strict=True):
        for choice in one.chosen:
            counts = found.setdefault(choice, {"upper": 0, "middle": 0, "lower": 0})
            counts[group] += 1
    return found


def _item_words(item: ItemAnalysis) -> list[str]:
    words = []
    if item.n < FEW:
        words.append(f"Only {item.n} people had it: read every figure as a hint.")
    if item.discrimination is not None and item.discrimination < WRONG_DISCRIMINATION:
        words.append("Those who do well otherwise get it wrong more often: look at the key first.")
    elif item.discrimination is not None and item.discrimination < WEAK_DISCRIMINATION:
        words.append("It hardly tells those who know from those who do not.")
    if item.n and item.difficulty > EASY:
        words.append("Nearly everybody gets it right.")
    if item.n and item.difficulty < HARD:
        words.append("Hardly anybody gets it right.")
    if item.n and item.omitted * 5 > item.n:
        words.append(f"{item.omitted} of {item.n} left it out.")
    return words


def _exam_words(n: int, shared: int, all_items: set[str], alpha: float | None) -> list[str]:
    words = []
    if n < FEW:
        words.append(f"{n} {'person' if n == 1 else 'people'}: too few for any figure to be more than a hint.")
    if shared < len(all_items):
        words.append(f"Forms were drawn: alpha is over the {shared} items that everybody had, of {len(all_items)}.")
    if alpha is None and n:
        words.append(
            "Reliability cannot be estimated: it takes two people with different totals, and two shared items."
        )
    return words

"""What an answer is worth. Pure: keys and responses in, whole centipoints out.

Every share is one division, rounded once, half away from zero: the same for a gain and a loss of the same size, and
a sum never depends on the order it is made in.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from guildhall.assessments.model.attempts import Form, Slot
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.keys import (
    AnswerKey,
    ChoiceKey,
    MatchingKey,
    NumericKey,
    OrderingKey,
    PartialCredit,
    Rubric,
    TextKey,
)
from guildhall.assessments.model.questions import ItemKind, NumericQuestion
from guildhall.assessments.model.responses import (
    ChosenResponse,
    FiledResponse,
    MatchedResponse,
    OrderedResponse,
    Response,
    WrittenResponse,
)
from guildhall.assessments.model.results import Grade, Grader, SlotScore
from guildhall.assessments.rules.reading import fold_text, is_within, read_numbers

PERMYRIAD = 10_000


def rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number to the quotient; a half goes away from zero. The denominator is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def is_answered(response: Response | None) -> bool:
    """Whether there is anything to score: an answer that was taken back, or is blank, is none."""
    match response:
        case ChosenResponse():
            return bool(response.chosen)
        case WrittenResponse():
            return bool(response.text.strip())
        case OrderedResponse():
            return bool(response.order)
        case MatchedResponse():
            return bool(response.pairs)
        case FiledResponse():
            return bool(response.files)
    return False


def score_slot(slot: Slot, version: ItemVersion, response: Response | None, marked: int | None = None) -> SlotScore:
    """What `response` earns in `slot` by the key that counts now.

    `marked` is what people gave by the rubric, already scaled to the slot (`rules.marking`); None: not yet. No answer
    earns nothing and costs nothing; a wrong answer to a choice costs the slot's penalty.
    """
    key = version.key
    if not is_answered(response):
        return _score(slot, version, 0, Grader.NOBODY)
    if isinstance(key, Rubric):
        return _score(slot, version, marked, Grader.PEOPLE)
    share = _share(version, key, response)
    if share is None:
        return _score(slot, version, 0, Grader.KEY, is_unreadable=True)
    right, parts = share
    earned = rounded(slot.centipoints * right, parts)
    if right == 0 and isinstance(key, ChoiceKey):
        earned = -slot.penalty_centipoints
    return _score(slot, version, earned, Grader.KEY)


def grade(
    form: Form,
    versions: Mapping[str, ItemVersion],
    responses: Mapping[str, Response | None],
    marked: Mapping[str, int],
    pass_percent: int,
    *,
    at_ms: int,
    reason: str,
    by: str,
) -> Grade:
    """The whole form. `versions` by id, `responses` and `marked` by slot id: a missing one was not answered or marked.

    Penalties never take a form's total below nothing. It is a pass when the exact share of the points reaches the bar,
    before anything is rounded. Raises KeyError for a version that is not given.
    """
    scores = tuple(
        score_slot(slot, versions[slot.version_id], responses.get(slot.id), marked.get(slot.id)) for slot in form.slots
    )
    return summed(scores, pass_percent, at_ms=at_ms, reason=reason, by=by)


def summed(scores: Sequence[SlotScore], pass_percent: int, *, at_ms: int, reason: str, by: str) -> Grade:
    """The grade that these scores add up to. While one is missing nobody has passed or failed."""
    worth = sum(score.worth_centipoints for score in scores)
    earned = max(0, sum(score.earned_centipoints or 0 for score in scores))
    is_whole = all(score.earned_centipoints is not None for score in scores)
    return Grade(
        at_ms=at_ms,
        reason=reason,
        by=by,
        scores=tuple(scores),
        earned_centipoints=earned,
        worth_centipoints=worth,
        percent_hundredths=rounded(earned * PERMYRIAD, worth) if worth else 0,
        is_pass=(worth > 0 and earned * 100 >= pass_percent * worth) if is_whole else None,
    )


def _share(version: ItemVersion, key: AnswerKey, response: Response | None) -> tuple[int, int] | None:
    """How many parts of how many are right; None for what cannot be read. A response of another kind is wrong."""
    match key, response:
        case ChoiceKey(), ChosenResponse():
            return _chosen(version, key, frozenset(response.chosen))
        case NumericKey(), WrittenResponse():
            return _number(version, key, response.text)
        case TextKey(), WrittenResponse():
            given = fold_text(response.text, is_case_kept=key.is_case_sensitive)
            return _all(given in {fold_text(one, is_case_kept=key.is_case_sensitive) for one in key.accepted})
        case OrderingKey(), OrderedResponse():
            return _ordered(key, response.order)
        case MatchingKey(), MatchedResponse():
            right = sum(response.pairs.get(left) == partner for left, partner in key.pairs.items())
            return _parts(key.credit, right, len(key.pairs))
    return _all(False)


def _chosen(version: ItemVersion, key: ChoiceKey, chosen: frozenset[str]) -> tuple[int, int]:
    correct = frozenset(key.correct)
    if version.content.question.kind is ItemKind.SINGLE_CHOICE:
        # Several correct ones come from a correction that lets two choices count: either of them is right.
        return _all(len(chosen) == 1 and chosen <= correct)
    if key.credit is PartialCredit.ALL_OR_NOTHING:
        return _all(chosen == correct)
    return max(0, len(chosen & correct) - len(chosen - correct)), len(correct)


def _number(version: ItemVersion, key: NumericKey, text: str) -> tuple[int, int] | None:
    question = version.content.question
    unit = question.unit if isinstance(question, NumericQuestion) else ""
    numbers = read_numbers(text, unit)
    if not numbers:
        return None
    return _all(any(is_within(number, key.value, key.tolerance, key.is_relative) for number in numbers))


def _ordered(key: OrderingKey, order: Sequence[str]) -> tuple[int, int]:
    """By part: the pairs of the right order that stand directly one after the other.

    Moodle's "relative to the next item": somebody who guesses gets one in n; "anywhere before" would give them half.
    """
    if key.credit is PartialCredit.ALL_OR_NOTHING:
        return _all(tuple(order) == key.order)
    wanted = list(pairwise(key.order))
    return len(set(wanted) & set(pairwise(order))), len(wanted)


def _parts(credit: PartialCredit, right: int, parts: int) -> tuple[int, int]:
    return (right, parts) if credit is PartialCredit.BY_PART else _all(right == parts)


def _all(is_right: bool) -> tuple[int, int]:
    return int(is_right), 1


def _score(
    slot: Slot, version: ItemVersion, earned: int | None, grader: Grader, *, is_unreadable: bool = False
) -> SlotScore:
    return SlotScore(
        slot_id=slot.id,
        version_id=version.id,
        earned_centipoints=earned,
        worth_centipoints=slot.centipoints,
        grader=grader,
        corrections=len(version.corrections),
        is_unreadable=is_unreadable,
    )

"""Drawing a form: which items one candidate gets, and in which order. Pure, and reproducible from the seed."""

from collections.abc import Mapping, Sequence

from guildhall.assessments.model.attempts import Form, Slot
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import ExamVersion, Pool, Section
from guildhall.assessments.model.questions import (
    MatchingQuestion,
    MultipleChoiceQuestion,
    OrderingQuestion,
    Question,
    ShortId,
    SingleChoiceQuestion,
)
from guildhall.assessments.rules.chance import Chance
from guildhall.assessments.rules.reserving import Demand, Reservations
from guildhall.kit.errors import Conflict


class PoolTooSmall(Conflict):
    """A published version whose pools do not reach: publishing refuses it, so this is damage."""

    def __init__(self, section: str, lacking: int) -> None:
        super().__init__(f"The section {section} lacks {lacking} items; publish the exam anew.")


def draw_form(version: ExamVersion, items: Mapping[str, ItemVersion], seed: str) -> Form:
    """The form of this seed: the same on every machine, whatever order `items` are in. Slots are named q1, q2, ...

    Every draw gets its number wherever that is possible at all; no item comes twice. The order of an item's parts
    depends on the seed and the item alone. Called when an attempt is made, and by an author's preview.

    Raises PoolTooSmall, and KeyError for a version that `items` lack.
    """
    drawn = draw_versions(version.pools, seed)
    slots: list[Slot] = []
    for section in version.plan.sections:
        pools = [index for index, pool in enumerate(version.pools) if pool.section_id == section.id]
        chosen = [version_id for index in pools for version_id in drawn[index]]
        if section.shuffles_items:
            chosen = list(Chance(seed, f"section/{section.id}").shuffled(sorted(chosen)))
        for version_id in chosen:
            number = len(slots) + 1
            slots.append(_slot(f"q{number}", section, items[version_id], seed))
    return Form(seed=seed, slots=tuple(slots))


def draw_versions(pools: Sequence[Pool], seed: str) -> list[tuple[str, ...]]:
    """For each pool, in their order, what is drawn of it; a whole pool stays in its own order."""
    reservations = Reservations([demand_of(pool) for pool in pools])
    for index, lacking in reservations.shortfalls.items():
        raise PoolTooSmall(pools[index].section_id, lacking)
    return [_draw(index, pool, reservations, seed) for index, pool in enumerate(pools)]


def demand_of(pool: Pool) -> Demand:
    return Demand(pool.count, pool.version_ids)


def _draw(index: int, pool: Pool, reservations: Reservations, seed: str) -> tuple[str, ...]:
    taken: set[str] = set()
    for version_id in Chance(seed, f"pool/{index}").shuffled(sorted(pool.version_ids)):
        if len(taken) == pool.count:
            break
        if reservations.take(index, version_id):
            taken.add(version_id)
    return tuple(version_id for version_id in pool.version_ids if version_id in taken)


def _slot(slot_id: str, section: Section, item: ItemVersion, seed: str) -> Slot:
    question = item.content.question
    return Slot(
        id=slot_id,
        section_id=section.id,
        version_id=item.id,
        order=_order(question, Chance(seed, f"parts/{item.id}"), is_shuffled=section.shuffles_choices),
        centipoints=section.centipoints_each,
        penalty_centipoints=section.penalty_centipoints,
    )


def _order(question: Question, chance: Chance, *, is_shuffled: bool) -> tuple[ShortId, ...]:
    """Of the parts shown; empty where they stay as written.

    What is to be ordered, and the right side of what is to be matched, is always shuffled: as written it gives much
    away. (The order may by chance be the right one: leaving that out would tell something too.)
    """
    match question:
        case SingleChoiceQuestion() | MultipleChoiceQuestion() if is_shuffled and question.shuffles:
            return chance.shuffled(choice.id for choice in question.choices)
        case OrderingQuestion():
            return chance.shuffled(part.id for part in question.parts)
        case MatchingQuestion():
            return chance.shuffled(choice.id for choice in question.right)
    return ()

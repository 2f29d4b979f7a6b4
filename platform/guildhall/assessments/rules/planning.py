"""What an exam's plan can be drawn from, and what has to be mended before it can be published. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.model.banks import Item
from guildhall.assessments.model.exams import FORM_ITEMS_MAX, POOL_MAX, Draw, ExamPlan, FixedItems, Pool, Source
from guildhall.assessments.model.keys import Flaw
from guildhall.assessments.rules.reserving import Demand, Reservations


@dataclass(frozen=True, slots=True)
class Matched:
    """What a source of a plan finds among published items now; `missing` are listed items that cannot be used."""

    path: str
    section_id: str
    count: int
    version_ids: tuple[str, ...]
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why, by item id."""

    def as_pool(self) -> Pool:
        return Pool(section_id=self.section_id, count=self.count, version_ids=self.version_ids)


def match_plan(plan: ExamPlan, items: Iterable[Item]) -> tuple[Matched, ...]:
    """For each source, in the plan's order, the versions it may be drawn from.

    `items` are all that the author may use: what is not among them does not exist here. Tags and difficulty are the
    item's present ones; the question and key those of its newest version.
    """
    known = {item.id: item for item in items}
    return tuple(
        _match(f"sections.{number}.sources.{index}", section.id, source, known)
        for number, section in enumerate(plan.sections)
        for index, source in enumerate(section.sources)
    )


def item_ids_of(plan: ExamPlan) -> list[str]:
    """Those that a plan lists one by one."""
    return list(
        dict.fromkeys(id_ for source in _sources(plan) if isinstance(source, FixedItems) for id_ in source.item_ids)
    )


def bank_ids_of(plan: ExamPlan) -> list[str]:
    """Those that a plan draws from."""
    return list(dict.fromkeys(source.bank_id for source in _sources(plan) if isinstance(source, Draw)))


def flaws_of_exam(plan: ExamPlan, matched: Sequence[Matched]) -> tuple[Flaw, ...]:
    """Every flaw, in the order of the editor's fields; none: it may be published."""
    return tuple(_flaws(plan, matched))


def _sources(plan: ExamPlan) -> Iterator[Source]:
    return (source for section in plan.sections for source in section.sources)


def _match(path: str, section_id: str, source: Source, known: Mapping[str, Item]) -> Matched:
    if isinstance(source, Draw):
        fitting = sorted(
            item.newest_version or ""
            for item in known.values()
            if item.bank_id == source.bank_id and _is_usable(item) and fits(source, item)
        )
        return Matched(path, section_id, source.count, tuple(fitting))
    missing: dict[str, str] = {}
    versions: list[str] = []
    for item_id in source.item_ids:
        item = known.get(item_id)
        if item is None:
            missing[item_id] = "is not there any more"
        elif item.state is PublishingState.RETIRED:
            missing[item_id] = f"“{item.name}” is retired"
        elif not _is_usable(item):
            missing[item_id] = f"“{item.name}” is not published"
        else:
            versions.append(item.versions[-1])
    return Matched(path, section_id, len(source.item_ids), tuple(versions), missing)


def fits(draw: Draw, item: Item) -> bool:
    """Whether an item carries all of the draw's tags and is of its difficulty."""
    return set(draw.tags) <= set(item.tags) and draw.least_difficulty <= item.difficulty <= draw.most_difficulty


def _is_usable(item: Item) -> bool:
    """Also a published item whose draft has moved on: its newest version is drawn. A revived one is published first."""
    return item.state is PublishingState.PUBLISHED and item.newest_version is not None


def _flaws(plan: ExamPlan, matched: Sequence[Matched]) -> Iterator[Flaw]:
    if not plan.sections:
        yield _flaw("sections", "Add a section: there is nothing to answer yet.")
    yield from _of_the_whole(plan)
    yield from _of_sections(plan)
    yield from _of_sources(plan, matched)


def _of_the_whole(plan: ExamPlan) -> Iterator[Flaw]:
    if plan.needs_admission and not plan.is_proctored:
        yield _flaw("needs_admission", "Nobody is there to let people in: have it proctored, or leave admission out.")
    if not plan.credential_title.strip() and (plan.credential_level.strip() or plan.credential_months):
        yield _flaw("credential_title", "Say what a pass certifies, or leave level and months empty.")
    if plan.credential_title.strip() and plan.pass_percent == 0:
        yield _flaw("pass_percent", "Everybody would pass, and get a credential: set a bar above 0.")


def _of_sections(plan: ExamPlan) -> Iterator[Flaw]:
    counted = Counter(section.id for section in plan.sections)
    for number, section in enumerate(plan.sections):
        if counted[section.id] > 1:
            yield _flaw(f"sections.{number}.id", f"Another section has the id {section.id}: give each its own.")
        for index, source in enumerate(section.sources):
            path = f"sections.{number}.sources.{index}"
            if isinstance(source, Draw) and source.least_difficulty > source.most_difficulty:
                yield _flaw(f"{path}.most_difficulty", "It is below the least: nothing can be of such a difficulty.")
            if isinstance(source, FixedItems):
                for item_id, count in Counter(source.item_ids).items():
                    if count > 1:
                        yield _flaw(f"{path}.item_ids", f"The item {item_id} is listed {count} times: keep one.")
    if plan.sections and all(section.centipoints_each == 0 for section in plan.sections):
        yield _flaw("sections.0.centipoints_each", "Nothing earns points, so nobody can pass: give items points.")


def _of_sources(plan: ExamPlan, matched: Sequence[Matched]) -> Iterator[Flaw]:
    wanted = sum(one.count for one in matched)
    if wanted > FORM_ITEMS_MAX:
        yield _flaw("sections", f"A form has {FORM_ITEMS_MAX} items at most, and this one {wanted}: draw fewer.")
    for one in matched:
        for why in one.missing.values():
            yield _flaw(f"{one.path}.item_ids", f"An item {why}: remove it from the list, or publish it.")
        if len(one.version_ids) > POOL_MAX:
            yield _flaw(one.path, f"{len(one.version_ids)} items match; {POOL_MAX} at most may: add a tag.")
    if any(one.missing for one in matched):
        return  # what is lacking besides is told once these are there
    demands = [Demand(one.count, tuple(dict.fromkeys(one.version_ids))) for one in matched]
    for index, lacking in Reservations(demands).shortfalls.items():
        yield _too_small(plan, matched, index, lacking)


def _too_small(plan: ExamPlan, matched: Sequence[Matched], index: int, lacking: int) -> Flaw:
    one = matched[index]
    title = next((section.title for section in plan.sections if section.id == one.section_id), one.section_id)
    found = len(one.version_ids)
    path = one.path if found == 0 and lacking == one.count else f"{one.path}.count"
    if found < one.count:
        return _flaw(
            path,
            f"“{title}” draws {one.count}, and only {_items(found)} published match: draw fewer, ask for fewer tags or "
            "a wider difficulty, or publish more.",
        )
    return _flaw(
        path,
        f"“{title}” draws {one.count} of {found}, but other draws of this exam need the same items: {lacking} would be "
        "lacking. Draw fewer, or publish more.",
    )


def _items(count: int) -> str:
    return "1 item that is" if count == 1 else f"{count} items that are"


def _flaw(path: str, sentence: str) -> Flaw:
    return Flaw(path=path, sentence=sentence)

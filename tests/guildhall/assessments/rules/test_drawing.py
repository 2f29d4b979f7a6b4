from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.model.attempts import Form
from guildhall.assessments.model.exams import ExamVersion, Pool
from guildhall.assessments.rules.chance import Chance
from guildhall.assessments.rules.drawing import PoolTooSmall, draw_form, draw_versions
from guildhall.assessments.rules.reserving import Demand, Reservations
from tests.guildhall.assessments.written import exam_version, item_version, section

KINDS = ("single_choice", "multiple_choice", "ordering", "matching", "numeric", "long_text")
ITEMS = {version.id: version for version in (item_version(n, KINDS[n % len(KINDS)]) for n in range(40))}
NAMES = tuple(sorted(ITEMS))

seeds = st.text(min_size=1, max_size=40)


@st.composite
def exams(draw: st.DrawFn) -> ExamVersion:
    """Two or three sections whose pools overlap as they like, and can be filled."""
    sections = [
        section(
            f"s{number}",
            shuffles_items=draw(st.booleans()),
            shuffles_choices=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    pools: list[Pool] = []
    left = set(NAMES)
    for one in sections:
        for _ in range(draw(st.integers(1, 3))):
            own = draw(st.sets(st.sampled_from(sorted(left)), min_size=1, max_size=5)) if left else set()
            if not own:
                break
            left -= own
            shared = draw(st.sets(st.sampled_from(NAMES), max_size=8))
            pools.append(Pool(section_id=one.id, count=len(own), version_ids=tuple(sorted(own | shared))))
    return exam_version(pools, [one for one in sections if any(pool.section_id == one.id for pool in pools)])


@given(exams(), seeds)
def test_a_seed_gives_one_form_in_whatever_order_the_items_come(exam: ExamVersion, seed: str) -> None:
    backwards = dict(reversed(ITEMS.items()))
    assert draw_form(exam, ITEMS, seed) == draw_form(exam, backwards, seed)


@given(exams(), seeds)
def test_every_draw_gets_its_number_and_no_item_comes_twice(exam: ExamVersion, seed: str) -> None:
    form = draw_form(exam, ITEMS, seed)
    drawn = draw_versions(exam.pools, seed)
    for pool, got in zip(exam.pools, drawn, strict=True):
        assert len(got) == pool.count
        assert set(got) <= set(pool.version_ids)
    on_the_form = [slot.version_id for slot in form.slots]
    assert len(set(on_the_form)) == len(on_the_form) == sum(pool.count for pool in exam.pools)
    assert Counter(slot.section_id for slot in form.slots) == Counter(
        {one.id: sum(pool.count for pool in exam.pools if pool.section_id == one.id) for one in exam.plan.sections}
    )


@given(exams(), seeds)
def test_a_shuffle_keeps_all_parts_of_an_item(exam: ExamVersion, seed: str) -> None:
    for slot in draw_form(exam, ITEMS, seed).slots:
        question = ITEMS[slot.version_id].content.question
        if question.kind in {"ordering", "matching"}:
            assert sorted(slot.order) == ["a", "b", "c"]
        if question.kind in {"single_choice", "multiple_choice"}:
            asked = next(one for one in exam.plan.sections if one.id == slot.section_id).shuffles_choices
            assert sorted(slot.order) == (["a", "b", "c"] if asked else [])


def test_sections_stay_in_their_order_and_slots_are_numbered() -> None:
    pools = [Pool(section_id="s1", count=2, version_ids=NAMES[:9]), Pool(section_id="s0", count=3, version_ids=NAMES)]
    form = draw_form(exam_version(pools, [section("s0"), section("s1")]), ITEMS, "x")
    assert [slot.section_id for slot in form.slots] == ["s0"] * 3 + ["s1"] * 2
    assert [slot.id for slot in form.slots] == ["q1", "q2", "q3", "q4", "q5"]


def test_a_fixed_list_without_shuffling_stays_as_listed() -> None:
    listed = (NAMES[7], NAMES[2], NAMES[5])
    pools = [Pool(section_id="s0", count=3, version_ids=listed)]
    form = draw_form(exam_version(pools, [section("s0", shuffles_items=False)]), ITEMS, "x")
    assert tuple(slot.version_id for slot in form.slots) == listed


def test_seeds_differ_in_items_and_in_orders() -> None:
    exam = exam_version([Pool(section_id="s0", count=5, version_ids=NAMES)], [section("s0")])
    forms = [draw_form(exam, ITEMS, f"seed {number}") for number in range(50)]
    assert len({_items(form) for form in forms}) == 50
    seen = Counter(slot.version_id for form in forms for slot in form.slots)
    assert set(seen) == set(NAMES), "all of a pool come up"
    assert max(seen.values()) < 20, "6.25 each are expected"


def test_a_form_drawn_years_ago_is_drawn_again() -> None:
    """Written down once: whoever changes the arithmetic changes the forms that candidates have sat."""
    exam = exam_version([Pool(section_id="s0", count=4, version_ids=NAMES)], [section("s0")])
    form = draw_form(exam, ITEMS, "seed 1")
    assert [(slot.version_id, slot.order) for slot in form.slots] == WRITTEN_DOWN


WRITTEN_DOWN: list[tuple[str, tuple[str, ...]]] = [
    ("itm_0002@1", ("a", "b", "c")),
    ("itm_0015@1", ("b", "c", "a")),
    ("itm_0026@1", ("a", "b", "c")),
    ("itm_0012@1", ("c", "b", "a")),
]


def test_a_greedy_first_draw_leaves_the_second_what_it_needs() -> None:
    """Both want the same two items, and the first could have others."""
    pools = [
        Pool(section_id="s0", count=2, version_ids=NAMES[:4]),
        Pool(section_id="s1", count=2, version_ids=NAMES[:2]),
    ]
    for number in range(20):
        assert draw_versions(pools, str(number)) == [NAMES[2:4], NAMES[:2]]


def test_a_pool_that_does_not_reach_is_told_by_its_section() -> None:
    pools = [
        Pool(section_id="s0", count=2, version_ids=NAMES[:2]),
        Pool(section_id="s1", count=1, version_ids=NAMES[:2]),
    ]
    with pytest.raises(PoolTooSmall, match="s1 lacks 1"):
        draw_versions(pools, "x")


@given(st.lists(st.tuples(st.integers(1, 3), st.sets(st.sampled_from("abcdef"), min_size=1)), min_size=1, max_size=4))
def test_demands_are_met_exactly_when_every_group_of_them_has_enough_items(wanted: list[tuple[int, set[str]]]) -> None:
    """Hall's condition, over all groups of demands, is the yardstick."""
    demands = [Demand(count, tuple(sorted(pool))) for count, pool in wanted]
    groups = [[one for bit, one in enumerate(demands) if mask >> bit & 1] for mask in range(1, 1 << len(demands))]
    enough = all(sum(one.count for one in group) <= len({x for one in group for x in one.pool}) for group in groups)
    assert (not Reservations(demands).shortfalls) == enough


@given(seeds, st.lists(st.integers(), max_size=30))
def test_chance_shuffles_without_losing(seed: str, things: list[int]) -> None:
    assert sorted(Chance(seed, "p").shuffled(things)) == sorted(things)


def test_chance_is_even_and_each_purpose_has_its_own() -> None:
    counts = Counter(Chance(str(number), "p").shuffled("abc") for number in range(6_000))
    assert len(counts) == 6
    assert all(850 < count < 1150 for count in counts.values())
    assert [Chance("s", "p").below(1000) for _ in range(2)] == [Chance("s", "p").below(1000)] * 2
    assert Chance("s", "p").below(2**40) != Chance("s", "q").below(2**40)


def _items(form: Form) -> tuple[str, ...]:
    return tuple(slot.version_id for slot in form.slots)

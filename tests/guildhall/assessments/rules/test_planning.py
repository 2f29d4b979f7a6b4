from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.model.banks import Item
from guildhall.assessments.model.exams import Draw, ExamPlan, ExamVersion, FixedItems
from guildhall.assessments.rules.drawing import draw_versions
from guildhall.assessments.rules.planning import bank_ids_of, flaws_of_exam, item_ids_of, match_plan
from tests.guildhall.assessments.written import content, section


def item(number: int, *tags: str, difficulty: int = 3, **changes: Any) -> Item:
    return Item(
        id=f"itm_{number}",
        created_at_ms=0,
        bank_id="bnk_1",
        name=f"Item {number}",
        draft=content(),
        tags=tags,
        difficulty=difficulty,
        **{"state": PublishingState.PUBLISHED, "versions": (f"itm_{number}@1", f"itm_{number}@4"), **changes},
    )


ITEMS = (
    item(1, "sums", difficulty=1),
    item(2, "sums", "hard", difficulty=5),
    item(3, "words"),
    item(4, "sums", state=PublishingState.RETIRED),
    item(5, "sums", state=PublishingState.DRAFT, versions=()),
)


def plan(*sections: Any, **changes: Any) -> ExamPlan:
    return ExamPlan(title="An exam", duration_seconds=600, sections=sections, **changes)


def flaws(one: ExamPlan) -> dict[str, str]:
    return {flaw.path: flaw.sentence for flaw in flaws_of_exam(one, match_plan(one, ITEMS))}


def test_a_draw_finds_the_newest_versions_of_published_items_that_carry_its_tags() -> None:
    one = plan(section("s1", sources=(Draw(bank_id="bnk_1", count=1, tags=("sums",)),)))
    assert match_plan(one, ITEMS)[0].version_ids == ("itm_1@4", "itm_2@4")
    assert flaws(one) == {}


def test_difficulty_bounds_include_their_ends() -> None:
    one = plan(section("s1", sources=(Draw(bank_id="bnk_1", count=1, least_difficulty=3, most_difficulty=5),)))
    assert match_plan(one, ITEMS)[0].version_ids == ("itm_2@4", "itm_3@4")


def test_another_bank_s_items_are_not_drawn() -> None:
    one = plan(section("s1", sources=(Draw(bank_id="bnk_2", count=1),)))
    assert "only 0 items" in flaws(one)["sections.0.sources.0"]
    assert bank_ids_of(one) == ["bnk_2"]


def test_a_list_keeps_its_order_and_says_which_items_cannot_be_used() -> None:
    one = plan(section("s1", sources=(FixedItems(item_ids=("itm_3", "itm_1")),)))
    assert match_plan(one, ITEMS)[0].version_ids == ("itm_3@4", "itm_1@4")
    assert flaws(one) == {}
    for item_id, words in (("itm_4", "is retired"), ("itm_5", "not published"), ("itm_9", "not there any more")):
        bad = plan(section("s1", sources=(FixedItems(item_ids=("itm_1", item_id)),)))
        assert words in flaws(bad)["sections.0.sources.0.item_ids"]
        assert item_ids_of(bad) == ["itm_1", item_id]


def test_a_pool_that_earlier_draws_use_up_is_told_with_numbers() -> None:
    draw = Draw(bank_id="bnk_1", count=2, tags=("sums",))
    told = flaws(plan(section("s1", sources=(draw,)), section("s2", sources=(draw,))))
    assert "draws 2 of 2, but other draws" in told["sections.1.sources.0.count"]


@pytest.mark.parametrize(
    ("one", "path", "words"),
    [
        (plan(), "sections", "Add a section"),
        (plan(section("s1"), section("s1")), "sections.0.id", "its own"),
        (plan(section("s1"), needs_admission=True), "needs_admission", "let people in"),
        (plan(section("s1"), credential_level="B2"), "credential_title", "what a pass certifies"),
        (plan(section("s1"), credential_title="Sums", pass_percent=0), "pass_percent", "Everybody would pass"),
        (plan(section("s1", centipoints_each=0)), "sections.0.centipoints_each", "Nothing earns points"),
        (
            plan(section("s1", sources=(Draw(bank_id="bnk_1", count=1, least_difficulty=4, most_difficulty=2),))),
            "sections.0.sources.0.most_difficulty",
            "below the least",
        ),
        (
            plan(section("s1", sources=(FixedItems(item_ids=("itm_1", "itm_1")),))),
            "sections.0.sources.0.item_ids",
            "2 times",
        ),
        (
            plan(*(section(f"s{n}", sources=(Draw(bank_id="bnk_1", count=200),)) for n in range(2))),
            "sections",
            "300 items at most, and this one 400",
        ),
    ],
)
def test_a_flaw_of_an_exam_names_its_field_and_says_what_to_do(one: ExamPlan, path: str, words: str) -> None:
    assert words in flaws(one)[path]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 3), st.sampled_from((("sums",), ("words",), ()))), min_size=1, max_size=2),
        min_size=1,
        max_size=3,
    ),
    st.text(max_size=5),
)
def test_what_has_no_flaw_can_be_drawn_by_any_seed(shape: list[list[tuple[int, tuple[str, ...]]]], seed: str) -> None:
    one = plan(
        *(
            section(f"s{n}", sources=tuple(Draw(bank_id="bnk_1", count=count, tags=tags) for count, tags in sources))
            for n, sources in enumerate(shape)
        )
    )
    matched = match_plan(one, ITEMS)
    if not flaws_of_exam(one, matched):
        version = ExamVersion(
            id="exm_1@1",
            created_at_ms=0,
            exam_id="exm_1",
            organisation_id="",
            plan=one,
            pools=tuple(found.as_pool() for found in matched),
            published_by="usr_1",
        )
        assert [len(got) for got in draw_versions(version.pools, seed)] == [pool.count for pool in version.pools]

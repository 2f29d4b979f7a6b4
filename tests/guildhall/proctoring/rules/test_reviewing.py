"""Reviews step by step; Ada's session has a second person, a doubt about the feed, a dark picture and a claim."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.errors import Invalid
from guildhall.kit.lifecycle import MoveRefused
from guildhall.proctoring.lifecycle.reviewing import ReviewActor, ReviewEvent, ReviewState
from guildhall.proctoring.model import Incident
from guildhall.proctoring.model.incident_kinds import CHANNEL_OF, Channel, Rule
from guildhall.proctoring.model.reviews import ACTS_MAX, FLAGS_MAX, Penalty, Review, VerdictReason
from guildhall.proctoring.rules import reviewing
from guildhall.proctoring.rules.blinding import blinded, pseudonym_of

LEASE_MS, PERIOD_MS = 60_000, 1_000_000
SECOND_PERSON, FEED = "sit_1:several_faces:1", "sit_1:feed_looped:1"


def incident(rule: Rule, opened_at_ms: int = 1_000, channel: Channel | None = None, ordinal: int = 1) -> Incident:
    return Incident(
        incident_id=f"sit_1:{rule.value}:{ordinal}",
        session_id="sit_1",
        candidate_name="Ada",
        rule=rule,
        channel=channel or CHANNEL_OF[rule],
        opened_at_ms=opened_at_ms,
        reason="",
        rule_version="v1",
    )


def review(**fields: object) -> Review:
    flags, left_out = reviewing.flags_of([incident(Rule.FEED_LOOPED, 2_000), incident(Rule.SEVERAL_FACES)])
    told = {"exam_id": "exam-1", "attempt_id": "att_1", "candidate_name": "Ada", "created_at_ms": 0}
    return Review.model_validate({"_id": "sit_1", "flags": flags, "flags_left_out": left_out, **told, **fields})


def claimed(case: Review, by: str, now_ms: int = 0) -> Review:
    return reviewing.claimed(case, by, by.title(), now_ms, LEASE_MS)


def judged(case: Review, by: str, upheld: set[str]) -> Review:
    for flag in case.flags:
        is_upheld = flag.id in upheld
        reason = VerdictReason.SEEN_IN_EVIDENCE if is_upheld else VerdictReason.FALSE_DETECTION
        case = reviewing.judged(case, by, flag.id, reason, "As seen.", 1, is_upheld=is_upheld)
    return case


def penalised(case: Review, by: str, upheld: set[str], penalty: Penalty = Penalty.VOID) -> Review:
    return reviewing.penalised(judged(claimed(case, by), by, upheld), by, penalty, "Twice.", 2, PERIOD_MS)


def agreed() -> Review:
    return penalised(penalised(review(), "grace", {SECOND_PERSON}), "alan", {SECOND_PERSON}, Penalty.RESIT)


def test_only_behaviour_and_doubts_about_the_feed_are_reviewed_and_a_claim_once_it_is_corroborated() -> None:
    incidents = [incident(rule) for rule in Rule] + [incident(Rule.TAB_HIDDEN, 0, Channel.BEHAVIOUR, 2)]
    flags, left_out = reviewing.flags_of(incidents)
    assert left_out == 0
    assert flags[0].id == "sit_1:tab_hidden:2"
    assert {flag.rule for flag in flags[1:]} == {
        rule for rule in Rule if CHANNEL_OF[rule] in {Channel.BEHAVIOUR, Channel.PLEASE_CHECK}
    }


def test_what_does_not_fit_is_counted() -> None:
    many = [incident(Rule.ABSENT, at_ms, ordinal=at_ms) for at_ms in range(1, FLAGS_MAX + 4)]
    flags, left_out = reviewing.flags_of(reversed(many))
    assert (len(flags), left_out, flags[0].opened_at_ms) == (FLAGS_MAX, 3, 1)


def test_one_person_clears_and_is_enough() -> None:
    case = reviewing.cleared(judged(claimed(review(), "grace"), "grace", set()), "grace", "Her cat.", 2)
    assert (case.state, case.penalty, case.due_at_ms) == (ReviewState.CLEARED, None, 0)


def test_a_penalty_needs_two_people_and_is_the_milder_of_what_they_propose() -> None:
    first = penalised(review(), "grace", {SECOND_PERSON})
    assert (first.state, first.penalty) == (ReviewState.AWAITING_SECOND, None)
    second = penalised(first, "alan", {SECOND_PERSON, FEED}, Penalty.REPRIMAND)
    assert (second.state, second.penalty) == (ReviewState.PENALISED, Penalty.REPRIMAND)


def test_two_people_who_uphold_different_flags_agree_on_nothing() -> None:
    case = penalised(penalised(review(), "grace", {SECOND_PERSON}), "alan", {FEED})
    assert (case.state, case.penalty) == (ReviewState.CLEARED, None)


def test_nobody_decides_twice_nor_about_a_flag_of_their_own() -> None:
    with pytest.raises(MoveRefused, match="cannot decide again"):
        claimed(penalised(review(), "grace", {SECOND_PERSON}), "grace")
    contested = reviewing.contested(agreed(), "My sister.", 3)
    for decider in ("grace", "alan"):
        with pytest.raises(MoveRefused, match="cannot decide again"):
            claimed(contested, decider)
    with pytest.raises(MoveRefused, match="raised one of its flags"):
        claimed(review(witnesses=("grace",)), "grace")


def test_nothing_is_decided_before_every_flag_is_judged() -> None:
    case = claimed(review(), "grace")
    with pytest.raises(MoveRefused, match="every flag"):
        reviewing.cleared(case, "grace", "Fine.", 1)
    one = reviewing.judged(case, "grace", FEED, VerdictReason.SEEN_LIVE, "So.", 1, is_upheld=True)
    with pytest.raises(MoveRefused, match="every flag"):
        reviewing.penalised(one, "grace", Penalty.VOID, "So.", 1, PERIOD_MS)


@pytest.mark.parametrize(("is_upheld", "reason"), [(True, VerdictReason.PERMITTED), (False, VerdictReason.ADMITTED)])
def test_a_verdict_has_a_reason_of_its_own_list(is_upheld: bool, reason: VerdictReason) -> None:
    with pytest.raises(Invalid, match="is no reason to"):
        reviewing.judged(claimed(review(), "grace"), "grace", FEED, reason, "So.", 1, is_upheld=is_upheld)


def test_a_verdict_has_words_and_is_about_a_flag_of_the_case() -> None:
    case = claimed(review(), "grace")
    with pytest.raises(Invalid, match="in words"):
        reviewing.judged(case, "grace", FEED, VerdictReason.PERMITTED, " ", 1, is_upheld=False)
    with pytest.raises(Invalid, match="no flag sit_2"):
        reviewing.judged(case, "grace", "sit_2", VerdictReason.PERMITTED, "So.", 1, is_upheld=False)


def test_a_later_verdict_on_a_flag_takes_the_place_of_the_earlier_one() -> None:
    case = judged(judged(claimed(review(), "grace"), "grace", {FEED}), "grace", set())
    assert sorted((one.flag_id, one.is_upheld) for one in case.rounds[-1].verdicts) == [
        (FEED, False),
        (SECOND_PERSON, False),
    ]


def test_a_lease_keeps_others_out_until_it_is_over_and_what_was_judged_waits_for_the_same_person() -> None:
    case = judged(claimed(review(), "grace"), "grace", {FEED})
    with pytest.raises(MoveRefused, match="another reviewer has this case"):
        claimed(case, "alan", LEASE_MS - 1)
    assert reviewing.lapsed(case, LEASE_MS - 1) is case
    free = reviewing.lapsed(case, LEASE_MS)
    assert (free.state, free.due_at_ms) == (ReviewState.QUEUED, 0)
    assert claimed(free, "grace", LEASE_MS).rounds[-1].verdicts == case.rounds[-1].verdicts
    assert [(one.by, one.verdicts) for one in claimed(free, "alan", LEASE_MS).rounds] == [("alan", ())]
    with pytest.raises(MoveRefused, match="your time is up"):
        reviewing.judged(case, "grace", FEED, VerdictReason.SEEN_LIVE, "So.", LEASE_MS, is_upheld=True)


def test_whoever_has_a_case_may_renew_it_and_give_it_back() -> None:
    case = claimed(claimed(review(), "grace"), "grace", 10)
    assert (case.due_at_ms, len(case.rounds)) == (10 + LEASE_MS, 1)
    assert reviewing.left(case, "grace", 20).state is ReviewState.QUEUED
    with pytest.raises(MoveRefused):
        reviewing.left(case, "alan", 20)


def test_a_penalty_may_be_contested_in_time_once_and_is_final_afterwards() -> None:
    case = agreed()
    assert reviewing.contested(case, "My sister.", PERIOD_MS + 1).state is ReviewState.CONTESTED
    with pytest.raises(MoveRefused, match="the time to contest is over"):
        reviewing.contested(case, "My sister.", PERIOD_MS + 2)
    assert reviewing.lapsed(case, PERIOD_MS + 1) is case
    final = reviewing.lapsed(case, PERIOD_MS + 2)
    assert (final.state, final.penalty) == (ReviewState.CONFIRMED, Penalty.RESIT)
    with pytest.raises(MoveRefused):
        reviewing.contested(reviewing.contested(case, "Once.", 3), "Twice.", 4)


@pytest.mark.parametrize(
    ("is_overturned", "state", "penalty"),
    [(True, ReviewState.OVERTURNED, None), (False, ReviewState.CONFIRMED, Penalty.RESIT)],
)
def test_a_third_person_answers_an_appeal(is_overturned: bool, state: ReviewState, penalty: Penalty | None) -> None:
    case = claimed(reviewing.contested(agreed(), "My sister.", 3), "katherine", 4)
    answered = reviewing.answered(case, "katherine", "Looked again.", 5, is_overturned=is_overturned)
    assert (answered.state, answered.penalty, answered.due_at_ms) == (state, penalty, 0)
    assert [one.by for one in answered.rounds] == ["grace", "alan", "katherine"]


def test_a_second_reviewer_is_shown_and_told_what_a_first_one_would_be() -> None:
    first, second = claimed(review(), "alan"), claimed(penalised(review(), "grace", {SECOND_PERSON}), "alan")
    assert blinded(first, "alan") == blinded(second, "alan")
    for upheld in (set[str](), {FEED}, {SECOND_PERSON}):
        cases = [judged(case, "alan", upheld) for case in (first, second)]
        offers = [reviewing.allowed_actions(case, "alan", ReviewActor.REVIEWER, 1) for case in cases]
        assert offers[0] == offers[1]
    refusals = []
    for case in (first, second):
        with pytest.raises(MoveRefused) as refused:
            reviewing.cleared(case, "alan", "Fine.", 1)
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]


def test_no_reviewer_sees_a_name_and_an_appeal_sees_both_decisions_without_theirs() -> None:
    case = claimed(reviewing.contested(agreed(), "My sister.", 3), "katherine", 4)
    seen = blinded(case, "katherine")
    assert "Ada" not in repr(seen)
    assert "Grace" not in repr(seen)
    assert "Alan" not in repr(seen)
    assert [one.penalty for one in seen.others] == [Penalty.VOID, Penalty.RESIT]
    assert seen.contest is not None
    assert pseudonym_of("sit_1") != pseudonym_of("sit_2")


def test_what_is_offered_says_why_not() -> None:
    offers = {
        one.event: one for one in reviewing.allowed_actions(claimed(review(), "grace"), "alan", ReviewActor.REVIEWER, 1)
    }
    assert not any(one.allowed for one in offers.values())
    assert offers[ReviewEvent.CLAIM].reason == "another reviewer has this case"


WHO = ("grace", "alan", "katherine", "hedy")
ACTS = st.lists(st.tuples(st.sampled_from(WHO), st.sampled_from(list(ReviewEvent)), st.booleans()), max_size=60)


@given(ACTS, st.sampled_from([(), ("hedy",), ("grace", "alan")]))
def test_however_cases_are_taken_given_back_and_decided_nobody_answers_an_appeal_who_took_part(
    acts: list[tuple[str, ReviewEvent, bool]], witnesses: tuple[str, ...]
) -> None:
    """Whatever four reviewers try in whatever order: a holder decided nothing before, and raised none of the flags."""
    case, now_ms = review(witnesses=witnesses), 0
    for by, event, is_upheld in acts:
        now_ms += LEASE_MS // 3
        with suppress(MoveRefused):
            case = tried(case, by, event, now_ms, is_upheld=is_upheld)
        deciders = [one.by for one in case.rounds if one.decided_at_ms is not None]
        assert len(set(deciders)) == len(deciders)
        assert not set(deciders) & set(witnesses)
        if case.state is ReviewState.IN_APPEAL:
            assert case.rounds[-1].by not in {*deciders, *witnesses}
        if case.penalty is not None:
            assert len(deciders) >= 2


def tried(case: Review, by: str, event: ReviewEvent, now_ms: int, *, is_upheld: bool) -> Review:
    match event:
        case ReviewEvent.CLAIM | ReviewEvent.RENEW:
            return claimed(case, by, now_ms)
        case ReviewEvent.LEAVE:
            return reviewing.left(case, by, now_ms)
        case ReviewEvent.JUDGE:
            reason = VerdictReason.SEEN_LIVE if is_upheld else VerdictReason.PERMITTED
            for flag in case.flags:
                case = reviewing.judged(case, by, flag.id, reason, "So.", now_ms, is_upheld=is_upheld)
            return case
        case ReviewEvent.CLEAR:
            return reviewing.cleared(case, by, "Fine.", now_ms)
        case ReviewEvent.PENALISE:
            return reviewing.penalised(case, by, Penalty.VOID, "So.", now_ms, PERIOD_MS)
        case ReviewEvent.CONTEST:
            return reviewing.contested(case, "No.", now_ms)
        case ReviewEvent.CONFIRM | ReviewEvent.OVERTURN:
            return reviewing.answered(case, by, "So.", now_ms, is_overturned=is_upheld)
    return reviewing.lapsed(case, now_ms)


def test_every_act_is_kept_for_the_audit_log_once_and_no_more_than_fit() -> None:
    case = review()
    for _ in range(ACTS_MAX):
        case = reviewing.acted(case, claimed(case, "grace"), "claim", "grace", 1).model_copy(
            update={"rev": case.rev + 1}
        )
    assert len({one.key for one in case.acts}) == ACTS_MAX
    with pytest.raises(reviewing.ActsFull):
        reviewing.acted(case, claimed(case, "grace"), "claim", "grace", 1)
    assert reviewing.acted(case, case, "lapse", "", 1) is case
    assert reviewing.settled(case) is case
    for act in case.acts:
        case = reviewing.written(case, act)
    assert reviewing.settled(case).is_pending is False

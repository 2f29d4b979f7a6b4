"""Every state x event x actor of the three machines, against the table as the design has it."""

import itertools

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.opportunities.lifecycle import (
    APPLICATION,
    KNOWN_POSTINGS,
    OFFER,
    POSTING,
    Actor,
    ApplicationEvent,
    ApplicationFacts,
    ApplicationState,
    OfferEvent,
    OfferState,
    PostingEvent,
    PostingFacts,
    PostingState,
    Side,
)

A, C, X, Y = Actor.AGENT, Actor.CLIENT, Actor.ADMIN, Actor.SYSTEM
P, E = PostingState, PostingEvent
POSTINGS: dict[tuple[PostingState, PostingEvent, Actor], PostingState] = {
    **{(state, E.EDIT, C): state for state in P if state not in {P.REMOVED, P.PENDING_REVIEW}},
    (P.DRAFT, E.PUBLISH, C): P.PUBLISHED,
    **{(state, E.RECALL, C): state for state in KNOWN_POSTINGS},
    **{(state, event, X): state for state in KNOWN_POSTINGS for event in (E.CLAIM, E.RELEASE, E.APPROVE, E.RETURN)},
    (P.PENDING_REVIEW, E.RECALL, C): P.DRAFT,
    (P.PENDING_REVIEW, E.CLAIM, X): P.PENDING_REVIEW,
    (P.PENDING_REVIEW, E.RELEASE, X): P.PENDING_REVIEW,
    (P.PENDING_REVIEW, E.APPROVE, X): P.PUBLISHED,
    (P.PENDING_REVIEW, E.RETURN, X): P.DRAFT,
    (P.PUBLISHED, E.PAUSE, C): P.PAUSED,
    (P.PAUSED, E.RESUME, C): P.PUBLISHED,
    (P.PUBLISHED, E.FILL, Y): P.FILLED,
    (P.PAUSED, E.FILL, Y): P.FILLED,
    (P.FILLED, E.REOPEN, C): P.PUBLISHED,
    (P.CLOSED, E.REOPEN, C): P.PUBLISHED,
    (P.EXPIRED, E.REOPEN, C): P.PUBLISHED,
    (P.PUBLISHED, E.CLOSE, C): P.CLOSED,
    (P.PAUSED, E.CLOSE, C): P.CLOSED,
    (P.FILLED, E.CLOSE, C): P.CLOSED,
    (P.EXPIRED, E.CLOSE, C): P.CLOSED,
    (P.PUBLISHED, E.EXPIRE, Y): P.EXPIRED,
    (P.PAUSED, E.EXPIRE, Y): P.EXPIRED,
    **{(state, E.REMOVE, X): P.REMOVED for state in P if state is not P.REMOVED},
}
Q, V = ApplicationState, ApplicationEvent
CONSIDERED = (Q.SUBMITTED, Q.SHORTLISTED, Q.INTERVIEW)
APPLICATIONS: dict[tuple[ApplicationState, ApplicationEvent, Actor], ApplicationState] = {
    (Q.WITHDRAWN, V.APPLY_AGAIN, A): Q.SUBMITTED,
    (Q.EXPIRED, V.APPLY_AGAIN, A): Q.SUBMITTED,
    (Q.SUBMITTED, V.SHORTLIST, C): Q.SHORTLISTED,
    (Q.SHORTLISTED, V.UNSHORTLIST, C): Q.SUBMITTED,
    **{(state, V.INVITE, C): Q.INTERVIEW for state in CONSIDERED},
    (Q.INTERVIEW, V.END_INTERVIEW, C): Q.SHORTLISTED,
    **{(state, V.OFFER, C): Q.OFFERED for state in CONSIDERED},
    (Q.OFFERED, V.COUNTER, A): Q.OFFERED,
    (Q.OFFERED, V.COUNTER, C): Q.OFFERED,
    (Q.OFFERED, V.ACCEPT, A): Q.HIRED,
    (Q.OFFERED, V.ACCEPT, C): Q.HIRED,
    (Q.OFFERED, V.DECLINE, A): Q.SHORTLISTED,
    (Q.OFFERED, V.DECLINE, C): Q.SHORTLISTED,
    (Q.OFFERED, V.WITHDRAW_OFFER, A): Q.SHORTLISTED,
    (Q.OFFERED, V.WITHDRAW_OFFER, C): Q.SHORTLISTED,
    (Q.OFFERED, V.OFFER_EXPIRED, Y): Q.SHORTLISTED,
    (Q.SUBMITTED, V.REQUIRE_ASSESSMENT, C): Q.ASSESSMENT,
    (Q.SUBMITTED, V.REQUIRE_ASSESSMENT, Y): Q.ASSESSMENT,
    (Q.SHORTLISTED, V.REQUIRE_ASSESSMENT, C): Q.ASSESSMENT,
    (Q.SHORTLISTED, V.REQUIRE_ASSESSMENT, Y): Q.ASSESSMENT,
    (Q.ASSESSMENT, V.ASSESSMENT_PASSED, Y): Q.SHORTLISTED,
    (Q.ASSESSMENT, V.ASSESSMENT_FAILED, Y): Q.REJECTED,
    (Q.ASSESSMENT, V.ASSESSMENT_LATE, Y): Q.EXPIRED,
    **{(state, V.REJECT, C): Q.REJECTED for state in (*CONSIDERED, Q.ASSESSMENT)},
    **{(state, V.REJECT, Y): Q.REJECTED for state in (*CONSIDERED, Q.ASSESSMENT, Q.OFFERED)},
    (Q.REJECTED, V.REOPEN, C): Q.SHORTLISTED,
    **{(state, V.WITHDRAW, A): Q.WITHDRAWN for state in (*CONSIDERED, Q.ASSESSMENT, Q.OFFERED)},
    (Q.SUBMITTED, V.ANSWER_LATE, Y): Q.SUBMITTED,
    (Q.INTERVIEW, V.REMIND_INTERVIEW, Y): Q.INTERVIEW,
    (Q.SUBMITTED, V.NO_ANSWER, Y): Q.EXPIRED,
}
UNCONFIRMED = {(state, V.CONFIRM, A): state for state in (*CONSIDERED, Q.ASSESSMENT)}
Z, W = OfferState, OfferEvent
OFFERS: dict[tuple[OfferState, OfferEvent, Side], OfferState] = {
    (Z.SENT, W.ACCEPT, Side.RECIPIENT): Z.ACCEPTED,
    (Z.SENT, W.DECLINE, Side.RECIPIENT): Z.DECLINED,
    (Z.SENT, W.COUNTER, Side.RECIPIENT): Z.COUNTERED,
    (Z.SENT, W.WITHDRAW, Side.SENDER): Z.WITHDRAWN,
    (Z.SENT, W.WITHDRAW, Side.SYSTEM): Z.WITHDRAWN,
    (Z.SENT, W.EXPIRE, Side.SYSTEM): Z.EXPIRED,
}


@pytest.mark.parametrize("state", P)
def test_every_event_of_an_opportunity_leads_where_the_design_says_or_is_refused(state: PostingState) -> None:
    for event, actor in itertools.product(E, Actor):
        target = POSTINGS.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                POSTING.move(state, event, actor, PostingFacts())
        else:
            assert POSTING.move(state, event, actor, PostingFacts()).target is target


@pytest.mark.parametrize("state", Q)
def test_every_event_of_an_application_leads_where_the_design_says_or_is_refused(state: ApplicationState) -> None:
    for event, actor in itertools.product(V, Actor):
        facts = ApplicationFacts(is_confirmed=event is not V.CONFIRM)
        target = (APPLICATIONS | UNCONFIRMED).get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                APPLICATION.move(state, event, actor, facts)
        else:
            assert APPLICATION.move(state, event, actor, facts).target is target


def test_what_has_to_be_looked_at_is_not_published_before() -> None:
    assert POSTING.move(P.DRAFT, E.PUBLISH, C, PostingFacts(needs_review=True)).target is P.PENDING_REVIEW


def test_a_pass_leads_back_to_where_it_was_asked_for() -> None:
    facts = ApplicationFacts(was_shortlisted=False)
    assert APPLICATION.move(Q.ASSESSMENT, V.ASSESSMENT_PASSED, Y, facts).target is Q.SUBMITTED


@pytest.mark.parametrize("state", Z)
def test_every_event_of_an_offer_leads_where_the_design_says_or_is_refused(state: OfferState) -> None:
    for event, side in itertools.product(W, Side):
        target = OFFERS.get((state, event, side))
        if target is None:
            with pytest.raises(MoveRefused):
                OFFER.move(state, event, side, None)
        else:
            assert OFFER.move(state, event, side, None).target is target


@pytest.mark.parametrize(
    ("state", "event", "actor", "facts", "reason"),
    [
        (Q.WITHDRAWN, V.APPLY_AGAIN, A, ApplicationFacts(is_posting_open=False), "no applications now"),
        (Q.WITHDRAWN, V.APPLY_AGAIN, A, ApplicationFacts(may_apply=False), "onboarding"),
        (Q.SUBMITTED, V.CONFIRM, A, ApplicationFacts(), "those that were applied for"),
        (Q.SUBMITTED, V.OFFER, C, ApplicationFacts(is_confirmed=False), "knows its terms"),
        (Q.SUBMITTED, V.OFFER, C, ApplicationFacts(has_place=False), "free position"),
        (Q.OFFERED, V.ACCEPT, A, ApplicationFacts(is_my_turn=False), "other side"),
        (Q.OFFERED, V.ACCEPT, A, ApplicationFacts(is_offer_alive=False), "run out"),
        (Q.OFFERED, V.ACCEPT, A, ApplicationFacts(may_accept=False), "onboarding"),
        (Q.OFFERED, V.COUNTER, A, ApplicationFacts(can_counter=False), "too many"),
        (Q.OFFERED, V.WITHDRAW_OFFER, C, ApplicationFacts(has_made_offer=False), "not yours"),
        (Q.OFFERED, V.OFFER_EXPIRED, Y, ApplicationFacts(is_offer_over=False), "still stands"),
        (Q.REJECTED, V.REOPEN, C, ApplicationFacts(is_reopenable=False), "for a while"),
        (Q.SUBMITTED, V.REQUIRE_ASSESSMENT, C, ApplicationFacts(lacks_pass=False), "no pass is asked for"),
        (Q.ASSESSMENT, V.ASSESSMENT_PASSED, Y, ApplicationFacts(has_passes=False), "not there yet"),
        (Q.ASSESSMENT, V.ASSESSMENT_FAILED, Y, ApplicationFacts(has_failed=False), "can be sat"),
        (Q.ASSESSMENT, V.ASSESSMENT_LATE, Y, ApplicationFacts(is_assessment_over=False), "time left"),
        (Q.SUBMITTED, V.NO_ANSWER, Y, ApplicationFacts(is_answer_overdue=False), "time left"),
        (Q.INTERVIEW, V.REMIND_INTERVIEW, Y, ApplicationFacts(is_interview_near=False), "no interview is near"),
    ],
)
def test_each_guard_of_an_application_says_why_not(
    state: ApplicationState, event: ApplicationEvent, actor: Actor, facts: ApplicationFacts, reason: str
) -> None:
    with pytest.raises(MoveRefused, match=reason):
        APPLICATION.move(state, event, actor, facts)


@pytest.mark.parametrize(
    ("state", "event", "actor", "facts", "reason"),
    [
        (P.DRAFT, E.PUBLISH, C, PostingFacts(is_time_left=False), "yet to come"),
        (P.DRAFT, E.PUBLISH, C, PostingFacts(needs_review=True, is_time_left=False), "yet to come"),
        (P.PENDING_REVIEW, E.CLAIM, X, PostingFacts(is_free_to_review=False), "somebody else has taken it"),
        (P.PENDING_REVIEW, E.APPROVE, X, PostingFacts(holds_lease=False), "only its reviewer"),
        (P.PENDING_REVIEW, E.RETURN, X, PostingFacts(holds_lease=False), "take it first"),
        (P.PUBLISHED, E.CLAIM, X, PostingFacts(has_edit=False), "no changes wait"),
        (P.PUBLISHED, E.APPROVE, X, PostingFacts(holds_lease=False), "take the changes first"),
        (P.PAUSED, E.RETURN, X, PostingFacts(has_edit=False), "take the changes first"),
        (P.PUBLISHED, E.RECALL, C, PostingFacts(is_edit_recallable=False), "no changes that wait"),
        (P.PUBLISHED, E.FILL, Y, PostingFacts(is_full=False), "free positions"),
        (P.CLOSED, E.REOPEN, C, PostingFacts(is_reopenable=False), "too much time"),
        (P.FILLED, E.REOPEN, C, PostingFacts(has_free_place=False), "free position"),
        (P.PUBLISHED, E.CLOSE, C, PostingFacts(has_places_out=True), "withdraw it first"),
        (P.PUBLISHED, E.EXPIRE, Y, PostingFacts(is_over=False), "yet to come"),
    ],
)
def test_each_guard_of_an_opportunity_says_why_not(
    state: PostingState, event: PostingEvent, actor: Actor, facts: PostingFacts, reason: str
) -> None:
    with pytest.raises(MoveRefused, match=reason):
        POSTING.move(state, event, actor, facts)

"""What becomes of a browser's claims: never more than the exam's policy and a second source let them become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import CHANNEL_OF, Channel, Corroboration, Incident, Rule
from guildhall.proctoring.model.admission import (
    INSTANTS,
    Claim,
    ClaimKind,
    ClaimPhase,
    ClaimWeight,
    ProctoringPolicy,
)
from guildhall.proctoring.rules.claims import (
    CORROBORATORS,
    COUNTS_AS,
    ClaimBook,
    ClaimTerms,
    Corroborated,
    close_claims,
    happened_at_ms,
    measure_clock,
    notice_claim,
    notice_seen,
    notice_silence,
    resume_claims,
)
from guildhall.proctoring.rules.judging import Closed, Opened
from guildhall.proctoring.settings import RuleSettings

START_MS = 1_000_000
RULES = RuleSettings()
K, P, W = ClaimKind, ClaimPhase, ClaimWeight


def terms(weight: ClaimWeight = W.COUNTS, off: frozenset[Rule] = frozenset()) -> ClaimTerms:
    return ClaimTerms(ProctoringPolicy(claims=dict.fromkeys(ClaimKind, weight)), off, RULES)


def a_claim(kind: ClaimKind, phase: ClaimPhase, second: float, lasted: float | None = None) -> Claim:
    at_ms = START_MS + round(second * 1000)
    return Claim(
        kind=kind,
        phase=phase,
        client_at_ms=at_ms - 60_000,
        server_at_ms=at_ms + 300,
        happened_at_ms=at_ms,
        lasted_ms=None if lasted is None else round(lasted * 1000),
    )


def at(second: float) -> int:
    return START_MS + round(second * 1000)


BOOK = ClaimBook(since_ms=START_MS)
AWAY = Opened(Rule.LOOKING_AWAY, 1, at(5), "Head turned.")


def test_a_hidden_tab_opens_and_closes_an_incident_that_bears_the_claims_number() -> None:
    book, opened = notice_claim(BOOK, 7, a_claim(K.TAB_HIDDEN, P.BEGAN, 5), terms())
    book, closed = notice_claim(book, 8, a_claim(K.TAB_HIDDEN, P.ENDED, 9, 4), terms())
    assert opened == (Opened(Rule.TAB_HIDDEN, 7, at(5), "The browser says that the exam was not on the screen."),)
    assert closed == (Closed(Rule.TAB_HIDDEN, 7, at(9)),)
    assert not book.open


def test_a_claim_that_is_sent_again_changes_nothing() -> None:
    book, _ = notice_claim(BOOK, 7, a_claim(K.TAB_HIDDEN, P.BEGAN, 5), terms())
    assert notice_claim(book, 7, a_claim(K.TAB_HIDDEN, P.BEGAN, 5), terms()) == (book, ())


@pytest.mark.parametrize("away_first", [True, False])
def test_a_face_turned_away_at_the_same_time_corroborates_a_hidden_tab(away_first: bool) -> None:
    hidden, book = a_claim(K.TAB_HIDDEN, P.BEGAN, 5), BOOK
    if away_first:
        book, _ = notice_seen(book, [AWAY], terms())
        _, changes = notice_claim(book, 1, hidden, terms())
    else:
        book, _ = notice_claim(book, 1, hidden, terms())
        _, changes = notice_seen(book, [AWAY], terms())
    (corroborated,) = [change for change in changes if isinstance(change, Corroborated)]
    assert (corroborated.told.number, corroborated.told.by) == (1, (Corroboration.LOOKING_AWAY,))
    assert corroborated.channel is Channel.BEHAVIOUR


def test_a_claim_that_has_ended_can_still_be_corroborated_and_only_once() -> None:
    book, _ = notice_claim(BOOK, 1, a_claim(K.TAB_HIDDEN, P.BEGAN, 4), terms())
    book, _ = notice_claim(book, 2, a_claim(K.TAB_HIDDEN, P.ENDED, 6, 2), terms())
    book, changes = notice_seen(book, [AWAY], terms())
    assert [type(change) for change in changes] == [Corroborated]
    _, again = notice_seen(book, [Opened(Rule.ABSENT, 1, at(5), "No face.")], terms())
    assert again == ()


def test_what_was_seen_at_another_time_corroborates_nothing() -> None:
    book, _ = notice_seen(BOOK, [AWAY, Closed(Rule.LOOKING_AWAY, 1, at(8))], terms())
    _, changes = notice_claim(book, 1, a_claim(K.TAB_HIDDEN, P.BEGAN, 20), terms())
    assert [type(change) for change in changes] == [Opened]


def test_silence_at_our_own_end_corroborates_a_lost_network_as_cannot_see() -> None:
    book, _ = notice_silence(BOOK, at(10), at(70), terms())
    _, changes = notice_claim(book, 1, a_claim(K.NETWORK_LOST, P.ENDED, 70, 60), terms())
    assert [type(change) for change in changes] == [Opened, Closed, Corroborated]
    assert isinstance(changes[2], Corroborated)
    assert changes[2].channel is Channel.VISIBILITY
    assert changes[0] == Opened(Rule.NETWORK_LOST, 1, at(10), "The browser says that the network was lost.")


def test_a_clock_that_was_changed_is_corroborated_by_ours() -> None:
    book, _ = measure_clock(BOOK, at(0) - 60_000, at(0), terms())
    book, nothing = measure_clock(book, at(8) - 62_000, at(8), terms())
    assert nothing == ()
    book, _ = measure_clock(book, at(10) + 3_600_000, at(10), terms())
    _, changes = notice_claim(book, 1, a_claim(K.CLOCK_JUMPED, P.ONCE, 9), terms())
    assert [type(change) for change in changes] == [Opened, Closed, Corroborated]


@pytest.mark.parametrize("kind", sorted(ClaimKind))
def test_what_a_policy_only_lets_be_claimed_is_never_corroborated(kind: ClaimKind) -> None:
    seen = [AWAY, Opened(Rule.ABSENT, 1, at(5), ""), Opened(Rule.NO_FRAMES, 1, at(5), "")]
    book, _ = notice_seen(BOOK, seen, terms(W.CLAIM))
    book, _ = notice_silence(book, at(0), at(60), terms(W.CLAIM))
    phase = P.ONCE if kind in INSTANTS else P.BEGAN
    _, changes = notice_claim(book, 1, a_claim(kind, phase, 10), terms(W.CLAIM))
    assert changes
    assert not any(isinstance(change, Corroborated) for change in changes)


@pytest.mark.parametrize("kind", [K.COPIED, K.PASTED, K.PRINTED, K.DEVELOPER_TOOLS])
def test_what_nothing_can_corroborate_never_counts_whatever_the_policy_says(kind: ClaimKind) -> None:
    assert kind not in CORROBORATORS
    assert kind not in COUNTS_AS


@pytest.mark.parametrize("weight", [W.OFF, W.NOTED])
@pytest.mark.parametrize("kind", sorted(ClaimKind))
def test_what_is_off_or_only_noted_is_no_incident(kind: ClaimKind, weight: ClaimWeight) -> None:
    phase = P.ONCE if kind in INSTANTS else P.BEGAN
    assert notice_claim(BOOK, 1, a_claim(kind, phase, 10), terms(weight))[1] == ()


def test_an_accommodation_mutes_a_claim() -> None:
    muted = terms(off=frozenset({Rule.FOCUS_LOST}))
    assert notice_claim(BOOK, 1, a_claim(K.FOCUS_LOST, P.BEGAN, 10), muted)[1] == ()
    assert notice_claim(BOOK, 1, a_claim(K.TAB_HIDDEN, P.BEGAN, 10), muted)[1] != ()


def test_many_copies_within_seconds_are_one_incident() -> None:
    book, opened = BOOK, 0
    for number in range(1, 11):
        book, changes = notice_claim(book, number, a_claim(K.COPIED, P.ONCE, number), terms())
        opened += sum(isinstance(change, Opened) for change in changes)
    assert opened == 1
    _, changes = notice_claim(book, 11, a_claim(K.COPIED, P.ONCE, 30), terms())
    assert [type(change) for change in changes] == [Opened, Closed]


def test_an_end_whose_beginning_nobody_heard_is_one_whole_incident_unless_it_was_short() -> None:
    short = a_claim(K.TAB_HIDDEN, P.ENDED, 10, 0.4)
    assert notice_claim(BOOK, 1, short, terms())[1] == ()
    _, changes = notice_claim(BOOK, 1, a_claim(K.TAB_HIDDEN, P.ENDED, 10, 4), terms())
    assert next(change for change in changes if isinstance(change, Opened)).began_ms == at(6)


def test_nothing_of_a_stretch_is_told_twice_when_the_connection_was_lost_in_its_middle() -> None:
    book, _ = notice_claim(BOOK, 1, a_claim(K.TAB_HIDDEN, P.BEGAN, 5), terms())
    book, closed = close_claims(book, at(10))
    assert closed == (Closed(Rule.TAB_HIDDEN, 1, at(10)),)
    _, changes = notice_claim(book, 2, a_claim(K.TAB_HIDDEN, P.ENDED, 30, 25), terms())
    assert changes[0] == Opened(Rule.TAB_HIDDEN, 2, at(10), "The browser says that the exam was not on the screen.")


def test_whoever_takes_over_goes_on_with_what_is_open() -> None:
    incident = Incident(
        incident_id="sit_1:tab_hidden:7",
        session_id="sit_1",
        candidate_name="Ada",
        rule=Rule.TAB_HIDDEN,
        channel=Channel.CLAIM,
        opened_at_ms=at(5),
        reason="The browser says so.",
    )
    seen = incident.model_copy(update={"incident_id": "sit_1:absent:2", "rule": Rule.ABSENT})
    book = resume_claims([incident, seen], at(20))
    _, changes = notice_claim(book, 9, a_claim(K.TAB_HIDDEN, P.ENDED, 25, 20), terms())
    assert changes == (Closed(Rule.TAB_HIDDEN, 7, at(25)),)


def test_a_claim_is_never_from_the_future_nor_from_before_the_session() -> None:
    assert happened_at_ms(10_000, 4_000, 1_000) == 6_000
    assert happened_at_ms(10_000, -4_000, 1_000) == 10_000
    assert happened_at_ms(10_000, 10**12, 1_000) == 1_000


def test_each_kind_is_a_rule_of_its_own_channel() -> None:
    assert {kind.rule for kind in ClaimKind} == {rule for rule in Rule if CHANNEL_OF[rule] is Channel.CLAIM}


CLAIMS = st.lists(
    st.tuples(st.sampled_from(ClaimKind), st.sampled_from(ClaimPhase), st.integers(0, 100), st.integers(0, 50)),
    max_size=30,
)


@given(CLAIMS)
def test_whatever_a_browser_says_every_incident_opens_once_and_closes_at_most_once(
    told: list[tuple[ClaimKind, ClaimPhase, int, int]],
) -> None:
    book, opened, closed = BOOK, set[tuple[Rule, int]](), set[tuple[Rule, int]]()
    for number, (kind, phase, second, lasted) in enumerate(told, 1):
        book, changes = notice_claim(book, number, a_claim(kind, phase, second, lasted), terms())
        for change in changes:
            assert not isinstance(change, Corroborated)  # nothing else was seen
            key = (change.rule, change.ordinal)
            if isinstance(change, Opened):
                assert key not in opened
                opened.add(key)
            else:
                assert key in opened - closed
                closed.add(key)
    assert {(one.kind.rule, one.number) for one in book.open.values()} == opened - closed

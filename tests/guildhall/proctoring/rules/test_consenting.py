from dataclasses import replace

import pytest

from guildhall.proctoring.model import SEEN, Rule
from guildhall.proctoring.model.admission import Admission, ConsentSignal, ProctoringPolicy, full_check_in
from guildhall.proctoring.rules.consenting import (
    NEEDED_FOR,
    TEXTS,
    ConsentRequired,
    ConsentTextChanged,
    decide,
    is_given,
    missing,
    rules_off,
    without_declined,
)
from proctor_engine.contract import SHAPE_RATIOS
from tests.fakes.observations import a_face, an_observation

S = ConsentSignal


def an_admission(policy: ProctoringPolicy | None = None, **fields: object) -> Admission:
    made = {"_id": "sit_1", "created_at_ms": 1, "exam_id": "exam-1", "policy": policy or ProctoringPolicy(), **fields}
    return Admission.model_validate(made)


def agreed(admission: Admission, *signals: ConsentSignal) -> Admission:
    for signal in signals or admission.policy.asked:
        admission = decide(admission, signal, TEXTS[signal].hash, given=True, at_ms=5)
    return admission


def test_a_consent_names_the_version_and_the_hash_of_the_words_that_were_shown() -> None:
    decision = agreed(an_admission(), S.CAMERA).consent_of(S.CAMERA)
    assert decision is not None
    assert (decision.version, decision.text_hash, decision.at_ms) == (2, TEXTS[S.CAMERA].hash, 5)
    assert len({text.hash for text in TEXTS.values()}) == len(S)


def test_other_words_than_those_that_stand_are_not_agreed_to() -> None:
    with pytest.raises(ConsentTextChanged):
        decide(an_admission(), S.CAMERA, "0" * 64, given=True, at_ms=5)


def test_old_words_that_were_agreed_to_are_asked_again() -> None:
    admission = agreed(an_admission())
    old = tuple(one.model_copy(update={"text_hash": "old"}) for one in admission.consents)
    stale = admission.model_copy(update={"consents": old})
    assert missing(stale) == stale.policy.asked
    assert not is_given(stale, S.CAMERA)


def test_nobody_is_judged_by_what_they_have_not_answered_yet() -> None:
    assert rules_off(ProctoringPolicy(), an_admission()) == set(Rule)


def test_what_is_asked_and_not_required_may_be_declined_and_is_off_then() -> None:
    policy = ProctoringPolicy(required=(S.CAMERA,))
    admission = agreed(an_admission(policy), S.CAMERA, S.LIKENESS, S.CAMERA_NAME)
    for signal in (S.DIRECTION, S.BROWSER):
        admission = decide(admission, signal, TEXTS[signal].hash, given=False, at_ms=6)
    assert missing(admission) == ()
    assert rules_off(policy, admission) == NEEDED_FOR[S.DIRECTION] | NEEDED_FOR[S.BROWSER]


def test_a_no_to_what_is_required_is_written_down_and_closes_the_way() -> None:
    admission = decide(agreed(an_admission()), S.CAMERA, TEXTS[S.CAMERA].hash, given=False, at_ms=6)
    assert missing(admission) == (S.CAMERA,)
    assert set(SEEN) <= rules_off(admission.policy, admission)


def test_a_consent_is_withdrawn_later_and_nothing_is_struck_out() -> None:
    admission = agreed(an_admission(ProctoringPolicy(required=())))
    withdrawn = decide(admission, S.LIKENESS, TEXTS[S.LIKENESS].hash, given=False, at_ms=9)
    assert withdrawn.consents[:-1] == admission.consents
    assert rules_off(withdrawn.policy, withdrawn) == {Rule.FACE_CHANGED}


def test_saying_the_same_again_is_no_other_decision() -> None:
    admission = agreed(an_admission())
    assert agreed(admission) is admission


def test_what_is_not_asked_cannot_be_agreed_to_and_is_off() -> None:
    policy = ProctoringPolicy(asked=(S.CAMERA,), required=(S.CAMERA,))
    with pytest.raises(ConsentRequired):
        decide(an_admission(policy), S.BROWSER, TEXTS[S.BROWSER].hash, given=True, at_ms=5)
    assert Rule.TAB_HIDDEN in rules_off(policy, agreed(an_admission(policy)))


def test_an_accommodation_mutes_by_the_name_of_the_rule() -> None:
    admission = agreed(an_admission(muted=("looking_away", "tab_hidden")))
    assert rules_off(admission.policy, admission) == {Rule.LOOKING_AWAY, Rule.TAB_HIDDEN}


def test_every_rule_is_somebodys_to_agree_to() -> None:
    assert frozenset().union(*NEEDED_FOR.values()) == set(Rule)


def test_a_policy_that_contradicts_itself_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="camera is required, and nobody is asked"):
        ProctoringPolicy(asked=(), required=(S.CAMERA,))
    with pytest.raises(ValueError, match="photographs are taken"):
        full_check_in(asked=(S.CAMERA,), required=(S.CAMERA,))


def test_the_proportions_of_a_face_are_neither_judged_nor_kept_of_whoever_declined_them() -> None:
    face = replace(a_face(), shape=(0.5,) * SHAPE_RATIOS)
    seen = an_observation(face)
    assert without_declined(seen, frozenset()) is seen
    assert without_declined(seen, frozenset({Rule.LOOKING_AWAY})) is seen
    kept = without_declined(seen, frozenset({Rule.FACE_CHANGED}))
    assert [one.shape for one in kept.faces] == [()]
    assert replace(kept.faces[0], shape=face.shape) == face

"""The way to a seat and the claims of a browser, over the sockets."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from guildhall.assessments.model.exams import Accommodation
from guildhall.assessments.service import AssessmentsService
from guildhall.proctoring.model import Channel, EntryKind, Rule, Session
from guildhall.proctoring.model.admission import (
    CLAIMS_MAX,
    ClaimKind,
    ConsentSignal,
    DeviceClass,
    ProctoringPolicy,
)
from guildhall.proctoring.model.signals import CameraCalled
from guildhall.proctoring.rules.admitting import NotReady
from guildhall.proctoring.rules.consenting import TEXTS
from tests.fakes.client import SocketClient
from tests.fakes.observations import CALM, DARK, EMPTY
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.namespace.conftest import Doors


async def told(client: SocketClient) -> dict[str, Any]:
    return await client.hear(lambda event, _: event == "admission")


def answers(admission: dict[str, Any], *declined: str) -> dict[str, Any]:
    return {
        "answers": [
            {"signal": one["signal"], "text_hash": one["text_hash"], "given": one["signal"] not in declined}
            for one in admission["consents"]
        ]
    }


def a_claim(key: str, kind: str = "tab_hidden", phase: str = "began", age_ms: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "kind": kind,
        "phase": phase,
        "client_at_ms": 5,
        "age_ms": age_ms,
        "lasted_ms": None,
        "detail": "",
        **more,
    }


def a_batch(hall: Hall, *claims: dict[str, Any]) -> dict[str, Any]:
    return {"client_now_ms": hall.clock.now_ms() - 60_000, "claims": list(claims)}


async def agreed(client: SocketClient) -> dict[str, Any]:
    return await client.agree()


async def an_arrival(hall: Hall) -> Session:
    """Somebody whom a proctor lets in."""
    session = await hall.invite()
    await hall.service.admissions.open(session, needs_admission=True)
    return session


async def test_the_words_that_are_agreed_to_are_shown_and_kept_by_their_hash(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        shown = await told(ada)
        assert shown["stage"] == "consent"
        assert {one["text_hash"] for one in shown["consents"]} <= {text.hash for text in TEXTS.values()}
        assert (await ada.call("consent", answers(shown)))["stage"] == "in"
    kept = await hall.store.admissions.admissions.read(session.id)
    assert [(one.signal.value, one.text_hash, one.given) for one in kept.consents] == [
        (one["signal"], one["text_hash"], True) for one in shown["consents"]
    ]


async def test_other_words_are_refused_and_nothing_is_kept(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        wrong = answers(await told(ada))
        wrong["answers"][-1]["text_hash"] = "0" * 64
        assert (await ada.call("consent", wrong))["problem"]["type"] == "consent-text-changed"
    assert (await hall.store.admissions.admissions.read(session.id)).consents == ()


async def test_a_claim_is_kept_with_both_times_then_judged_then_receipted(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        assert "tab_hidden" in (await agreed(ada))["claims"]
        hall.clock.advance(10_000)
        taken = await ada.call("claims", a_batch(hall, a_claim("k1", age_ms=2_000)))
    assert taken == {"receipts": [{"key": "k1", "number": 1}]}
    ((number, claim),) = await hall.store.admissions.claims_after(session.id, 0)
    assert (number, claim.kind, claim.client_at_ms) == (1, ClaimKind.TAB_HIDDEN, 5)
    assert (claim.server_at_ms, claim.happened_at_ms) == (hall.clock.now_ms(), hall.clock.now_ms() - 2_000)
    opened = (await hall.entries())[0]
    assert (opened.incident.rule, opened.incident.channel) == (Rule.TAB_HIDDEN, Channel.CLAIM)
    assert opened.incident.opened_at_ms == claim.happened_at_ms


async def test_a_claim_sent_again_gets_the_same_receipt_and_no_second_incident(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    batch = a_batch(hall, a_claim("k1", "copied", "once"))
    async with doors.candidate(session) as ada:
        await agreed(ada)
        first = await ada.call("claims", batch)
        assert await ada.call("claims", batch) == first
    async with doors.candidate(session) as ada:  # whoever was killed knows nothing of it
        await told(ada)
        assert await ada.call("claims", batch) == first
    assert [entry.kind.value for entry in await hall.entries()] == ["incident_opened", "incident_closed"]


class Terms:
    """Assessments, as far as admissions ask them: what is not judged in the one attempt there is."""

    def __init__(self) -> None:
        self.muted: tuple[str, ...] = ()
        self.context = SimpleNamespace(store=SimpleNamespace(attempts=self))

    async def get(self, attempt_id: str) -> Any:  # noqa: ARG002 - there is one
        return SimpleNamespace(accommodation=Accommodation(muted_signals=self.muted))


async def test_what_is_muted_while_the_session_is_open_is_judged_no_more_and_closes_what_is_open(
    hall: Hall, doors: Doors
) -> None:
    session, terms = await hall.invite(), Terms()
    hall.service.admissions.assessments = cast("AssessmentsService", terms)
    await hall.service.admissions.open(session, attempt_id="att_1")
    async with doors.candidate(session) as ada:
        await agreed(ada)
        await ada.call("claims", a_batch(hall, a_claim("k1")))
        terms.muted = ("tab_hidden", "no_such_rule")
        await hall.service.admissions.look_again(session.id)
        assert "tab_hidden" not in (await told(ada))["claims"]
        hall.clock.advance(30_000)
        await ada.call("claims", a_batch(hall, a_claim("k2", phase="ended"), a_claim("k3")))
        kinds = [(entry.kind, entry.incident.rule) for entry in await hall.entries()]
    assert kinds == [
        (EntryKind.INCIDENT_OPENED, Rule.TAB_HIDDEN),
        (EntryKind.INCIDENT_CLOSED, Rule.TAB_HIDDEN),
    ]
    assert (await hall.store.admissions.admissions.read(session.id)).muted == ("tab_hidden",)


async def test_a_claim_is_corroborated_on_the_log_by_what_the_camera_saw(hall: Hall, doors: Doors) -> None:
    async with doors.candidate(await hall.invite()) as ada:
        await agreed(ada)
        await ada.call("claims", a_batch(hall, a_claim("k1")))
        hall.engine.shows = EMPTY
        for number in range(20):
            await doors.send_frame(ada, number)
        entries = await hall.entries()
    corroborated = next(one.incident for one in entries if one.kind is EntryKind.INCIDENT_CORROBORATED)
    assert (corroborated.rule, corroborated.channel) == (Rule.TAB_HIDDEN, Channel.BEHAVIOUR)
    closed = (await hall.entries())[-1].incident
    assert closed.incident_id == corroborated.incident_id or closed.rule is Rule.ABSENT


async def test_what_was_declined_is_neither_kept_nor_judged(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    await hall.service.admissions.set_policy("exam-1", "", ProctoringPolicy(required=()), "usr_1")
    async with doors.candidate(session) as ada:
        declined = await ada.call("consent", answers(await told(ada), "browser", "camera"))
        assert declined["claims"] == []
        taken = await ada.call("claims", a_batch(hall, a_claim("k1")))
        assert taken == {"receipts": [{"key": "k1", "number": None}]}
        hall.engine.shows = DARK
        for number in range(20):
            assert "have agreed" in (await doors.send_frame(ada, number))["problem"]["detail"]
    assert await hall.entries() == []
    assert await hall.store.admissions.claims_after(session.id, 0) == []


async def test_nobody_is_looked_at_before_they_have_agreed_nor_after_they_took_it_back(
    hall: Hall, doors: Doors
) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada, doors.proctor() as proctor:
        await proctor.call("watch", {"after": 0})
        hall.engine.shows = EMPTY
        assert "have agreed" in (await doors.send_frame(ada, 0))["problem"]["detail"]
        agreement = await ada.agree()
        assert (await doors.send_frame(ada, 1))["verdict"] == "judged"
        for number in range(2, 22):
            await doors.send_frame(ada, number)
        withdrawn = await ada.call("consent", answers(agreement, "camera"))
        assert [one["given"] for one in withdrawn["consents"] if one["signal"] == "camera"] == [False]
        assert "have agreed" in (await doors.send_frame(ada, 22))["problem"]["detail"]
        hall.clock.advance(60_000)
        await hall.service.seating.keep_seats()
        await ada.call("consent", answers(agreement))
        await hall.service.seating.keep_seats()
        await doors.send_frame(ada, 23)
    kinds = [(entry.incident.rule, entry.kind) for entry in await hall.entries()]
    assert kinds == [(Rule.ABSENT, EntryKind.INCIDENT_OPENED), (Rule.ABSENT, EntryKind.INCIDENT_CLOSED)]
    assert len(hall.engine.offered) == 22  # the engine saw nothing of the others


async def test_the_name_of_a_camera_is_not_kept_of_who_declined_that(hall: Hall, doors: Doors) -> None:
    policy = ProctoringPolicy(required=(ConsentSignal.CAMERA,))
    await hall.service.admissions.set_policy("exam-1", "", policy, "usr_1")
    async with doors.candidate(await hall.invite()) as ada:
        await ada.call("consent", answers(await told(ada), "camera_name"))
        await ada.call("camera", {"label": "OBS Virtual Camera"})
        (seat,) = hall.service.seating.seats.values()
        assert seat.tape is not None
        assert not any(isinstance(one, CameraCalled) for one in seat.tape.records)


async def test_more_claims_than_a_session_may_have_are_refused(hall: Hall, doors: Doors) -> None:
    async with doors.candidate(await hall.invite()) as ada:
        await agreed(ada)
        next(iter(hall.service.seating.seats.values())).claim_count = CLAIMS_MAX
        problem = (await ada.call("claims", a_batch(hall, a_claim("k1"))))["problem"]
    assert (problem["type"], problem["status"]) == ("too-many-claims", 409)


@pytest.mark.parametrize(
    "wrong", [{"kind": "mind_read"}, {"phase": "perhaps"}, {"age_ms": -1}, {"detail": "x" * 121}, {"key": "a b"}]
)
async def test_a_claim_outside_the_closed_set_is_refused(hall: Hall, doors: Doors, wrong: dict[str, Any]) -> None:
    async with doors.candidate(await hall.invite()) as ada:
        await agreed(ada)
        problem = (await ada.call("claims", a_batch(hall, {**a_claim("k1"), **wrong})))["problem"]
    assert problem["status"] == 422


async def test_a_failed_check_says_what_to_do_and_passes_once_it_is_mended(hall: Hall, doors: Doors) -> None:
    session = await an_arrival(hall)
    measured = {"camera_trouble": None, "frames_per_second": 15.0, "upload_kbit_s": 4_000.0, "clock_offset_ms": 10.0}
    async with doors.candidate(session) as ada:
        assert (await agreed(ada))["stage"] == "checks"
        hall.engine.shows = DARK
        await doors.send_frame(ada, 0)
        dark = await ada.call("checks", measured)
        light = next(one for one in dark["checks"] if one["name"] == "light")
        assert (dark["stage"], light["passed"]) == ("checks", False)
        assert "Turn on a light" in light["advice"]
        assert (await ada.call("ask_admission", {}))["problem"]["type"] == "not-ready"
        hall.engine.shows = CALM
        await doors.send_frame(ada, 1)
        assert (await ada.call("checks", measured))["stage"] == "ready"
    async with doors.candidate(session) as again:  # nothing that was done is asked twice
        assert (await told(again))["stage"] == "ready"


async def test_nobody_counts_as_having_asked_before_all_that_comes_first(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    await hall.service.admissions.set_policy("exam-1", "", ProctoringPolicy(), "usr_1")
    desk = hall.service.admissions
    with pytest.raises(NotReady):
        await desk.expect_asked(session.id)
    await desk.open(session, needs_admission=True)
    async with doors.candidate(session) as ada, doors.proctor() as proctor:
        await agreed(ada)
        with pytest.raises(NotReady):
            await desk.expect_asked(session.id)
        await ada.call("ask_admission", {})
        await desk.expect_asked(session.id)
        refusal = {"session_id": session.id, "outcome": "refused", "reason": "room_not_ready", "note": ""}
        await proctor.call("decide_admission", refusal)
        with pytest.raises(NotReady):  # and again after a refusal
            await desk.expect_asked(session.id)


async def test_a_proctor_sends_back_with_a_reason_and_then_lets_in(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    await hall.service.admissions.set_policy("exam-1", "", ProctoringPolicy(), "usr_1")
    await hall.service.admissions.open(session, needs_admission=True)
    async with doors.candidate(session) as ada, doors.proctor() as proctor:
        await agreed(ada)
        assert (await ada.call("ask_admission", {}))["stage"] == "waiting"
        await proctor.hear(lambda event, _: event == "arrivals")
        (arrival,) = (await proctor.call("waiting", {}))["arrivals"]
        assert (arrival["session_id"], arrival["candidate_name"]) == (session.id, "Ada")
        refusal = {"session_id": session.id, "outcome": "refused", "reason": None, "note": ""}
        assert (await proctor.call("decide_admission", refusal))["problem"]["type"] == "not-ready"
        proctor.told.clear()
        await proctor.call("decide_admission", {**refusal, "reason": "room_not_ready"})
        await proctor.hear(lambda event, _: event == "arrivals")
        back = await ada.hear(lambda event, one: event == "admission" and one["decision"] is not None)
        assert (back["stage"], back["decision"]["outcome"]) == ("ready", "refused")
        assert "Clear your desk" in back["decision"]["words"]
        assert (await proctor.call("waiting", {}))["arrivals"] == []
        await ada.call("ask_admission", {})
        admitted = {"session_id": session.id, "outcome": "admitted", "reason": None, "note": ""}
        await proctor.call("decide_admission", admitted)
        await ada.hear(lambda event, one: event == "admission" and one["stage"] == "in")
        assert (await proctor.call("decide_admission", admitted))["problem"]["type"] == "not-waiting"


async def test_a_proctor_of_another_exam_decides_nothing(hall: Hall, doors: Doors) -> None:
    session = await an_arrival(hall)
    async with doors.candidate(session) as ada, doors.proctor("exam-2") as proctor:
        await told(ada)
        decision = {"session_id": session.id, "outcome": "admitted", "reason": None, "note": ""}
        assert (await proctor.call("decide_admission", decision))["problem"]["status"] == 404


async def test_what_somebody_says_of_themselves_is_kept_and_said_again_only_by_them(hall: Hall, doors: Doors) -> None:
    session = await an_arrival(hall)
    async with doors.candidate(session) as ada:
        first = await told(ada)
        assert first["said"] == {"device": None, "glasses": None}
        said = {"device": "phone", "glasses": True}
        assert (await ada.call("consent", {**answers(first), "said": said}))["said"] == said
        assert (await ada.call("consent", answers(first)))["said"] == said
        assert "problem" in await ada.call("consent", {**answers(first), "said": {**said, "device": "a watch"}})
    kept = (await hall.store.admissions.admissions.read(session.id)).said
    assert (kept.device, kept.glasses) == (DeviceClass.PHONE, True)
    async with doors.proctor() as proctor:
        assert "glasses" not in str(await proctor.call("waiting", {}))

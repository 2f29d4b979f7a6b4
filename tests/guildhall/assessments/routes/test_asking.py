"""A candidate's questions about an exam: one thread by invitation, answered by those who are assigned."""

import pytest

from guildhall.chat.jobs import look_at_exams
from guildhall.chat.model import ConversationKind
from guildhall.chat.store import NoSuch
from tests.guildhall.assessments.conftest import ExamHall, Http
from tests.guildhall.chat.house import ChatHouse, agent, member

GRACE = {"X-Account": "usr_grace", "X-Role": "proctor"}


@pytest.fixture
async def chat(house: ExamHall) -> ChatHouse:
    opened = ChatHouse(house.storage, house.clock, assignments=house.service.assigning)
    await opened.store.ensure()
    house.service.asking.talks = opened.service.talks
    return opened


async def ask(exam_http: Http, path: str, **headers: str) -> tuple[int, str]:
    response = await exam_http.post(f"/v1{path}/conversation", headers=headers)
    return response.status, (await response.json()).get("conversation_id", "")


async def test_before_and_after_an_exam_a_candidate_asks_in_one_thread(
    house: ExamHall, exam_http: Http, chat: ChatHouse
) -> None:
    invitation = await house.invite()
    before = await ask(exam_http, f"/exams/invitations/{invitation.id}")
    assert before[0] == 200
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    assert await ask(exam_http, f"/attempts/{attempt.id}") == before
    talk = await chat.store.conversations.read(before[1])
    assert (talk.kind, talk.subject_id, talk.scope_id) == (ConversationKind.EXAM, invitation.id, "")
    assert [party.name for party in talk.parties] == ["Ada"]
    assert talk.context["url"] == f"/exams#{invitation.id}"


async def test_nobody_elses_exam_is_asked_about(house: ExamHall, exam_http: Http, chat: ChatHouse) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    for path in (f"/exams/invitations/{invitation.id}", f"/attempts/{attempt.id}", "/exams/invitations/inv_none"):
        assert (await ask(exam_http, path, **GRACE))[0] == 404
    assert await chat.store.conversations.find({}, limit=10) == []


async def test_those_assigned_to_the_delivery_answer_and_the_desk_where_nobody_is(
    house: ExamHall, exam_http: Http, chat: ChatHouse
) -> None:
    invitation = await house.invite()
    path = f"/exams/invitations/{invitation.id}"
    _, talk = await ask(exam_http, path)
    find = chat.service.conversations.find
    support, grace = agent("usr_s"), agent("usr_grace", (ConversationKind.EXAM,))
    await find(support, talk)
    with pytest.raises(NoSuch):
        await find(grace, talk)
    body = {"email": "grace@example.org"}
    admin = {"X-Account": "usr_admin", "X-Role": "admin"}
    assert (await exam_http.post("/v1/deliveries/dlv_1/proctors", json=body, headers=admin)).status == 201
    assert (await ask(exam_http, path))[1] == talk
    await find(grace, talk)
    with pytest.raises(NoSuch):
        await find(support, talk)
    await chat.service.conversations.say(member("usr_ada"), talk, "message-1", "Is a calculator allowed?")
    await exam_http.delete("/v1/deliveries/dlv_1/proctors/usr_grace", headers=admin)
    with pytest.raises(NoSuch):
        await find(grace, talk)
    await chat.service.following.follow(talk)
    await look_at_exams(chat.service)  # nobody is assigned any more
    await find(support, talk)

from guildhall.assessments.model.banks import Item
from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.hall import Hall, chosen, items
from tests.guildhall.assessments.routes.conftest import Http, ask
from tests.guildhall.assessments.written import CONTENTS


async def test_authors_read_who_changed_a_question_and_its_bank_out_of_the_hash_chain(board: ExamBoard) -> None:
    made = await board.call("katherine", "POST", "/banks", {"name": "Sums"})
    bank = f"/banks/{made.body['bank_id']}"
    wanted = {"name": "One", "content": CONTENTS["single_choice"]}
    item = await board.call("katherine", "POST", f"{bank}/items", wanted)
    path = f"/items/{item.body['item_id']}"
    await board.call("katherine", "POST", f"{path}/publish")
    await board.call("katherine", "POST", f"{path}/retire")
    told = (await board.call("katherine", "GET", f"{path}/changes")).body
    assert [(one["action"], one["by_name"]) for one in told["items"]] == [
        ("retire_item", "Katherine"),
        ("publish_item", "Katherine"),
        ("create_item", "Katherine"),
    ]
    assert told["items"][1]["details"] == {"version": f"{item.body['item_id']}@1"}
    assert told["is_cut"] is False
    entries = {entry.number: entry.hash for entry in await board.service.context.audit.read(0, 100)}
    assert all(entries[one["number"]] == one["hash"] for one in told["items"])
    of_bank = (await board.call("katherine", "GET", f"{bank}/changes")).body["items"]
    assert [one["action"] for one in of_bank] == ["create_bank"], "what belongs to others is not among it"
    for who in ("ada", "grace", "owner"):
        assert (await board.call(who, "GET", f"{path}/changes")).status in {403, 404}


async def test_exams_and_deliveries_have_their_own_and_corrected_keys_stand_with_their_question(
    hall: Hall, http: Http
) -> None:
    version = items("single_choice")[0]
    await hall.open_exam([version])
    await hall.store.items.add(
        Item(
            id=version.item_id,
            created_at_ms=0,
            bank_id=version.bank_id,
            name="Which",
            draft=version.content,
            versions=(version.id,),
        )
    )
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    body = {"key": {"kind": "choice", "correct": ["a"]}, "reason": "The rod is 3 mm."}
    assert (await ask(http, "POST", f"/item-versions/{version.id}/corrections", "usr_boss", body, "1"))[0] == 202
    await hall.tidy()
    _, told = await ask(http, "GET", f"/items/{version.item_id}/changes", "usr_boss")
    assert [(one["action"], one["details"]["reason"]) for one in told["items"]] == [("correct_key", "The rod is 3 mm.")]
    assert (await ask(http, "POST", "/deliveries/dlv_1/cancel", "usr_boss"))[0] == 200
    _, told = await ask(http, "GET", "/deliveries/dlv_1/changes", "usr_boss")
    assert [one["action"] for one in told["items"]] == ["cancel_delivery"]
    assert (await ask(http, "GET", "/deliveries/dlv_1/changes", "usr_spy"))[0] == 404

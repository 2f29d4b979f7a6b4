from guildhall.assessments.model.banks import Item
from tests.guildhall.assessments.hall import Hall, chosen, items
from tests.guildhall.assessments.routes.conftest import Http, ask

PATH = "/item-versions/itm_0000@1"
KEY = {"kind": "choice", "correct": ["a"]}


async def test_a_key_is_tried_on_everybody_before_it_is_applied(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice"))
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.hand_in("bob", {"q0": chosen("a")})
    await hall.tidy()
    status, preview = await ask(http, "POST", f"{PATH}/regrade-preview", "usr_boss", {"key": KEY})
    assert (status, preview["affected"], preview["to_pass"], preview["to_fail"]) == (200, 2, 1, 1)
    assert {one["candidate_name"]: one["earned_after"] for one in preview["changed"]} == {"Ada": 0, "Bob": 100}
    body = {"key": KEY, "reason": "The rod is 3 mm."}
    _, shown = await ask(http, "GET", f"{PATH}/key", "usr_boss")
    assert shown["corrections"] == []
    status, _ = await ask(http, "POST", f"{PATH}/corrections", "usr_boss", body, "9")
    assert status == 412
    status, accepted = await ask(http, "POST", f"{PATH}/corrections", "usr_boss", body, "1")
    assert (status, accepted) == (202, {"corrections": 1})
    await hall.tidy()
    assert (await hall.result("bob")).grade.is_pass is True
    for who in ("usr_spy", "usr_mary"):
        assert (await ask(http, "POST", f"{PATH}/regrade-preview", who, {"key": KEY}))[0] == 404
        assert (await ask(http, "GET", f"{PATH}/key", who))[0] == 404


async def test_an_items_figures_come_from_every_exam_that_had_it(hall: Hall, http: Http) -> None:
    (version,) = items("single_choice")
    await hall.open_exam([version])
    item = Item(
        id=version.item_id,
        created_at_ms=0,
        bank_id=version.bank_id,
        name="Which",
        draft=version.content,
        versions=(version.id,),
    )
    await hall.store.items.add(item)
    for number, answer in enumerate("bba"):
        await hall.hand_in(f"c{number}", {"q0": chosen(answer)})
    await hall.tidy()
    status, shown = await ask(http, "GET", "/items/itm_0000/statistics", "usr_boss")
    assert (status, shown["n"], round(shown["difficulty"], 3)) == (200, 3, 0.667)
    assert [one["exam_title"] for one in shown["exams"]] == ["Welding"]
    assert (await ask(http, "GET", "/items/itm_0000/statistics", "usr_spy"))[0] == 404

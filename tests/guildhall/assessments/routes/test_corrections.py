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
    await hall.open_exam(items("single_choice"))
    assert (await ask(http, "GET", "/items/itm_0000/statistics", "usr_boss"))[0] == 404

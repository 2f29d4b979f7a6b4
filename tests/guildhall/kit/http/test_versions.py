import dataclasses

from guildhall.kit.http.versions import version_headers
from tests.fakes.things_api import READ, Http


async def test_a_version_that_is_not_there_is_refused(http: Http) -> None:
    assert (await http.get("/v1/things", headers={"Api-Version": "2026-11"})).status == 200
    answer = await http.get("/v1/things", headers={"Api-Version": "1999-01"})
    assert (answer.status, (await answer.json())["code"]) == (400, "malformed")
    assert answer.headers["Api-Version"] == "2026-11"


def test_what_goes_away_says_so_with_dates() -> None:
    leaving = dataclasses.replace(READ, deprecated_on="2026-12-01", sunset_on="2027-06-01")
    assert version_headers(leaving) == {
        "Api-Version": "2026-11",
        "Deprecation": "@1796083200",
        "Sunset": "Tue, 01 Jun 2027 00:00:00 GMT",
    }

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.guildhall.assessments.hall import Hall, chosen, items
from tests.guildhall.assessments.routes.conftest import Http, ask

DAY_MS = 86_400_000
ROOT = Path(__file__).parents[4]


async def verify(credential: Path, keys: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "guildhall", "verify-credential", str(credential), "--keys", str(keys)]
    return await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)


async def certified(hall: Hall, months: int = 12) -> str:
    plan: dict[str, Any] = {"credential_title": "Welder", "credential_level": "B2", "credential_months": months}
    await hall.open_exam(items("single_choice"), **plan)
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    return (await hall.result("ada")).credential_id


async def test_anybody_may_check_a_credential_and_sees_no_score(hall: Hall, http: Http) -> None:
    name = await certified(hall)
    status, shown = await ask(http, "GET", f"/credentials/{name}")
    assert (status, shown["standing"], shown["holder_name"], shown["level"]) == (200, "valid", "Ada", "B2")
    assert not {"score", "percent", "account_id", "reason"} & shown.keys()
    assert (await ask(http, "GET", "/credentials/crd_nowhere"))[0] == 404
    hall.clock.advance(366 * DAY_MS)
    assert (await ask(http, "GET", f"/credentials/{name}"))[1]["standing"] == "expired"
    _, mine = await ask(http, "GET", "/credentials/mine", "usr_ada")
    assert [one["credential_id"] for one in mine["items"]] == [name]


async def test_a_credential_is_revoked_by_hand_with_a_reason_that_only_its_holder_reads(hall: Hall, http: Http) -> None:
    name = await certified(hall)
    path, body = f"/credentials/{name}/revocation", {"reason": "Issued to the wrong person."}
    for who in ("usr_spy", "usr_mary", "usr_ada"):
        assert (await ask(http, "POST", path, who, body))[0] == 404
    status, shown = await ask(http, "POST", path, "usr_boss", body)
    assert (status, shown["standing"], shown["revoked_at_ms"]) == (200, "revoked", hall.clock.now_ms())
    assert "wrong person" not in json.dumps((await ask(http, "GET", f"/credentials/{name}"))[1])
    assert "wrong person" in (await hall.mails("ada"))[-1].text
    assert (await ask(http, "POST", path, "usr_boss", body))[0] == 409
    assert await hall.service.credentials.held_by("usr_ada") == []


async def test_a_credential_verifies_offline_also_after_the_secret_was_rotated(
    hall: Hall, http: Http, tmp_path: Path
) -> None:
    name = await certified(hall, months=0)
    rotated = hall.another(secret="another secret that is long enough, too")
    assert len(await rotated.service.credentials.public_keys()) == 2
    credential, keys = tmp_path / "credential.json", tmp_path / "keys.json"
    credential.write_text(json.dumps((await ask(http, "GET", f"/credentials/{name}"))[1]))
    keys.write_text(json.dumps((await ask(http, "GET", "/credentials/keys"))[1]))
    done = await verify(credential, keys)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "GENUINE.")
    assert "holder: Ada" in done.stdout
    shown = json.loads(credential.read_text())
    head, body, signature = shown["token"].split(".")
    credential.write_text(f"{head}.{body[:-2]}AA.{signature}")
    done = await verify(credential, keys)
    assert (done.returncode, done.stdout.split(".")[0]) == (1, "NOT GENUINE")
    done = await verify(keys, credential)
    assert done.returncode == 2

"""Reports and packs of one attempt, made over HTTP and checked as somebody else would: by the command, offline."""

import io
import json
import zipfile
from pathlib import Path
from typing import ClassVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.kit.http import (
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.signatures import as_jwk
from guildhall.proctoring.routes.reporting import report_routes
from guildhall.proctoring.service import report_pdf
from guildhall.proctoring.service.evidence import VIEW
from guildhall.proctoring.service.pack_checking import verify_pack_file
from guildhall.proctoring.service.reporting import Reporting
from tests.fakes.observations import CALM, CROWD
from tests.guildhall.assessments.hall import Hall as Exams
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.court import Court, reviewer

Http = TestClient[web.Request, web.Application]
REPORT = "/v1/proctoring/reports/att_ada"
ADMIN = {"X-Who": "boss", "X-Role": "admin"}


@pytest.fixture
async def court(hall: Hall, tmp_path: Path) -> Court:
    made = Court(hall, Exams(hall.storage, hall.clock, tmp_path))
    await made.open_exam()
    await made.sit()
    await made.pass_()
    await made.reviewing.look(reviewer("grace"), "sit_ada")
    return made


@pytest.fixture
async def http(court: Court, aiohttp_client: AiohttpClient) -> Http:
    async def authenticate(request: web.Request) -> Principal:
        name, role = request.headers["X-Who"], request.headers.get("X-Role", "agent")
        return Principal(kind="user", id=f"usr_{name}", session_id="ses_1", roles=frozenset({role}), aal=2)

    exams, service = court.exams, court.hall.service
    reporting = Reporting(
        exams.store,
        exams.service.credentials,
        court.rights,
        court.looks,
        service.signals,
        service.evidence,
        service.photos,
        court.clock,
        secret=exams.secret,
    )
    app, settings = web.Application(), PipelineSettings()
    mount_root(app, settings)
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(court.clock),
        idempotency=IdempotencyStore(court.hall.storage, court.clock),
        clock=court.clock,
    )
    mount_v1(app, report_routes(reporting, court.rights), guards, settings)
    return await aiohttp_client(app)


async def test_a_report_says_what_was_flagged_and_who_looked_and_that_it_was_read(http: Http) -> None:
    report = await (await http.get(REPORT, headers=ADMIN)).json()
    assert (report["candidate_name"], report["rights"]["state"]) == ("Ada", "being_reviewed")
    assert [flag["title"] for flag in report["rights"]["flags"]] == ["A second person in the picture"]
    assert [look["what"] for look in report["rights"]["looks"]][-2:] == ["Looked at the case", "Read the report"]
    assert report["signal_chunks"] > 0
    assert len(report["log_head"]) == 64


@pytest.mark.parametrize("who", [{"X-Who": "eve"}, {"X-Who": "ada"}, {"X-Who": "ada", "X-Role": "admin"}], ids=str)
async def test_a_report_is_for_those_who_answer_for_the_exam_and_not_for_whom_it_is_about(
    http: Http, who: dict[str, str]
) -> None:
    for path in ("", "/pdf", "/evidence-pack"):
        assert (await http.get(REPORT + path, headers=who)).status == 404


async def test_the_pdf_is_one_and_the_candidate_has_theirs(http: Http) -> None:
    for path, who in (f"{REPORT}/pdf", ADMIN), ("/v1/proctoring/rights/att_ada/pdf", {"X-Who": "ada"}):
        response = await http.get(path, headers=who)
        body = await response.read()
        assert (response.status, response.content_type, body[:5]) == (200, "application/pdf", b"%PDF-")
        assert "attachment" in response.headers["Content-Disposition"]
    assert (await http.get("/v1/proctoring/rights/att_ada/pdf", headers={"X-Who": "eve"})).status == 404


class Heard:
    """Paper that keeps its words."""

    said: ClassVar[list[str]] = []

    def __init__(self, *_: str) -> None:
        self.said.clear()

    def line(self, text: str, *_: float, **__: bool) -> None:
        self.said.append(text)

    head = line

    def bytes(self) -> bytes:
        return b""


async def test_page_pdf_and_pack_tell_of_the_case_before_the_exam_was_opened_again(
    court: Court, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    await court.judge_all("grace", upholds=False)
    await court.reviewing.clear(reviewer("grace"), "sit_ada", "It was a poster.")
    await court.sit_again((CALM, 4.0), (CROWD, 4.0), (CALM, 3.0))
    await court.pass_()
    monkeypatch.setattr(report_pdf, "Paper", Heard)
    response = await http.get(f"{REPORT}/evidence-pack", headers=ADMIN)
    with zipfile.ZipFile(io.BytesIO(await response.read())) as pack:
        packed = json.loads(pack.read("report.json"))
    (earlier,) = packed["rights"]["earlier"]
    assert (earlier["state"], [one["words"] for one in earlier["decisions"]]) == ("cleared", ["It was a poster."])
    assert (await (await http.get(REPORT, headers=ADMIN)).json())["rights"]["earlier"] == [earlier]
    begins = next(place for place, text in enumerate(Heard.said) if text.startswith("Before the exam was opened again"))
    assert any("no penalty. It was a poster." in text for text in Heard.said[begins:])
    assert sum(text == "A second person in the picture" for text in Heard.said[:begins]) == 1
    assert sum(text == "A second person in the picture" for text in Heard.said[begins:]) == 1


async def test_the_pictures_of_a_flag_are_for_who_may_read_the_report_and_each_look_is_written_down(
    court: Court, http: Http
) -> None:
    eve = await court.sit("eve", agrees=True)
    await court.pass_()
    (incident,) = await court.follower.incidents(eve.id)
    path = f"/v1/proctoring/reports/att_eve/strip?flag={incident.incident_id}"
    for who in ({"X-Who": "adam"}, {"X-Who": "eve", "X-Role": "admin"}):
        assert (await http.get(path, headers=who)).status == 404
    strip = await (await http.get(path, headers=ADMIN)).json()
    assert {picture["phase"] for picture in strip["pictures"]} == {"before", "during", "after"}
    looks = [line.actor for line in await court.looks.of(eve.id) if line.action == VIEW]
    assert looks == ["usr_boss"], "whoever was refused was shown nothing"
    await court.exams.store.attempts.change("att_eve", 0, lambda seen: seen.model_copy(update={"over_at_ms": None}))
    assert (await http.get(path, headers=ADMIN)).status == 404, "nothing is told of flags while an exam goes on"


async def test_a_pack_is_checked_offline_by_the_command_and_one_edited_entry_is_located(
    court: Court, http: Http, tmp_path: Path
) -> None:
    response = await http.get(f"{REPORT}/evidence-pack", headers=ADMIN)
    packed, keys = tmp_path / "pack.zip", tmp_path / "keys.json"
    packed.write_bytes(await response.read())
    published = await court.exams.service.credentials.public_keys()
    keys.write_text(json.dumps({"keys": [as_jwk(key_id, key) for key_id, key in published.items()]}))
    out = io.StringIO()
    assert verify_pack_file(packed, keys, out) == 0, out.getvalue()
    assert "AS IT WAS SIGNED: 6 files of attempt att_ada" in out.getvalue()
    assert verify_pack_file(packed, None, out) == 0
    assert "Compare it" in out.getvalue()

    with zipfile.ZipFile(packed) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    log, signals = json.loads(files["evidence_log.json"]), json.loads(files["signals.json"])
    assert [entry["body"]["action"] for entry in log][-1] == "proctoring.export_evidence"
    log[1]["body"]["actor"] = "usr_nobody"
    signals[1]["records"] += 1
    edited = {"evidence_log.json": json.dumps(log).encode(), "signals.json": json.dumps(signals).encode()}
    with zipfile.ZipFile(packed, "w") as pack:
        for name, body in (files | edited).items():
            pack.writestr(name, body)
    out = io.StringIO()
    assert verify_pack_file(packed, keys, out) == 1
    for sentence in ("evidence_log.json was changed", "Entry 2 is not as it was written", "Chunk 2 is not as it was"):
        assert sentence in out.getvalue()
    assert verify_pack_file(tmp_path / "none.zip", keys, out) == 2

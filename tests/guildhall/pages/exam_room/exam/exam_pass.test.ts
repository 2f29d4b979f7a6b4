import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ExamPass } from "../../../../../platform/guildhall/pages/exam_room/exam/exam_pass";
import type { ExamDoor } from "../../../../../platform/guildhall/pages/shared/exams_told";
import type { Answer } from "../../../../../platform/guildhall/pages/shared/line";
import { NOT_REACHED } from "../../../../../platform/guildhall/pages/shared/problems";

const HOUR_S = 3600;
const SIGNED_OUT = { type: "signed-out", title: "", status: 401, detail: "" };
const kept = new Map<string, string>();
Object.assign(globalThis, { sessionStorage: { setItem: (key: string, value: string) => kept.set(key, value) } });
beforeEach(() => kept.clear());

/** As the server signs one: only its middle is read here. */
function token(iat: number, exp: number, attempt_id = "att_1"): string {
  return `x.${btoa(JSON.stringify({ iat, exp, attempt_id }))}.y`;
}

function door(exam: string, seat = ""): Answer<ExamDoor> {
  const url = `/exam-room#${seat === "" ? "" : `token=${seat}&`}exam=${exam}`;
  return { reply: { url, attempt_id: "att_1", exam_token: exam } };
}

class Hall {
  nowMs = 0;
  asked = 0;
  renewed = 0;
  answer: Answer<ExamDoor> = door(token(6 * HOUR_S, 12 * HOUR_S), "seat-2");
  readonly pass: ExamPass;

  constructor(examToken = token(0, 6 * HOUR_S)) {
    const open = (): Promise<Answer<ExamDoor>> => {
      this.asked += 1;
      return Promise.resolve(this.answer);
    };
    this.pass = new ExamPass(examToken, open, () => (this.renewed += 1), () => this.nowMs);
  }
}

test("a pass is renewed minutes before its end, and one that is short in the middle of its life", async () => {
  const hall = new Hall();
  await hall.pass.renewIfDue((6 * HOUR_S - 301) * 1000);
  assert.equal(hall.asked, 0);
  await hall.pass.renewIfDue((6 * HOUR_S - 300) * 1000);
  assert.equal(hall.renewed, 1);
  assert.equal(hall.pass.isDue((6 * HOUR_S + 1) * 1000), false);
  assert.equal(new Hall(token(0, 60)).pass.isDue(29_000), false);
  assert.equal(new Hall(token(0, 60)).pass.isDue(30_000), true);
});

test("fresh tokens stand where a reload finds them, the camera's too", async () => {
  const hall = new Hall();
  assert.equal(await hall.pass.renew(), true);
  assert.equal(kept.get("guildhall.token.exam-room.exam"), hall.pass.examToken);
  assert.equal(kept.get("guildhall.token.exam-room"), "seat-2");
  assert.equal(hall.pass.seatToken, "seat-2");
});

test("those who ask at the same time share one door", async () => {
  const hall = new Hall();
  assert.deepEqual(await Promise.all([hall.pass.renew(), hall.pass.renew(), hall.pass.renew()]), [true, true, true]);
  assert.equal(hall.asked, 1);
});

test("whoever is signed out is asked for rarely, and goes on as soon as they are back", async () => {
  const hall = new Hall();
  const before = hall.pass.examToken;
  hall.answer = { problem: SIGNED_OUT };
  for (let second = 0; second < 31; second += 1) {
    hall.nowMs = second * 1000;
    await hall.pass.renewIfDue(7 * HOUR_S * 1000);
  }
  assert.equal(hall.asked, 3);
  assert.equal(hall.pass.problem?.status, 401);
  assert.equal(hall.pass.examToken, before, "it may still be good for a while");
  hall.answer = door(token(6 * HOUR_S, 12 * HOUR_S));
  assert.equal(await hall.pass.renew(), true);
  assert.equal(hall.pass.problem, null);
});

test("a server that is away is no sign-out, and is asked again soon", async () => {
  const hall = new Hall();
  hall.answer = { problem: NOT_REACHED };
  await hall.pass.renewIfDue(7 * HOUR_S * 1000);
  assert.equal(hall.pass.problem, null);
  hall.nowMs = 2000;
  await hall.pass.renewIfDue(7 * HOUR_S * 1000);
  assert.equal(hall.asked, 2);
});

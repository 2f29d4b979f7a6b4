import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../../../../platform/guildhall/pages/shared/api";
import type { Pass, Vault } from "../../../../platform/guildhall/pages/shared/vault";

const ADA = { account_id: "usr_ada", name: "Ada" };
const GRACE = { account_id: "usr_grace", name: "Grace" };
const ME = "/v1/accounts/me";

class Pocket implements Vault {
  pass: Pass | null = null;
  read = (): Pass | null => this.pass;
  keep = (pass: Pass): void => void (this.pass = pass);
  forget = (): void => void (this.pass = null);
}

type Reply = readonly [status: number, body: object | null];

/** A server that knows which token is good, and a page that writes down what it is told. */
class Stage {
  readonly pocket = new Pocket();
  readonly asked: string[] = [];
  readonly told: string[] = [];
  readonly headers: Headers[] = [];
  good = "t1";
  refresh: Reply = [200, { ...ADA, access_token: "t1" }];
  answer: Reply = [200, { fine: true }];
  proves = true;
  proven: Reply | null = null;
  readonly api: Api;

  constructor(token: string | null) {
    if (token !== null) this.pocket.pass = { ...ADA, access_token: token };
    const host = {
      signedOut: () => void this.told.push("signed out"),
      changedHands: () => void this.told.push("changed hands"),
      prove: () => {
        this.told.push("prove");
        if (this.proves && this.proven !== null) this.answer = this.proven;
        return Promise.resolve(this.proves);
      },
    };
    this.api = new Api(this.pocket, host, (path, init) => this.#serve(path, init));
  }

  async #serve(path: string, init: RequestInit): Promise<Response> {
    await Promise.resolve();
    const headers = new Headers(init.headers);
    this.asked.push(`${init.method} ${path}`);
    this.headers.push(headers);
    if (path === "/v1/auth/refresh") return respond(this.refresh);
    if (headers.get("authorization") !== `Bearer ${this.good}`) return respond([401, { code: "token-expired" }]);
    return respond(this.answer);
  }
}

function respond([status, body]: Reply): Response {
  return new Response(body === null ? null : JSON.stringify(body), { status });
}

const typeOf = (answer: object): unknown => ("problem" in answer ? (answer.problem as { type: string }).type : null);

test("a tab without a pass gets one through the cookie first", async () => {
  const stage = new Stage(null);
  assert.deepEqual(await stage.api.ask("GET", ME), { reply: { fine: true } });
  assert.deepEqual(stage.asked, ["POST /v1/auth/refresh", `GET ${ME}`]);
  assert.equal(stage.pocket.pass?.access_token, "t1");
});

test("an expired pass is renewed once and the request sent again", async () => {
  const stage = new Stage("t0");
  assert.deepEqual(await stage.api.ask("GET", ME), { reply: { fine: true } });
  assert.deepEqual(stage.asked, [`GET ${ME}`, "POST /v1/auth/refresh", `GET ${ME}`]);
});

test("a renewed pass that is expired as well does not go round for ever", async () => {
  const stage = new Stage("t0");
  stage.good = "never";
  assert.equal(typeOf(await stage.api.ask("GET", ME)), "token-expired");
  assert.equal(stage.asked.length, 3);
});

test("many who find the pass expired share one renewal", async () => {
  const stage = new Stage("t0");
  await Promise.all([1, 2, 3].map(() => stage.api.ask("GET", ME)));
  assert.equal(stage.asked.filter((line) => line.includes("refresh")).length, 1);
});

test("a refused renewal signs out, and a server that is away does not", async () => {
  const refused = new Stage("t0");
  refused.refresh = [401, { code: "unauthenticated" }];
  assert.equal(typeOf(await refused.api.ask("GET", ME)), "signed-out");
  assert.deepEqual([refused.told, refused.pocket.pass], [["signed out"], null]);

  const away = new Stage("t0");
  away.refresh = [503, { code: "unavailable" }];
  assert.equal(typeOf(await away.api.ask("GET", ME)), "unavailable");
  assert.deepEqual([away.told, away.pocket.pass?.access_token], [[], "t0"]);
});

test("a request of one person is never sent again as another who signed in meanwhile", async () => {
  const stage = new Stage("t0");
  stage.refresh = [200, { ...GRACE, access_token: "t1" }];
  await stage.api.ask("DELETE", ME);
  assert.deepEqual([stage.told, stage.asked], [["changed hands"], [`DELETE ${ME}`, "POST /v1/auth/refresh"]]);
});

test("a wrong password is a refusal of that password and ends no pass", async () => {
  const stage = new Stage("t1");
  stage.answer = [401, { code: "proof-refused" }];
  assert.equal(typeOf(await stage.api.ask("POST", `${ME}/password`, {})), "proof-refused");
  assert.deepEqual([stage.asked.length, stage.pocket.pass?.access_token], [1, "t1"]);
});

test("what wants fresh proof asks for it, and is sent again when it was given", async () => {
  const stage = new Stage("t1");
  stage.answer = [403, { code: "step-up-required" }];
  stage.proven = [201, { secret: "s" }];
  assert.deepEqual(await stage.api.ask("POST", `${ME}/second-factor`), { reply: { secret: "s" } });
  assert.deepEqual([stage.told, stage.asked.length], [["prove"], 2]);
});

test("whoever would rather not prove it keeps the refusal", async () => {
  const stage = new Stage("t1");
  stage.answer = [403, { code: "step-up-required" }];
  stage.proves = false;
  assert.equal(typeOf(await stage.api.ask("POST", `${ME}/second-factor`)), "step-up-required");
  assert.equal(stage.asked.length, 1);
});

test("every request says that it comes from our own page, and strangers show no pass", async () => {
  const stage = new Stage("t1");
  await stage.api.ask("GET", ME);
  await stage.api.askAnyone("POST", "/v1/auth/sign-in", {});
  assert.deepEqual(stage.headers.map((each) => each.has("x-csrf-protection")), [true, true]);
  assert.deepEqual(stage.headers.map((each) => each.has("authorization")), [true, false]);
});

test("no answer at all is a problem in words, and 204 is none", async () => {
  const pocket = new Pocket();
  const host = { signedOut: () => undefined, changedHands: () => undefined, prove: () => Promise.resolve(false) };
  const lost = new Api(pocket, host, () => Promise.reject(new TypeError("network")));
  assert.equal(typeOf(await lost.askAnyone("GET", ME)), "not-reached");
  const empty = new Api(pocket, host, () => Promise.resolve(new Response(null, { status: 204 })));
  assert.deepEqual(await empty.askAnyone("DELETE", ME), { reply: null });
});

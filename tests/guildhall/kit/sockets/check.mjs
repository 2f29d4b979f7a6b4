// What the unmodified socket.io client sees of a yard (see yard.py): node check.mjs PORT. One JSON line a check, with its
// `name` and `fault` (null when it holds). The checks are those of test_javascript_client.py, in this order.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { io, Manager } from "socket.io-client";

const URL_ = `http://127.0.0.1:${process.argv[2]}`;
const WEBSOCKET = { transports: ["websocket"], forceNew: true, reconnection: false };
const POLLING = { ...WEBSOCKET, transports: ["polling"] };
const DEFAULT = { forceNew: true, reconnection: false }; // polling, then an upgrade
const ROUNDS = 300; // of 100 KB each: the kernel takes some MB for a reader that does not read
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const once = (socket, event) => new Promise((resolve) => socket.once(event, resolve));
const figures = async () => (await fetch(`${URL_}/figures`)).json();
const ask = (socket, event, message) => socket.timeout(15_000).emitWithAck(event, message);
const rawSocket = (socket) => socket.io.engine.transport.ws._socket;

async function connect(path = "/", options = WEBSOCKET) {
  const socket = io(URL_ + path, options);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
  return socket;
}

async function until(happened, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20)) if (await happened()) return;
  throw new Error(`not within ${seconds} s: ${happened}`);
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc = (bytes) => ~bytes.reduce((sum, byte) => CRC[(sum ^ byte) & 255] ^ (sum >>> 8), ~0) >>> 0;

async function interleave(sockets, event, count) {
  const asked = [];
  for (let number = 0; number < count; number++) {
    const jpeg = randomBytes(number % 5 ? 40_000 + number : (number * 37) % 130);
    for (const [socket, path] of sockets) {
      asked.push(ask(socket, event, { number, jpeg }).then((taken) => assert.deepEqual(taken, { number, crc: crc(jpeg), path })));
      if (asked.length % 20 === 0) await Promise.all(asked.slice(-20)); // 32 may wait for their answer
    }
  }
  await Promise.all(asked);
}

// One that does not read, one that does, and what the first one got of a flood that both were sent.
async function flood(keyed, options) {
  const [fast, slow] = [await connect(), await connect("/", options)];
  const event = keyed ? "tile" : "line";
  const heard = { fast: new Map(), slow: new Map(), count: 0, backwards: 0, rss_kb: 0, id: slow.id, gone: [] };
  slow.on("disconnect", (reason) => heard.gone.push(reason));
  fast.on(event, ({ tile, number }) => heard.fast.set(tile, number));
  slow.on(event, ({ tile, number }) => {
    heard.count++;
    if (heard.slow.get(tile) >= number) heard.backwards++;
    heard.slow.set(tile, number);
  });
  const before = (await figures()).rss_kb;
  const paused = rawSocket(slow);
  paused.pause();
  const alive = setInterval(() => slow.io.engine?.transport?.ws?.send("3"), 500); // it pings back without reading
  const over = ask(fast, "flood", { tiles: 4, rounds: ROUNDS, size_bytes: 25_000, keyed });
  const watched = setInterval(async () => { heard.rss_kb = Math.max(heard.rss_kb, (await figures()).rss_kb - before); }, 100);
  await over;
  await until(() => [0, 1, 2, 3].every((tile) => heard.fast.get(tile) === ROUNDS - 1));
  clearInterval(alive);
  clearInterval(watched);
  return { fast, slow, paused, heard };
}

const CHECKS = {
  async "frames of two namespaces, interleaved, arrive whole"() {
    const sockets = [[await connect("/"), "/"], [await connect("/exam"), "/exam"]];
    await interleave(sockets, "frame", 100);
    await interleave(sockets, "later", 60);
    for (const [socket] of sockets) socket.close();
  },
  async "two namespaces share a connection, and one may leave"() {
    const manager = new Manager(URL_, { transports: ["websocket"], reconnection: false });
    const [root, exam] = [manager.socket("/"), manager.socket("/exam")];
    await Promise.all([once(root, "connect"), once(exam, "connect")]);
    await interleave([[root, "/"], [exam, "/exam"]], "frame", 20);
    exam.disconnect();
    await interleave([[root, "/"]], "frame", 3);
    exam.connect();
    await once(exam, "connect");
    await interleave([[root, "/"], [exam, "/exam"]], "frame", 3);
    root.close();
    exam.close();
  },
  async "a refused connect says why"() {
    const error = await connect("/exam", { ...WEBSOCKET, auth: { token: "bad" } }).then(() => null, (refused) => refused);
    assert.equal(error?.data.problem.status, 401);
    await assert.rejects(connect("/nowhere"));
  },
  async "a client may poll only, begin with polling and upgrade, or fall back to it"() {
    for (const [options, name] of [
      [POLLING, "polling"],
      [DEFAULT, "websocket"],
      [{ ...WEBSOCKET, transports: ["websocket", "polling"], tryAllTransports: true }, "websocket"],
    ]) {
      const socket = await connect("/", options);
      await until(() => socket.io.engine.transport.name === name);
      await interleave([[socket, "/"]], "frame", 30);
      await interleave([[socket, "/"]], "later", 20);
      const data = { a: [Buffer.from([1, 2]), { b: Buffer.from("z") }], "ключ\u{1f600}": "é\u2028\u001e" };
      assert.deepEqual(await ask(socket, "echo", { data }), { data });
      const gone = once(socket, "disconnect");
      socket.emit("bye", {});
      assert.equal(await gone, "io server disconnect");
      socket.close();
    }
    const error = await connect("/exam", { ...POLLING, auth: { token: "bad" } }).then(() => null, (refused) => refused);
    assert.equal(error?.data.problem.status, 401);
  },
  async "what is sent and told while a client upgrades keeps its order"() {
    for (let round = 0; round < 10; round++) {
      const socket = await connect("/", DEFAULT);
      const [told, answered] = [[], []];
      socket.on("numbered", ({ number }) => told.push(number));
      const asked = [ask(socket, "burst", { count: 60 })];
      for (let number = 0; number < 25; number++) {
        const jpeg = randomBytes(number % 3 ? 0 : 3_000);
        asked.push(ask(socket, "frame", { number, jpeg }).then((taken) => answered.push(taken.number)));
        if (number % 5 === 0) await sleep(1);
      }
      await Promise.all(asked);
      await until(() => told.length >= 60 && socket.io.engine.transport.name === "websocket");
      assert.deepEqual(told, [...Array(60).keys()]);
      assert.deepEqual(answered.toSorted((a, b) => a - b), [...Array(25).keys()]);
      socket.close();
    }
  },
  async "who polls is pinged, comes back when it is cut, and is noticed when it is dead"() {
    await until(async () => (await figures()).peers === 0);
    const socket = await connect("/", { ...POLLING, reconnection: true, reconnectionDelay: 50 });
    let pings = 0;
    socket.io.on("ping", () => pings++);
    await until(() => pings >= 3);
    const before = socket.id;
    socket.io.engine.transport.onError("the network is gone");
    await once(socket, "connect");
    assert.notEqual(socket.id, before);
    assert.equal((await ask(socket, "echo", { data: 5 })).data, 5);
    await until(async () => (await figures()).peers === 1);
    const { transport } = socket.io.engine;
    socket.io.reconnection(false);
    transport.doPoll = transport.doWrite = () => {};
    await until(async () => (await figures()).peers === 0);
    socket.close();
  },
  async "binary anywhere in an event comes back where it was"() {
    const socket = await connect();
    const data = { a: [Buffer.from([1, 2]), { b: Buffer.from("z") }], "ключ\u{1f600}": "é\u2028", n: [null, 1.5, -0.25, true] };
    assert.deepEqual(await ask(socket, "echo", { data }), { data });
    assert.deepEqual(await ask(socket, "echo", { data: "\0".repeat(1000) }), { data: "\0".repeat(1000) });
    socket.close();
  },
  async "a handler that fails answers, and the connection stays"() {
    const socket = await connect();
    socket.emit("fail", {});
    assert.equal((await ask(socket, "fail", {})).problem.status, 401);
    assert.equal((await ask(socket, "no_such_event", {})).problem.status, 404);
    assert.equal((await ask(socket, "frame", { number: "1", jpeg: "" })).problem.status, 422);
    assert.equal((await ask(socket, "echo", { data: 1 })).data, 1);
    socket.close();
  },
  async "a room hears text and binary whole and in order while some leave"() {
    const count = 200;
    const heard = [];
    for (let index = 0; index < 20; index++) {
      const socket = await connect("/", index === 3 ? POLLING : index === 4 ? DEFAULT : WEBSOCKET);
      const own = { socket, numbers: [], wrong: 0 };
      socket.on("numbered", ({ number, text, jpeg }) => {
        own.numbers.push(number);
        const size = (number % 3) * 40_000;
        const right = number % 2 ? jpeg.length === size && (!size || (jpeg[0] === number % 256 && jpeg[size - 1] === number % 256)) : text === `é${number}`;
        if (!right) own.wrong++;
      });
      heard.push(own);
    }
    const over = ask(heard[0].socket, "burst", { count });
    await until(() => heard[19].numbers.length > 20);
    for (const [index, { socket }] of heard.slice(15).entries()) index % 2 ? socket.disconnect() : rawSocket(socket).destroy();
    await over;
    await until(() => heard.slice(0, 15).every(({ numbers }) => numbers.length === count));
    for (const { numbers, wrong, socket } of heard.slice(0, 15)) {
      assert.deepEqual(numbers, [...Array(count).keys()]);
      assert.equal(wrong, 0);
      socket.close();
    }
    assert.ok(heard.slice(15).every(({ numbers }) => numbers.length < count));
  },
  async "pings keep an idle client"() {
    const socket = await connect();
    let pings = 0;
    socket.io.on("ping", () => pings++);
    await until(() => pings >= 3);
    assert.ok(socket.connected);
    socket.close();
  },
  async "a server that disconnects says so"() {
    const socket = await connect();
    const gone = once(socket, "disconnect");
    socket.emit("bye", {});
    assert.equal(await gone, "io server disconnect");
    socket.close();
  },
  async "a client whose connection breaks comes back and goes on"() {
    const socket = await connect("/", { ...WEBSOCKET, reconnection: true, reconnectionDelay: 50 });
    const before = socket.id;
    rawSocket(socket).destroy();
    await once(socket, "connect");
    assert.notEqual(socket.id, before);
    assert.equal((await ask(socket, "echo", { data: 5 })).data, 5);
    socket.close();
  },
  async "a peer that is dead is noticed"() {
    await until(async () => (await figures()).peers === 0);
    const socket = await connect();
    const raw = rawSocket(socket);
    raw.pause();
    raw.write = () => true;
    assert.equal((await figures()).peers, 1);
    await until(async () => (await figures()).peers === 0);
    raw.destroy();
    socket.close();
  },
  async "who does not read gets the newest of each tile, never an older one after it"() {
    const { fast, slow, paused, heard } = await flood(true, WEBSOCKET);
    assert.ok(heard.rss_kb < 20_000, `the server grew by ${heard.rss_kb} KB of 30,000`);
    paused.resume();
    await until(() => [0, 1, 2, 3].every((tile) => heard.slow.get(tile) === ROUNDS - 1));
    assert.equal(heard.backwards, 0);
    assert.ok(heard.count < ROUNDS * 3, `it got ${heard.count} of ${ROUNDS * 4}`);
    assert.ok(slow.connected);
    fast.close();
    slow.close();
  },
  async "who does not read what has to arrive is cut off, and comes back"() {
    const { fast, slow, paused, heard } = await flood(false, { ...WEBSOCKET, reconnection: true, reconnectionDelay: 50 });
    assert.ok(heard.rss_kb < 20_000, `the server grew by ${heard.rss_kb} KB of 30,000`);
    paused.resume();
    await until(() => heard.gone.length);
    assert.match(heard.gone[0], /^transport (close|error)$/);
    await until(() => slow.connected);
    assert.notEqual(slow.id, heard.id);
    assert.equal((await ask(slow, "echo", { data: 5 })).data, 5);
    assert.equal(heard.backwards, 0);
    fast.close();
    slow.close();
  },
  async "nothing is left of all that"() {
    await until(async () => {
      const { peers, links, transports, places } = await figures();
      return peers + links + transports + places === 0;
    }, 30);
  },
};

for (const [name, check] of Object.entries(CHECKS)) {
  let fault = null;
  try {
    await Promise.race([check(), sleep(40_000).then(() => { throw new Error("took 40 s"); })]);
  } catch (error) {
    fault = String(error?.stack ?? error);
  }
  console.log(JSON.stringify({ name, fault }));
}
process.exit(0);

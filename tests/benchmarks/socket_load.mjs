// The load of `make bench-sockets`: the unmodified socket.io client (for the bare peer: `ws`), told what to do by lines
// on its input, one JSON object each; answers each with one line. usage: node socket_load.mjs io|bare PORT
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { io } from "socket.io-client";
import WebSocket from "ws";

const [, , kind, port] = process.argv;
const IN_FLIGHT = 5; // messages to a room that not all of it has yet
const FRAME = randomBytes(40_000);
const SAID = {
  id: "x".repeat(24),
  text: "hello there, this is a chat message of usual length, about a hundred characters or so.",
  n: 1,
};
let heard = 0;
const opened = [];

function open() {
  return new Promise((resolve, reject) => {
    if (kind === "bare") {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/bare`, { perMessageDeflate: false });
      socket.on("open", () => resolve(socket)).on("error", reject).on("message", () => heard++);
      return;
    }
    const socket = io(`http://127.0.0.1:${port}/bench`, { transports: ["websocket"], forceNew: true, reconnection: false });
    socket.on("connect", () => resolve(socket)).on("connect_error", reject);
    socket.on("disconnect", (reason) => { console.error("disconnected:", reason); process.exit(1); });
    socket.on("said", () => heard++).on("tile", () => heard++);
  });
}

const say = (socket) => (kind === "bare" ? socket.send(JSON.stringify(SAID)) : socket.emit("say", SAID));
const show = (socket) => (kind === "bare" ? socket.send("show") : socket.emit("show", {}));

// One of the room speaks, all of it hears.
async function toRoom(send, messages) {
  heard = 0;
  let sent = 0;
  while (heard < messages * opened.length) {
    while (sent < messages && sent * opened.length - heard < IN_FLIGHT * opened.length) {
      sent++;
      send(opened[0]);
    }
    await new Promise(setImmediate);
  }
  return heard;
}

// Each sends its next frame when the last one is acknowledged.
async function frames(event, each) {
  await Promise.all(opened.map(async (socket) => {
    for (let number = 0; number < each; number++) {
      await new Promise((taken) => {
        if (kind === "bare") { socket.once("message", taken); socket.send(FRAME); }
        else socket.emit(event, { number, jpeg: FRAME }, taken);
      });
    }
  }));
  return each * opened.length;
}

const work = {
  async open({ sockets }) { while (opened.length < sockets) opened.push(await open()); return opened.length; },
  say: ({ messages }) => toRoom(say, messages),
  show: ({ messages }) => toRoom(show, messages),
  frame: ({ each }) => frames("frame", each),
  later: ({ each }) => frames("later", each),
};
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  console.log(await work[asked.do](asked));
}
process.exit(0);

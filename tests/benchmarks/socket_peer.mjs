// Node's own socket.io server, as a peer in `make bench-sockets`. It says its port and its process, and ends with its input.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";

const TILE = randomBytes(10_000);
const http = createServer();
const io = new Server(http, { maxHttpBufferSize: 1e7, pingInterval: 60_000 });
let number = 0;
const room = io.of("/bench");
room.on("connection", (socket) => {
  socket.join("all");
  socket.on("say", (message) => room.to("all").emit("said", message));
  socket.on("frame", (message, acknowledge) => acknowledge({ size_bytes: message.jpeg.length }));
  socket.on("show", () => room.to("all").emit("tile", { session_id: "ses_one", number: number++, jpeg: TILE }));
});
http.listen(0, "127.0.0.1", () => console.log(http.address().port, process.pid));
process.stdin.on("end", () => process.exit(0)).resume();

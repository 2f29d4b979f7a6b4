import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EMPTY_BOOK,
  filtered,
  SHOWN_INCIDENTS,
  withEntries,
  withOpen,
} from "../../../../platform/guildhall/pages/proctor_wall/incident_book";
import { entry, incident } from "./examples";

test("an incident opens once, closes once, and is listed newest first", () => {
  const older = incident({ incident_id: "inc_1", opened_at_ms: 1000 });
  const newer = incident({ incident_id: "inc_2", opened_at_ms: 2000, session_id: "ses_2" });
  const closed = { ...older, closed_at_ms: 5000 };
  const book = withEntries(EMPTY_BOOK, [entry(1, older), entry(2, newer), entry(3, closed)]);
  assert.deepEqual(book.incidents, [newer, closed]);
  assert.deepEqual([...book.openBySession.keys()], ["ses_2"]);
});

test("what the snapshot says is open never reopens what the log has closed", () => {
  const opened = incident();
  const closed = { ...opened, closed_at_ms: 5000 };
  const book = withOpen(withEntries(EMPTY_BOOK, [entry(1, opened), entry(2, closed)]), [opened]);
  assert.deepEqual(book.incidents, [closed]);
  assert.equal(withEntries(book, [entry(1, opened)]).openBySession.size, 0);
});

test("an incident that opened before the log was read is known from the snapshot, and closes by its entry", () => {
  const long = incident({ opened_at_ms: 1 });
  const book = withOpen(EMPTY_BOOK, [long]);
  assert.deepEqual(book.openBySession.get("ses_1"), [long]);
  assert.equal(withEntries(book, [entry(500, { ...long, closed_at_ms: 9 })]).openBySession.size, 0);
});

test("the list is bounded, and an open incident is never what it loses", () => {
  const open = incident({ incident_id: "inc_open", opened_at_ms: 0 });
  const many = Array.from({ length: SHOWN_INCIDENTS + 50 }, (_, place) =>
    entry(place + 2, incident({ incident_id: `inc_${place}`, opened_at_ms: place + 1, closed_at_ms: place + 2 })),
  );
  const book = withEntries(withOpen(EMPTY_BOOK, [open]), many);
  assert.equal(book.incidents.length, SHOWN_INCIDENTS + 1);
  assert.equal(book.incidents.at(-1), open);
  assert.equal(book.incidents[0]?.incident_id, `inc_${SHOWN_INCIDENTS + 49}`);
});

test("the filter narrows by candidate and by channel together", () => {
  const mine = incident({ incident_id: "a" });
  const dark = incident({ incident_id: "b", channel: "visibility", rule: "camera_dark" });
  const others = incident({ incident_id: "c", session_id: "ses_2" });
  const all = [mine, dark, others];
  assert.deepEqual(filtered(all, { sessionId: "ses_1", channel: "behaviour" }), [mine]);
  assert.deepEqual(filtered(all, { sessionId: null, channel: "visibility" }), [dark]);
  assert.deepEqual(filtered(all, { sessionId: null, channel: null }), all);
});

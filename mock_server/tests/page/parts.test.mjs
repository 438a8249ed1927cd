import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalText } from "../../modeldouble_server/page/api.js";
import { shortText } from "../../modeldouble_server/page/app.js";
import { classesWith, passing } from "../../modeldouble_server/page/card.js";
import { comeTo } from "../../modeldouble_server/page/faults.js";
import { isOpen } from "../../modeldouble_server/page/jobs.js";
import { countText } from "../../modeldouble_server/page/journal.js";
import { byLevel } from "../../modeldouble_server/page/report.js";
import { known, pretty } from "../../modeldouble_server/page/row.js";
import { newestMisses } from "../../modeldouble_server/page/told.js";

test("a refusal is told in the server's words", () => {
  assert.equal(refusalText(400, '{"detail":"no such","message":"no such"}'), "no such");
  assert.equal(refusalText(400, '{"detail":{"message":"deep"}}'), "deep");
  assert.equal(refusalText(400, '{"message":"other"}'), "other");
});

test("a refusal without words is told by its status", () => {
  for (const body of ["", "<h1>", "null", "[]", '{"detail":7}', '{"detail":""}']) assert.equal(refusalText(502, body), "the server answered 502", body);
});

test("a long number is short beside a link", () => {
  assert.deepEqual([9999, 13453, "3 of 4"].map(shortText), ["9999", "13.5k", "3 of 4"]);
});

test("classes are found by a part of their names, in any case", () => {
  const classes = [{ name: "Person" }, { name: "car" }, { name: "<img>" }];
  assert.deepEqual(classesWith(classes, " PER").map((one) => one.name), ["Person"]);
  assert.equal(classesWith(classes, "").length, 3);
  assert.equal(classesWith(classes, "<").length, 1);
});

test("what changes of a model is told only where there is something", () => {
  const counts = { requests: 1, stubs: 3 };
  assert.deepEqual(passing({ counts, latency: null, ahead: 0, unused: 0 }), [["asked", "1 request"], ["stubs", "3"]]);
  const told = Object.fromEntries(passing({ counts, latency: "gpu", ahead: 60, unused: 2 }));
  assert.deepEqual(told, { asked: "1 request", stubs: "3, 2 of them never used", latency: "gpu", clock: "1 min 0 s ahead" });
  assert.deepEqual(passing({ counts, latency: null, ahead: -2, unused: 0 }).at(-1), ["clock", "2.0 s behind"]);
});

test("an order tells what it has come to", () => {
  assert.equal(comeTo({ seen: 1, fired: 0, over: false }), "1 call seen, fired 0 times");
  assert.equal(comeTo({ seen: 4, fired: 1, over: true }), "4 calls seen, fired 1 time, over");
});

test("a job can be stopped while it prepares or runs, and once", () => {
  assert.ok(isOpen({ state: "running", over: false, stopped: false }));
  assert.ok(isOpen({ state: "preparing", over: false, stopped: false }));
  for (const state of ["finished", "cancelled", "error", "cleared"]) assert.ok(!isOpen({ state, over: false, stopped: false }), state);
  assert.ok(!isOpen({ state: "running", over: true, stopped: false }));
  assert.ok(!isOpen({ state: "running", over: false, stopped: true }));
});

test("the journal's count tells rows, requests and those that wait", () => {
  assert.equal(countText(1, 1, 1, 0), "1 request");
  assert.equal(countText(3, 20, 20, 0), "3 shown of 20 requests");
  assert.equal(countText(1000, 5000, 13450, 0), "1,000 shown of the newest 5,000 of 13,450 requests");
  assert.equal(countText(20, 25, 25, 5), "20 shown of 25 requests, paused, 5 waiting");
});

test("findings come by level", () => {
  const findings = [{ level: "violation", code: 1 }, { level: "warning", code: 2 }, { level: "violation", code: 3 }];
  const told = byLevel(findings).map(([level, found]) => `${level} ${found.map((one) => one.code)}`);
  assert.deepEqual(told, ["violation 1,3", "warning 2"]);
});

test("misses come newest first, each with a key that stays", () => {
  const misses = ["a", "b", "c"].map((text) => ({ text }));
  assert.deepEqual(newestMisses(misses, 2).map(({ key, text }) => `${key}${text}`), ["2c", "1b"]);
  assert.deepEqual(newestMisses(misses.slice(0, 2), 2).map(({ key, text }) => `${key}${text}`), ["1b", "0a"]);
  // Of more than are told, those that are left keep theirs.
  assert.deepEqual(newestMisses(misses, 2, 9).map(({ key, text }) => `${key}${text}`), ["8c", "7b"]);
});

test("settings are told in lines, and as they are where they were cut", () => {
  assert.equal(pretty('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(pretty('{"a":1'), '{"a":1');
});

test("details name what is known", () => {
  const content = { name: "a.jpg", width: 4, height: 3, sha256: "ff" };
  const entry = { number: 1, time: 0, duration: 2, received: 5, contents: [content], stubs: [1, 2], job: null, fault: null, error: "no" };
  const told = known(entry);
  assert.equal(told.about, "a.jpg, 4 × 3, sha256 ff");
  assert.deepEqual([told.took, told.received, told.stubs, told.error, told.server], ["2.0 s", "5 bytes", "1, 2", "no", null]);
  assert.equal(known({ ...entry, received: null }).received, null);
});

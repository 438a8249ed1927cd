import assert from "node:assert/strict";
import { test } from "node:test";
import * as words from "../../modeldouble_server/page/words.js";

test("a time is hours, minutes and seconds of this place", () => {
  const at = new Date(2026, 0, 2, 3, 4, 5);
  assert.equal(words.clockTime(at.getTime() / 1000), "03:04:05");
  assert.equal(words.clockTime(1e30), "--:--:--");
  assert.equal(words.fullTime(0), "1970-01-01T00:00:00.000Z");
  assert.equal(words.fullTime(1e30), "1e+30");
});

for (const [seconds, text] of [
  [0.00008, "0.1 ms"], [0.00989, "9.9 ms"], [0.00995, "10 ms"], [0.9994, "999 ms"], [0.9996, "1.0 s"], [59.94, "59.9 s"],
  [59.96, "1 min 0 s"], [125, "2 min 5 s"], [3600, "1 h 0 min"], [7260, "2 h 1 min"],
  [7 * 86400, "7 d 0 h"], [0, "0.0 ms"], [-1, "unknown"], [NaN, "unknown"], [undefined, "unknown"],
]) {
  test(`${seconds} seconds are ${text}`, () => assert.equal(words.lasting(seconds), text));
}

test("one is one, others are many", () => {
  assert.equal(words.counted(1, "stub"), "1 stub");
  assert.equal(words.counted(0, "class", "classes"), "0 classes");
  assert.equal(words.counted(1234, "request"), "1,234 requests");
});

test("bytes", () => {
  assert.deepEqual([1, 1023, 1536, 3 * 2 ** 20].map(words.bytesText), ["1 byte", "1,023 bytes", "1.5 KiB", "3.0 MiB"]);
});

test("a status has a kind", () => {
  const found = [0, 101, 200, 204, 302, 399, 400, 499, 500, 599].map(words.statusKind).join(" ");
  assert.equal(found, "bad info ok ok info info warn warn bad bad");
});

for (const [content, text] of [
  [{ name: "street.jpg", sha256: "0123456789" }, "street.jpg"],
  [{ sha256: "0123456789" }, "01234567…"],
  [{ image_id: 12, sha256: "0" }, "image 12"],
  [{ image_id: 12, name: "a.jpg", sha256: "0" }, "a.jpg (image 12)"],
  [{ video_id: 7, name: "7.mp4", frames: [0, 10, 1], sha256: "0" }, "7.mp4, frames 0 to 10"],
  [{ video_id: 7, frames: [0, 10, 2], sha256: "0" }, "video 7, frames 0 to 10 by 2"],
]) {
  test(`a content is told as ${text}`, () => assert.equal(words.contentText(content), text));
}

test("a row names three contents and counts the others", () => {
  const contents = ["a", "b", "c", "d"].map((name) => ({ name, sha256: "0" }));
  assert.equal(words.aboutText({ contents, pictures: 60 }), "a, b, c and 57 more");
  assert.equal(words.aboutText({ contents: contents.slice(0, 2), pictures: 2 }), "a, b");
  assert.equal(words.aboutText({ contents: [], pictures: 2 }), "2 more");
  assert.equal(words.aboutText({ contents: [], pictures: 0 }), "");
});

test("what came of a request: stubs, job, fault and error", () => {
  const entry = { stubs: [1, 2], job: "0123456789", fault: "hang, order 1", error: "no" };
  const told = words.outcomes(entry).map(({ kind, text }) => `${kind}: ${text}`);
  assert.deepEqual(told, ["ok: stub 1, 2", "info: job 01234567", "warn: fault hang, order 1", "bad: no"]);
  assert.deepEqual(words.outcomes({ stubs: [], job: null, fault: null, error: null }), []);
});

test("a job in words", () => {
  const job = { inferred: 128, total: 500, state: "running", handed_out: 26, video_id: 3, frames: [0, 500, 1] };
  assert.equal(words.jobText(job), "128 of 500 frames, running, 26 popped");
  assert.equal(words.jobText({ ...job, video_id: null }), "128 of 500 frames, running, 26 popped");
  const images = { ...job, total: 1, inferred: 0, video_id: null, frames: null };
  assert.equal(words.jobText(images), "0 of 1 image, running, 26 popped");
  assert.equal(words.jobText({ state: "preparing", video_id: 3 }), "0 of 0 frames, preparing, 0 popped");
});

for (const [order, text] of [
  [{ fault: "status", route: "inference_*", status: 503, times: 2 }, "status 503, on inference_*, 2 times"],
  [{ fault: "empty", route: "*", times: 1 }, "on every route, once"],
  [{ fault: "empty", route: "a" }, "on a, in every call"],
  [{ fault: "hang", route: "a", seconds: 2, calls: [5, 9] }, "seconds 2, on a, in calls 5, 9"],
  [{ fault: "hang", route: "a", calls: [5], after: true }, "on a, in call 5, after the model did its work"],
  [{ fault: "raise", route: "a", message: "told", probability: 0.125, seed: 4 }, "message “told”, on a, in 12.5 % of calls (seed 4)"],
  [{ fault: "cold_start", route: "*", lasting: 90 }, "on every route, for 1 min 30 s"],
  [{ fault: "dribble", route: "a", bytes_per_second: 10, times: 3, lasting: 5 }, "bytes per second 10, on a, 3 times, for 5.0 s"],
  [{ fault: "x", route: "a", headers: { a: 1 }, codes: [1, 2] }, "headers {\"a\":1}, codes 1, 2, on a, in every call"],
]) {
  test(`a fault in words: ${text}`, () => assert.equal(words.faultText({ number: 1, seen: 4, fired: 2, over: false, ...order }), text));
}

test("counts of nothing are left out", () => {
  assert.equal(words.countsText({ holds: 82, violation: 0, "not checked": 16 }), "holds 82, not checked 16");
  assert.equal(words.countsText({ cut: 2, hang: 0 }, (name, count) => `${name} ${count}×`), "cut 2×");
  assert.equal(words.countsText({}), "");
});

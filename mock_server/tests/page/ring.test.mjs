import assert from "node:assert/strict";
import { test } from "node:test";
import { Ring, filterOf } from "../../modeldouble_server/page/ring.js";

const entry = (number, given = {}) => ({
  number, route: "inference_image", status: 200, contents: [], stubs: [], job: null, fault: null, error: null, ...given,
});
const numbers = (entries) => entries.map((one) => one.number);
const fits = (wanted, given) => filterOf(wanted)(entry(1, given));

test("a ring keeps the newest, and knows the last", () => {
  const ring = new Ring(3);
  ring.add([1, 2].map((one) => entry(one)));
  ring.add([3, 4, 5].map((one) => entry(one)));
  assert.deepEqual(numbers(ring.entries), [3, 4, 5]);
  assert.equal(ring.last, 5);
});

test("what is there already is not taken twice", () => {
  const ring = new Ring(9);
  ring.add([entry(1), entry(2)]);
  assert.deepEqual(numbers(ring.add([entry(2), entry(3)])), [3]);
  assert.deepEqual(ring.add([entry(3)]), []);
  assert.deepEqual(numbers(ring.entries), [1, 2, 3]);
});

test("a cleared ring takes numbers from 1 again", () => {
  const ring = new Ring(9);
  ring.add([entry(7)]);
  ring.clear();
  assert.equal(ring.last, 0);
  assert.deepEqual(numbers(ring.add([entry(1)])), [1]);
});

test("the newest that fit come oldest first, and no more than asked", () => {
  const ring = new Ring(9);
  ring.add([1, 2, 3, 4, 5, 6].map((one) => entry(one)));
  assert.deepEqual(numbers(ring.newest((one) => one.number % 2 === 0, 2)), [4, 6]);
  assert.deepEqual(numbers(ring.newest(() => true, 99)), [1, 2, 3, 4, 5, 6]);
});

test("without a filter everything fits", () => {
  assert.ok(fits({}));
  assert.ok(fits({ route: " ", status: "", text: "  " }));
});

for (const [wanted, is] of [
  ["inference_*", true], ["*_image", true], ["INFERENCE_IMAGE", true], ["image", true], ["i*e_i*e", true], ["*", true],
  ["image*", false], ["*inference", false], ["inference.image", false], ["inference_imag?*", false], ["(*", false],
]) {
  test(`the route filter ${wanted} ${is ? "fits" : "does not fit"} inference_image`, () => assert.equal(fits({ route: wanted }), is));
}

for (const [wanted, status, is] of [
  ["400", 400, true], ["400", 404, false], ["4xx", 404, true], ["4XX", 499, true], ["4xx", 500, false], ["4", 404, true],
  ["40", 404, true], ["40x", 413, false], ["500, 4xx", 500, true], ["500,4xx", 200, false], ["4x4", 404, true], ["00", 200, false], ["0", 0, true], ["x", 200, true],
  ["abc", 200, false], ["4000", 400, false], ["abc 200", 200, true],
]) {
  test(`the status filter ${wanted} ${is ? "fits" : "does not fit"} ${status}`, () => assert.equal(fits({ status: wanted }, { status }), is));
}

for (const [text, given, is] of [
  ["STREET", { contents: [{ name: "street.jpg" }] }, true], ["stub 3", { stubs: [3] }, true], ["stub 4", { stubs: [3] }, false],
  ["19369643", { contents: [{ image_id: 19369643 }] }, true], ["7", { contents: [{ video_id: 7 }] }, true],
  ["e0f2", { job: "e0f28669" }, true], ["hang", { fault: "hang, order 1" }, true], ["no such", { error: "such a no" }, true],
  ["no such", { error: "no" }, false], ["inference", {}, false], ["undefined", { contents: [{}] }, false], ["null", {}, false],
]) {
  test(`the text filter ${text} ${is ? "fits" : "does not fit"} ${JSON.stringify(given)}`, () => assert.equal(fits({ text }, given), is));
}

test("all filters hold together", () => {
  const wanted = { route: "inference_*", status: "4xx", text: "street" };
  const given = { status: 400, error: "street.jpg" };
  assert.ok(fits(wanted, given));
  assert.ok(!fits(wanted, { ...given, status: 200 }));
  assert.ok(!fits(wanted, { ...given, route: "x" }));
  assert.ok(!fits(wanted, { ...given, error: "" }));
});

const journal = (first, last, given) => Array.from({ length: last - first + 1 }, (_, at) => entry(first + at, given));
for (const [told, is, entries, count, cleared] of [
  ["what comes next", true, journal(4, 6), 6, false],
  ["the last one again", true, journal(3, 4), 4, false],
  ["all of it again", true, journal(1, 4), 4, true],
  ["nothing new", true, [], 3, false],
  ["a cleared one", false, [], 0, true],
  ["a cleared one whose first are not told", false, journal(4, 6), 6, true],
  ["one cleared and begun anew", false, journal(1, 2, { time: 9 }), 2, true],
  ["that of another server, with fewer", false, [], 2, false],
  ["that of another server, with more", false, journal(3, 40, { time: 9 }), 40, false],
  ["one of which some were never told", false, journal(9, 12), 12, false],
]) {
  test(`${told} ${is ? "continues" : "does not continue"} a journal`, () => {
    const ring = new Ring(9);
    ring.add(journal(1, 3));
    assert.equal(ring.continues(entries, count, cleared), is);
  });
}

test("any part of a journal continues none", () => {
  assert.ok(new Ring(9).continues(journal(7, 8), 8, false));
  assert.ok(new Ring(9).continues([], 0, false));
});

import assert from "node:assert/strict";
import test from "node:test";

import { Kept, picturesWanted, windowOf, windowsWanted } from "../../modeldouble_server/page/kept.js";

test("a window has sixty frames, the last one what is left", () => {
  assert.deepEqual(windowOf(0, 200), { start: 0, count: 60 });
  assert.deepEqual(windowOf(59, 200), { start: 0, count: 60 });
  assert.deepEqual(windowOf(60, 200), { start: 60, count: 60 });
  assert.deepEqual(windowOf(199, 200), { start: 180, count: 20 });
  assert.deepEqual(windowOf(3, 4), { start: 0, count: 4 });
});

test("the next window is wanted from the middle of one on, if there is one", () => {
  assert.deepEqual(windowsWanted(29, 200), [0]);
  assert.deepEqual(windowsWanted(30, 200), [0, 60]);
  assert.deepEqual(windowsWanted(199, 200), [180]);
  assert.deepEqual(windowsWanted(50, 60), [0]);
});

test("pictures are wanted some frames ahead, and not beyond the end", () => {
  assert.deepEqual(picturesWanted(5, 100, 3), [5, 6, 7, 8]);
  assert.deepEqual(picturesWanted(98, 100, 3), [98, 99]);
});

test("what was used longest ago goes first, and is given back", () => {
  const gone = [];
  const kept = new Kept(2, (one) => gone.push(one));
  kept.put("a", 1);
  kept.put("b", 2);
  kept.get("a");
  kept.put("c", 3);
  assert.deepEqual([gone, kept.keys(), kept.values()], [[2], ["a", "c"], [1, 3]]);
});

test("to peek is not to use", () => {
  const kept = new Kept(2);
  kept.put("a", 1);
  kept.put("b", 2);
  assert.equal(kept.peek("a"), 1);
  kept.put("c", 3);
  assert.equal(kept.peek("a"), undefined);
});

test("what is put in the place of another gives that back", () => {
  const gone = [];
  const kept = new Kept(2, (one) => gone.push(one));
  kept.put("a", 1);
  kept.put("a", 2);
  assert.deepEqual([gone, kept.size], [[1], 1]);
  kept.clear();
  assert.deepEqual([gone, kept.size], [[1, 2], 0]);
});

test("to drop what is not there gives nothing back", () => {
  const kept = new Kept(2, () => assert.fail("nothing was there"));
  kept.drop("a");
  assert.equal(kept.get("a"), undefined);
});

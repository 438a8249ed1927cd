import assert from "node:assert/strict";
import test from "node:test";

import { editable, lastOne, saidOf, thresholdName, whenQuiet } from "../../modeldouble_server/page/asking.js";

test("the threshold is the one of the two names that the model has", () => {
  assert.equal(thresholdName({ conf_thres: 0.25, iou_thres: 0.45 }), "conf_thres");
  assert.equal(thresholdName({ my_conf: 0.1, confidence_threshold: 0.5 }), "confidence_threshold");
});

test("else it is the first number with conf in its name", () => {
  assert.equal(thresholdName({ confident: true, box_conf: 0.3, conf: 0.2 }), "box_conf");
  assert.equal(thresholdName({ conf_thres: "high", iou: 0.5 }), null);
  assert.equal(thresholdName({}), null);
});

test("other numbers and switches can be edited", () => {
  const defaults = { conf_thres: 0.25, iou_thres: 0.45, augment: false, mode: "full", rectangle: null, classes: [] };
  assert.deepEqual(editable(defaults), ["iou_thres", "augment"]);
});

test("an answer is said in a sentence", () => {
  assert.equal(saidOf({ by: "the predictor" }, { objects: [1, 2, 3], tags: [] }), "3 objects, by the predictor");
  assert.equal(saidOf({ by: "stub 3" }, { objects: [1], tags: [1, 2] }), "1 object, 2 tags, by stub 3");
  assert.equal(saidOf({ by: null }, undefined), "0 objects");
});

test("a refusal is said with its reason", () => {
  assert.equal(saidOf({ by: null, refused: "two stubs tie" }, { objects: [] }), "refused: two stubs tie");
});

test("an answer that comes after a later question is dropped", async () => {
  const { ask } = lastOne();
  const answers = [];
  const question = (signal) => new Promise((resolve) => answers.push({ resolve, signal }));
  const [first, second] = [ask(question), ask(question)];
  assert.deepEqual(answers.map((one) => one.signal.aborted), [true, false]);
  answers[1].resolve("new");
  answers[0].resolve("old");
  assert.deepEqual([await first, await second], [undefined, "new"]);
});

test("a failure of a question that no longer counts is nobody's", async () => {
  const { ask, stop } = lastOne();
  const failed = ask(async () => Promise.reject(new Error("late")));
  stop();
  assert.equal(await failed, undefined);
  await assert.rejects(ask(async () => Promise.reject(new Error("now"))), /now/);
});

test("many changes are one act, once it is quiet", () => {
  const [timers, acts] = [new Map(), []];
  const set = (act, wait) => (timers.set(timers.size + 1, { act, wait }), timers.size);
  const clock = { set, clear: (one) => timers.delete(one) };
  const changed = whenQuiet(() => acts.push("asked"), 120, clock);
  for (let one = 0; one < 3; one += 1) changed();
  assert.deepEqual([...timers.values()].map((one) => one.wait), [120]);
  timers.values().next().value.act();
  assert.deepEqual(acts, ["asked"]);
});

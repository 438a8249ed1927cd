import assert from "node:assert/strict";
import test from "node:test";

import { pictureIn } from "../../modeldouble_server/page/intake.js";
import { withColour } from "../../modeldouble_server/page/look.js";
import { paintedSize } from "../../modeldouble_server/page/masks.js";
import { cellsOf, counted, tagText } from "../../modeldouble_server/page/objects.js";
import { Underway } from "../../modeldouble_server/page/scrubber.js";
import { changedOnly, reach } from "../../modeldouble_server/page/tuning.js";
import { trackColour } from "../../modeldouble_server/page/tracks.js";

test("a tracked object has its track's colour, another its class's", () => {
  assert.equal(withColour({ track: 0, color: "#ff0000" }).colour, trackColour(0));
  assert.equal(withColour({ track: null, color: "#ff0000" }).colour, "#ff0000");
  assert.equal(withColour({ color: "red" }).colour, "#808080");
});

test("the first picture among files is taken, and else the first file", () => {
  const [text, picture] = [{ type: "text/plain" }, { type: "image/png" }];
  assert.equal(pictureIn([text, picture]), picture);
  assert.equal(pictureIn([text]), text);
  assert.equal(pictureIn([]), null);
  assert.equal(pictureIn(undefined), null);
});

test("a mask is painted at the size it is shown in, and a large one smaller", () => {
  assert.deepEqual(paintedSize({ width: 30, height: 20 }, 0.1), [300, 200]);
  assert.deepEqual(paintedSize({ width: 4000, height: 3000 }, 5), [800, 600]);
  assert.deepEqual(paintedSize({ width: 4000, height: 3000 }, 1), [1600, 1200]);
  assert.deepEqual(paintedSize({ width: 4000, height: 1 }, 5), [800, 1]);
});

test("tags are told with their values", () => {
  assert.equal(tagText({ name: "rain", value: null }), "rain");
  assert.equal(tagText({ name: "horse", value: 0.68249 }), "horse: 0.682");
  assert.equal(tagText({ name: "track", value: 7 }), "track: 7");
});

test("a row tells what is known of an object", () => {
  const tags = [{ name: "a" }, { name: "b", value: "c" }];
  const object = { confidence: 0.5, track: 0, shape: "rectangle", box: [1, 2, 3, 4], tags };
  assert.deepEqual(cellsOf(object), ["0.50", "0", "rectangle", "1, 2, 3, 4", "a, b: c"]);
  assert.deepEqual(cellsOf({ confidence: null, track: null, shape: "bitmap", box: [0] }), ["", "", "bitmap", "0", ""]);
});

test("classes that were seen stay, with none", () => {
  const first = counted(new Map(), [{ class: "a", color: "#1" }, { class: "a", color: "#1" }]);
  assert.deepEqual([...first], [["a", { colour: "#1", count: 2 }]]);
  const second = counted(first, [{ class: "b", color: "#2" }]);
  assert.deepEqual([...second], [["a", { colour: "#1", count: 0 }], ["b", { colour: "#2", count: 1 }]]);
});

test("there are two hundred classes at most", () => {
  const many = Array.from({ length: 300 }, (_, at) => ({ class: `${at}`, color: "#1" }));
  assert.equal(counted(new Map(), many).size, 200);
});

test("only settings that are not the model's own are sent", () => {
  assert.deepEqual(changedOnly({ conf: 0.25, augment: false }, { conf: 0.3, augment: false }), { conf: 0.3 });
});

test("a threshold in per cent has a slider that reaches it", () => {
  assert.deepEqual(reach(0.25), { max: 1, step: 0.01 });
  assert.deepEqual(reach(1), { max: 1, step: 0.01 });
  assert.deepEqual(reach(25), { max: 100, step: 1 });
});

test("what is on its way is asked for once, and again when it has come", async () => {
  const [underway, asked] = [new Underway(), []];
  const ask = async () => asked.push(1);
  await Promise.all([underway.once("a", ask), underway.once("a", ask)]);
  assert.equal(asked.length, 1);
  await underway.once("a", ask);
  assert.equal(asked.length, 2);
});

test("what is no longer wanted is given up", () => {
  const [underway, signals] = [new Underway(), []];
  const ask = (signal) => new Promise(() => signals.push(signal));
  underway.once("a", ask);
  underway.once("b", ask);
  underway.only(["b"]);
  assert.deepEqual(signals.map((one) => one.aborted), [true, false]);
  underway.once("a", ask);
  assert.equal(signals.length, 3);
});

import assert from "node:assert/strict";
import test from "node:test";

import { placeLabels, shortened } from "../../modeldouble_server/page/labels.js";

const measure = (text) => [...text].length * 7;
const within = (one, other) => one.x < other.x + other.width && one.y < other.y + other.height;
const overlap = (one, other) => within(one, other) && within(other, one);

test("a label stands on its box, left of all", () => {
  const [label] = placeLabels([{ box: [100, 100, 199, 199], text: "person" }], [640, 480], 1, measure);
  assert.deepEqual(label, { x: 100, y: 82, width: 52, height: 18, text: "person", crowded: false });
});

test("a label has its size on the screen, whatever the picture's", () => {
  const [label] = placeLabels([{ box: [1000, 1000, 1999, 1999], text: "person" }], [4000, 3000], 10, measure);
  assert.deepEqual([label.x, label.y, label.width, label.height], [1000, 820, 520, 180]);
});

test("no label leaves the picture", () => {
  const size = [60, 45];
  const boxes = [[0, 0, 59, 44], [59, 44, 59, 44], [0, 44, 3, 44], [58, 0, 59, 1], [-5, -5, 3, 3], [55, 40, 80, 70]];
  for (const box of boxes) {
    for (const unit of [0.05, 0.2, 1, 4]) {
      const [{ x, y, width }] = placeLabels([{ box, text: "a long name of a class" }], size, unit, measure);
      const inside = x >= 0 && x + width <= size[0] + 1e-9 && y >= 0 && y < size[1];
      assert.ok(inside, `${box} at ${unit}: ${x} ${y} ${width}`);
    }
  }
});

test("labels of boxes that begin in one place are set apart", () => {
  const items = [0, 1, 2].map((at) => ({ box: [100, 100, 299, 299], text: `person 0.9${at}` }));
  const labels = placeLabels(items, [640, 480], 1, measure);
  assert.ok(labels.every((one) => !one.crowded));
  for (const one of labels) for (const other of labels) assert.ok(one === other || !overlap(one, other));
});

test("where there is no room for a label, it is crowded and takes none from others", () => {
  const items = Array.from({ length: 30 }, () => ({ box: [0, 0, 59, 39], text: "person" }));
  const labels = placeLabels(items, [60, 40], 1, measure);
  const free = labels.filter((one) => !one.crowded);
  assert.ok(free.length >= 1 && free.length <= 3, String(free.length));
});

test("a name that is too long is cut with an ellipsis, letter by letter", () => {
  assert.equal(shortened("person", 42, measure), "person");
  assert.equal(shortened("person", 41, measure), "pers\u2026");
  assert.equal(shortened("\u{1f600}\u{1f600}\u{1f600}", 14, measure), "\u{1f600}\u2026");
  assert.equal(shortened("\u{1f600}\u{1f600}", 14, (text) => text.length * 7), "\u2026");
  assert.equal(shortened("person", 0, measure), "\u2026");
});

test("a label that was cut is as wide as the picture at most", () => {
  const [label] = placeLabels([{ box: [0, 0, 9, 9], text: "p".repeat(500) }], [100, 100], 1, measure);
  assert.ok(label.width <= 100 && label.text.endsWith("\u2026"));
  const [large] = placeLabels([{ box: [0, 0, 9, 9], text: "p".repeat(500) }], [1000, 1000], 10, measure);
  assert.equal(large.text, `${"p".repeat(11)}\u2026`);
});

test("labels that are crowded take no place from others", () => {
  const at = (one, most) => (one * 7919) % most;
  const items = Array.from({ length: 80 }, (_, one) => {
    const [left, top] = [300 + at(one + 1, 170), 300 + at(one * 3 + 2, 80)];
    return { box: [left, top, left + at(one, 60), top + at(one, 40)], text: `person 0.${one}` };
  });
  const labels = placeLabels(items, [800, 800], 1, measure);
  const free = items.filter((_, one) => !labels[one].crowded);
  assert.ok(free.length > 10 && free.length < 70, String(free.length));
  assert.deepEqual(placeLabels(free, [800, 800], 1, measure), labels.filter((one) => !one.crowded));
});

test("labels hide three tenths of the picture at most, but there is one", () => {
  const items = Array.from({ length: 99 }, (_, at) => ({ box: [0, at * 20, 9, at * 20 + 9], text: "person" }));
  const area = (labels) => labels.filter((one) => !one.crowded).reduce((sum, one) => sum + one.width * one.height, 0);
  const covered = area(placeLabels(items, [100, 2000], 1, measure));
  assert.ok(covered <= 60_000 && covered > 58_000, String(covered));
  assert.equal(placeLabels(items, [10, 10], 1, measure).filter((one) => !one.crowded).length, 1);
});

import assert from "node:assert/strict";
import test from "node:test";

import {
  boxPath, centreOf, colourOf, inkOn, labelOf, luminance, namedBox, objectAt, polygonPath, rectOf, skeletonLines,
} from "../../modeldouble_server/page/shapes.js";

test("the last pixel of a box belongs to it", () => {
  assert.deepEqual(rectOf([10, 20, 19, 49]), { x: 10, y: 20, width: 10, height: 30 });
  assert.deepEqual(rectOf([7, 8, 7, 8]), { x: 7, y: 8, width: 1, height: 1 });
  assert.equal(boxPath([10, 20, 19, 49]), "M10 20h10v30h-10Z");
});

test("a polygon's holes are rings of the same path", () => {
  const [exterior, hole] = [[[0, 0], [9, 0], [9, 9]], [[2, 1], [4, 1], [4, 3]]];
  assert.equal(polygonPath({ exterior }), "M0 0L9 0L9 9Z");
  assert.equal(polygonPath({ exterior, interior: [hole, []] }), "M0 0L9 0L9 9ZM2 1L4 1L4 3Z");
});

test("a line stays open", () => {
  assert.equal(polygonPath({ exterior: [[0, 0], [9, 0]] }, false), "M0 0L9 0");
});

test("a bone needs both its ends", () => {
  const keypoints = [{ name: "hip", x: 1, y: 2 }, { name: "knee", x: 3, y: 4 }];
  const edges = [["hip", "knee"], ["knee", "ankle"], ["head", "hip"]];
  assert.deepEqual(skeletonLines({ keypoints, edges }), [{ x1: 1, y1: 2, x2: 3, y2: 4 }]);
  assert.deepEqual(skeletonLines({}), []);
});

test("the middle of a box is that of its pixels", () => {
  assert.deepEqual(centreOf([0, 0, 0, 0]), [0.5, 0.5]);
  assert.deepEqual(centreOf([10, 20, 19, 29]), [15, 25]);
});

test("people are named beside their keypoints", () => {
  const keypoints = [{ name: "eye", x: 30, y: 12 }, { name: "ear", x: 25, y: 14 }];
  assert.deepEqual(namedBox({ box: [0, 0, 99, 99], keypoints }), [25, 12, 30, 14]);
  assert.deepEqual(namedBox({ box: [0, 0, 99, 99], keypoints: [] }), [0, 0, 99, 99]);
});

test("what is no colour is grey", () => {
  assert.equal(colourOf("#12abEF"), "#12abEF");
  for (const one of ["red", "#123", "#12abefg", "url(#a)", null, undefined, 7]) assert.equal(colourOf(one), "#808080");
});

test("letters stand out from every colour by 4.5 to 1", () => {
  const parts = ["00", "33", "66", "77", "99", "cc", "ff"];
  for (const colour of parts.flatMap((r) => parts.flatMap((g) => parts.map((b) => `#${r}${g}${b}`)))) {
    const both = [luminance(colour), luminance(inkOn(colour))].sort();
    assert.ok((both[1] + 0.05) / (both[0] + 0.05) >= 4.5, colour);
  }
});

test("luminance is that of WCAG", () => {
  assert.equal(luminance("#ffffff").toFixed(4), "1.0000");
  assert.equal(luminance("#808080").toFixed(4), "0.2159");
  assert.equal(luminance("#00ff00").toFixed(4), "0.7152");
});

test("a label has the track, the class and the confidence, where there are any", () => {
  assert.equal(labelOf({ class: "person", confidence: 0.914, track: null }), "person 0.91");
  assert.equal(labelOf({ class: "person", confidence: 0, track: 0 }), "0: person 0.00");
  assert.equal(labelOf({ class: "<b>", confidence: null }), "<b>");
});

test("the smallest object at a point is the one that is meant", () => {
  const objects = [{ box: [0, 0, 99, 99] }, { box: [10, 10, 19, 19] }, { box: [15, 15, 60, 60] }];
  assert.equal(objectAt(objects, [19.9, 19.9]), 1);
  assert.equal(objectAt(objects, [20, 20]), 2);
  assert.equal(objectAt(objects, [99.5, 0]), 0);
  assert.equal(objectAt(objects, [100, 0]), -1);
});

test("a mask is only where it covers", () => {
  const objects = [{ box: [0, 0, 99, 99] }, { box: [10, 10, 19, 19] }];
  assert.equal(objectAt(objects, [12, 12], (index) => index === 0), 0);
  assert.equal(objectAt(objects, [12, 12], () => false), -1);
});

test("of two of one size the one on top is meant", () => {
  assert.equal(objectAt([{ box: [0, 0, 9, 9] }, { box: [0, 0, 9, 9] }], [5, 5]), 1);
});

test("a class that turns text round leaves the confidence alone", () => {
  assert.equal(labelOf({ class: "a\u202eb", confidence: 0.91 }), "a⟨U+202E⟩b 0.91");
  assert.equal(labelOf({ class: "x".repeat(10000), confidence: 0.91 }).length, 86);
});

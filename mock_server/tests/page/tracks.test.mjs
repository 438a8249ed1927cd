import assert from "node:assert/strict";
import test from "node:test";

import { joined, lifeInWords, livesOf, together, trackColour, trailOf } from "../../modeldouble_server/page/tracks.js";
import { bars } from "../../modeldouble_server/page/timeline.js";

const car = (track, frame) => ({ track, class: "car", box: [frame, 0, frame, 0] });
const seen = (frame, ...tracks) => ({ frame, objects: tracks.map((track) => car(track, frame)) });

test("a track has one colour, and its neighbours have others", () => {
  const colours = Array.from({ length: 60 }, (_, track) => trackColour(track));
  assert.ok(colours.every((one) => /^#[0-9a-f]{6}$/.test(one)));
  assert.equal(new Set(colours).size, 60);
  assert.equal(trackColour(7), colours[7]);
});

test("a track that is no number has a colour too", () => {
  for (const one of ["a", Number.NaN, -3, 1.5, 1e12]) assert.match(trackColour(one), /^#[0-9a-f]{6}$/);
});

test("a trail joins the centres of the last twenty frames and fades", () => {
  const lines = trailOf(3, 50, (frame) => seen(frame, 3));
  assert.equal(lines.length, 19);
  assert.deepEqual(lines.at(-1), { x1: 49.5, y1: 0.5, x2: 50.5, y2: 0.5, opacity: 1 });
  assert.deepEqual([lines[0].x1, lines[0].opacity], [31.5, 0.1]);
});

test("a trail has a gap where the track was not seen, or not asked about", () => {
  const lines = trailOf(3, 9, (frame) => (frame === 5 ? seen(5, 4) : frame < 3 ? undefined : seen(frame, 3)));
  assert.deepEqual(lines.map((one) => one.x2 - 0.5), [4, 7, 8, 9]);
});

test("runs are joined where they touch", () => {
  assert.deepEqual(joined([[60, 119], [0, 59], [130, 140], [135, 150]]), [[0, 119], [130, 150]]);
  assert.deepEqual(joined([[0, 100], [10, 20]]), [[0, 100]]);
  assert.deepEqual(joined([]), []);
});

test("a track lives in the frames in which it is seen", () => {
  const lives = livesOf([seen(0, 1), seen(1, 1, 2), seen(2, 2), seen(3, 1)]);
  assert.deepEqual(lives.get(1), { name: "car", runs: [[0, 1], [3, 3]] });
  assert.deepEqual(lives.get(2).runs, [[1, 2]]);
});

test("objects without a track live nowhere", () => {
  assert.equal(livesOf([seen(0, null, undefined), { frame: null, objects: [{ track: 1, class: "a" }] }]).size, 0);
});

test("a life goes on across windows", () => {
  const lives = together([livesOf([seen(60, 2, 1)]), livesOf([seen(59, 1), seen(10, 9)])], 2);
  assert.deepEqual([...lives], [[1, { name: "car", runs: [[59, 60]] }], [2, { name: "car", runs: [[60, 60]] }]]);
});

test("a life is told in words", () => {
  const runs = [[0, 41], [50, 50], [60, 61]];
  assert.equal(lifeInWords(3, { name: "car", runs }), "3: car, frames 0 to 41, 50 and 60 to 61");
  assert.equal(lifeInWords(4, { name: "car", runs: [[7, 7]] }), "4: car, frame 7");
});

test("a bar covers the frames of a run, a row for each track", () => {
  const drawn = bars(new Map([[1, { name: "car", runs: [[0, 9], [20, 20]] }], [2, { name: "car", runs: [[5, 6]] }]]));
  assert.deepEqual(drawn.map(({ x, width }) => [x, width]), [[0, 10], [20, 1], [5, 2]]);
  assert.ok(drawn[0].y === drawn[1].y && drawn[2].y >= drawn[0].y + drawn[0].height);
  assert.deepEqual(drawn[2].fill, trackColour(2));
});

test("a chart has a row for sixty tracks at most", () => {
  const lives = new Map(Array.from({ length: 100 }, (_, track) => [track, { name: "car", runs: [[0, 1]] }]));
  assert.equal(bars(lives).length, 60);
});

// Tracks of a video: their colours, their trails, and the frames in which each of them lives.

import { centreOf } from "./shapes.js";

const [TURN, TRAIL] = [137.508, 20];

/** A colour of a track, far from that of its neighbours. @returns {string} `#rrggbb` */
export function trackColour(track) {
  const number = Math.abs(Math.trunc(Number(track))) || 0;
  const [hue, lightness] = [(number * TURN) % 360, [0.6, 0.72, 0.5][number % 3]];
  const reach = 0.85 * Math.min(lightness, 1 - lightness);
  const part = (offset) => {
    const at = (offset + hue / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(at - 3, 9 - at, 1));
    return Math.round(255 * value).toString(16).padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

/**
 * The lines behind a track up to a frame, oldest first; frames in which it was not seen leave a gap.
 * @param {number} at the frame
 * @param {(frame: number) => any} frameAt
 * @returns {{x1: number, y1: number, x2: number, y2: number, opacity: number}[]}
 */
export function trailOf(track, at, frameAt) {
  const lines = [];
  let before = null;
  for (let frame = Math.max(0, at - TRAIL + 1); frame <= at; frame += 1) {
    const object = frameAt(frame)?.objects.find((one) => one.track === track);
    const here = object ? centreOf(object.box) : null;
    if (before && here) {
      const opacity = Number((1 - (at - frame) / TRAIL).toFixed(2));
      lines.push({ x1: before[0], y1: before[1], x2: here[0], y2: here[1], opacity });
    }
    before = here;
  }
  return lines;
}

/** Runs of frames joined where they touch, in order. @param {number[][]} runs first and last frame of each */
export function joined(runs) {
  const all = [];
  for (const [first, last] of [...runs].sort((one, other) => one[0] - other[0])) {
    const before = all.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else all.push([first, last]);
  }
  return all;
}

/**
 * In which frames each track lives.
 * @param {{frame: number | null, objects: {track?: number | null, class: string}[]}[]} frames
 * @returns {Map<number, {name: string, runs: number[][]}>}
 */
export function livesOf(frames) {
  const lives = new Map();
  for (const { frame, objects } of frames) {
    for (const { track, class: name } of objects) {
      if ((track ?? null) === null || frame === null) continue;
      if (!lives.has(track)) lives.set(track, { name, runs: [] });
      lives.get(track).runs.push([frame, frame]);
    }
  }
  for (const life of lives.values()) life.runs = joined(life.runs);
  return lives;
}

/** The lives known from several windows as one, by the number of the track; at most `most` tracks. */
export function together(parts, most) {
  const lives = new Map();
  for (const [track, { name, runs }] of parts.flatMap((part) => [...part])) {
    const before = lives.get(track) ?? { name, runs: [] };
    lives.set(track, { name: before.name, runs: joined([...before.runs, ...runs]) });
  }
  return new Map([...lives].sort(([one], [other]) => one - other).slice(0, most));
}

/** A life in words, such as "3: person, frames 0 to 41 and 50". */
export function lifeInWords(track, { name, runs }) {
  const said = runs.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
  const listed = said.length > 1 ? `${said.slice(0, -1).join(", ")} and ${said.at(-1)}` : said[0];
  const one = runs.length === 1 && runs[0][0] === runs[0][1];
  return `${track}: ${name}, frame${one ? "" : "s"} ${listed}`;
}

// Geometry of predicted objects as attributes of SVG. Coordinates are pixels of the picture, x before y;
// a box is left, top, right, bottom, of which right and bottom lie within it.

import { brief, plain } from "./dom.js";

const HEX = /^#[0-9a-f]{6}$/i;
const UNKNOWN = "#808080";

/** A box as attributes of a `<rect>`; `right` and `bottom` lie within the box. */
export function rectOf([left, top, right, bottom]) {
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** What `d` of a `<path>` draws a box, for outlines below the box itself. */
export function boxPath(box) {
  const { x, y, width, height } = rectOf(box);
  return `M${x} ${y}h${width}v${height}h${-width}Z`;
}

/**
 * What `d` of a `<path>` draws a polygon; its holes need `fill-rule="evenodd"`.
 * @param {{exterior: number[][], interior?: number[][][]}} polygon
 * @param {boolean} [closed] false for a line
 */
export function polygonPath({ exterior, interior = [] }, closed = true) {
  return [exterior, ...interior]
    .filter((ring) => ring.length > 0)
    .map((ring) => `M${ring.map(([x, y]) => `${x} ${y}`).join("L")}${closed ? "Z" : ""}`)
    .join("");
}

/**
 * The lines of a skeleton of which both ends are seen, as attributes of `<line>`.
 * @param {any} object with `keypoints` and `edges`
 */
export function skeletonLines({ keypoints = [], edges = [] }) {
  const seen = new Map(keypoints.map((one) => [one.name, one]));
  return edges
    .filter(([from, to]) => seen.has(from) && seen.has(to))
    .map(([from, to]) => [seen.get(from), seen.get(to)])
    .map(([from, to]) => ({ x1: from.x, y1: from.y, x2: to.x, y2: to.y }));
}

/** The middle of a box, which is the end of a pixel where the box has an even number of them. */
export function centreOf([left, top, right, bottom]) {
  return [(left + right + 1) / 2, (top + bottom + 1) / 2];
}

/**
 * The box beside which an object is named: that of its keypoints if it has any, as they may fill little of its own.
 * @param {{box: number[], keypoints?: {x: number, y: number}[]}} object
 */
export function namedBox({ box, keypoints = [] }) {
  if (keypoints.length === 0) return box;
  const [across, down] = [keypoints.map((one) => one.x), keypoints.map((one) => one.y)];
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}

/** A colour of a class; what is no `#rrggbb` is grey. */
export function colourOf(colour) {
  return typeof colour === "string" && HEX.test(colour) ? colour : UNKNOWN;
}

/** How bright a colour is, from 0 (black) to 1 (white), as WCAG counts it. @param {string} colour `#rrggbb` */
export function luminance(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white: what stands out from a colour, by at least 4.5 to 1. @param {string} colour `#rrggbb` */
export function inkOn(colour) {
  return luminance(colour) > 0.179 ? "#000000" : "#ffffff";
}

/**
 * What an object is called on the picture, such as "person 0.91" or "3: person 0.91".
 * @param {{class: string, confidence?: number | null, track?: number | null}} object
 */
export function labelOf(object) {
  const sure = typeof object.confidence === "number" ? ` ${object.confidence.toFixed(2)}` : "";
  const track = (object.track ?? null) === null ? "" : `${object.track}: `;
  return `${track}${brief(plain(object.class), 80)}${sure}`;
}

/**
 * The index of the smallest object that is at a point, or -1.
 * @param {any[]} objects
 * @param {number[]} point x, y
 * @param {(index: number, point: number[]) => boolean} covers whether a mask covers the point; boxes always do
 */
export function objectAt(objects, [x, y], covers = () => true) {
  let [found, smallest] = [-1, Infinity];
  objects.forEach(({ box }, index) => {
    const { x: left, y: top, width, height } = rectOf(box);
    const within = x >= left && y >= top && x < left + width && y < top + height;
    if (within && width * height <= smallest && covers(index, [x, y])) [found, smallest] = [index, width * height];
  });
  return found;
}

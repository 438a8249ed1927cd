// The picture with what was seen on it, as SVG in pixels of the picture.

import { fill, svg } from "./dom.js";
import { placeLabels } from "./labels.js";
import { MOST_MASKS } from "./masks.js";
import {
  boxPath, colourOf, inkOn, labelOf, luminance, namedBox, objectAt, polygonPath, rectOf, skeletonLines,
} from "./shapes.js";

const [POINT, MOST_NAMED, MOST_LABELS, DARK] = [3, 10, 500, 0.06];
const FONT = "600 12px system-ui, sans-serif";

/**
 * @typedef {object} Scene
 * @property {any} size width and height in pixels
 * @property {string | null} picture where the picture is; null draws a neutral ground
 * @property {string} [ground] what to write on the neutral ground
 * @property {any[]} objects as POST looks gives them, with `colour`
 * @property {Set<string>} hidden names of classes that are not drawn
 * @property {any[]} [trails] `colour` and `lines` of each
 */

/** What `#drawing` shows. */
export class Drawing {
  #turn = 0;
  #on = -1;
  #pinned = -1;

  /**
   * @param {any} root an `<svg>`
   * @param {(index: number) => void} pointed called with the object that is pointed at, or -1
   * @param {(index: number) => void} picked called with the object that was clicked
   */
  constructor(root, masks, pointed, picked) {
    this.root = root;
    this.masks = masks;
    /** @type {any} a Scene */
    this.scene = null;
    this.measure = ruler();
    root.addEventListener("pointermove", (event) => pointed(this.#at(event)));
    root.addEventListener("pointerleave", () => pointed(-1));
    root.addEventListener("click", (event) => picked(this.#at(event)));
    new ResizeObserver(() => this.#fit()).observe(root);
  }

  /**
   * Draw a scene once all of it is there, in one step; a later call wins.
   * @returns {Promise<boolean | null>} whether its picture was drawn too, if it has one; null where a later call won
   */
  async show(given) {
    const mine = ++this.#turn;
    // Nothing can be drawn in a picture without any pixels.
    const scene = { ...given, size: given.size.map((side) => Math.max(1, side || 0)) };
    const unit = this.#unit(scene.size);
    const shown = scene.objects.map((object, index) => ({ object, index }));
    const visible = shown.filter(({ object }) => !scene.hidden.has(object.class));
    const [picture, ...groups] = await Promise.all([
      scene.picture ? loaded(scene.picture, scene.size) : null,
      ...visible.map(async ({ object, index }, at) =>
        drawn(object, index, at < MOST_MASKS ? await this.#mask(object, unit) : null)),
    ]);
    if (mine !== this.#turn) return null;
    this.scene = scene;
    this.#put(scene, picture ?? ground(scene), groups);
    return Boolean(picture) || !scene.picture;
  }

  /** Make one object stand out; -1 for none. */
  highlight(index) {
    this.#on = index;
    for (const one of this.root.querySelectorAll("[data-index]")) {
      one.classList.toggle("on", Number(one.dataset.index) === index);
    }
    this.root.classList.toggle("has-on", index >= 0 && this.root.querySelector("g.object.on") !== null);
  }

  /** Scroll to an object, where the picture is larger than its place. */
  reveal(index) {
    this.root.querySelector(`g.object[data-index="${index}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  async #mask({ mask, colour }, unit) {
    // Of what is no picture the box is drawn.
    return mask ? this.masks.urlOf(mask, colour, unit).catch(() => null) : null;
  }

  #put({ size, trails, objects }, picture, groups) {
    this.root.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    this.root.style.setProperty("--ratio", String(size[0] / size[1]));
    this.root.setAttribute("aria-label", described(size, objects));
    this.labels = svg("g", { class: "labels" });
    fill(this.root, picture, svg("g", { class: "trails" }, trails?.map(trail)), svg("g", {}, groups), this.labels);
    this.#fit();
  }

  // What has a size on the screen, whatever the picture's: labels and points.
  #fit() {
    const { scene } = this;
    if (!scene) return;
    const unit = this.#unit(this.scene.size);
    this.root.classList.toggle("enlarged", unit < 0.4);
    for (const one of this.root.querySelectorAll("circle")) one.setAttribute("r", String(POINT * unit));
    const groups = [...this.root.querySelectorAll("g.object")].slice(0, MOST_LABELS);
    const visible = groups.map((one) => Number(one.dataset.index));
    const items = visible.map((index) => scene.objects[index]);
    const named = items.map((object) => ({ box: namedBox(object), text: labelOf(object) }));
    const placed = placeLabels(named, this.scene.size, unit, this.measure);
    fill(this.labels, placed.map((one, at) => label(one, items[at].colour, visible[at], unit)));
    this.highlight(this.#on);
  }

  #unit([width, height]) {
    const { width: wide, height: high } = this.root.getBoundingClientRect();
    return wide && high ? Math.max(width / wide, this.scene?.size[0] === width ? height / high : 0) : 1;
  }

  #at(event) {
    const matrix = this.root.getScreenCTM();
    if (!this.scene || !matrix) return -1;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const { objects, hidden } = this.scene;
    const covers = (index, point) =>
      !hidden.has(objects[index].class) && (!objects[index].mask || this.masks.covers(objects[index].mask, point));
    return objectAt(objects, [x, y], covers);
  }
}

/**
 * A group for an object, with what a test or a style sheet may want to know about it.
 * @param {string | null} mask where its mask's picture is
 */
export function drawn(object, index, mask) {
  const { class: name, confidence, track, box, colour, shape } = object;
  const data = { class: name, box: box.join(","), index, shape };
  if (typeof confidence === "number") data.confidence = confidence;
  if ((track ?? null) !== null) data.track = track;
  const bare = !mask && !object.polygon && !object.keypoints?.length;
  return svg("g", { class: "object", data, style: { "--colour": colour, "--casing": casing(colour) } },
    bare && svg("path", { class: "casing", d: boxPath(box) }),
    mask && svg("image", { ...placed(object.mask), href: mask, preserveAspectRatio: "none" }),
    svg("rect", { class: bare ? "box" : "around", ...rectOf(box) }),
    !mask && object.polygon && polygon(object),
    object.keypoints?.length && skeleton(object),
    svg("title", {}, labelOf(object)));
}

function placed({ left, top, width, height }) {
  return { x: left, y: top, width, height };
}

// The point of a pixel is its middle.
function polygon({ polygon: points, shape }) {
  const moved = { transform: "translate(.5 .5)" };
  if (shape === "point") {
    return svg("g", moved, points.exterior.map(([cx, cy]) => svg("circle", { cx, cy, r: POINT })));
  }
  const closed = shape !== "line";
  const path = { d: polygonPath(points, closed), ...moved, "fill-rule": "evenodd" };
  return [svg("path", { class: "casing", ...path }), svg("path", { class: closed ? "area" : "bone", ...path })];
}

function skeleton(object) {
  const lines = skeletonLines(object);
  return svg("g", { transform: "translate(.5 .5)" },
    lines.map((line) => svg("line", { class: "casing", ...line })),
    lines.map((line) => svg("line", { class: "bone", ...line })),
    object.keypoints.map(({ name, x, y }) => svg("circle", { cx: x, cy: y, r: POINT, data: { name } })));
}

function trail({ colour, lines }) {
  const path = lines.map(({ x1, y1, x2, y2 }) => `M${x1} ${y1}L${x2} ${y2}`).join("");
  return svg("g", { class: "trail", style: { "--colour": colour } },
    svg("path", { class: "casing", d: path }), lines.map((line) => svg("line", line)));
}

function label({ x, y, width, height, text, crowded }, colour, index, unit) {
  const transform = `translate(${x} ${y}) scale(${unit})`;
  return svg("g", { class: crowded ? "label crowded" : "label", transform, data: { index } },
    svg("rect", { width: width / unit, height: height / unit, rx: 3, fill: colour }),
    svg("text", { x: 5, y: 13, fill: inkOn(colour) }, text));
}

function ground({ size: [width, height], ground: text = "" }) {
  const at = { x: width / 2, y: height / 2, "font-size": Math.min(width / 20, height / 10) };
  return svg("g", { class: "ground" }, svg("rect", { width, height }), svg("text", at, text));
}

function loaded(href, [width, height]) {
  const picture = svg("image", { class: "picture", width, height, preserveAspectRatio: "none" });
  return new Promise((resolve) => {
    picture.addEventListener("load", async () => resolve((await isTurned(href, width, height)) ? null : picture));
    picture.addEventListener("error", () => resolve(null));
    picture.setAttribute("href", href);
  });
}

// Of WebP and such, browsers do not heed how a picture is to be turned.
async function isTurned(src, width, height) {
  if (width === height) return false;
  const plain = new Image();
  await new Promise((done) => Object.assign(plain, { onload: done, onerror: done, src }));
  return plain.naturalWidth === height && plain.naturalHeight === width;
}

function described([width, height], objects) {
  const named = objects.slice(0, MOST_NAMED).map(labelOf).join(", ");
  const more = objects.length > MOST_NAMED ? ` and ${objects.length - MOST_NAMED} more` : "";
  return `${width} by ${height} pixels, ${objects.length ? `with ${named}${more}` : "without objects"}`;
}

function casing(colour) {
  return luminance(colourOf(colour)) < DARK ? "#ffffff" : "#000000";
}

/** @returns {(text: string) => number} */
function ruler() {
  const context = /** @type {any} */ (document.createElement("canvas").getContext("2d"));
  context.font = FONT;
  return (text) => context.measureText(text).width;
}

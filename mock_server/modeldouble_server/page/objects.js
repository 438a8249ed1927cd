// What was seen in words: a table of the objects, the classes to show or hide, and the tags of the picture.

import { brief, byId, el, fill, swatch } from "./dom.js";

const [MOST_ROWS, MOST_CLASSES] = [300, 200];
const HEADS = ["Class", "Confidence", "Track", "Shape", "Left, top, right, bottom", "Tags"];

/** A tag in words, such as "colour: red". @param {{name: string, value?: unknown}} tag */
export function tagText({ name, value }) {
  if (value === null || value === undefined) return name;
  return `${name}: ${typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : value}`;
}

/** The cells of a row after the first. @param {any} object as POST looks gives it @returns {string[]} */
export function cellsOf({ confidence, track, shape, box, tags = [] }) {
  const sure = typeof confidence === "number" ? confidence.toFixed(2) : "";
  return [sure, String(track ?? ""), shape, box.join(", "), tags.map(tagText).join(", ")];
}

/**
 * Classes with the objects each has in a frame: those seen before stay, with 0.
 * @param {Map<string, {colour: string, count: number}>} before
 * @param {{class: string, color: string}[]} objects
 */
export function counted(before, objects) {
  const classes = new Map([...before].map(([name, { colour }]) => [name, { colour, count: 0 }]));
  for (const { class: name, color } of objects) {
    if (!classes.has(name) && classes.size >= MOST_CLASSES) continue;
    classes.set(name, { colour: color, count: (classes.get(name)?.count ?? 0) + 1 });
  }
  return classes;
}

/** `#objects`, and what stands above it. */
export class Objects {
  #classes = new Map();

  /**
   * @param {(index: number) => void} pointed called with the object whose row is pointed at or has the focus, or -1
   * @param {(index: number) => void} picked called with the object whose name was clicked
   * @param {() => void} changed called when other classes are hidden
   */
  constructor(pointed, picked, changed) {
    this.table = byId("objects");
    this.changed = changed;
    /** @type {Set<string>} */
    this.hidden = new Set();
    this.filter = el("fieldset", { id: "look-classes", hidden: true });
    this.tags = el("ul", { id: "look-tags", class: "chips", "aria-label": "Tags of the picture", hidden: true });
    byId("look-table").before(this.filter, this.tags);
    this.body = el("tbody");
    this.head = el("thead", {}, el("tr", {}, HEADS.map((head) => el("th", { scope: "col" }, head))));
    this.table.append(this.head, this.body);
    const row = (event) => Number(event.target.closest?.("tr[data-index]")?.dataset.index ?? -1);
    for (const name of ["pointerover", "focusin"]) this.body.addEventListener(name, (event) => pointed(row(event)));
    this.body.addEventListener("click", (event) => event.target.closest("button") && picked(row(event)));
    for (const name of ["pointerleave", "focusout"]) this.body.addEventListener(name, () => pointed(-1));
  }

  /** Forget the classes of the picture before. */
  clear() {
    this.#classes = new Map();
    this.show([], []);
  }

  /** @param {any[]} objects with `colour` @param {{name: string, value?: unknown}[]} tags */
  show(objects, tags) {
    this.#classes = counted(this.#classes, objects);
    this.#filter();
    const all = objects.map((object, index) => ({ object, index }));
    const shown = all.filter(({ object }) => !this.hidden.has(object.class));
    this.table.hidden = shown.length === 0;
    byId("look-table").hidden = shown.length === 0;
    fill(this.body, shown.slice(0, MOST_ROWS).map(({ object, index }) => row(object, index)));
    hideEmpty(this.table);
    if (shown.length > MOST_ROWS) this.body.append(more(shown.length - MOST_ROWS));
    this.tags.hidden = tags.length === 0;
    fill(this.tags, tags.map((tag) => el("li", {}, brief(tagText(tag), 200))));
  }

  /** Make one row stand out; -1 for none. */
  highlight(index) {
    for (const one of this.body.rows) one.classList.toggle("on", Number(one.dataset.index) === index);
  }

  /** Go to the row of an object. */
  focus(index) {
    const found = [...this.body.rows].find((one) => Number(one.dataset.index) === index);
    found?.scrollIntoView({ block: "nearest" });
    found?.querySelector("button")?.focus({ preventScroll: true });
  }

  // Boxes are made once for each class, as those of a video would else lose the focus with each frame.
  #filter() {
    const names = [...this.#classes.keys()];
    const known = [...this.filter.querySelectorAll("input")].map((one) => one.value);
    if (names.length !== known.length || names.some((name, at) => name !== known[at])) this.#boxes();
    this.filter.hidden = names.length === 0;
    for (const one of this.filter.querySelectorAll(".count")) {
      one.textContent = String(this.#classes.get(one.dataset.class)?.count ?? 0);
    }
  }

  #boxes() {
    const boxes = [...this.#classes].map(([name, { colour }]) =>
      el("label", {},
        el("input", {
          type: "checkbox", value: name, checked: !this.hidden.has(name),
          on: { change: (event) => this.#toggle(name, event.target.checked) },
        }),
        swatch(colour), el("span", { class: "name" }, brief(name, 100)), el("span", { class: "count", data: { class: name } })));
    fill(this.filter, el("legend", {}, "Show"), boxes);
  }

  #toggle(name, shown) {
    if (shown) this.hidden.delete(name);
    else this.hidden.add(name);
    this.changed();
  }
}

function row(object, index) {
  const name = el("button", { type: "button", class: "object-name" }, swatch(object.colour), brief(object.class, 200));
  const cells = cellsOf(object).map((one, at) => el("td", { class: at < 2 && "number" }, one));
  return el("tr", { data: { index, class: object.class } }, el("th", { scope: "row" }, name), cells);
}

// Nobody has to read a column that says nothing.
function hideEmpty(table) {
  HEADS.forEach((_, at) => {
    const cells = [...table.tBodies[0].rows].map((one) => one.cells[at]);
    const empty = cells.every((one) => !one?.textContent);
    for (const one of [table.tHead.rows[0].cells[at], ...cells]) if (one) one.hidden = empty;
  });
}

function more(count) {
  return el("tr", {}, el("td", { colspan: HEADS.length }, `and ${count} more, which are drawn`));
}

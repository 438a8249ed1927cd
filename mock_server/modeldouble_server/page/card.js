// The model: what it says of itself, its classes, its settings.
import { brief, byId, copied, described, el, fill, plain, say, swatch } from "./dom.js";
import { counted, lasting, valueText } from "./words.js";

export function begin(page) {
  const card = new Card(page);
  page.on("chosen", (document) => card.choose(document));
  page.on("model", (document) => card.hear(document));
  byId("classes-filter").addEventListener("input", () => card.filter());
  byId("session-copy").addEventListener("click", () => card.copy());
}

/** The classes that a reader looks for. @returns {any[]} */
export function classesWith(classes, wanted) {
  const part = wanted.trim().toLowerCase();
  return classes.filter((one) => one.name.toLowerCase().includes(part));
}

/**
 * Facts of a model that change while it is used, in words.
 * @param {any} document of the stream's event
 * @returns {string[][]} name and words of each
 */
export function passing({ counts, latency, ahead, unused }) {
  const idle = Array.isArray(unused) ? unused.length : (unused ?? 0);
  return [
    ["asked", counted(counts.requests, "request")],
    ["stubs", idle ? `${counts.stubs}, ${idle} of them never used` : String(counts.stubs)],
    ...(latency ? [["latency", String(latency)]] : []),
    ...(ahead ? [["clock", `${lasting(Math.abs(ahead))} ${ahead < 0 ? "behind" : "ahead"}`]] : []),
  ];
}

class Card {
  /** @type {any[]} */
  _classes = [];
  /** @type {any} */
  _heard = null;
  _painted = "";

  constructor(page) {
    this._page = page;
    this._document = null;
  }

  choose(document) {
    this._document = document;
    this._heard = null;
    this._painted = "";
    byId("session-copy").disabled = !document;
    say(byId("session-url"), document?.session_url ?? "no model is served");
    say(byId("model-state"), "");
    this._facts();
    this._paint(document?.classes ?? []);
    window.document.title = document ? `${document.name} · modeldouble` : "modeldouble";
  }

  hear(document) {
    const renewed = this._heard && (this._heard.name !== document.name || this._heard.deployed !== document.deployed);
    this._heard = document;
    say(byId("model-state"), document.deployed === false ? "not deployed" : "");
    this._facts();
    this._paint(document.classes ?? this._classes);
    if (renewed) this._renew();
  }

  filter() {
    const shown = classesWith(this._classes, byId("classes-filter").value);
    const all = this._classes.length;
    const some = shown.length === all ? counted(all, "class", "classes") : `${shown.length} of ${all}`;
    say(byId("classes-count"), some);
    fill(byId("classes"), shown.length ? shown.map(chip) : el("li", { class: "muted" }, "none of that name"));
  }

  async copy() {
    const said = byId("session-copy");
    const is = await copied(this._document.session_url);
    said.textContent = is ? "Copied" : "Select it by hand";
    if (!is) getSelection()?.selectAllChildren(byId("session-url"));
    setTimeout(() => (said.textContent = "Copy address"), 2000);
  }

  async _renew() {
    const id = this._page.model;
    const document = await this._page.api.get(`models/${id}`).catch(() => null);
    if (!document || this._page.model !== id) return;
    this._document = document;
    this._facts();
  }

  _facts() {
    const info = Object.entries(this._document?.session_info ?? {});
    showFacts(byId("card"), [...(this._heard ? passing(this._heard) : []), ...info]);
    showFacts(byId("settings"), Object.entries(this._document?.settings ?? {}));
  }

  _paint(classes) {
    const told = JSON.stringify(classes);
    if (told === this._painted) return;
    this._painted = told;
    this._classes = classes;
    this.filter();
  }
}

function chip({ name, shape, color }) {
  return el("li", { data: { class: name }, title: shape ?? null }, swatch(color), brief(name, 100));
}

function showFacts(list, pairs) {
  const names = pairs.map(([name]) => plain(name.replaceAll("_", " ")));
  const there = [...list.querySelectorAll("dt")].map((one) => one.textContent);
  // In place, so that a reader's selection stays.
  if (JSON.stringify(there) !== JSON.stringify(names)) fill(list, described(names.map((name) => [name, ""])));
  list.querySelectorAll("dd").forEach((one, at) => say(one, shown(pairs[at][1])));
}

function shown(value) {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && !value.length) return "none";
  return valueText(value);
}

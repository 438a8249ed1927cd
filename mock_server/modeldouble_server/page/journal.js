// The journal: every request as it comes, of the model or of the platform.
import { advice, byId, copied, fill, say } from "./dom.js";
import { Ring, filterOf } from "./ring.js";
import { details, row } from "./row.js";
import { counted } from "./words.js";

/** Rows that are shown, and entries that are kept for another filter. */
const ROWS_MOST = 1000;
const KEPT_MOST = 5000;
const FILTERS = ["route", "status", "text"];

export function begin(page) {
  const journal = new Journal(page);
  page.on("chosen", (document) => journal.choose(document));
  page.on("entries", (document) => journal.hear("model", document));
  page.on("platform", (document) => journal.hear("platform", document));
  // The last one comes again, which tells whether the journal is still the same.
  page.since(() => Math.max(0, journal.kept.model.last - 1));
  for (const name of FILTERS) byId(`journal-${name}`).addEventListener("input", () => journal.show());
  byId("journal-source").addEventListener("change", () => journal.show());
  byId("journal-pause").addEventListener("click", () => journal.pause());
  byId("journal-rows").addEventListener("click", (event) => journal.clicked(event.target));
  byId("journal-new").addEventListener("click", () => journal.toTop());
  byId("journal-scroll").addEventListener("scroll", () => journal.scrolled(), { passive: true });
  byId("journal-curl-close").addEventListener("click", () => (byId("journal-curl").hidden = true));
  document.addEventListener("keydown", (event) => typed(event));
}

/**
 * What is said of the rows beside the heading.
 * @param {number} shown rows
 * @param {number} kept entries
 * @param {number} count requests that there ever were
 * @param {number} waiting entries that came during a pause
 */
export function countText(shown, kept, count, waiting) {
  const of = (number) => number.toLocaleString("en-GB");
  const all = `${count > kept ? `the newest ${of(kept)} of ` : ""}${counted(count, "request")}`;
  const some = shown === kept ? all : `${of(shown)} shown of ${all}`;
  return waiting ? `${some}, paused, ${of(waiting)} waiting` : some;
}

class Journal {
  kept = { model: new Ring(KEPT_MOST), platform: new Ring(KEPT_MOST) };
  _counts = { model: 0, platform: 0 };
  _fits = filterOf({});
  _paused = false;
  _waiting = 0;
  _unseen = 0;

  constructor(page) {
    this._page = page;
    this._rows = byId("journal-rows");
    this._scroll = byId("journal-scroll");
  }

  /** @returns {"model" | "platform"} */
  get source() {
    return byId("journal-source").value;
  }

  choose(document) {
    Object.values(this.kept).forEach((one) => one.clear());
    this._counts = { model: 0, platform: 0 };
    hint(document);
    byId("journal-curl").hidden = true;
    say(byId("journal-said"), "");
    this.show();
  }

  /** @param {"model" | "platform"} source */
  hear(source, { entries, count, cleared }) {
    const kept = this.kept[source];
    const begins = !kept.continues(entries, count, cleared);
    if (begins) kept.clear();
    this._counts[source] = count;
    const fresh = kept.add(entries);
    if (source !== this.source) return;
    if (begins) this._empty();
    if (this._paused) this._waiting += fresh.length;
    else this._append(fresh.filter(this._fits));
    this._say();
  }

  /** Begin the rows anew: another source or filter, or the end of a pause. */
  show() {
    this._fits = filterOf(Object.fromEntries(FILTERS.map((name) => [name, byId(`journal-${name}`).value])));
    this._empty();
    this._append(this.kept[this.source].newest(this._fits, ROWS_MOST));
    this._say();
  }

  pause() {
    this._paused = !this._paused;
    byId("journal-pause").setAttribute("aria-pressed", String(this._paused));
    say(byId("journal-pause"), this._paused ? "Go on" : "Pause");
    if (this._paused) this._say();
    else this.show();
  }

  toTop() {
    this._scroll.scrollTop = 0;
    this.scrolled();
  }

  scrolled() {
    if (this._scroll.scrollTop > 4) return;
    this._unseen = 0;
    byId("journal-new").hidden = true;
  }

  /** @param {any} target of a click */
  clicked(target) {
    const item = target.closest("tr");
    if (target.closest("button.curl")) this._curl(Number(item.dataset.number));
    else if (target.closest("button.more")) this._unfold(item);
  }

  _empty() {
    this._waiting = 0;
    fill(this._rows);
    this.toTop();
  }

  _append(entries) {
    if (!entries.length) return;
    const fragment = document.createDocumentFragment();
    const askable = this.source === "model";
    for (const entry of entries.slice(-ROWS_MOST).reverse()) fragment.append(row(entry, askable));
    const before = this._isRead() ? this._scroll.scrollHeight : 0;
    this._rows.prepend(fragment);
    if (before) this._stay(before, entries.length);
    while (this._rows.childElementCount > ROWS_MOST) this._rows.lastElementChild.remove();
  }

  /** Somebody looks at a certain row. */
  _isRead() {
    return this._scroll.scrollTop > 4 || this._rows.querySelector("[aria-expanded=true], :focus") !== null;
  }

  _stay(before, count) {
    this._scroll.scrollTop += this._scroll.scrollHeight - before;
    this._unseen += count;
    say(byId("journal-new"), `${counted(this._unseen, "new row")} above`);
    byId("journal-new").hidden = false;
  }

  _say() {
    const [kept, count] = [this.kept[this.source].entries.length, this._counts[this.source]];
    say(byId("journal-count"), countText(this._rows.childElementCount, kept, Math.max(kept, count), this._waiting));
    byId("journal-empty").hidden = kept > 0;
    byId("journal-scroll").hidden = kept === 0;
    this._page.tally("journal", this._counts.model);
  }

  _unfold(item) {
    const button = item.querySelector("button.more");
    const opened = button.getAttribute("aria-expanded") === "true";
    const entry = this.kept[this.source].entries.find((one) => String(one.number) === item.dataset.number);
    if (opened) item.querySelector(".details").remove();
    else if (entry) item.append(details(entry));
    else say(byId("journal-said"), `Request ${item.dataset.number} is no longer kept`);
    button.setAttribute("aria-expanded", String(!opened && Boolean(entry)));
  }

  async _curl(number) {
    const { model } = this._page;
    try {
      const { curl, remark } = await this._page.api.get(`models/${model}/journal/${number}/curl`);
      if (this._page.model !== model) return;
      const is = await copied(curl);
      const done = is ? `Request ${number} is copied as curl` : `Request ${number} as curl is below`;
      say(byId("journal-said"), remark ? `${done}; ${remark}` : done);
      if (!is) offer(curl);
    } catch (error) {
      say(byId("journal-said"), `Request ${number} is not told as curl: ${error.message}`);
    }
  }
}

function offer(curl) {
  byId("journal-curl").hidden = false;
  byId("journal-curl-text").value = curl;
  byId("journal-curl-text").select();
}

function hint(document) {
  const url = document?.session_url ?? "SESSION_URL";
  const command = `curl -X POST ${url}/get_session_info \\\n  -H 'Content-Type: application/json' -d '{}'`;
  fill(byId("journal-empty"), advice("Nothing was asked yet. Ask something:", command));
}

function typed(event) {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const writes = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key === "/" && plain && !writes) {
    event.preventDefault();
    byId("journal-text").focus();
  } else if (event.key === "Escape" && FILTERS.some((name) => event.target.id === `journal-${name}`)) {
    event.preventDefault();
    event.target.value = "";
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

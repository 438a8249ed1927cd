// What the server has to tell a reader: questions that no stub answered, deviations, and the contract report.
import { byId, el, fill, keyed, say } from "./dom.js";
import { reportView } from "./report.js";

export function begin(page) {
  page.on("chosen", (document) => choose(page, document));
  page.on("misses", (document) => showMisses(page, document));
  page.on("model", ({ deviations }) => showDeviations(page, deviations ?? {}));
  byId("contract-again").addEventListener("click", () => read(page));
  const again = () => document.hidden || page.model === null || !byId("token-form").hidden || read(page);
  document.addEventListener("visibilitychange", again);
  setInterval(again, 10_000);
}

/**
 * Questions with a key each, newest first, as many as a page can bear.
 * @param {any[]} misses oldest first, the last of `count`
 * @returns {{key: number, call: any, tied: boolean, text: string}[]}
 */
export function newestMisses(misses, most, count = misses.length) {
  const first = Math.max(0, misses.length - most);
  return misses.slice(first).map((miss, at) => ({ ...miss, key: count - misses.length + first + at })).reverse();
}

function choose(page, document) {
  showMisses(page, { misses: [], count: 0 });
  fill(
    byId("misses-empty"),
    el("p", null, "No miss. When stubs are there and none of them fits a question, this tells how near each one was."),
  );
  showDeviations(page, document?.deviations ?? {});
  fill(byId("deviations-empty"), el("p", null, "Nothing was asked that the real app would take differently."));
  if (document) read(page);
}

function showMisses(page, { misses, count }) {
  const shown = newestMisses(misses, 200, count);
  // Keyed by the text too: numbers begin anew when the model is reset.
  keyed(byId("misses-list"), shown, ({ key, text }) => `${key} ${text}`, madeMiss, () => {});
  byId("misses-empty").hidden = shown.length > 0;
  say(byId("misses-count"), count > shown.length ? `${shown.length} of ${count}` : "");
  page.tally("misses", count);
}

function madeMiss({ tied, text }) {
  const badge = el("span", { class: "badge", data: { kind: "warn" } }, tied ? "tie" : "no stub fits");
  return el("li", null, badge, el("pre", { tabindex: "0" }, text));
}

function showDeviations(page, deviations) {
  const found = Object.entries(deviations);
  keyed(byId("deviations-list"), found, ([kind, text]) => `${kind} ${text}`, madeDeviation, () => {});
  byId("deviations-empty").hidden = found.length > 0;
  page.tally("deviations", found.length);
}

function madeDeviation([kind, text]) {
  return el("li", { data: { kind } }, el("span", { class: "title" }, kind), el("p", { class: "words" }, text));
}

async function read(page) {
  const place = byId("contract-report");
  try {
    const { report } = await page.api.get("contract");
    const known = place.firstElementChild?.getAttribute("data-key");
    const key = `${report?.file} ${report?.when} ${report?.summary}`;
    // What a reader unfolded stays so.
    if (known === key) return;
    fill(place, reportView(report));
    place.firstElementChild.setAttribute("data-key", key);
    page.tally("contract", report?.findings?.length ?? 0);
  } catch (error) {
    // Of a server that is lost, the last report stays.
    if (!error.status) return;
    fill(place, el("p", { class: "muted" }, `The report could not be read: ${error.message}`));
  }
}

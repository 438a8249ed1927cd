// One request of the journal, as a row and in full.
import { described, el } from "./dom.js";
import { aboutText, bytesText, clockTime, contentText, fullTime, lasting, outcomes, statusKind } from "./words.js";

/** A row; its details are made when they are opened. @param {boolean} askable whether there is a curl command for it */
export function row(entry, askable) {
  const { number, route, status, method } = entry;
  const about = aboutText(entry);
  return el("tr", { role: "row", data: { number, route, status } },
    cell("time", { title: fullTime(entry.time) }, clockTime(entry.time)),
    cell("method", null, method),
    cell("route", { title: route }, route),
    cell("status", null, el("span", { class: "badge", data: { kind: statusKind(status) } }, status || "none")),
    cell("took", null, lasting(entry.duration)),
    cell("about", { title: about }, about),
    cell("outcome-cell", null, ...outcomes(entry).map(outcome)),
    cell("actions", null, ...buttons(number, askable)));
}

/** All that is known of a request. */
export function details(entry) {
  const facts = Object.entries(known(entry)).filter(([, value]) => value !== null && value !== "");
  return el("td", { role: "cell", class: "details", colspan: "8" },
    el("dl", { class: "facts" }, described(facts)),
    entry.settings ? el("pre", { tabindex: "0", "aria-label": "Settings that were sent" }, pretty(entry.settings)) : null);
}

/** JSON in lines; as it is if it was cut. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What the details name, apart from the settings. @returns {{[name: string]: string | null}} */
export function known(entry) {
  return {
    number: String(entry.number),
    answered: fullTime(entry.time),
    took: lasting(entry.duration),
    received: entry.received === null ? null : bytesText(entry.received),
    about: entry.contents.map(contentLine).join("\n"),
    stubs: entry.stubs.join(", "),
    job: entry.job,
    fault: entry.fault,
    error: entry.error,
    server: entry.server ?? null,
  };
}

function contentLine(content) {
  return `${contentText(content)}, ${content.width} × ${content.height}, sha256 ${content.sha256}`;
}

function cell(name, attributes, ...children) {
  return el("td", { role: "cell", class: name, ...attributes }, ...children);
}

function outcome({ kind, text }) {
  return el("span", { class: "outcome", title: text, data: { kind } }, text);
}

function buttons(number, askable) {
  const more = { type: "button", class: "more small", "aria-expanded": "false", "aria-label": `More of request ${number}` };
  const curl = { type: "button", class: "curl small", "aria-label": `Copy request ${number} as curl`, title: "Copy as curl" };
  return [askable ? el("button", curl, "curl") : null, el("button", more, "more")];
}

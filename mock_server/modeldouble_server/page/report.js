// The report of a contract run, as elements.
import { el } from "./dom.js";
import { counted } from "./words.js";

const KINDS = { holds: "ok", violated: "bad", "suite failed": "bad", "could not check": "warn" };

/**
 * Findings by their level, in the order in which levels come.
 * @param {any[]} findings
 * @returns {[string, any[]][]}
 */
export function byLevel(findings) {
  const found = new Map();
  for (const one of findings) found.set(one.level, [...(found.get(one.level) ?? []), one]);
  return [...found];
}

/**
 * How the checks came out, in words; outcomes that none had are left out.
 * @param {{[outcome: string]: number}} counts
 * @returns {string}
 */
export function outcomesText(counts) {
  const some = Object.entries(counts).filter(([, count]) => count);
  return some.map(([name, count]) => `${name} ${count}`).join(", ");
}

/**
 * What is shown of a report, or how to come by one.
 * @param {any} report null if none was named
 * @returns {Element[]}
 */
export function reportView(report) {
  if (!report) return [none()];
  return [head(report), ...byLevel(report.findings ?? []).flatMap(level), ...rest(report)];
}

function none() {
  const commands = "modeldouble contract URL --json report.json\nmodeldouble serve --contract-report report.json";
  return el("div", { class: "empty" },
    el("p", null, "No report. Run the contract suite against an app, and name its report when you serve:"),
    el("pre", { tabindex: "0" }, commands));
}

function head(report) {
  const { verdict, summary, target, release, when, file } = report;
  const facts = { checks: outcomesText(report.counts ?? {}), target, release, when, file };
  return el("div", null,
    el("p", { class: "words" },
      el("span", { class: "badge", data: { kind: KINDS[verdict] ?? "warn" } }, verdict ?? "unknown"), " ", summary ?? ""),
    el("dl", { class: "facts" }, described(facts)));
}

function level([name, findings]) {
  return [
    el("h3", null, `${counted(findings.length, "finding")} of level ${name}`),
    el("ul", { class: "list" }, findings.map(finding)),
  ];
}

function finding(one) {
  const { expected, got, place, request, answer } = one;
  const checks = (one.checks ?? []).join("\n");
  return el("li", null, el("details", null,
    el("summary", null, one.code, el("span", { class: "muted" }, `, ${counted(one.checks?.length ?? 0, "check")}`)),
    el("dl", { class: "stacked" }, described({ expected, got, place, request, answer, checks }))));
}

function described(facts) {
  const some = Object.entries(facts).filter(([, value]) => value);
  return some.flatMap(([name, value]) => [el("dt", null, name), el("dd", null, value)]);
}

function rest({ deviations, not_checked: unchecked, defects }) {
  return [
    more("known deviations of the release", deviations, (one) => `${one.id}: ${one.text}`),
    more("reasons why checks were left out", unchecked, (one) => [one.reason, one.remedy].filter(Boolean).join("; ")),
    more("defects of the suite itself", defects, (one) => `${one.title}: ${one.text}`),
  ];
}

function more(title, found, text) {
  if (!found?.length) return null;
  const lines = found.map((one) => el("li", null, text(one)));
  return el("details", null, el("summary", null, `${found.length} ${title}`), el("ul", { class: "list" }, lines));
}

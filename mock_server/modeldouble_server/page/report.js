// The report of a contract run, as elements.
import { advice, described, el } from "./dom.js";
import { counted, countsText } from "./words.js";

const KINDS = { holds: "ok", violated: "bad", "suite failed": "bad", "could not check": "warn" };

/** Findings by their level, in the order in which levels come. @returns {[string, any[]][]} */
export function byLevel(findings) {
  const found = new Map();
  for (const one of findings) found.set(one.level, [...(found.get(one.level) ?? []), one]);
  return [...found];
}

/** What is shown of a report, or how to come by one. @param {any} report null if none was named @returns {Element[]} */
export function reportView(report) {
  if (!report) return [none()];
  return [head(report), ...byLevel(report.findings ?? []).flatMap(level), ...rest(report)];
}

function none() {
  const commands = "modeldouble contract URL --json report.json\nmodeldouble serve --contract-report report.json";
  const text = "No report. Run the contract suite against an app, and name its report when you serve:";
  return el("div", { class: "empty" }, advice(text, commands));
}

function head(report) {
  const { verdict, summary, target, release, when, file } = report;
  const facts = { checks: countsText(report.counts ?? {}), target, release, when, file };
  return el("div", null,
    el("p", { class: "words" },
      el("span", { class: "badge", data: { kind: KINDS[verdict] ?? "warn" } }, verdict ?? "unknown"), " ", summary ?? ""),
    el("dl", { class: "facts" }, described(known(facts))));
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
    el("dl", { class: "stacked" }, described(known({ expected, got, place, request, answer, checks })))));
}

function known(facts) {
  return Object.entries(facts).filter(([, value]) => value);
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

// Which faults are ordered, and how often each was met; to look at only.
import { advice, byId, el, fill, keyed, say } from "./dom.js";
import { counted, countsText, faultText } from "./words.js";

export function begin(page) {
  page.on("chosen", (document) => choose(page, document));
  page.on("faults", (document) => show(page, document));
}

/** What an order has come to. */
export function comeTo({ seen, fired, over }) {
  return `${counted(seen, "call")} seen, fired ${counted(fired, "time")}${over ? ", over" : ""}`;
}

function choose(page, document) {
  fill(byId("faults-list"));
  say(byId("faults-count"), "");
  page.tally("faults", 0);
  const model = document?.id ?? 1;
  const command = [
    `curl -X POST ${location.origin}/__admin/models/${model}/faults`,
    "-H 'Content-Type: application/json'",
    ...(page.guarded ? ['-H "Authorization: Bearer $MODELDOUBLE_ADMIN_TOKEN"'] : []),
    `-d '{"fault": "status", "status": 503, "route": "inference_*", "times": 2}'`,
  ].join(" \\\n  ");
  fill(byId("faults-empty"), advice("No fault is ordered. A test, a scenario or the admin API orders one:", command));
  byId("faults-empty").hidden = false;
}

function show(page, { faults, fired }) {
  // Keyed by the text too: numbers begin anew when all orders are taken back.
  keyed(byId("faults-list"), faults, (one) => `${one.number} ${faultText(one)}`, made, update);
  byId("faults-empty").hidden = faults.length > 0;
  say(byId("faults-count"), countsText(fired, (name, count) => `${name} ${count}×`));
  page.tally("faults", faults.filter((one) => !one.over).length);
}

function made(order) {
  return el("li", { data: { fault: order.number } },
    el("div", { class: "line" },
      el("span", { class: "title" }, `${order.number}. ${order.fault}`), el("span", { class: "badge" })),
    el("p", { class: "words" }, faultText(order)),
    el("p", { class: "muted come" }));
}

function update(item, order) {
  Object.assign(item.dataset, { seen: order.seen, fired: order.fired });
  const badge = item.querySelector(".badge");
  badge.dataset.kind = order.over ? "over" : "warn";
  say(badge, order.over ? "over" : "armed");
  say(item.querySelector(".come"), comeTo(order));
}

// The jobs: how far each is, and a button that stops it.
import { byId, el, fill, keyed, say } from "./dom.js";
import { jobText } from "./words.js";

/** @param {any} page */
export function begin(page) {
  page.on("chosen", (document) => (emptied(page), hint(document)));
  page.on("jobs", (document) => show(page, document));
  byId("jobs-list").addEventListener("click", (event) => {
    const button = event.target.closest("button.stop");
    if (button && button.getAttribute("aria-disabled") !== "true") stop(page, button.closest("[data-job]"));
  });
}

/**
 * How many jobs there are of each state, in words; states without any are left out.
 * @param {{[state: string]: number}} counts
 * @returns {string}
 */
export function countsText(counts) {
  const some = Object.entries(counts).filter(([, count]) => count);
  return some.map(([state, count]) => `${count.toLocaleString("en-GB")} ${state}`).join(", ");
}

/**
 * Whether there is anything left to stop.
 * @param {any} job
 * @returns {boolean}
 */
export function isOpen({ state, over, stopped }) {
  return !over && !stopped && (state === "running" || state === "preparing");
}

function emptied(page) {
  fill(byId("jobs-list"));
  say(byId("jobs-said"), "");
  say(byId("jobs-count"), "");
  page.tally("jobs", 0);
}

function hint(document) {
  const url = document?.session_url ?? "SESSION_URL";
  fill(
    byId("jobs-empty"),
    el("p", null, "No job yet. One begins with an inference over a video, such as"),
    el("pre", { tabindex: "0" }, `curl -X POST ${url}/inference_video_async \\\n  -F files=@video.mp4 -F 'state={}'`),
  );
  byId("jobs-empty").hidden = false;
}

function show(page, { jobs, counts }) {
  keyed(byId("jobs-list"), jobs, (job) => job.uuid, made, update);
  byId("jobs-empty").hidden = jobs.length > 0;
  say(byId("jobs-count"), countsText(counts));
  page.tally("jobs", jobs.filter(isOpen).length);
}

function made(job) {
  const name = job.name || job.route || "job";
  return el("li", { class: "job", data: { job: job.uuid } },
    el("div", { class: "line" },
      el("span", { class: "title" }, name),
      el("code", { class: "muted", title: job.uuid }, job.uuid.slice(0, 8)),
      el("button", { type: "button", class: "stop small", "aria-label": `Stop job ${job.uuid.slice(0, 8)}` }, "Stop")),
    el("progress", { "aria-label": `Job ${job.uuid.slice(0, 8)}` }),
    el("p", { class: "words" }));
}

function update(item, job) {
  item.dataset.state = job.state;
  const [bar, button] = [item.querySelector("progress"), item.querySelector("button")];
  bar.max = Math.max(1, job.total ?? 0);
  bar.value = Math.min(job.inferred ?? 0, bar.max);
  bar.textContent = jobText(job);
  say(item.querySelector(".words"), jobText(job));
  // Not `disabled`, which would take the focus from whoever has just used it.
  closed(button, !isOpen(job));
}

function closed(button, is) {
  button.setAttribute("aria-disabled", String(is));
}

async function stop(page, item) {
  const [uuid, model] = [item.dataset.job, page.model];
  closed(item.querySelector("button"), true);
  try {
    await page.api.post(`models/${model}/jobs/${encodeURIComponent(uuid)}/stop`);
    say(byId("jobs-said"), `Job ${uuid.slice(0, 8)} is told to stop.`);
  } catch (error) {
    closed(item.querySelector("button"), false);
    say(byId("jobs-said"), `Job ${uuid.slice(0, 8)} was not stopped: ${error.message}`);
  }
}


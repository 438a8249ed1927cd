// The jobs: how far each is, and a button that stops it.
import { advice, byId, el, fill, keyed, say } from "./dom.js";
import { countsText, jobText } from "./words.js";

export function begin(page) {
  page.on("chosen", (document) => (emptied(page), hint(document)));
  page.on("jobs", (document) => show(page, document));
  byId("jobs-list").addEventListener("click", (event) => {
    const button = event.target.closest("button.stop");
    if (button && button.getAttribute("aria-disabled") !== "true") stop(page, button.closest("[data-job]"));
  });
}

/** Whether there is anything left to stop. */
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
  const command = `curl -X POST ${url}/inference_video_async \\\n  -F files=@video.mp4 -F 'state={}'`;
  fill(byId("jobs-empty"), advice("No job yet. One begins with an inference over a video, such as", command));
  byId("jobs-empty").hidden = false;
}

function show(page, { jobs, counts }) {
  keyed(byId("jobs-list"), jobs, (job) => job.uuid, made, update);
  byId("jobs-empty").hidden = jobs.length > 0;
  say(byId("jobs-count"), countsText(counts, (state, count) => `${count.toLocaleString("en-GB")} ${state}`));
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
  const [uuid, model, button] = [item.dataset.job, page.model, item.querySelector("button")];
  const told = (text) => page.model === model && say(byId("jobs-said"), `Job ${uuid.slice(0, 8)} ${text}`);
  closed(button, true);
  try {
    await page.api.post(`models/${model}/jobs/${encodeURIComponent(uuid)}/stop`);
    told("is told to stop.");
  } catch (error) {
    closed(button, false);
    told(`was not stopped: ${error.message}`);
  }
}


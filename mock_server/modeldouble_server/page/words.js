// Numbers and documents of the server, in words.

/** @param {number} seconds since the epoch @returns {string} HH:MM:SS, local */
export function clockTime(seconds) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return "--:--:--";
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((one) => String(one).padStart(2, "0")).join(":");
}

/** @param {number} seconds since the epoch @returns {string} date and time with its zone, for a tooltip */
export function fullTime(seconds) {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? String(seconds) : at.toISOString();
}

/** Such as "0.4 ms", "12 ms", "1.2 s", "2 min 5 s", "3 h 0 min", "7 d 0 h" */
export function lasting(seconds) {
  if (!(seconds >= 0)) return "unknown";
  if (seconds < 0.0099) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min ${whole % 60} s`;
}

/** Such as "1 stub", "2 stubs" */
export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}

/** Counts in words; those of nothing are left out. @param {{[name: string]: number}} counts */
export function countsText(counts, text = (name, count) => `${name} ${count}`) {
  return Object.entries(counts).filter(([, count]) => count).map(([name, count]) => text(name, count)).join(", ");
}

/** Such as "812 bytes", "3.4 KiB" */
export function bytesText(bytes) {
  if (bytes < 1024) return counted(bytes, "byte");
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** @param {number} status HTTP's, 0 where nothing was answered @returns {"ok" | "info" | "warn" | "bad"} */
export function statusKind(status) {
  if (status >= 500 || status === 0) return "bad";
  if (status >= 400) return "warn";
  return status >= 300 || status < 200 ? "info" : "ok";
}

/** @param {any} content of a journal's entry */
export function contentText(content) {
  const { name, image_id: image, video_id: video, frames, sha256 } = content;
  const id = image !== undefined ? `image ${image}` : video !== undefined ? `video ${video}` : "";
  const called = name ? (id && !name.includes(String(image ?? video)) ? `${name} (${id})` : name) : id;
  const some = frames ? `, frames ${frames[0]} to ${frames[1]}${frames[2] === 1 ? "" : ` by ${frames[2]}`}` : "";
  return (called || `${String(sha256).slice(0, 8)}…`) + some;
}

/** @param {any} entry of a journal @returns {string} what it was about, in a line */
export function aboutText(entry) {
  const shown = entry.contents.slice(0, 3).map(contentText);
  const more = entry.pictures - shown.length;
  return shown.join(", ") + (more > 0 ? `${shown.length ? " and " : ""}${more} more` : "");
}

/** @param {any} entry of a journal @returns {{kind: string, text: string}[]} */
export function outcomes(entry) {
  const found = [];
  if (entry.stubs.length) found.push({ kind: "ok", text: `stub ${entry.stubs.join(", ")}` });
  if (entry.job) found.push({ kind: "info", text: `job ${entry.job.slice(0, 8)}` });
  if (entry.fault) found.push({ kind: "warn", text: `fault ${entry.fault}` });
  if (entry.error) found.push({ kind: "bad", text: entry.error });
  return found;
}

/** Such as "128 of 500 frames, running, 26 popped" */
export function jobText(job) {
  const unit = job.video_id === null && !job.frames ? "image" : "frame";
  const total = job.total ?? 0;
  return `${job.inferred ?? 0} of ${counted(total, unit)}, ${job.state}, ${job.handed_out ?? 0} popped`;
}

/** @param {any} order a fault, as it was ordered Such as "status 503, on inference_*, 2 times" */
export function faultText(order) {
  const given = Object.entries(order).filter(([name]) => !ORDERS.has(name)).map(([name, value]) => parameterText(name, value));
  const where = order.route === "*" ? "on every route" : `on ${order.route}`;
  const after = order.after ? ["after the model did its work"] : [];
  return [...given, where, oftenText(order), ...after].join(", ");
}

/** What every order has, whatever goes wrong. */
const ORDERS = new Set([
  "number", "fault", "route", "times", "calls", "probability", "lasting", "seed", "after", "seen", "fired", "over",
]);

function parameterText(name, value) {
  return `${name.replaceAll("_", " ")} ${typeof value === "string" ? `“${value}”` : valueText(value)}`;
}

/** @param {any} value of JSON */
export function valueText(value) {
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function oftenText({ calls, times, probability, lasting: seconds, seed }) {
  const found = [];
  if (calls) found.push(`in ${calls.length === 1 ? "call" : "calls"} ${calls.join(", ")}`);
  if (probability !== undefined) found.push(`in ${Number((probability * 100).toFixed(2))} % of calls (seed ${seed})`);
  if (times !== undefined) found.push(times === 1 ? "once" : `${times} times`);
  if (seconds !== undefined) found.push(`for ${lasting(seconds)}`);
  return found.join(", ") || "in every call";
}

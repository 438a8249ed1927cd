// The entries that are kept, and which of them a reader wants to see.

/** The newest entries, oldest first. */
export class Ring {
  /** @type {any[]} */
  entries = [];
  last = 0;

  constructor(most) {
    this.most = most;
  }

  /** Forget all of them. */
  clear() {
    this.entries = [];
    this.last = 0;
  }

  /**
   * Whether a part of a journal goes on from what is here. It does not once the journal was cleared, if the server is
   * another one that counts from 1 again, or if some were never told.
   * @param {any[]} entries oldest first
   * @param {number} count requests that there ever were
   * @param {boolean} cleared what the server says; of a journal that it tells anew it does not know
   */
  continues([first], count, cleared) {
    const known = first && first.number <= this.last && this.entries.find((one) => one.number === first.number);
    if (known) return JSON.stringify(known) === JSON.stringify(first);
    return !cleared && count >= this.last && (!first || !this.last || first.number === this.last + 1);
  }

  /** @param {any[]} entries oldest first @returns {any[]} those that were not there yet */
  add(entries) {
    const fresh = entries.filter((one) => one.number > this.last);
    if (!fresh.length) return fresh;
    this.last = fresh[fresh.length - 1].number;
    this.entries.push(...fresh);
    if (this.entries.length > this.most) this.entries.splice(0, this.entries.length - this.most);
    return fresh;
  }

  /** @returns {any[]} the newest that fit, oldest first */
  newest(fits, most) {
    const found = [];
    for (let at = this.entries.length - 1; at >= 0 && found.length < most; at -= 1) {
      if (fits(this.entries[at])) found.push(this.entries[at]);
    }
    return found.reverse();
  }
}

/**
 * What an entry has to be: of a route (`*` stands for any text; without it a part is enough), of a status (`400`,
 * `4xx`, several with commas), with each of these words in its names, error, fault, stubs or job.
 * @param {{route?: string, status?: string, text?: string}} wanted
 * @returns {(entry: any) => boolean}
 */
export function filterOf({ route = "", status = "", text = "" }) {
  const isRoute = routeTest(route.trim().toLowerCase());
  const isStatus = statusTest(status.trim().toLowerCase());
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return (entry) => isRoute(entry.route) && isStatus(entry.status) && (!words.length || hasAll(entry, words));
}

function routeTest(wanted) {
  if (!wanted) return () => true;
  if (!wanted.includes("*")) return (route) => route.toLowerCase().includes(wanted);
  const parts = wanted.split(/\*+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join(".*")}$`, "is");
  return (route) => whole.test(route);
}

function statusTest(wanted) {
  const parts = wanted.split(/[\s,]+/).filter(Boolean);
  if (!parts.length) return () => true;
  const known = parts.filter((part) => /^[0-9x]{1,3}$/.test(part)).map((part) => part.replaceAll("x", "\\d"));
  if (!known.length) return () => false;
  const begins = new RegExp(`^(?:${known.join("|")})`);
  return (status) => begins.test(String(status));
}

function hasAll(entry, words) {
  const said = entryText(entry);
  return words.every((word) => said.includes(word));
}

function entryText(entry) {
  const names = entry.contents.map((one) => `${one.name ?? ""} ${one.image_id ?? ""} ${one.video_id ?? ""}`);
  const stubs = entry.stubs.map((one) => `stub ${one}`);
  return [...names, ...stubs, entry.error, entry.fault, entry.job].filter(Boolean).join("\n").toLowerCase();
}

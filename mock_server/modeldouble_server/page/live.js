// What happens to one model, as the server tells it: reads the stream again and again until it is closed.
import { SseParser } from "./sse.js";

const FIRST_WAIT = 250;
const MOST_WAIT = 5000;
/** Milliseconds without a byte after which the stream counts as lost; the server sends a comment each 15 s. */
const SILENCE = 40_000;

/** @typedef {"connecting" | "live" | "lost"} State */

/** The next wait after one in vain. @param {number} wait milliseconds */
export function longer(wait) {
  return Math.min(wait * 2, MOST_WAIT);
}

/** One stream at a time. */
export class Live {
  /** @param {any} given `since` gives the number of the entry after which the journal is told, `state` takes a State */
  constructor({ ask, heard, state, since, pause = paused, silence = SILENCE }) {
    this._silence = silence;
    this._ask = ask;
    this._heard = heard;
    this._state = state;
    this._since = since;
    this._pause = pause;
    /** @type {AbortController | null} */
    this._open = null;
  }

  /** Follow a model; what was followed before is closed. @returns {Promise<void>} when it is over */
  async open(model) {
    this.close();
    const open = new AbortController();
    this._open = open;
    let wait = FIRST_WAIT;
    // Said once, as a screen reader would say it with each attempt.
    this._state("connecting");
    while (!open.signal.aborted) {
      const told = await this._once(model, open.signal);
      if (open.signal.aborted) return;
      this._state("lost");
      if (told === "over") return;
      wait = told === "heard" ? FIRST_WAIT : wait;
      await this._pause(wait, open.signal);
      wait = longer(wait);
    }
  }

  /** Let go of the stream. */
  close() {
    this._open?.abort();
    this._open = null;
  }

  async _once(model, signal) {
    let told = "nothing";
    try {
      const path = `models/${model}/live?since=${this._since()}`;
      for await (const { event, data } of messages(this._ask, path, signal, this._silence)) {
        if (signal.aborted) return told;
        this._state("live");
        told = "heard";
        this._heard(event, JSON.parse(data));
        if (event === "gone") return "over";
      }
    } catch (error) {
      return this._failed(error, told);
    }
    return told;
  }

  _failed(error, told) {
    if (error.status === 401 || error.status === 403) return "over";
    if (error.status === 429) this._heard("full", error.message);
    if (error.status !== 404) return told;
    this._heard("gone", {});
    return "over";
  }
}

async function* messages(ask, path, signal, silence) {
  const silent = new AbortController();
  const begun = () => setTimeout(() => silent.abort(), silence);
  const [parser, decoder] = [new SseParser(), new TextDecoder()];
  let [timer, reader] = [begun(), /** @type {any} */ (null)];
  try {
    reader = (await ask(path, { signal: AbortSignal.any([signal, silent.signal]) })).body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = begun();
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
    reader?.cancel().catch(() => {});
  }
}

/** @returns {Promise<void>} */
export function paused(milliseconds, signal) {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      done();
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener("abort", over);
  });
}

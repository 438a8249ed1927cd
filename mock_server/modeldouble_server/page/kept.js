// What is kept of a video: windows of answers and pictures of frames, both bounded.

export const WINDOW = 60;

/**
 * The window in which a frame lies.
 * @param {number} frames how many the video has
 * @returns {{start: number, count: number}}
 */
export function windowOf(frame, frames) {
  const start = Math.floor(frame / WINDOW) * WINDOW;
  return { start, count: Math.min(WINDOW, frames - start) };
}

/**
 * Starts of the windows wanted at a frame: its own, and the next one from the middle of its own on.
 * @param {number} frames how many the video has
 */
export function windowsWanted(frame, frames) {
  const { start } = windowOf(frame, frames);
  const next = start + WINDOW;
  return frame - start >= WINDOW / 2 && next < frames ? [start, next] : [start];
}

/**
 * The frames of a window that are to be drawn at once and soon: `frame` itself and some that follow.
 * @param {number} frames how many the video has
 */
export function picturesWanted(frame, frames, ahead) {
  return Array.from({ length: Math.max(0, Math.min(ahead + 1, frames - frame)) }, (_, index) => frame + index);
}

/** A map of at most `most` things, of which the one that was used longest ago goes first. */
export class Kept {
  #things = new Map();
  #most;
  #dropped;

  /** @param {(thing: any) => void} [dropped] called with each thing that goes */
  constructor(most, dropped = () => {}) {
    this.#most = most;
    this.#dropped = dropped;
  }

  /** How many there are. */
  get size() {
    return this.#things.size;
  }

  /** The thing of a key, which has now been used; undefined where there is none. */
  get(key) {
    const thing = this.#things.get(key);
    if (thing !== undefined) {
      this.#things.delete(key);
      this.#things.set(key, thing);
    }
    return thing;
  }

  /** The thing of a key as if nobody had asked. */
  peek(key) {
    return this.#things.get(key);
  }

  /** Keep a thing, and drop what has become too much. */
  put(key, thing) {
    this.drop(key);
    this.#things.set(key, thing);
    while (this.#things.size > this.#most) this.drop(this.#things.keys().next().value);
  }

  /** Drop the thing of a key, if there is one. */
  drop(key) {
    if (!this.#things.has(key)) return;
    const thing = this.#things.get(key);
    this.#things.delete(key);
    this.#dropped(thing);
  }

  /** All keys, those used longest ago first. */
  keys() {
    return [...this.#things.keys()];
  }

  /** All things, in the order of their keys. */
  values() {
    return [...this.#things.values()];
  }

  /** Drop everything. */
  clear() {
    for (const key of this.keys()) this.drop(key);
  }
}

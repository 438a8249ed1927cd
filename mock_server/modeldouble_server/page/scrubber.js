// Goes through a video: what the model says of its frames, and their pictures, as far as they are known.

import { byId, say } from "./dom.js";
import { Kept, picturesWanted, windowOf, windowsWanted } from "./kept.js";
import { whenQuiet } from "./asking.js";
import { Timeline } from "./timeline.js";
import { joined, livesOf, together } from "./tracks.js";

const [MOST_WINDOWS, MOST_LIVES, MOST_PICTURES, AHEAD] = [8, 1000, 90, 3];
const [DRAG_MS, MOST_TRACKS, FPS] = [40, 200, 25];

/** Things on their way, each asked for once, of which those that are no longer wanted are given up. */
export class Underway {
  #pending = new Map();

  once(key, ask) {
    if (!this.#pending.has(key)) {
      const controller = new AbortController();
      const entry = { controller, promise: ask(controller.signal) };
      const gone = () => this.#pending.get(key) === entry && this.#pending.delete(key);
      entry.promise.then(gone, gone);
      this.#pending.set(key, entry);
    }
    return this.#pending.get(key).promise;
  }

  /** Give up all but these. */
  only(wanted = []) {
    for (const [key, { controller }] of this.#pending) {
      if (wanted.includes(key)) continue;
      this.#pending.delete(key);
      controller.abort();
    }
  }
}

/** `#scrubber`. */
export class Scrubber {
  #turn = 0;
  #run = 0;
  #windows = new Kept(MOST_WINDOWS);
  #lives = new Kept(MOST_LIVES);
  #pictures = new Kept(MOST_PICTURES, (url) => URL.revokeObjectURL(url));
  #asked = new Underway();
  #fetched = new Underway();

  constructor(source) {
    this.source = source;
    /** @type {any} */
    this.video = null;
    this.at = 0;
    this.playing = this.bare = false;
    this.root = byId("scrubber");
    this.range = byId("frame");
    this.value = byId("frame-value");
    this.button = byId("play");
    // The range says where it is; said with each frame that is played, it would be too much.
    this.value.setAttribute("aria-live", "off");
    let wanted = 0;
    const soon = whenQuiet(() => this.seek(wanted), DRAG_MS);
    const drag = (frame) => {
      wanted = frame;
      return this.#known(frame) ? this.seek(frame) : soon();
    };
    this.range.addEventListener("input", () => drag(Number(this.range.value)));
    this.timeline = new Timeline(this.root, drag);
    this.button.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
  }

  /** Show a video from its first frame on. @param {any} video as GET media gives it */
  async open(video) {
    this.close();
    if (!video.frames) return this.source.failed(new Error("this video has no frames"));
    this.video = video;
    this.bare = !video.content;
    this.range.max = String(Math.max(0, video.frames - 1));
    this.root.hidden = false;
    await this.again();
  }

  /** Forget the video. */
  close() {
    this.#halt();
    this.video = null;
    this.at = 0;
    this.root.hidden = true;
    this.#fetched.only();
    this.#pictures.clear();
    this.#forget();
  }

  /** Ask anew, since the settings are others now. */
  async again() {
    if (!this.video) return;
    this.#forget();
    this.#chart();
    await this.seek(this.at);
  }

  /** Go some frames on or back. */
  step(by) {
    this.#halt();
    return this.seek(this.at + by);
  }

  /** Show a frame as soon as it is known; a later call wins. @returns {Promise<boolean>} */
  async seek(frame) {
    if (!this.video) return false;
    const mine = ++this.#turn;
    this.at = Math.max(0, Math.min(frame, this.video.frames - 1));
    this.#place();
    try {
      const [look, picture] = await Promise.all([this.#look(), this.#picture(this.at)]);
      if (mine !== this.#turn) return false;
      await this.source.draw({ look, frame: this.at, picture, playing: this.playing });
      return mine === this.#turn;
    } catch (error) {
      if (mine === this.#turn) this.#fail(error);
      return false;
    }
  }

  /** Play at the video's pace, or slower where answers or pictures take longer. */
  async play() {
    this.playing = true;
    say(this.button, "Pause");
    // One that was paused a moment ago may still be waiting for its next frame.
    const mine = ++this.#run;
    const last = this.video.frames - 1;
    if (this.at >= last) await this.seek(0);
    while (mine === this.#run && this.playing && this.at < last) {
      const due = performance.now() + 1000 / (this.video.fps || FPS);
      await this.seek(this.at + 1);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
    if (mine === this.#run) this.pause();
  }

  /** Stay at this frame. */
  pause() {
    if (this.#halt() && this.video) this.seek(this.at);
  }

  /** What is known of a frame, without asking. */
  frameAt(frame) {
    const { start } = windowOf(frame, Infinity);
    return this.#windows.peek(start)?.frames.find((one) => one.frame === frame);
  }

  #known(frame) {
    const { start } = windowOf(frame, this.video?.frames ?? 0);
    return this.#windows.peek(start) !== undefined && (this.bare || this.#pictures.peek(frame) !== undefined);
  }

  #place() {
    const { frames } = this.video;
    this.range.value = String(this.at);
    this.range.setAttribute("aria-valuetext", `frame ${this.at} of ${frames - 1}`);
    this.value.textContent = `${this.at} / ${frames - 1}`;
    this.timeline.mark(this.at);
  }

  async #look() {
    const wanted = windowsWanted(this.at, this.video.frames);
    this.#asked.only(wanted);
    const [mine, next] = wanted.map((start) => this.#window(start));
    // Whoever needs it will hear of its failure.
    next?.catch(() => {});
    return mine;
  }

  async #window(start) {
    const kept = this.#windows.get(start);
    if (kept) return kept;
    const video = this.video;
    return this.#asked.once(start, async (signal) => {
      const look = await this.source.look(video, windowOf(start, video.frames), signal);
      signal.throwIfAborted();
      this.#windows.put(start, look);
      this.#lives.put(start, livesOf(look.frames));
      this.#chart();
      return look;
    });
  }

  async #picture(frame) {
    if (this.bare) return null;
    const wanted = picturesWanted(frame, this.video.frames, AHEAD);
    this.#fetched.only(wanted);
    const [mine, ...ahead] = wanted.map((one) => this.#fetch(one));
    ahead.forEach((one) => one.catch(() => {}));
    return mine.catch((error) => this.#without(error));
  }

  async #fetch(frame) {
    const kept = this.#pictures.get(frame);
    if (kept || this.bare) return kept ?? null;
    const video = this.video;
    return this.#fetched.once(frame, async (signal) => {
      const blob = await this.source.picture(video, frame, signal);
      signal.throwIfAborted();
      const url = URL.createObjectURL(blob);
      this.#pictures.put(frame, url);
      return url;
    });
  }

  // A video may be a description only, or nothing may be there to read it with.
  #without(error) {
    if (![404, 501].includes(error.status)) throw error;
    this.bare = true;
    return null;
  }

  #chart() {
    const parts = [...this.#lives.values()];
    const { frames } = this.video;
    const asked = this.#lives.keys().map((start) => [start, start + windowOf(start, frames).count - 1]);
    this.timeline.show(frames, together(parts, MOST_TRACKS), joined(asked));
    this.timeline.mark(this.at);
  }

  #halt() {
    const played = this.playing;
    this.playing = false;
    say(this.button, "Play");
    return played;
  }

  #forget() {
    this.#turn += 1;
    this.#asked.only();
    this.#windows.clear();
    this.#lives.clear();
  }

  #fail(error) {
    this.#halt();
    if (error.name !== "AbortError") this.source.failed(error);
  }
}

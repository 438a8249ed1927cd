// The small chart under the scrubber: in which frames each track lives, drawn and in words.

import { el, fill, svg } from "./dom.js";
import { lifeInWords, trackColour } from "./tracks.js";
import { counted } from "./words.js";

const [ROW, MOST_TRACKS] = [7, 60];

/**
 * Bars of tracks in a chart as wide as the video has frames; one row for each track.
 * @param {Map<number, {name: string, runs: number[][]}>} lives
 * @returns {{x: number, y: number, width: number, height: number, fill: string}[]}
 */
export function bars(lives) {
  return [...lives].slice(0, MOST_TRACKS).flatMap(([track, { runs }], row) =>
    runs.map(([first, last]) => ({
      x: first, y: row * ROW + 1, width: last - first + 1, height: ROW - 2, fill: trackColour(track),
    })));
}

/** What is below the scrubber. */
export class Timeline {
  constructor(parent, seek) {
    this.frames = 1;
    this.chart = svg("svg", { class: "timeline", role: "img", preserveAspectRatio: "none" });
    this.summary = el("summary");
    this.words = el("ul", { class: "lives", tabindex: "0", "aria-label": "Tracks and their frames" });
    parent.append(this.chart, el("details", { class: "lives-in-words" }, this.summary, this.words));
    const follow = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const { left, width } = this.chart.getBoundingClientRect();
      seek(Math.max(0, Math.min(this.frames - 1, Math.floor(((event.clientX - left) / width) * this.frames))));
    };
    this.chart.addEventListener("pointerdown", follow);
    this.chart.addEventListener("pointermove", follow);
  }

  /**
   * Draw the lives known so far.
   * @param {number} frames how many the video has
   * @param {Map<number, {name: string, runs: number[][]}>} lives
   * @param {number[][]} asked runs of frames that the model was asked about
   */
  show(frames, lives, asked) {
    this.frames = frames;
    const [count, height] = [lives.size, Math.max(1, Math.min(lives.size, MOST_TRACKS)) * ROW];
    this.now = svg("rect", { class: "now", x: 0, y: 0, width: 1, height });
    this.chart.setAttribute("viewBox", `0 0 ${frames} ${height}`);
    this.chart.style.setProperty("height", `${height}px`);
    this.chart.setAttribute("aria-label", `Frames in which ${count} tracks live; the list below has them in words`);
    const ground = asked.map(([first, last]) => ({ x: first, width: last - first + 1, height }));
    fill(this.chart,
      ground.map((one) => svg("rect", { class: "asked", ...one })),
      bars(lives).map((bar) => svg("rect", { class: "life", ...bar })),
      this.now);
    const known = asked.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    this.summary.textContent = `${counted(count, "track")} in the ${known} of ${frames} frames asked about`;
    fill(this.words, [...lives].map(([track, life]) => el("li", {}, lifeInWords(track, life))));
  }

  /** Mark the frame that is shown. */
  mark(frame) {
    this.now?.setAttribute("x", String(frame));
  }
}

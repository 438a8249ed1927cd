// The place of the picture: how large it is shown, and what keys do there.

import { byId, el } from "./dom.js";

const ZOOMS = [1, 2, 4, 8];
const NAMED = { tabindex: "0", role: "group" };

/** `#look-stage`. */
export class Stage {
  constructor(step, play) {
    this.root = byId("look-stage");
    this.drawing = byId("drawing");
    this.moving = false;
    const does = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), " ": play };
    this.root.addEventListener("keydown", (event) => {
      const act = does[event.key];
      if (!act || !this.moving || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      act();
    });
    const options = ZOOMS.map((zoom) => el("option", { value: zoom }, zoom === 1 ? "fit" : `${zoom} times`));
    this.zoom = el("select", { id: "look-zoom", on: { change: () => this.#resize() } }, options);
    byId("threshold-value").after(el("label", { for: "look-zoom" }, "Zoom ", this.zoom));
  }

  /** Whether a video is shown, in which the keys go on and back. */
  video(moving) {
    this.moving = moving;
    this.#name();
  }

  // It can have the focus where a key does something: scroll, step or play.
  #name() {
    const zoomed = this.zoom.value !== "1";
    const keys = this.moving ? ", arrow keys step, the space bar plays" : "";
    for (const [name, value] of Object.entries({ ...NAMED, "aria-label": `Picture${keys}` })) {
      if (this.moving || zoomed) this.root.setAttribute(name, value);
      else this.root.removeAttribute(name);
    }
  }

  // What is in the middle stays there.
  #resize() {
    const { root } = this;
    const middle = [
      (root.scrollLeft + root.clientWidth / 2) / root.scrollWidth,
      (root.scrollTop + root.clientHeight / 2) / root.scrollHeight,
    ];
    this.drawing.style.setProperty("--zoom", this.zoom.value);
    root.scrollLeft = middle[0] * root.scrollWidth - root.clientWidth / 2;
    root.scrollTop = middle[1] * root.scrollHeight - root.clientHeight / 2;
    this.#name();
  }
}

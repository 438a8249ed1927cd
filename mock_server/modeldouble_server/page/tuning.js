// The settings that a look is asked with: the threshold's slider, and a form for the other numbers and switches.

import { byId, el, fill } from "./dom.js";
import { editable, thresholdName } from "./asking.js";

const WHY = "This model has no setting of a confidence, so there is no threshold to move.";

/** Settings that are not the model's own, which are all that has to be sent. */
export function changedOnly(defaults, chosen) {
  return Object.fromEntries(Object.entries(chosen).filter(([name, value]) => value !== defaults[name]));
}

/**
 * What a slider has to reach for a threshold: most apps count from 0 to 1, some in per cent.
 * @param {number} value the model's own
 */
export function reach(value) {
  return value > 1 ? { max: 100, step: 1 } : { max: 1, step: 0.01 };
}

/** `#threshold`, and the form below it. */
export class Tuning {
  /** @param {() => void} changed called whenever a setting was changed by hand */
  constructor(changed) {
    this.slider = byId("threshold");
    this.value = byId("threshold-value");
    this.changed = changed;
    /** @type {Record<string, any>} */
    this.defaults = {};
    /** @type {Record<string, any>} */
    this.chosen = {};
    /** @type {string | null} */
    this.threshold = null;
    this.why = el("p", { id: "threshold-why", class: "muted", hidden: true }, WHY);
    this.form = el("form", { id: "look-form" });
    this.folded = el("details", { id: "look-settings", hidden: true }, el("summary", {}, "Other settings"), this.form);
    this.slider.closest(".tools").after(this.why, this.folded);
    this.slider.setAttribute("aria-describedby", "threshold-why");
    // The slider itself says its value.
    this.value.setAttribute("aria-live", "off");
    this.slider.addEventListener("input", () => this.#choose(this.threshold, Number(this.slider.value)));
    this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Begin with a model's defaults. */
  reset(defaults) {
    this.defaults = defaults;
    this.chosen = {};
    this.threshold = thresholdName(defaults);
    this.slider.disabled = this.threshold === null;
    this.why.hidden = this.threshold !== null;
    const own = this.threshold === null ? 0 : Number(defaults[this.threshold]);
    Object.assign(this.slider, reach(own), { value: String(own) });
    this.#say();
    const names = editable(defaults);
    this.folded.hidden = names.length === 0;
    const click = () => this.#back();
    const back = el("button", { type: "button", class: "small", on: { click } }, "Back to the model's own");
    fill(this.form, names.map((name) => this.#field(name)), back);
  }

  /** What to send, or undefined where everything is the model's own. */
  settings() {
    const settings = changedOnly(this.defaults, this.chosen);
    return Object.keys(settings).length ? settings : undefined;
  }

  #back() {
    this.reset(this.defaults);
    this.changed();
  }

  #choose(name, value) {
    this.chosen[name] = value;
    this.#say();
    this.changed();
  }

  #say() {
    this.value.textContent = this.threshold === null ? "none" : Number(this.slider.value).toFixed(2);
  }

  #field(name) {
    const value = this.defaults[name];
    if (typeof value === "boolean") {
      const change = (event) => this.#choose(name, event.target.checked);
      return el("label", {}, el("input", { type: "checkbox", name, checked: value, on: { change } }), name);
    }
    const input = (event) => {
      if (event.target.value !== "" && event.target.validity.valid) this.#choose(name, Number(event.target.value));
    };
    return el("label", {}, name, el("input", { type: "number", step: "any", name, value, on: { input } }));
  }
}

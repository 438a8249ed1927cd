// What is asked of a model, and which answer still counts.
import { counted } from "./words.js";

const THRESHOLDS = ["confidence_threshold", "conf_thres"];

/**
 * The setting that is the threshold of a model's confidences, or null where it has none.
 * @param {Record<string, unknown>} settings the model's defaults
 */
export function thresholdName(settings) {
  const names = Object.keys(settings).filter((name) => typeof settings[name] === "number");
  return THRESHOLDS.find((name) => names.includes(name)) ?? names.find((name) => name.includes("conf")) ?? null;
}

/**
 * Names of the settings that a form can change: numbers and booleans, without the threshold.
 * @param {Record<string, unknown>} settings the model's defaults
 */
export function editable(settings) {
  const threshold = thresholdName(settings);
  return Object.keys(settings).filter(
    (name) => name !== threshold && ["number", "boolean"].includes(typeof settings[name]),
  );
}

/**
 * An answer in a sentence, such as "3 objects, by the predictor".
 * @param {{by?: string | null, refused?: string | null}} look
 * @param {{objects?: object[], tags?: object[]}} [frame]
 */
export function saidOf(look, frame) {
  if (look.refused) return `refused: ${look.refused}`;
  const said = [counted(frame?.objects?.length ?? 0, "object")];
  if (frame?.tags?.length) said.push(counted(frame.tags.length, "tag"));
  return [...said, ...(look.by ? [`by ${look.by}`] : [])].join(", ");
}

/**
 * Runs questions of which the last one alone counts: a new one aborts the one before, and an answer that comes late
 * all the same is dropped.
 * @returns {{ask: (question: (signal: AbortSignal) => Promise<any>) => Promise<any>, stop: () => void}} `ask` gives
 *   undefined for a question that no longer counts
 */
export function lastOne() {
  let [number, controller] = [0, new AbortController()];
  const stop = () => {
    controller.abort();
    controller = new AbortController();
    return ++number;
  };
  const ask = async (question) => {
    const mine = stop();
    try {
      const answer = await question(controller.signal);
      return mine === number ? answer : undefined;
    } catch (error) {
      if (mine === number) throw error;
      return undefined;
    }
  };
  return { ask, stop };
}

/** Calls `act` once things have been quiet for `wait` milliseconds. */
export function whenQuiet(act, wait, clock = { set: setTimeout.bind(null), clear: clearTimeout.bind(null) }) {
  let timer = null;
  return () => {
    clock.clear(timer);
    timer = clock.set(act, wait);
  };
}

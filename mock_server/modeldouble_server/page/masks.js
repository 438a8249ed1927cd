// Masks in the colour of their class: a clear area with a line around it, painted at the size in which it is shown.

import { Kept } from "./kept.js";

/** Masks that are kept, and so as many as can be shown at once. */
export const MOST_MASKS = 400;
const [MOST_SIDE, HIT_SIDE] = [1600, 256];
const [FILL, OUTLINE] = [0.45, 2];

/**
 * In which size a mask is painted, so that neither a large one takes long nor a small one has a broad line.
 * @param {{width: number, height: number}} mask
 * @param {number} unit pixels of the picture in one pixel of the screen
 * @returns {any} width and height
 */
export function paintedSize({ width, height }, unit) {
  const scale = Math.min(1 / unit, MOST_SIDE / Math.max(width, height));
  return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
}

/** Painted masks, as many as are kept. */
export class Masks {
  #painted = new Kept(MOST_MASKS, (one) => URL.revokeObjectURL(one.url));

  /**
   * The address of a mask's picture.
   * @param {{width: number, height: number, png: string}} mask
   * @param {string} colour `#rrggbb`
   * @param {number} unit pixels of the picture in one pixel of the screen
   * @returns {Promise<string>}
   */
  async urlOf(mask, colour, unit) {
    const known = this.#painted.get(mask);
    if (known?.colour === colour) return known.url;
    const made = await paint(mask, colour, unit);
    const meanwhile = this.#painted.get(mask);
    if (meanwhile?.colour === colour) {
      // It may be shown already.
      URL.revokeObjectURL(made.url);
      return meanwhile.url;
    }
    this.#painted.put(mask, { ...made, colour });
    return made.url;
  }

  /**
   * Whether a point of the picture lies in a painted mask.
   * @param {{left: number, top: number, width: number, height: number}} mask
   * @param {number[]} point x, y
   */
  covers(mask, [x, y]) {
    const hit = this.#painted.peek(mask)?.hit;
    if (!hit) return false;
    const column = Math.floor(((x - mask.left) / mask.width) * hit.width);
    const row = Math.floor(((y - mask.top) / mask.height) * hit.height);
    return (hit.data[(row * hit.width + column) * 4 + 3] ?? 0) > 127;
  }

  /** Give all of them back. */
  clear() {
    this.#painted.clear();
  }
}

async function paint(mask, colour, unit) {
  const bytes = Uint8Array.from(atob(mask.png), (one) => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const size = paintedSize(mask, unit);
  const canvas = outlined(coloured(bitmap, size, colour));
  const hitSize = paintedSize(mask, Math.max(unit, Math.max(mask.width, mask.height) / HIT_SIDE));
  const hit = coloured(bitmap, hitSize, colour).getContext("2d").getImageData(0, 0, ...hitSize);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  return { url: URL.createObjectURL(blob), hit };
}

function blank(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = /** @type {any} */ (canvas.getContext("2d"));
  context.imageSmoothingEnabled = false;
  return context;
}

function coloured(bitmap, [width, height], colour) {
  const context = blank(width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return context.canvas;
}

function outlined(shape) {
  const line = blank(shape.width, shape.height);
  line.drawImage(shape, 0, 0);
  line.globalCompositeOperation = "destination-out";
  line.drawImage(inner(shape), 0, 0);
  const whole = blank(shape.width, shape.height);
  whole.globalAlpha = FILL;
  whole.drawImage(shape, 0, 0);
  whole.globalAlpha = 1;
  whole.drawImage(line.canvas, 0, 0);
  return whole.canvas;
}

function inner(shape) {
  const context = blank(shape.width, shape.height);
  context.drawImage(shape, 0, 0);
  context.globalCompositeOperation = "destination-in";
  for (const x of [-OUTLINE, 0, OUTLINE]) {
    for (const y of [-OUTLINE, 0, OUTLINE]) context.drawImage(shape, x, y);
  }
  return context.canvas;
}

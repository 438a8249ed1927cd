// Where the labels of objects go: beside their boxes, within the picture, and off each other where there is room.

const [HEIGHT, PADDING, CROWDED, MOST_COVERED] = [18, 5, 0.4, 0.3];

/**
 * Labels of objects in the order given, of which those that come first get the best places.
 * @param {any[]} items `box` and `text` of each
 * @param {number[]} size width and height of the picture
 * @param {number} unit pixels of the picture in one pixel of the screen
 * @param {(text: string) => number} measure the width of a text in pixels of the screen
 * @returns {{x: number, y: number, width: number, height: number, text: string, crowded: boolean}[]}
 *   `crowded`: it would lie on other labels, or hide too much of the picture
 */
export function placeLabels(items, size, unit, measure) {
  const placed = [];
  let left = MOST_COVERED * size[0] * size[1];
  return items.map(({ box, text }) => {
    const short = shortened(text, size[0] / unit - 2 * PADDING, measure);
    const width = Math.min((measure(short) + 2 * PADDING) * unit, size[0]);
    const label = best(places(box, [width, HEIGHT * unit], size), placed);
    const crowded = placed.length > 0 && (label.crowded || width * label.height > left);
    if (!crowded) placed.push(label);
    if (!crowded) left -= width * label.height;
    return { ...label, text: short, crowded };
  });
}

/** A text that is not wider than `most`, with an ellipsis where it was cut. */
export function shortened(text, most, measure) {
  if (measure(text) <= most) return text;
  const letters = [...text];
  let [least, too] = [0, letters.length];
  while (too - least > 1) {
    const middle = (least + too) >> 1;
    if (measure(`${letters.slice(0, middle).join("")}\u2026`) <= most) least = middle;
    else too = middle;
  }
  return `${letters.slice(0, least).join("")}\u2026`;
}

function places([left, top, right, bottom], [width, height], size) {
  const [ends, below] = [right + 1 - width, bottom + 1];
  const wanted = [
    [left, top - height], [left, top], [ends, top - height], [left, below], [ends, top], [left, below - height],
    [ends, below], [ends, below - height],
  ];
  const within = (at, length, most) => Math.max(0, Math.min(at, most - length));
  return wanted.map(([x, y]) => ({ x: within(x, width, size[0]), y: within(y, height, size[1]), width, height }));
}

function best(candidates, placed) {
  let [chosen, least] = [candidates[0], Infinity];
  for (const one of candidates) {
    const hidden = placed.reduce((sum, other) => sum + overlap(one, other), 0) / (one.width * one.height);
    if (hidden < least) [chosen, least] = [one, hidden];
    if (least === 0) break;
  }
  return { ...chosen, crowded: least > CROWDED };
}

function overlap(one, other) {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const high = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return wide > 0 && high > 0 ? wide * high : 0;
}

// Makes elements. Text only ever becomes a text node, so nothing that is shown can become markup.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {{[name: string]: any}} Attributes `data`, `style` and `on` are objects; true and false set and leave out. */

const SVG = "http://www.w3.org/2000/svg";
// They would turn round or hide what stands beside them. Joiners are not among them, as scripts and emoji need those.
const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text of strangers with what nobody sees of it made visible, such as "a⟨U+202E⟩b". */
export function plain(text) {
  const code = (one) => one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return String(text).replace(UNSEEN, (one) => `⟨U+${code(one)}⟩`);
}

/** A text that has a place only so long. @param {number} most characters */
export function brief(text, most) {
  const letters = text.length > most ? [...text.slice(0, 2 * most + 2)] : [];
  return letters.length > most ? `${letters.slice(0, most).join("")}…` : text;
}

/** An HTML element. @param {Attributes | null} [attributes] @param {...(Child | Child[])} children @returns {any} */
export function el(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. @type {typeof el} */
export function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** The element of an id, which has to be there. @returns {any} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** Put these in, instead of what is there. @param {...(Child | Child[])} children */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
}

/** Set a text, and touch nothing if it is there: a live region says what is set again. */
export function say(element, said) {
  const text = plain(said);
  if (element.textContent !== text) element.textContent = text;
}

/** A small square of a colour; without one if it is none. @param {unknown} color "#rrggbb" */
export function swatch(color) {
  const known = /^#[0-9a-f]{6}$/i.test(String(color));
  return el("span", { class: "swatch", "aria-hidden": "true", style: known ? { background: color } : {} });
}

/**
 * What a select offers; one that is open is left alone if it offers that already.
 * @param {[string, string][]} wanted value and text of each
 */
export function offer(select, wanted) {
  const shown = wanted.map(([value, text]) => [value, brief(plain(text), 100)]);
  const there = [...select.options].map((one) => [one.value, one.textContent]);
  if (JSON.stringify(there) === JSON.stringify(shown)) return;
  const { value } = select;
  fill(select, shown.map(([one, text]) => el("option", { value: one }, text)));
  select.value = shown.some(([one]) => one === value) ? value : shown[0][0];
}

/** Terms with what is said of each, for a `<dl>`. @param {[string, Child][]} pairs */
export function described(pairs) {
  return pairs.flatMap(([name, value]) => [el("dt", null, name), el("dd", null, value)]);
}

/** What to do where there is nothing to show. */
export function advice(text, command) {
  return [el("p", null, text), el("pre", { tabindex: "0" }, command)];
}

/** Whether a text is in the clipboard now, which the browser may forbid. */
export async function copied(text) {
  return Boolean(await navigator.clipboard?.writeText(text).then(() => true, () => false));
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (name === "data") Object.entries(value).forEach(([key, one]) => element.setAttribute(`data-${key}`, String(one)));
  else if (name === "style") Object.entries(value).forEach(([key, one]) => element.style.setProperty(key, String(one)));
  else if (name === "on") Object.entries(value).forEach(([key, one]) => element.addEventListener(key, one));
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
}

function nodes(children) {
  return children
    .flat()
    .filter((one) => one !== null && one !== undefined && one !== false)
    .map((one) => (typeof one === "string" ? plain(one) : one))
    .map((one) => (one instanceof Node ? one : document.createTextNode(String(one))));
}

/**
 * Let a list show documents, each in one item that stays the same element, so that it keeps focus.
 * @param {any[]} documents in their order
 */
export function keyed(list, documents, key, made, update) {
  const there = new Map([...list.children].map((item) => [item.getAttribute("data-key"), item]));
  let next = list.firstElementChild;
  for (const document of documents) {
    const name = String(key(document));
    const item = there.get(name) ?? made(document);
    there.delete(name);
    item.setAttribute("data-key", name);
    update(item, document);
    if (item === next) next = item.nextElementSibling;
    else list.insertBefore(item, next);
  }
  for (const item of there.values()) item.remove();
}

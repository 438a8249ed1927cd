// Makes elements. Text only ever becomes a text node, so nothing that is shown can become markup.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {{[name: string]: any}} Attributes `data`, `style` and `on` are objects; true and false set and leave out. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 * @param {string} tag
 * @param {Attributes | null} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function el(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * An SVG element.
 * @param {string} tag
 * @param {Attributes | null} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function svg(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * The element of an id, which has to be there.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/**
 * Put these in, instead of what is there.
 * @param {Element} parent
 * @param {...(Child | Child[])} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
}

/**
 * Set a text, and touch nothing if it is there: a live region says what is set again.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A small square of a colour; without one if it is none.
 * @param {unknown} color "#rrggbb"
 * @returns {HTMLElement}
 */
export function swatch(color) {
  const known = /^#[0-9a-f]{6}$/i.test(String(color));
  return el("span", { class: "swatch", "aria-hidden": "true", style: known ? { background: color } : {} });
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
    .map((one) => (one instanceof Node ? one : document.createTextNode(String(one))));
}

/**
 * Let a list show documents, each in one item that stays the same element, so that it keeps focus.
 * @param {Element} list
 * @param {any[]} documents in their order
 * @param {(document: any) => string | number} key
 * @param {(document: any) => Element} made
 * @param {(item: any, document: any) => void} update
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

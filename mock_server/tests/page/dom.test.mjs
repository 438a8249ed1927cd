import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, keyed, plain, say } from "../../modeldouble_server/page/dom.js";

/** As much of an element as a list needs. */
class Item {
  constructor(name) {
    this.name = name;
    this.attributes = new Map();
    this.list = null;
  }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  setAttribute(name, value) { this.attributes.set(name, value); }
  get nextElementSibling() { return this.list.children[this.list.children.indexOf(this) + 1] ?? null; }
  remove() { this.list.children.splice(this.list.children.indexOf(this), 1); }
}

class List {
  constructor() {
    this.children = [];
    this.moved = [];
  }
  get firstElementChild() { return this.children[0] ?? null; }
  insertBefore(item, next) {
    if (this.children.includes(item)) item.remove();
    item.list = this;
    this.moved.push(item.name);
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, item);
  }
}

const shown = (list, names) => {
  list.moved = [];
  keyed(list, names, (name) => name, (name) => new Item(name), (item) => (item.updated = (item.updated ?? 0) + 1));
  return list.children.map((item) => item.name).join("");
};

test("a list shows documents in their order, and drops others", () => {
  const list = new List();
  assert.equal(shown(list, ["a", "b"]), "ab");
  assert.equal(shown(list, ["c", "a", "d"]), "cad");
  assert.equal(shown(list, ["d", "c"]), "dc");
  assert.equal(shown(list, []), "");
});

test("what stays is the same element, brought up to date", () => {
  const list = new List();
  shown(list, ["a", "b"]);
  const [a] = list.children;
  shown(list, ["c", "a", "b"]);
  assert.equal(list.children[1], a);
  assert.equal(a.updated, 2);
});

test("a newcomer on top moves no other, so that focus stays", () => {
  const list = new List();
  shown(list, ["a", "b"]);
  shown(list, ["c", "a", "b"]);
  assert.deepEqual(list.moved, ["c"]);
});

test("keys that are numbers are found again", () => {
  const list = new List();
  shown(list, [1, 2]);
  const [one] = list.children;
  shown(list, [1]);
  assert.equal(list.children[0], one);
});

test("a text that is there is not set again", () => {
  let set = 0;
  const place = { get textContent() { return "live"; }, set textContent(_) { set += 1; } };
  say(place, "live");
  assert.equal(set, 0);
  say(place, "lost");
  assert.equal(set, 1);
});

for (const [text, seen] of [
  ["cat\u202egnp.exe", "cat⟨U+202E⟩gnp.exe"], ["per\u200bson", "per⟨U+200B⟩son"], ["a\u0000b\u001b[0m", "a⟨U+0000⟩b⟨U+001B⟩[0m"],
  ["\u2066a\u2069", "⟨U+2066⟩a⟨U+2069⟩"], ["\ufeffa", "⟨U+FEFF⟩a"], ["two\r\nlines\tof 日本 שלום 👩‍👧", "two\r\nlines\tof 日本 שלום 👩‍👧"],
]) {
  test(`what nobody sees is shown: ${seen}`, () => assert.equal(plain(text), seen));
}

test("a live text of strangers hides nothing", () => {
  const place = { textContent: "" };
  say(place, "refused: \u202ea");
  assert.equal(place.textContent, "refused: ⟨U+202E⟩a");
});

test("a long text is cut between letters", () => {
  assert.equal(brief("abc", 3), "abc");
  assert.equal(brief("abcd", 3), "abc…");
  assert.equal(brief("👩👩👩", 3), "👩👩👩");
  assert.equal(brief("👩👩👩", 2), "👩👩…");
  assert.equal(brief("a".repeat(10000), 80).length, 81);
});

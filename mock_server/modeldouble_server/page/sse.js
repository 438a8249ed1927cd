// Server-sent events out of text that comes in pieces.

/** @typedef {{event: string, data: string}} Message */

/** Keeps what is not whole yet. Pieces may end anywhere, also between the CR and the LF of one line end. */
export class SseParser {
  constructor() {
    this._rest = "";
    this._event = "";
    /** @type {string[]} */
    this._data = [];
  }

  /** @param {string} text the next piece @returns {Message[]} the messages that it makes whole */
  feed(text) {
    this._rest += text;
    // A CR at the end may be half of a line end.
    const held = this._rest.endsWith("\r") ? "\r" : "";
    const lines = (held ? this._rest.slice(0, -1) : this._rest).split(/\r\n|\n|\r/);
    this._rest = lines.pop() + held;
    return lines.flatMap((line) => this._line(line));
  }

  _line(line) {
    if (line === "") return this._dispatch();
    const colon = line.indexOf(":");
    // Of a comment it is empty.
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this._event = value;
    if (name === "data") this._data.push(value);
    return [];
  }

  _dispatch() {
    const found = this._data.length ? [{ event: this._event || "message", data: this._data.join("\n") }] : [];
    this._event = "";
    this._data = [];
    return found;
  }
}

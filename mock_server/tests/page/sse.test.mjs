import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "../../modeldouble_server/page/sse.js";

const fed = (...pieces) => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.feed(piece));
};

test("an event has its name and data", () => {
  assert.deepEqual(fed('event: model\ndata: {"a":1}\n\n'), [{ event: "model", data: '{"a":1}' }]);
});

test("wherever the pieces are cut, the events are the same", () => {
  const text = ": hello\r\nevent: a\r\ndata: 1\r\ndata:2\r\n\r\nevent:b\rdata: é\r\rdata: last\n\n";
  const whole = fed(text);
  assert.deepEqual(whole.map((one) => `${one.event}=${one.data}`), ["a=1\n2", "b=é", "message=last"]);
  for (let at = 0; at <= text.length; at += 1) assert.deepEqual(fed(text.slice(0, at), text.slice(at)), whole, `at ${at}`);
  assert.deepEqual(fed(...text), whole);
});

test("a CR and an LF in two pieces end one line, not two", () => {
  assert.deepEqual(fed("data: 1\r", "\ndata: 2\r", "\n\r", "\n"), [{ event: "message", data: "1\n2" }]);
});

test("comments, unknown fields and events without data are nothing", () => {
  assert.deepEqual(fed(": \n\n", "event: a\n\n", "id: 3\nretry: 5\nother\n\n"), []);
});

test("a name holds for one event only", () => {
  assert.deepEqual(fed("event: a\n\ndata: 1\n\n"), [{ event: "message", data: "1" }]);
});

test("one space after the colon is no part of the data, a second is", () => {
  assert.deepEqual(fed("data:  x\n\ndata\n\n").map((one) => one.data), [" x", ""]);
});

test("what is not ended is not told", () => {
  assert.deepEqual(fed("data: 1\n"), []);
});

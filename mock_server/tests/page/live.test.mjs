import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../modeldouble_server/page/api.js";
import { Live, longer, paused } from "../../modeldouble_server/page/live.js";

const stream = (...pieces) => new Response(new ReadableStream({
  start(controller) {
    for (const piece of pieces) controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
    controller.close();
  },
}));

/** A Live whose answers are given; it is closed when there are no more. */
const followed = async (answers, model = 1) => {
  const found = { paths: [], heard: [], states: [], waits: [] };
  let last = 0;
  const live = new Live({
    ask: async (path, { signal }) => {
      found.paths.push(path);
      const answer = answers.shift();
      if (!answers.length && answer === undefined) live.close();
      signal.throwIfAborted();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    heard: (name, document) => { found.heard.push(name); last = document.last ?? last; },
    state: (state) => found.states.at(-1) === state || found.states.push(state),
    since: () => last,
    pause: async (milliseconds) => { found.waits.push(milliseconds); },
  });
  await live.open(model);
  return found;
};
const lost = () => new ApiError(0, "the server does not answer");

test("events are heard in their order", async () => {
  const found = await followed([stream("event: model\nda", 'ta: {}\n\nevent: jobs\ndata: {"jobs":[]}\n\n')]);
  assert.deepEqual(found.heard, ["model", "jobs"]);
  assert.deepEqual(found.states.slice(0, 3), ["connecting", "live", "lost"]);
});

test("a letter that is cut in two comes whole", async () => {
  const bytes = new TextEncoder().encode('event: é\ndata: {}\n\n');
  assert.deepEqual((await followed([stream(bytes.slice(0, 8), bytes.slice(8))])).heard, ["é"]);
});

test("it goes on from the last entry that is there", async () => {
  const found = await followed([stream('event: entries\ndata: {"last":41}\n\n'), stream()], 7);
  assert.deepEqual(found.paths.slice(0, 2), ["models/7/live?since=0", "models/7/live?since=41"]);
});

test("waits grow to five seconds, and are short again after something was heard", async () => {
  const silent = Array.from({ length: 7 }, lost);
  const found = await followed([...silent, stream("event: a\ndata: 1\n\n"), lost()]);
  assert.deepEqual(found.waits.slice(0, 9), [250, 500, 1000, 2000, 4000, 5000, 5000, 250, 500]);
  assert.equal(longer(5000), 5000);
});

test("a stream that says nothing counts as one in vain", async () => {
  assert.deepEqual((await followed([stream(), stream(": \n\n"), stream()])).waits.slice(0, 3), [250, 500, 1000]);
});

test("a model that is gone is not followed any more", async () => {
  const found = await followed([stream("event: gone\ndata: {}\n\n"), stream("event: a\ndata: 1\n\n")]);
  assert.deepEqual([found.heard, found.paths.length, found.states.at(-1)], [["gone"], 1, "lost"]);
});

test("an unknown model is gone", async () => {
  const found = await followed([new ApiError(404, "no"), stream()]);
  assert.deepEqual([found.heard, found.paths.length], [["gone"], 1]);
});

for (const status of [401, 403]) {
  test(`${status} is not asked again`, async () => {
    const found = await followed([new ApiError(status, "no"), stream()]);
    assert.deepEqual([found.heard, found.paths.length, found.states.at(-1)], [[], 1, "lost"]);
  });
}

test("429 is told and asked again", async () => {
  const found = await followed([new ApiError(429, "busy"), stream("event: gone\ndata: {}\n\n")]);
  assert.deepEqual(found.heard, ["full", "gone"]);
});

test("data that is no JSON loses the stream, not the page", async () => {
  const found = await followed([stream("event: a\ndata: {\n\n"), stream("event: gone\ndata: {}\n\n")]);
  assert.deepEqual(found.heard, ["gone"]);
});

test("what is closed says nothing any more", async () => {
  const heard = [];
  const live = new Live({
    ask: async () => stream("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n"),
    heard: (name) => { heard.push(name); live.close(); }, state: () => {}, since: () => 0, pause: async () => {},
  });
  await live.open(1);
  assert.deepEqual(heard, ["a"]);
});

test("attempts in vain are not told each", async () => {
  assert.deepEqual((await followed([lost(), lost(), lost()])).states, ["connecting", "lost"]);
});

test("a server that never answers is given up, and asked again", async () => {
  let asked = 0;
  const live = new Live({
    ask: (path, { signal }) => new Promise((_, reject) => {
      asked += 1;
      if (asked === 2) live.close();
      signal.addEventListener("abort", () => reject(signal.reason));
      if (signal.aborted) reject(signal.reason);
    }),
    heard: () => {}, state: () => {}, since: () => 0, pause: async () => {}, silence: 5,
  });
  await live.open(1);
  assert.equal(asked, 2);
});

test("a wait leaves no listener behind, and ends when it is given up", async () => {
  const [signal, found] = [new AbortController(), []];
  signal.signal.addEventListener = (name) => found.push(name);
  signal.signal.removeEventListener = (name) => found.push(`no ${name}`);
  await paused(1, signal.signal);
  assert.deepEqual(found, ["abort", "no abort"]);
  const other = new AbortController();
  setTimeout(() => other.abort());
  await paused(1e6, other.signal);
});

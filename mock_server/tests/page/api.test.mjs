import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiError } from "../../modeldouble_server/page/api.js";

const begun = (answer, token = null) => {
  const found = { asked: [], denied: 0 };
  const fetch = async (path, options) => {
    found.asked.push({ path, ...options });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  found.api = new Api(fetch, () => token, () => (found.denied += 1));
  return found;
};
const json = (value, status = 200) => new Response(JSON.stringify(value), { status });

test("paths are those below the admin API, without a token none is sent", async () => {
  const { api, asked } = begun(json({ models: [] }));
  assert.deepEqual(await api.get("models"), { models: [] });
  assert.equal(asked[0].path, "/__admin/models");
  assert.equal(asked[0].headers.Authorization, undefined);
});

test("the token goes with every call", async () => {
  const { api, asked } = begun(json({}), "secret");
  await api.post("models/1/looks", { image_id: 3 });
  assert.equal(asked[0].headers.Authorization, "Bearer secret");
  assert.equal(asked[0].headers["Content-Type"], "application/json");
  assert.deepEqual([asked[0].method, asked[0].body], ["POST", '{"image_id":3}']);
});

test("a picture is sent as it is", async () => {
  const { api, asked } = begun(json({ sha256: "ff" }));
  const picture = new Blob(["bytes"]);
  await api.upload("models/1/pictures?name=a", picture);
  assert.equal(asked[0].body, picture);
  assert.equal(asked[0].headers["Content-Type"], "application/octet-stream");
});

test("a refusal is an ApiError with the server's words", async () => {
  const { api, denied } = begun(json({ detail: "no such model" }, 404));
  await assert.rejects(api.get("models/9"), (error) => error instanceof ApiError && error.status === 404 && error.message === "no such model");
  assert.equal(denied, 0);
});

test("401 asks for a token", async () => {
  const found = begun(json({ detail: "Authorization is missing" }, 401));
  await assert.rejects(found.api.blob("models/1/images/2"), ApiError);
  assert.equal(found.denied, 1);
});

test("no answer is an ApiError of status 0", async () => {
  const { api } = begun(new TypeError("fetch failed"));
  await assert.rejects(api.get("models"), (error) => error instanceof ApiError && error.status === 0);
});

test("a call that was given up stays an AbortError", async () => {
  const { api } = begun(new DOMException("given up", "AbortError"));
  await assert.rejects(api.get("models"), { name: "AbortError" });
});

test("a late refusal does not take away the token that was typed since", async () => {
  let [token, denied, answered] = ["old", 0, null];
  const api = new Api(() => new Promise((resolve) => (answered = resolve)), () => token, () => (denied += 1));
  const asked = api.get("models");
  token = "new";
  answered(json({}, 401));
  await assert.rejects(asked, { status: 401 });
  assert.equal(denied, 0);
});

test("an answer that is no JSON is an ApiError", async () => {
  const { api } = begun(new Response("<h1>a proxy's page"));
  await assert.rejects(api.get("models"), (error) => error instanceof ApiError && /cannot be read/.test(error.message));
});

// The admin API of the server that the page came from.

const ROOT = "/__admin/";

/** An answer that is no success, or none at all (status 0). */
export class ApiError extends Error {
  constructor(status, text) {
    super(text);
    this.name = "ApiError";
    this.status = status;
  }
}

/**
 * Paths are those below /__admin/. Every call is an ApiError unless it was answered with success; an AbortError is
 * passed on. `denied` is called when the server wants a token.
 */
export class Api {
  constructor(fetch, token, denied) {
    this._fetch = fetch;
    this._token = token;
    this._denied = denied;
  }

  /** @returns {Promise<any>} JSON */
  async get(path, signal) {
    return this._read(path, { signal });
  }

  /** @returns {Promise<any>} JSON, as what is sent */
  async post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return this._read(path, { method: "POST", headers, body: sent, signal });
  }

  /** @returns {Promise<any>} JSON */
  async upload(path, content, signal) {
    const headers = { "Content-Type": "application/octet-stream" };
    return this._read(path, { method: "POST", headers, body: content, signal });
  }

  /** @returns {Promise<Blob>} such as a picture */
  async blob(path, signal) {
    return this._read(path, { signal }, "blob");
  }

  /** @returns {Promise<Response>} whose body was not read yet */
  async ask(path, options = {}) {
    const token = this._token();
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    const answer = await this._answer(ROOT + path, { cache: "no-store", ...options, headers });
    if (answer.ok) return answer;
    // A late answer says nothing of the token that was typed since.
    if (answer.status === 401 && token === this._token()) this._denied();
    throw new ApiError(answer.status, refusalText(answer.status, await answer.text().catch(() => "")));
  }

  /** @param {"json" | "blob"} [kind] */
  async _read(path, options, kind = "json") {
    const answer = await this.ask(path, options);
    return unless(answer[kind](), "the server's answer cannot be read");
  }

  _answer(path, options) {
    return unless(this._fetch(path, options), "the server does not answer");
  }
}

/** @param {Promise<any>} promise @param {string} text of what fails without having been given up */
async function unless(promise, text) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, text);
  }
}

/** What a body says of a refusal. */
export function refusalText(status, body) {
  try {
    const said = JSON.parse(body);
    const text = said.detail?.message ?? said.detail ?? said.error ?? said.message;
    if (typeof text === "string" && text) return text;
  } catch {
    // No JSON: a proxy's page, or nothing.
  }
  return `the server answered ${status}`;
}

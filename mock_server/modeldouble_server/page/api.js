// The admin API of the server that the page came from.

const ROOT = "/__admin/";

/** An answer that is no success, or none at all (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} text
   */
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
  /**
   * @param {(path: string, options: RequestInit) => Promise<Response>} fetch
   * @param {() => string | null} token
   * @param {() => void} denied
   */
  constructor(fetch, token, denied) {
    this._fetch = fetch;
    this._token = token;
    this._denied = denied;
  }

  /** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} JSON */
  async get(path, signal) {
    return (await this.ask(path, { signal })).json();
  }

  /** @param {string} path @param {unknown} [body] sent as JSON @param {AbortSignal} [signal] @returns {Promise<any>} */
  async post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return (await this.ask(path, { method: "POST", headers, body: sent, signal })).json();
  }

  /** @param {string} path @param {Blob} content @param {AbortSignal} [signal] @returns {Promise<any>} JSON */
  async upload(path, content, signal) {
    const headers = { "Content-Type": "application/octet-stream" };
    return (await this.ask(path, { method: "POST", headers, body: content, signal })).json();
  }

  /** @param {string} path @param {AbortSignal} [signal] @returns {Promise<Blob>} such as a picture */
  async blob(path, signal) {
    return (await this.ask(path, { signal })).blob();
  }

  /** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} whose body was not read yet */
  async ask(path, options = {}) {
    const token = this._token();
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    const answer = await this._answer(ROOT + path, { cache: "no-store", ...options, headers });
    if (answer.ok) return answer;
    if (answer.status === 401) this._denied();
    throw new ApiError(answer.status, refusalText(answer.status, await answer.text().catch(() => "")));
  }

  async _answer(path, options) {
    try {
      return await this._fetch(path, options);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError(0, "the server does not answer");
    }
  }
}

/**
 * What a body says of a refusal.
 * @param {number} status
 * @param {string} body
 * @returns {string}
 */
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

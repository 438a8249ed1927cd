// The page as a whole: which model is looked at, what its parts are told, and the admin token.
import { Api } from "./api.js";
import { lastOne } from "./asking.js";
import { brief, byId, offer, say } from "./dom.js";
import { Live } from "./live.js";

const PARTS = ["card", "journal", "jobs", "faults", "told", "look"];
const TOKEN = "modeldouble-admin-token";
const LIST_EACH = 10_000;
/** Milliseconds after which a tab that nobody sees lets go of its stream. */
const HIDDEN_MOST = 30_000;

/** Load the parts and show the first model. */
export async function begin() {
  const page = new Page();
  await Promise.all(PARTS.map((name) => page.load(name)));
  page.wire();
  await page.list();
}

/** What each part is given. */
class Page {
  constructor() {
    /** @type {number | null} */
    this.model = null;
    this._heard = new Map();
    this._since = () => 0;
    this._token = tokenOfTab();
    this._choices = lastOne();
    this._lost = false;
    this._full = "";
    const fetched = (path, options) => fetch(path, options);
    this.api = new Api(fetched, () => this._token, () => this._denied());
    this._live = new Live({
      ask: (path, options) => this.api.ask(path, options),
      heard: (name, document) => this.tell(name, document),
      state: (state) => this._stated(state),
      since: () => this._since(),
    });
    this.on("gone", () => this._gone());
    this.on("full", (text) => this.alert((this._full = `Nothing is told live: ${text}`)));
  }

  /** Whether the server wants a token. */
  get guarded() {
    return this._token !== null;
  }

  /** @param {string} name of a stream's event, or "chosen" */
  on(name, heard) {
    this._heard.set(name, [...(this._heard.get(name) ?? []), heard]);
  }

  /** @param {() => number} since number of the last journal entry that is there */
  since(since) {
    this._since = since;
  }

  /** @param {string} name of a section @param {string | number} text beside its link; nothing for 0 */
  tally(name, text) {
    const place = document.querySelector(`[data-tally="${name}"]`);
    if (place) say(place, text ? shortText(text) : "");
  }

  /** Tell all parts; one that fails does not keep the others from it. */
  tell(name, document) {
    for (const heard of this._heard.get(name) ?? []) {
      try {
        heard(document);
      } catch (error) {
        console.error(error);
      }
    }
  }

  /** Say what went wrong, or nothing any more. */
  alert(text) {
    say(byId("said"), text);
    byId("said").hidden = !text;
  }

  async load(name) {
    try {
      (await import(`./${name}.js`)).begin(this);
    } catch (error) {
      console.error(error);
      this.alert(`The part ${name} of this page could not be loaded; load the page again.`);
    }
  }

  wire() {
    byId("models").addEventListener("change", (event) => this.choose(Number(event.target.value)));
    byId("token-form").addEventListener("submit", (event) => this._submitted(event));
    window.addEventListener("pagehide", () => this._live.close());
    window.addEventListener("pageshow", (event) => event.persisted && this._follow());
    document.addEventListener("visibilitychange", () => this._seen());
    setInterval(() => document.hidden || !byId("token-form").hidden || this.list(), LIST_EACH);
  }

  /** Show which models there are, and one of them if none is shown. */
  async list() {
    try {
      const { models } = await this.api.get("models");
      this._listed();
      const lines = models.map(({ id, name }) => [String(id), `${brief(name, 80)} (${id})`]);
      offer(byId("models"), lines.length ? lines : [["", "no model is served"]]);
      if (models.some((one) => one.id === this.model)) return;
      await this.choose(asked(models) ?? models[0]?.id ?? null);
    } catch (error) {
      if (error.status === 401) return;
      this._unlisted = true;
      this.alert(`The models could not be listed: ${error.message}`);
      if (this.model === null) showState("lost");
    }
  }

  _listed() {
    // What else is said there stays.
    if (this._unlisted) this.alert("");
    this._unlisted = false;
  }

  /** Show one model instead of the one that is shown. */
  async choose(id) {
    this._live.close();
    this.model = id;
    this._lost = false;
    this._choices.stop();
    this.tell("chosen", null);
    if (id === null) return;
    const document = await this._document(id);
    if (!document) return;
    this._known = identity(document);
    byId("models").value = String(id);
    history.replaceState(null, "", `?model=${id}${location.hash}`);
    this.tell("chosen", document);
    this._follow();
  }

  async _document(id) {
    try {
      return await this._choices.ask((signal) => this.api.get(`models/${id}`, signal));
    } catch (error) {
      // So that the next list of the models chooses again.
      if (error.status !== 401) this._failed(error);
      return null;
    }
  }

  _failed(error) {
    this.model = null;
    this._unlisted = true;
    this.alert(`The model could not be read: ${error.message}`);
  }

  _follow() {
    if (this.model !== null) this._live.open(this.model);
  }

  _stated(state) {
    if (state === "live" && this._lost) this._returned(this.model);
    this._lost = state === "lost" || (this._lost && state !== "live");
    showState(state);
    if (state !== "live" || !this._full) return;
    this._full = "";
    this.alert("");
  }

  // The server may be another one, with another model under the same address.
  async _returned(id) {
    const found = await this.api.get(`models/${id}`).catch(() => null);
    if (!found || this.model !== id) return;
    if (identity(found) !== this._known) this.choose(id);
    else this.tell("returned", null);
  }

  _seen() {
    clearTimeout(this._hiding);
    if (document.hidden) {
      this._hiding = setTimeout(() => ((this._closed = true), this._live.close()), HIDDEN_MOST);
    } else if (this._closed) {
      this._closed = false;
      this._follow();
    }
  }

  _gone() {
    this.model = null;
    this.list();
  }

  _denied() {
    if (!byId("token-form").hidden) return;
    this._unlisted = this._token !== null;
    this.alert(this._unlisted ? "The server did not take the token; type it again." : "");
    this._token = null;
    tokenOfTab(null);
    byId("token-form").hidden = false;
    byId("token").focus();
    showState("lost");
  }

  _submitted(event) {
    event.preventDefault();
    this._token = byId("token").value.trim();
    tokenOfTab(this._token);
    byId("token").value = "";
    byId("token-form").hidden = true;
    byId("main").focus({ preventScroll: true });
    const { model } = this;
    const isAnew = () => model !== null && this.model === model && byId("token-form").hidden;
    this.list().then(() => isAnew() && this.choose(model));
  }
}

/** A number that fits beside a link. @param {number | string} number @returns {string} such as "9999", "13.5k" */
export function shortText(number) {
  const short = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });
  return typeof number === "number" && number > 9999 ? short.format(number) : String(number);
}

function showState(state) {
  const place = byId("state");
  place.dataset.state = state;
  say(place, state);
}

function identity({ session_url: address, session_info: info, settings }) {
  return JSON.stringify([address, info, settings]);
}

/** The token that this tab keeps, or from now on is to keep; none where the browser forbids it. */
function tokenOfTab(token) {
  try {
    if (token) sessionStorage.setItem(TOKEN, token);
    else if (token === null) sessionStorage.removeItem(TOKEN);
    return sessionStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

function asked(models) {
  const id = Number(new URLSearchParams(location.search).get("model"));
  return models.find((one) => one.id === id)?.id;
}

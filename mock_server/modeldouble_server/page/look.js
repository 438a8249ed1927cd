// Look at what the model says of a picture or a video. Looking disturbs nothing: it is no call that a client made.

import { byId, offer, say } from "./dom.js";
import { lastOne, saidOf, whenQuiet } from "./asking.js";
import { Drawing } from "./drawing.js";
import { listen } from "./intake.js";
import { Masks } from "./masks.js";
import { Objects } from "./objects.js";
import { Scrubber } from "./scrubber.js";
import { colourOf } from "./shapes.js";
import { Stage } from "./stage.js";
import { trackColour, trailOf } from "./tracks.js";
import { Tuning } from "./tuning.js";

const [QUIET_MS, MOST_MEDIA] = [120, 200];
const EMPTY = { size: [640, 360], picture: null, ground: "No picture yet", objects: [], hidden: new Set() };

/**
 * Bring `#look` to life.
 * @param {{api: import("./api.js").Api, on: (name: string, heard: (document: any) => void) => void}} page
 */
export function begin(page) {
  const look = new Look(page.api);
  page.on("chosen", (model) => look.change(model));
  // Its seed may be another one.
  page.on("returned", () => look.again());
}

/**
 * An object with the colour it is drawn in: its track's, or that of its class.
 * @param {any} object as POST looks gives it
 */
export function withColour(object) {
  const tracked = (object.track ?? null) !== null;
  return { ...object, colour: tracked ? trackColour(object.track) : colourOf(object.color) };
}

class Look {
  constructor(api) {
    this.api = api;
    /** @type {number | null} */
    this.id = null;
    /** @type {any} */
    this.source = this.shown = this.file = null;
    this.media = { images: [], videos: [] };
    this.questions = lastOne();
    this.uploads = lastOne();
    this.masks = new Masks();
    this.images = byId("look-image");
    this.videos = byId("look-video");
    const [pointed, picked] = [(index) => this.#highlight(index), (index) => this.objects.focus(index)];
    this.drawing = new Drawing(byId("drawing"), this.masks, pointed, picked);
    this.objects = new Objects(pointed, (index) => this.drawing.reveal(index), () => this.#draw());
    this.tuning = new Tuning(whenQuiet(() => this.again(), QUIET_MS));
    this.scrubber = new Scrubber({
      look: (video, window, signal) => this.#looks({ video_id: video.id, ...window }, signal),
      picture: (video, frame, signal) => this.api.blob(`${this.path}/videos/${video.id}/frames/${frame}`, signal),
      draw: (shown) => this.#frame(shown),
      failed: (error) => this.#fail(error),
    });
    this.stage = new Stage((by) => this.scrubber.step(by), () => byId("play").click());
    this.#listen();
    this.drawing.show(EMPTY);
  }

  get path() {
    return `models/${this.id}`;
  }

  /** Another model was chosen, or none. @param {{id: number, settings?: Record<string, unknown>} | null} model */
  async change(model) {
    this.#stop();
    this.#nothing();
    this.id = model?.id ?? null;
    this.#offer({ images: [], videos: [] });
    if (!model) return;
    this.tuning.reset(model.settings ?? {});
    // A picture of the reader's own is looked at with the other model too.
    await this.#try(() => Promise.all([this.#media(), this.file && this.#file(this.file)]));
  }

  #listen() {
    this.images.addEventListener("change", () => this.#chosen(this.images, this.videos, (image) => this.#image(image)));
    this.videos.addEventListener("change", () => this.#chosen(this.videos, this.images, (video) => this.#video(video)));
    for (const one of [this.images, this.videos]) {
      one.addEventListener("focus", () => this.#media().catch(() => {}));
    }
    listen((file) => this.#file(file), (text) => this.#refuse(text));
    document.addEventListener("visibilitychange", () => document.hidden && this.scrubber.pause());
  }

  async #media() {
    const { id } = this;
    if (id === null) return;
    const media = await this.api.get(`${this.path}/media`);
    if (this.id === id) this.#offer(media);
  }

  #offer(media) {
    this.media = media;
    for (const [select, list] of [[this.images, media.images], [this.videos, media.videos]]) {
      // The server tells so many of a world at most.
      const none = list.length < MOST_MEDIA ? "none" : `none of the first ${MOST_MEDIA}`;
      offer(select, [["", none], ...list.map((one) => [String(one.id), one.name])]);
      select.disabled = list.length === 0;
    }
  }

  #chosen(select, other, open) {
    other.value = "";
    const list = select === this.images ? this.media.images : this.media.videos;
    const found = list.find((one) => String(one.id) === select.value);
    this.#stop();
    this.#nothing();
    this.file = null;
    return found && open(found);
  }

  async #image(image) {
    await this.#try(async () => {
      const asked = this.uploads.ask((signal) => this.api.blob(`${this.path}/images/${image.id}`, signal));
      // It may be a description only, which can be looked at all the same.
      const blob = await asked.catch((error) => absent(error));
      if (blob === undefined) return;
      const url = blob && URL.createObjectURL(blob);
      await this.#open({ body: { image_id: image.id }, url, ground: image.name });
    });
  }

  async #file(file) {
    this.#stop();
    this.images.value = this.videos.value = "";
    this.#nothing();
    this.file = file;
    if (this.id === null) return this.#refuse("no model is served");
    this.#state("reading the picture", false);
    await this.#try(async () => {
      const path = `${this.path}/pictures?name=${encodeURIComponent(file.name || "pasted.png")}`;
      const picture = await this.uploads.ask((signal) => this.#sent(path, file, signal));
      if (picture) await this.#open({ body: { picture }, url: URL.createObjectURL(file) });
    });
  }

  async #sent(path, file, signal) {
    const unread = () => Promise.reject(new Error("the file cannot be read; give a picture file, not a folder"));
    await file.slice(0, 1).arrayBuffer().catch(unread);
    return this.api.upload(path, file, signal);
  }

  async #video(video) {
    this.stage.video(true);
    await this.scrubber.open(video);
  }

  async #open(source) {
    this.#leave(source);
    await this.again();
  }

  #nothing() {
    this.#leave(null);
    this.#state("", false);
    this.drawing.show(EMPTY);
  }

  // What belongs to the picture before goes with it.
  #leave(source) {
    if (this.source?.url) URL.revokeObjectURL(this.source.url);
    this.source = source;
    this.shown = null;
    this.scrubber.close();
    this.stage.video(false);
    this.masks.clear();
    this.objects.clear();
  }

  #stop() {
    this.questions.stop();
    this.uploads.stop();
    this.scrubber.close();
  }

  /** Ask about what is shown once more. */
  async again() {
    if (this.scrubber.video) return this.scrubber.again();
    const { source } = this;
    if (!source) return undefined;
    return this.#try(async () => {
      const look = await this.questions.ask((signal) => this.#looks(source.body, signal));
      const { url: picture, ground } = source;
      if (look) await this.#show({ look, seen: look.frames[0], picture, ground, said: true });
    });
  }

  #looks(body, signal) {
    return this.api.post(`${this.path}/looks`, { ...body, settings: this.tuning.settings() }, signal);
  }

  async #frame({ look, frame, picture, playing }) {
    const seen = look.frames.find((one) => one.frame === frame);
    await this.#show({ look, seen, picture, frame, ground: `frame ${frame}`, said: !playing });
  }

  async #show(shown) {
    const objects = (shown.seen?.objects ?? []).map(withColour);
    const mine = { ...shown, objects };
    this.shown = mine;
    const whole = await this.#draw();
    const { look, seen, said } = shown;
    if (this.shown !== mine || !said) return;
    const unseen = whole === false ? ". The browser cannot show this picture, so its ground is drawn" : "";
    this.#state(saidOf(look, seen) + unseen, Boolean(look.refused));
  }

  #draw() {
    if (!this.shown) return undefined;
    const { look, seen, objects, picture, frame, ground } = this.shown;
    const { hidden } = this.objects;
    this.objects.show(objects, seen?.tags ?? []);
    const trails = frame === undefined ? [] : this.#trails(objects, frame);
    return this.drawing.show({ size: look.size, picture, ground, objects, hidden, trails });
  }

  #trails(objects, frame) {
    return objects
      .filter((one) => typeof one.track === "number" && !this.objects.hidden.has(one.class))
      .map(({ track, colour }) => ({ colour, lines: trailOf(track, frame, (at) => this.scrubber.frameAt(at)) }));
  }

  #highlight(index) {
    this.drawing.highlight(index);
    this.objects.highlight(index);
  }

  async #try(act) {
    try {
      await act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    if (error.name !== "AbortError") this.#refuse(error.message);
  }

  #refuse(text) {
    this.#state(`refused: ${text}`, true);
  }

  #state(text, refused) {
    byId("look-said").classList.toggle("refused", refused);
    say(byId("look-said"), text);
  }
}

function absent(error) {
  if (error.status !== 404) throw error;
  return null;
}

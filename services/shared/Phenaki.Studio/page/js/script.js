import { isSameScript } from "./fates.js";
import { openingFrames } from "./opening.js";

const prefix = "phenaki.script.";
const openings = "phenaki.openings";
const maxOpenings = 12;

/**
 * @typedef {object} SceneScript
 * @property {string} id of the card, on this page alone
 * @property {string} prompt
 * @property {number} frames
 * @property {string} seed empty for the story's
 */

/**
 * What is being written: a story before it is made. Fires "change" with "whole" where another script took its place.
 * It is kept in the browser as it is typed.
 */
export class Script extends EventTarget {
  #place;
  #made = null;

  /**
   * @param {string} place name that it is kept under: "new", or the id of the story that is changed
   * @param {number} sceneFrames frames of a scene that sets none
   */
  constructor(place, sceneFrames) {
    super();
    this.#place = prefix + place;
    this.sceneFrames = sceneFrames;
    this.clear();
  }

  /** The script that the story was made of; null for a new story. */
  get made() {
    return this.#made;
  }

  /** True where there is nothing to make: it is as it was made. */
  get isUnchanged() {
    return this.#made !== null && isSameScript(this.#made, this);
  }

  /** Begins anew. */
  clear() {
    this.scenes = [this.newScene()];
    this.style = "";
    this.negativePrompt = "";
    this.seed = "";
    this.opening = "";
    this.sampling = {};
  }

  newScene(prompt = "") {
    return { id: nextId(), prompt, frames: this.sceneFrames, seed: "" };
  }

  /** Takes what a story was made of. */
  setMade(request, seed, opening) {
    const sampling = request.sampling ?? {};
    this.#made = {
      scenes: request.scenes.map(scene => ({ prompt: scene.prompt, frames: scene.frames || this.sceneFrames, seed: scene.seed ?? "" })),
      style: request.style ?? "",
      negativePrompt: request.negativePrompt ?? "",
      seed: String(seed),
      opening,
      sampling: Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== null)),
    };
    this.#take(this.#made);
    this.load();
    this.#fire("whole");
  }

  /** Goes back to what was made. */
  revert() {
    this.#take(this.#made);
    this.forget();
    this.#fire("whole");
  }

  /** Takes what was typed before the page was left; false where there is nothing. */
  load() {
    const kept = read(this.#place);
    if (kept && Array.isArray(kept.scenes) && kept.scenes.length > 0) {
      this.#take(kept);
      return true;
    }

    return false;
  }

  /** Something has changed. */
  touch() {
    if (this.isUnchanged || (this.#made === null && this.isEmpty)) {
      this.forget();
    } else {
      const { scenes, style, negativePrompt, seed, opening, sampling } = this;
      write(this.#place, { scenes, style, negativePrompt, seed, opening, sampling });
    }

    this.#fire("part");
  }

  /** Keeps nothing of it for later. */
  forget() {
    write(this.#place, null);
  }

  get isEmpty() {
    return this.scenes.every(scene => !scene.prompt.trim()) && !this.style && !this.negativePrompt && !this.opening;
  }

  /** As the service takes it. Scenes without a word are left out. */
  toRequest() {
    const request = {
      scenes: this.written.map(scene => ({ prompt: scene.prompt.trim(), frames: scene.frames, ...(scene.seed ? { seed: scene.seed } : {}) })),
      style: this.style.trim(),
      negativePrompt: this.negativePrompt.trim(),
      sampling: this.sampling,
      priority: "PRIORITY_INTERACTIVE",
    };
    if (this.seed) {
      request.seed = this.seed;
    }

    if (this.opening) {
      request.openingFrames = openingFrames(this.opening).map((rgb, index) => ({ index, rgb }));
    }

    return request;
  }

  /** The scenes that say something. */
  get written() {
    return this.scenes.filter(scene => scene.prompt.trim());
  }

  #take(script) {
    this.scenes = script.scenes.map(scene => ({ id: nextId(), prompt: scene.prompt ?? "", frames: scene.frames ?? this.sceneFrames, seed: scene.seed ?? "" }));
    this.style = script.style ?? "";
    this.negativePrompt = script.negativePrompt ?? "";
    this.seed = script.seed ?? "";
    this.opening = script.opening ?? "";
    this.sampling = { ...script.sampling };
  }

  #fire(what) {
    this.dispatchEvent(new CustomEvent("change", { detail: what }));
  }
}

/** A seed that nobody has chosen: up to nine digits, so that people can read it to each other. */
export function drawSeed() {
  return String(crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000_000);
}

/** Name of a request, so that one whose answer was lost can be made again. */
export function drawRequestId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps the opening image of a story: the service does not give it back. */
export function keepOpening(id, opening) {
  const kept = read(openings) ?? [];
  write(openings, [[id, opening], ...kept.filter(([other]) => other !== id)].slice(0, maxOpenings));
}

/** The opening image of a story; empty where none is known. */
export const openingOf = id => (read(openings) ?? []).find(([other]) => other === id)?.[1] ?? "";

let last = 0;
const nextId = () => `scene-${++last}`;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, JSON.stringify(value));
    }
  } catch {
    // A full or forbidden storage costs what was typed when the page is left, and nothing else.
  }
}

import { announce, button, el } from "./dom.js";
import { fates } from "./fates.js";
import { Look } from "./look.js";
import { SceneCard } from "./scene-card.js";
import { keptClips } from "./story.js";

const examples = [
  {
    name: "A bear at sea",
    scenes: ["A teddy bear is swimming in the ocean.", "The teddy bear goes under water.", "The teddy bear keeps swimming under the water with colorful fishes.", "A panda bear is swimming under water."],
  },
  {
    name: "An astronaut on mars",
    scenes: ["An astronaut is walking on mars.", "An astronaut is dancing on mars.", "An astronaut walks his dog on mars.", "An astronaut and his dog watch fireworks."],
  },
];

/** The script: scenes one below the other, and the look of the whole. */
export class Editor {
  #script = null;
  #story = null;
  #cards = new Map();
  #list = el("ol.scenes", { "aria-label": "Scenes" });
  #examples;
  #look;
  #note = el("p.note", { hidden: true, role: "status" });

  /**
   * @param {object} model what GetModel told
   * @param {object} on what happens: seek(frame)
   */
  constructor(model, on) {
    this.model = model;
    this.rate = model.framesPerSecond;
    this.maxFrames = model.maxSceneFrames;
    this.maxScenes = model.maxScenes;
    this.on = on;
    this.#look = new Look(model, () => this.touch());
    this.#examples = el(
      "div.examples",
      {},
      el("span.small.soft", {}, "Or begin with"),
      ...examples.map(example => button("button.suggestion", example.name, null, () => this.#fill(example))));
    this.element = el(
      "section.script",
      { "aria-labelledby": "script-title" },
      el("div.script-head", {}, this.title = el("h1", { id: "script-title" }, "New story"), this.revertButton = button("button.quiet", "Undo changes", "back", () => this.#revert(), { hidden: true })),
      this.#note,
      this.#list,
      el("div.script-add", {}, button("button.add-scene", "Add a scene", "plus", () => this.insert(this.count, null)), this.#examples),
      this.#look.element);
    document.fonts.ready.then(() => this.#cards.forEach(card => card.fit()));
  }

  get count() {
    return this.#script.scenes.length;
  }

  /** Shows a script, and the story that was made of it, if any. */
  show(script, story) {
    this.#script = script;
    this.#story = story;
    this.#note.hidden = true;
    this.#look.show(script);
    this.#arrange();
    this.mark(0);
  }

  /** The script was replaced as a whole. */
  reload() {
    this.#look.show(this.#script);
    this.#arrange();
  }

  /** Marks each scene with what became, or would become, of it. */
  mark(position) {
    const script = this.#script;
    const story = this.#story;
    const made = script.made;
    const isChanged = made !== null && !script.isUnchanged;
    const written = script.written;
    const next = made === null ? [] : fates(made, { ...script, scenes: written }, this.model, madeFrames(story));
    const current = story?.plan ? story.sceneOf(position) : -1;
    this.revertButton.hidden = !isChanged;
    script.scenes.forEach((scene, index) => {
      const card = this.#cards.get(scene.id);
      const number = written.indexOf(scene);
      const [fate, words, more] = number < 0 ? ["none", ""] : isChanged ? this.#fateOf(next[number]) : this.#progressOf(number);
      card.mark(fate, words, index === current && !isChanged, more);
      const unknown = !isChanged && number >= 0 ? story?.scenes[number]?.unknownWords ?? [] : [];
      card.hint(unknown.length > 0 ? `The model has never seen ${list(unknown)}.` : "");
    });
    this.#examples.hidden = !script.isEmpty || made !== null;
    return next;
  }

  /** Shows what the service finds wrong. */
  refuse(violations) {
    const byField = new Map(violations.map(({ field, description }) => [field.replace(/^story\./u, ""), description]));
    const written = this.#script.written;
    let first = null;
    written.forEach((scene, number) => {
      const words = [...byField].filter(([field]) => field.startsWith(`scenes[${number}].`)).map(([field, text]) => `The ${field.split(".").at(-1)} ${text}`);
      const card = this.#cards.get(scene.id);
      card.refuse(words.join(" "));
      first ??= words.length > 0 ? card : null;
    });
    this.#look.refuse(byField);
    const whole = byField.get("scenes");
    this.#note.hidden = !whole;
    this.#note.textContent = whole ? `The story ${whole}` : "";
    first?.focus();
  }

  focus() {
    this.#cards.get(this.#script.scenes[0].id)?.focus();
  }

  touch() {
    this.#script.touch();
  }

  onSeek(index) {
    const scene = this.#story?.scenes[index];
    if (scene) {
      this.on.seek(scene.start);
    }
  }

  canSeek(index) {
    const scene = this.#story?.scenes[index];
    return Boolean(scene) && this.#story.frames.count > scene.start;
  }

  /** Adds a scene. */
  insert(index, scene) {
    if (this.count >= this.maxScenes) {
      announce(`A story has at most ${this.maxScenes} scenes.`, true);
      return;
    }

    const added = { ...this.#script.newScene(), frames: this.#script.scenes[Math.max(0, index - 1)]?.frames ?? this.#script.sceneFrames, ...(scene ? { prompt: scene.prompt, frames: scene.frames, seed: scene.seed } : {}) };
    this.#script.scenes.splice(index, 0, added);
    this.#changed();
    this.#cards.get(added.id).focus();
  }

  insertLines(index, lines) {
    const added = lines.slice(0, this.maxScenes - this.count).map(line => this.#script.newScene(line));
    this.#script.scenes.splice(index, 0, ...added);
    this.#changed();
    this.#cards.get(added.at(-1)?.id)?.focus();
  }

  remove(card) {
    const at = card.index;
    this.#script.scenes.splice(at, 1);
    this.#changed();
    this.#cards.get(this.#script.scenes[Math.max(0, at - 1)].id).focus();
    announce(`Scene ${at + 1} removed.`);
  }

  move(card, by) {
    const to = card.index + by;
    if (to >= 0 && to < this.count) {
      const [scene] = this.#script.scenes.splice(card.index, 1);
      this.#script.scenes.splice(to, 0, scene);
      this.#changed();
      card.focus();
      announce(`Now scene ${to + 1}.`);
    }
  }

  #changed() {
    this.#arrange();
    this.#script.touch();
  }

  // Cards stay, with their focus, for as long as their scene does.
  #arrange() {
    const scenes = this.#script.scenes;
    const gone = new Set(this.#cards.keys());
    scenes.forEach((scene, index) => {
      gone.delete(scene.id);
      let card = this.#cards.get(scene.id);
      if (!card || card.scene !== scene) {
        card = new SceneCard(scene, this);
        this.#cards.set(scene.id, card);
      }

      if (this.#list.children[index] !== card.element) {
        this.#list.insertBefore(card.element, this.#list.children[index] ?? null);
      }

      card.show(index);
    });
    for (const id of gone) {
      this.#cards.get(id).element.remove();
      this.#cards.delete(id);
    }
  }

  #fill(example) {
    this.#script.scenes = example.scenes.map(prompt => this.#script.newScene(prompt));
    this.#changed();
    this.#cards.get(this.#script.scenes[0].id).focus();
  }

  #revert() {
    this.#script.revert();
    announce("The changes are undone.");
    this.focus();
  }

  #fateOf({ fate, kept, clips }) {
    return [fate, { kept: "Kept", part: `${kept} of ${clips} clips kept`, again: "Runs again", new: "New", open: "Not made yet" }[fate]];
  }

  #progressOf(number) {
    const story = this.#story;
    const scene = story?.scenes[number];
    if (!scene) {
      return ["none", ""];
    }

    if (scene.status === "work" && !story.isFinal) {
      return ["work", "In work"];
    }

    if (scene.status !== "done") {
      return ["waiting", story.isFinal ? "" : "Waiting"];
    }

    const [kept, clips] = [keptClips(scene), scene.clips.length];
    return ["done", kept === clips ? "Kept" : kept === 0 ? "Made" : `${kept} of ${clips} clips kept`, cacheWords(scene, kept)];
  }
}

/** Frames of a story that there are, whether they have come here or not. */
const madeFrames = story => story === null ? 0 : Math.max(story.frames.count, story.framesMade);

/** What the cache gave of a scene, for whoever asks. */
function cacheWords(scene, kept) {
  const seconds = scene.clips.reduce((sum, clip) => sum + (clip.samplingSeconds ?? 0), 0);
  const made = scene.clips.length - kept;
  return [
    kept > 0 ? `${kept} of ${scene.clips.length} clips came from the cache` : "",
    made > 0 ? `${made === 1 ? "1 clip was" : `${made} clips were`} made in ${Math.round(seconds * 10) / 10} s` : "",
  ].filter(Boolean).join(", ");
}

const list = words => words.map(word => `“${word}”`).join(", ").replace(/, ([^,]*)$/u, " and $1");

import { steerStory } from "./api.js";
import { announce, button, el, icon, toast } from "./dom.js";
import { menu } from "./menu.js";
import { drawRequestId } from "./script.js";

const places = [
  { value: "SCENE_POSITION_NOW", label: "Now", note: "at the next clip" },
  { value: "SCENE_POSITION_NEXT", label: "Next", note: "after this scene" },
  { value: "SCENE_POSITION_LAST", label: "Last", note: "after all others" },
];

/** A story that is directed while it is made: what happens next, pauses, and its end. */
export class Direction {
  #story = null;
  #list = el("ol.directed", { "aria-label": "Scenes" });
  #prompt;
  #places;
  #pause;
  #send;
  #note = el("p.note", { hidden: true });
  #label = el("label.label", { for: "direct-prompt" }, "What happens next?");
  #cancel;
  #shown = "";

  /** Number of the coming scene that is being changed; null where a new one is written. */
  #changing = null;

  /** @param {object} on what happens: seek(frame) */
  constructor(model, on) {
    this.model = model;
    this.on = on;
    this.#prompt = el("textarea.field.direct-prompt", {
      id: "direct-prompt",
      rows: 2,
      maxlength: 4096,
      placeholder: "What happens next?",
      on: {
        keydown: event => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.#direct();
          }
        },
      },
    });
    this.#places = el("fieldset.segments", {}, el("legend.visually-hidden", {}, "When"), ...places.map((place, number) => el(
      "label.segment",
      { title: place.note },
      el("input", { type: "radio", name: "place", value: place.value, checked: number === 0 }),
      el("span", {}, place.label))));
    this.#send = button("button.button.primary", "Direct", "send", () => this.#direct());
    this.#cancel = button("button.quiet", "Keep it as it is", "close", () => this.#change(null), { hidden: true });
    this.#pause = button("button.button", "Pause making", "pause", () => this.#steer(this.#story.isPaused ? { resume: {} } : { pause: {} }, this.#story.isPaused ? "It goes on." : "It pauses after this clip."));
    this.element = el(
      "section.script.direction",
      { "aria-labelledby": "direction-title", hidden: true },
      el("div.script-head", {}, el("h1", { id: "direction-title" }, "Directing")),
      el("p.soft", {}, "The film goes on while you write. What you say takes effect at the next clip."),
      this.#note,
      this.#list,
      el(
        "div.direct-box",
        {},
        this.#label,
        this.#prompt,
        el("div.direct-row", {}, this.#places, el("span.grow", {}), this.#cancel, this.#send)),
      el(
        "div.direct-row",
        {},
        this.#pause,
        menu("End the film", "stop", () => [
          { label: "After these scenes", symbol: "film", act: () => this.#steer({ stop: { afterScenes: true } }, "It ends after these scenes.") },
          { label: "At the next clip", symbol: "stop", act: () => this.#steer({ stop: { afterScenes: false } }, "It ends at the next clip.") },
        ], "button.button")));
  }

  /** Shows a story. */
  show(story) {
    this.#story = story;
    this.changed();
  }

  /** The story has changed. */
  changed() {
    const story = this.#story;
    const isOpen = story !== null && story.isDirected && !story.isFinal;
    const isNew = isOpen && this.element.hidden;
    this.element.hidden = !isOpen;
    if (!isOpen) {
      return;
    }

    if (isNew && (document.activeElement === document.body || document.activeElement?.id === "main") && matchMedia("(hover: hover)").matches) {
      // What one came for; on a telephone the keyboard would hide the film.
      this.#prompt.focus();
    }

    this.#pause.querySelector("span").textContent = story.isPaused ? "Go on" : "Pause making";
    this.#pause.querySelector(".icon").replaceWith(icon(story.isPaused ? "play" : "pause"));
    this.#note.hidden = !story.waiting && !story.isEnding;
    this.#note.textContent = story.isEnding ? "It ends with these scenes." : story.waiting?.isPaused ? "Paused. It waits for you to go on." : story.waiting ? "All scenes are made. Say what happens next, or end the film." : "";
    if (this.#changing !== null && story.scenes[this.#changing]?.status !== "waiting") {
      // It has begun: what was typed may be another scene.
      this.#changes(null);
    }

    // Made anew only where it is another one: the focus may be in it.
    const shown = JSON.stringify(story.scenes.map(scene => [scene.prompt, scene.status]));
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#list.replaceChildren(...story.scenes.map((scene, number) => this.#item(scene, number)));
    }
  }

  #item(scene, number) {
    const words = { work: "In work", done: "Made", waiting: "Coming" }[scene.status];
    const look = { work: ".is-work", done: ".is-kept", waiting: "" }[scene.status];
    return el(
      "li.directed-scene",
      {},
      el("span.scene-number", { "aria-hidden": "true" }, String(number + 1)),
      el("span.directed-prompt", {}, scene.prompt),
      el(`span.chip${look}`, {}, scene.status === "done" ? icon("check") : el("span.chip-dot", {}), words),
      scene.status === "waiting" ? button("button.icon-button.is-small", `Change scene ${number + 1}`, "edit", () => this.#change(number)) : null,
      scene.status === "waiting" && this.#story.scenes.length > 1
        ? button("button.icon-button.is-small", `Remove scene ${number + 1}`, "close", () => this.#steer({ removeScenes: { scene: number, count: 1 } }, `Scene ${number + 1} is left out.`))
        : null);
  }

  #change(number) {
    this.#changes(number);
    this.#prompt.value = number === null ? "" : this.#story.request.scenes[number].prompt;
    this.#prompt.focus();
  }

  #changes(number) {
    this.#changing = number;
    this.#label.textContent = number === null ? "What happens next?" : `What happens in scene ${number + 1}?`;
    this.#places.hidden = number !== null;
    this.#cancel.hidden = number === null;
    this.#send.querySelector("span").textContent = number === null ? "Direct" : "Change it";
  }

  async #direct() {
    const prompt = this.#prompt.value.trim();
    if (!prompt) {
      this.#prompt.focus();
      return;
    }

    const number = this.#changing;
    const command = number === null
      ? { addScenes: { scenes: [{ prompt, frames: 0 }], position: this.#places.querySelector(":checked").value } }
      : { changeScene: { scene: number, to: { ...this.#story.request.scenes[number], prompt } } };
    if (await this.#steer(command)) {
      this.#change(null);
    }
  }

  async #steer(command, words) {
    this.#send.disabled = true;
    try {
      const { answer } = await steerStory(this.#story.id, { command: { commandId: drawRequestId(), ...command } });
      const rate = this.#story.plan?.rate ?? this.model.framesPerSecond;
      announce(words ?? `Taken. It takes effect at ${Math.round((answer.fromFrame ?? 0) / rate * 10) / 10} seconds.`);
      return true;
    } catch (failure) {
      toast(failure.violations?.[0] ? `The prompt ${failure.violations[0].description}` : failure.message, "bad");
      return false;
    } finally {
      this.#send.disabled = false;
    }
  }
}

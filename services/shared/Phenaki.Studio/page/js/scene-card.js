import { button, el, icon } from "./dom.js";
import { menu } from "./menu.js";
import { drawSeed } from "./script.js";

const styleOf = { kept: "is-kept", part: "is-again", open: "is-again", again: "is-again", new: "is-again", work: "is-work", done: "is-kept", waiting: "", none: "" };

/** One scene as it is written. */
export class SceneCard {
  #scene;
  #editor;
  #width = 0;
  #number = el("button.scene-number", { type: "button", on: { click: () => this.#editor.onSeek(this.index) } });
  #prompt;
  #seconds;
  #frames = el("span.scene-frames.numeric.soft", {});
  #chip = el("span.chip", { hidden: true });
  #seedRow;
  #seedField;
  #hint = el("p.scene-hint.small", { hidden: true });
  #error = el("p.scene-error.small", { hidden: true });
  index = 0;

  constructor(scene, editor) {
    this.#scene = scene;
    this.#editor = editor;
    this.#hint.id = `${scene.id}-hint`;
    this.#error.id = `${scene.id}-error`;
    this.#prompt = el("textarea.scene-prompt", {
      id: scene.id,
      rows: 1,
      maxlength: 4096,
      placeholder: "What happens?",
      value: scene.prompt,
      "aria-describedby": `${this.#hint.id} ${this.#error.id}`,
      on: { input: () => this.#typed(), keydown: event => this.#pressed(event), paste: event => this.#pasted(event) },
    });
    this.#seconds = el("input.stepper-value.numeric", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      role: "spinbutton",
      on: {
        change: () => this.#setSeconds(Number.parseFloat(this.#seconds.value.replace(",", "."))),
        keydown: event => this.#step(event),
        focus: () => this.#seconds.select(),
      },
    });
    this.#seedField = el("input.field.is-small.numeric", {
      type: "text",
      inputmode: "numeric",
      id: `${scene.id}-seed`,
      maxlength: 20,
      placeholder: "as the story",
      on: { change: () => this.#setSeed(this.#seedField.value) },
    });
    this.#seedRow = el(
      "div.scene-seed",
      { hidden: true },
      el("label.small.soft", { for: `${scene.id}-seed` }, "Seed"),
      this.#seedField,
      button("button.icon-button.is-small", "Forget this seed", "close", () => {
        this.#setSeed("");
        this.#prompt.focus();
      }));
    this.minus = button("button.stepper-button", "", "minus", () => this.#nudge(-1));
    this.plus = button("button.stepper-button", "", "plus", () => this.#nudge(1));
    this.takeButton = button("button.quiet", "Another take", "dice", () => this.#setSeed(drawSeed()));
    this.takeButton.title = "Makes this scene anew with another seed, and what follows it";
    this.element = el(
      "li.scene",
      {},
      el("div.scene-side", {}, this.#number),
      el(
        "div.scene-body",
        {},
        el("div.scene-top", {}, this.#prompt, this.#chip),
        this.#error,
        this.#hint,
        el(
          "div.scene-tools",
          {},
          el("div.stepper", {}, this.minus, el("span.stepper-middle", {}, this.#seconds, el("span.stepper-unit", { "aria-hidden": "true" }, "s")), this.plus),
          this.#frames,
          el("span.grow", {}),
          this.takeButton,
          this.#menu()),
        this.#seedRow));
    this.show();

    // Its lines break elsewhere where it gets another width.
    new ResizeObserver(([entry]) => {
      if (entry.contentRect.width !== this.#width) {
        this.#width = entry.contentRect.width;
        this.fit();
      }
    }).observe(this.#prompt);
  }

  /** The scene that it shows. */
  get scene() {
    return this.#scene;
  }

  /** Shows the scene's place and what it holds. */
  show(index = this.index) {
    this.index = index;
    const name = `scene ${index + 1}`;
    this.#number.textContent = String(index + 1);
    this.#number.setAttribute("aria-label", `Go to ${name} in the film`);
    this.#prompt.setAttribute("aria-label", `What happens in ${name}`);
    this.#seconds.setAttribute("aria-label", `Seconds of ${name}`);
    this.minus.setAttribute("aria-label", `Shorter: ${name}`);
    this.plus.setAttribute("aria-label", `Longer: ${name}`);
    this.takeButton.setAttribute("aria-label", `Another take of ${name}`);
    if (this.#prompt.value !== this.#scene.prompt) {
      this.#prompt.value = this.#scene.prompt;
    }

    const seconds = this.#scene.frames / this.#editor.rate;
    this.#seconds.value = String(Math.round(seconds * 100) / 100);
    this.#seconds.setAttribute("aria-valuenow", String(this.#scene.frames / this.#editor.rate));
    this.#seconds.setAttribute("aria-valuetext", `${Math.round(seconds * 100) / 100} seconds, ${this.#scene.frames} frames`);
    this.#frames.textContent = `${this.#scene.frames} frames`;
    this.#seedField.value = this.#scene.seed;
    this.#seedRow.hidden = !this.#scene.seed && !this.isSeedOpen;
    this.fit();
  }

  /**
   * Shows what becomes of it.
   * @param {string} fate
   * @param {string} words empty for nothing
   * @param {boolean} isCurrent its frames are on the screen
   * @param {string} more told to whoever points at the words
   */
  mark(fate, words, isCurrent, more = "") {
    this.#chip.title = more;
    this.#chip.hidden = !words;
    this.#chip.className = `chip ${styleOf[fate] ?? ""}`;
    this.#chip.replaceChildren(...(words ? [fate === "kept" || fate === "done" ? icon("check") : fate === "again" || fate === "new" || fate === "part" || fate === "open" ? icon("again") : el("span.chip-dot", {}), words] : []));
    this.element.classList.toggle("is-current", isCurrent);
    this.element.dataset.fate = fate;
    this.#number.disabled = !this.#editor.canSeek(this.index);
  }

  /** Says what the model cannot know. */
  hint(words) {
    this.#hint.hidden = !words;
    this.#hint.textContent = words;
  }

  /** Says what is wrong; nothing where all is well. */
  refuse(words) {
    this.#error.hidden = !words;
    this.#error.textContent = words;
    this.#prompt.setAttribute("aria-invalid", words ? "true" : "false");
  }

  focus(atEnd = true) {
    this.#prompt.focus();
    const at = atEnd ? this.#prompt.value.length : 0;
    this.#prompt.setSelectionRange(at, at);
  }

  /** As high as its text. */
  fit() {
    this.#prompt.style.height = "auto";
    this.#prompt.style.height = `${this.#prompt.scrollHeight}px`;
  }

  #menu() {
    return menu("More for this scene", "more", () => [
      { label: "Move up", symbol: "up", note: "Alt ↑", isDisabled: this.index === 0, act: () => this.#editor.move(this, -1) },
      { label: "Move down", symbol: "down", note: "Alt ↓", isDisabled: this.index === this.#editor.count - 1, act: () => this.#editor.move(this, 1) },
      { label: "Duplicate", symbol: "copy", act: () => this.#editor.insert(this.index + 1, { ...this.#scene }) },
      {
        label: "Set a seed",
        symbol: "dice",
        act: () => {
          this.isSeedOpen = true;
          this.show();
          this.#seedField.focus();
        },
      },
      { label: "Remove", symbol: "trash", isBad: true, isDisabled: this.#editor.count === 1, act: () => this.#editor.remove(this) },
    ]);
  }

  #typed() {
    this.#scene.prompt = this.#prompt.value;
    this.refuse("");
    this.hint("");
    this.fit();
    this.#editor.touch();
  }

  // Scenes are written one after the other, as lines are.
  #pressed(event) {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!event.isComposing) {
        this.#editor.insert(this.index + 1, null);
      }
    } else if (event.key === "Backspace" && this.#prompt.value === "" && this.#editor.count > 1) {
      event.preventDefault();
      this.#editor.remove(this);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.#editor.move(this, event.key === "ArrowUp" ? -1 : 1);
    }
  }

  // Lines of a text are scenes of a story.
  #pasted(event) {
    const lines = (event.clipboardData?.getData("text/plain") ?? "").split(/\r?\n/u).map(line => line.trim()).filter(Boolean);
    if (lines.length > 1) {
      event.preventDefault();
      this.#prompt.setRangeText(lines[0], this.#prompt.selectionStart, this.#prompt.selectionEnd, "end");
      this.#typed();
      this.#editor.insertLines(this.index + 1, lines.slice(1));
    }
  }

  #step(event) {
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 4, PageDown: -4 }[event.key];
    if (by && !event.altKey) {
      event.preventDefault();
      this.#nudge(by);
    }
  }

  // Half seconds, so that lengths are round.
  #nudge(by) {
    const halves = this.#scene.frames / this.#editor.rate * 2;
    this.#setSeconds((by > 0 ? Math.floor(halves + 1e-6) + by : Math.ceil(halves - 1e-6) + by) / 2);
  }

  #setSeconds(seconds) {
    if (Number.isFinite(seconds)) {
      this.#scene.frames = Math.max(1, Math.min(Math.round(seconds * this.#editor.rate), this.#editor.maxFrames));
      this.#editor.touch();
    }

    this.show();
  }

  #setSeed(text) {
    const digits = text.replace(/\D/gu, "");
    this.#scene.seed = digits ? String(BigInt.asUintN(64, BigInt(digits))) : "";
    this.isSeedOpen = false;
    this.show();
    this.#editor.touch();
  }
}

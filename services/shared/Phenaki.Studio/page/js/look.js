import { announce, button, el, icon, toast } from "./dom.js";
import { openingFrames } from "./opening.js";
import { drawFrame, fromBase64, readPicture, toBase64 } from "./pixels.js";
import { drawSeed } from "./script.js";

const styles = ["pencil drawing", "cartoon", "night"];

const settings = [
  { name: "steps", label: "Steps", note: "1 to 256. More steps, more time.", isWhole: true },
  { name: "guidanceScale", label: "Guidance", note: "0 to 64. How closely it follows the words." },
  { name: "temperature", label: "Temperature", note: "0 to 16. Lower is surer, higher is freer." },
  { name: "choiceTemperature", label: "Choice temperature", note: "0 to 64. Noise on which parts are settled first." },
];

/** What holds for the whole story: style, what to avoid, opening image, seed, sampling. */
export class Look {
  #script;
  #model;
  #style;
  #chips;
  #negative;
  #seed;
  #picture = el("canvas.opening-picture", { role: "img", "aria-label": "Opening image" });
  #drop;
  #file;
  #remove;
  #fields = new Map();
  #errors = new Map();

  constructor(model, touch) {
    this.#model = model;
    this.touch = touch;
    this.#style = el("input.field", { id: "style", type: "text", maxlength: 512, placeholder: "Any words, as in “pencil drawing”", on: { input: () => this.#set("style", this.#style.value) } });
    this.#chips = el("div.suggestions", { role: "group", "aria-label": "Suggested styles" }, ...styles.map(style => el("button.suggestion", {
      type: "button",
      "aria-pressed": "false",
      on: { click: () => this.#toggleStyle(style) },
    }, style)));
    this.#negative = el("input.field", { id: "negative", type: "text", maxlength: 4096, placeholder: "Nothing", on: { input: () => this.#set("negativePrompt", this.#negative.value) } });
    this.#seed = el("input.field.numeric", {
      id: "seed", type: "text", inputmode: "numeric", maxlength: 20, placeholder: "Drawn when it is made", "aria-describedby": "seed-note",
      on: { change: () => this.#setSeed(this.#seed.value) },
    });
    this.#file = el("input.visually-hidden", { type: "file", accept: "image/*", id: "opening", on: { change: () => this.#take(this.#file.files[0]) } });
    this.#remove = button("button.quiet", "Remove", "close", () => {
      this.#setOpening("");
      this.#file.focus();
    });
    this.#drop = el("label.drop", { for: "opening" }, icon("image"), el("span", {}, el("strong", {}, "Choose an image"), el("span.soft", {}, " or drop it here")));
    this.element = el(
      "section.look",
      { "aria-labelledby": "look-title" },
      el("h2", { id: "look-title" }, "Look"),
      this.#row("style", "Style", this.#style, this.#chips),
      el(
        "div.row",
        {},
        el("span.label", { id: "opening-label" }, "Opening image"),
        el("div.opening", { on: { dragover: event => this.#over(event, true), dragleave: event => this.#over(event, false), drop: event => this.#dropped(event) } },
          this.#file, this.#picture, this.#drop, this.#remove),
        el("p.small.soft", {}, "The film goes on from it.")),
      el(
        "details.more",
        {},
        el("summary", {}, "More"),
        this.#row("negative", "Leave out", this.#negative),
        this.#row(
          "seed", "Seed",
          el("div.field-pair", {}, this.#seed, button("button.icon-button", "Draw another seed", "dice", () => this.#setSeed(drawSeed()))),
          el("p.small.soft", { id: "seed-note" }, "The same story with the same seed is the same film.")),
        el("div.grid-2", {}, ...settings.map(setting => this.#setting(setting)))));
  }

  /** Shows a script. */
  show(script) {
    this.#script = script;
    this.#style.value = script.style;
    this.#negative.value = script.negativePrompt;
    this.#seed.value = script.seed;
    this.#fields.forEach((field, name) => field.value = script.sampling[name] ?? "");
    this.#markStyle();
    this.#showOpening();
    this.refuse(new Map());
  }

  /** Says what is wrong, by the service's names of fields. */
  refuse(violations) {
    for (const [field, place] of this.#errors) {
      const words = violations.get(field) ?? "";
      place.hidden = !words;
      place.textContent = words;
      if (words) {
        place.closest("details")?.setAttribute("open", "");
      }
    }
  }

  #row(id, label, ...content) {
    const error = el("p.small.field-error", { hidden: true });
    this.#errors.set({ style: "style", negative: "negative_prompt", seed: "seed" }[id], error);
    return el("div.row", {}, el("label.label", { for: id }, label), ...content, error);
  }

  #setting({ name, label, note, isWhole }) {
    const standard = this.#model.defaultSampling?.[name];
    const field = el("input.field.numeric", {
      id: name, type: "text", inputmode: isWhole ? "numeric" : "decimal", placeholder: standard === undefined ? "" : String(standard), "aria-describedby": `${name}-note`,
      on: {
        change: () => {
          const value = Number.parseFloat(field.value.replace(",", "."));
          if (Number.isFinite(value)) {
            this.#script.sampling[name] = isWhole ? Math.round(value) : value;
          } else {
            delete this.#script.sampling[name];
          }

          field.value = this.#script.sampling[name] ?? "";
          this.touch();
        },
      },
    });
    this.#fields.set(name, field);
    const error = el("p.small.field-error", { hidden: true });
    this.#errors.set(`sampling.${name.replace(/[A-Z]/gu, letter => `_${letter.toLowerCase()}`)}`, error);
    return el("div.row", {}, el("label.label", { for: name }, label), field, error, el("p.small.soft", { id: `${name}-note` }, note));
  }

  #set(name, value) {
    this.#script[name] = value;
    this.#markStyle();
    this.touch();
  }

  #toggleStyle(style) {
    this.#style.value = this.#style.value.trim() === style ? "" : style;
    this.#set("style", this.#style.value);
  }

  #markStyle() {
    for (const chip of this.#chips.children) {
      chip.setAttribute("aria-pressed", String(chip.textContent === this.#script.style.trim()));
    }
  }

  #setSeed(text) {
    const digits = text.replace(/\D/gu, "");
    this.#script.seed = digits ? String(BigInt.asUintN(64, BigInt(digits))) : "";
    this.#seed.value = this.#script.seed;
    this.touch();
  }

  async #take(file) {
    if (!file) {
      return;
    }

    try {
      this.#setOpening(toBase64(await readPicture(file, this.#model.width, this.#model.height)));
      announce("The opening image is set.");
    } catch {
      toast(`“${file.name}” is no image that this browser can read.`, "bad");
    } finally {
      this.#file.value = "";
    }
  }

  #over(event, isOver) {
    event.preventDefault();
    this.#drop.classList.toggle("is-over", isOver);
  }

  #dropped(event) {
    this.#over(event, false);
    this.#take(event.dataTransfer?.files[0]);
  }

  #setOpening(rgb) {
    this.#script.opening = rgb;
    this.#showOpening();
    this.touch();
  }

  #showOpening() {
    const rgb = openingFrames(this.#script.opening).at(-1);
    this.#picture.hidden = !rgb;
    this.#remove.hidden = !rgb;
    this.#drop.classList.toggle("is-set", Boolean(rgb));
    if (rgb) {
      drawFrame(this.#picture, fromBase64(rgb), this.#model.width, this.#model.height);
    }
  }
}

import { el } from "./dom.js";
import { drawFrame } from "./pixels.js";

const gap = 3;
const height = 56;

/**
 * The film as a strip: as long as the story, scene beside scene, filled as frames come. Whoever drags along it, or moves the slider that lies
 * on it by keys, sees the frame there.
 */
export class Timeline {
  #player;
  #story = null;
  #isDrawn = true;
  #hasNews = false;
  #cell = document.createElement("canvas");
  #strip = el("canvas.strip", { "aria-hidden": "true" });
  #head = el("div.playhead", { "aria-hidden": "true" });
  #names = el("ol.strip-names", { "aria-label": "Scenes of the film" });
  #slider = el("input.strip-slider", { type: "range", min: 0, max: 0, step: 1, "aria-label": "Frame", value: 0, on: { input: () => this.#player.seek(Number(this.#slider.value)) } });
  #track = el("div.strip-track", {}, this.#strip, this.#head, this.#slider);
  element = el("div.timeline", { hidden: true }, this.#names, this.#track);

  constructor(player) {
    this.#player = player;
    player.addEventListener("frame", () => this.#moved());
    this.#track.addEventListener("pointerdown", event => this.#grab(event));
    this.#slider.addEventListener("keydown", event => this.#pressed(event));
    new ResizeObserver(() => this.draw()).observe(this.#track);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    addEventListener("phenaki:theme", () => this.draw());
  }

  /** Shows a story; null for none. */
  show(story) {
    this.#story = story;
    this.planned();
  }

  /** The story is planned. */
  planned() {
    const story = this.#story;
    this.element.hidden = !story?.plan;
    if (!story?.plan) {
      return;
    }

    this.#slider.max = String(story.length - 1);
    this.#names.replaceChildren(...story.scenes.map((scene, number) => el(
      "li",
      { data: { frames: scene.frames } },
      el(
        "button.strip-name",
        { type: "button", title: scene.prompt, on: { click: () => this.#player.seek(scene.start) } },
        el("span.visually-hidden", {}, "Go to scene "),
        el("span.strip-number", {}, `${number + 1} `),
        el("span.strip-prompt", {}, scene.prompt)))));
    for (const item of this.#names.children) {
      item.style.flexGrow = item.dataset.frames;
    }

    this.#moved();
    this.draw();
  }

  /** Draws anew, once for all that happened since the last picture. */
  draw() {
    this.#hasNews = true;
    if (this.#isDrawn) {
      this.#isDrawn = false;
      requestAnimationFrame(() => {
        this.#isDrawn = true;
        if (this.#hasNews) {
          this.#hasNews = false;
          this.#paint();
        }
      });
    }
  }

  #paint() {
    const story = this.#story;
    const width = this.#track.clientWidth;
    if (!story?.plan || width === 0) {
      return;
    }

    const dense = devicePixelRatio || 1;
    this.#strip.width = Math.round(width * dense);
    this.#strip.height = Math.round(height * dense);
    const context = this.#strip.getContext("2d");
    context.scale(dense, dense);
    const colours = getComputedStyle(this.#track);
    const [empty, accent] = [colours.outlineColor, colours.color];
    const aspect = story.plan.width / story.plan.height;
    for (const scene of story.scenes) {
      const [left, right] = [this.#x(scene.start, width), this.#x(scene.start + scene.frames - 1e-9, width)];
      context.save();
      context.beginPath();
      context.roundRect(left, 0, Math.max(2, right - left), height, 7);
      context.clip();
      context.fillStyle = empty;
      context.fillRect(left, 0, right - left, height);
      const cells = Math.max(1, Math.round((right - left) / (height * aspect)));
      const cellWidth = (right - left) / cells;
      for (let i = 0; i < cells; i++) {
        const frame = scene.start + Math.floor((i + .5) / cells * scene.frames);
        const hasBegun = scene.start + i / cells * scene.frames < story.frames.count;
        const rgb = story.frames.at(frame) ?? (hasBegun ? story.frames.at(story.frames.count - 1) : undefined);
        if (rgb) {
          this.#paintCell(context, rgb, left + i * cellWidth, cellWidth);
        }
      }

      // What of the last cell has no frame yet is empty again.
      const made = this.#x(Math.min(Math.max(story.frames.count, scene.start), scene.start + scene.frames), width);
      if (story.frames.count < scene.start + scene.frames) {
        context.fillStyle = empty;
        context.fillRect(Math.max(left, made), 0, right - made, height);
        this.#paintWork(context, scene, left, right, width, accent);
      }

      context.restore();
    }
  }

  #paintCell(context, rgb, left, cellWidth) {
    const { width, height: tall } = this.#story.plan;
    drawFrame(this.#cell, rgb, width, tall);

    // The middle of the frame, as high as the strip.
    const scale = Math.max(cellWidth / width, height / tall);
    const [w, h] = [cellWidth / scale, height / scale];
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#cell, (width - w) / 2, (tall - h) / 2, w, h, left, 0, cellWidth + .5, height);
  }

  #paintWork(context, scene, left, right, width, accent) {
    const story = this.#story;
    const progress = story.progress;
    if (!progress || story.scenes[progress.scene] !== scene) {
      return;
    }

    const from = Math.max(left, this.#x(story.frames.count, width));
    const clip = Math.max(4, Math.min((right - left) / scene.clipCount, right - from));
    context.globalAlpha = .18;
    context.fillStyle = accent;
    context.fillRect(from, 0, clip, height);
    context.globalAlpha = .85;
    context.fillRect(from, height - 4, clip * progress.step / progress.steps, 4);
    context.globalAlpha = 1;
  }

  /** Where a frame begins, in pixels from the left. */
  #x(frame, width) {
    const scenes = this.#story.scenes;
    const share = (width - gap * (scenes.length - 1)) / this.#story.length;
    return frame * share + gap * this.#story.sceneOf(Math.floor(frame));
  }

  #moved() {
    const story = this.#story;
    if (!story?.plan) {
      return;
    }

    const position = this.#player.position;
    const scene = story.sceneOf(position);
    this.#slider.value = String(position);
    this.#slider.setAttribute("aria-valuetext", `Frame ${position + 1} of ${story.length}, scene ${scene + 1}`);
    const share = this.#x(position, this.#track.clientWidth) / Math.max(1, this.#track.clientWidth);
    this.#head.style.left = `${share * 100}%`;
    for (const [number, item] of [...this.#names.children].entries()) {
      item.classList.toggle("is-current", number === scene);
    }
  }

  #grab(event) {
    const seek = at => {
      const box = this.#track.getBoundingClientRect();
      this.#player.seek(Math.floor((at.clientX - box.left) / box.width * this.#story.length));
    };
    this.#player.pause();
    this.#track.setPointerCapture(event.pointerId);
    seek(event);
    const stop = new AbortController();
    this.#track.addEventListener("pointermove", seek, { signal: stop.signal });
    for (const end of ["pointerup", "pointercancel"]) {
      this.#track.addEventListener(end, () => stop.abort(), { once: true });
    }
  }

  #pressed(event) {
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      const scene = this.#story.sceneOf(this.#player.position) + (event.key === "PageDown" ? 1 : -1);
      this.#player.seek(this.#story.scenes[Math.max(0, Math.min(scene, this.#story.scenes.length - 1))].start);
    }
  }
}

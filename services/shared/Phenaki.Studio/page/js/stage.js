import { fetchVideo } from "./api.js";
import { Disc } from "./disc.js";
import { announce, button, el, icon, setIcon, toast } from "./dom.js";
import { menu } from "./menu.js";
import { drawFrame } from "./pixels.js";
import { Player } from "./player.js";
import { stateWords } from "./story.js";
import { Timeline } from "./timeline.js";

const smoothName = "phenaki.smooth";

/** Where the film is seen: the picture, the strip below it, and what plays it. */
export class Stage {
  #story = null;
  #disc = new Disc();
  #picture = el("canvas.picture", { role: "img", "aria-label": "No frame yet" });
  #glow = el("canvas.glow", { "aria-hidden": "true" });
  #work = el("div.screen-work", { hidden: true }, this.#disc.element, this.workWords = el("span.numeric", {}));
  #empty = el(
    "div.screen-empty",
    {},
    new Disc(12).element,
    el("p", {}, "Your film appears here"),
    el("p.small", {}, "Write what happens, scene by scene, and make it."));
  #screen = el("div.screen", { on: { click: () => this.#clicked() } }, this.#picture, this.#empty, this.#work);
  #caption = el("p.caption", {});
  #state = el("span.chip", {});
  #notice = el("p.notice", { hidden: true });
  #time = el("span.time.numeric", {});
  #stop;
  #busy = null;
  #hasBegun = false;

  /** @param {object} on what happens: stop(), frame(position) */
  constructor(on) {
    this.on = on;
    this.player = new Player();
    this.timeline = new Timeline(this.player);
    this.#stop = button("button.button.is-small", "Stop", "stop", () => on.stop());
    this.playButton = button("button.icon-button.play", "Play", "play", () => this.player.toggle());
    this.loopButton = button("button.icon-button.is-roomy", "Play again and again", "loop", () => this.#toggleLoop(), { "aria-pressed": "true" });
    this.pixelButton = button("button.icon-button.is-roomy", "Show the model’s own pixels", "pixels", () => this.#toggleSmooth(), { "aria-pressed": "false" });
    this.#controls = el(
      "div.controls",
      { role: "group", "aria-label": "Player" },
      button("button.icon-button", "Frame back", "back", () => this.#step(-1)),
      this.playButton,
      button("button.icon-button", "Frame forward", "forward", () => this.#step(1)),
      this.#time,
      el("span.grow", {}),
      this.loopButton,
      this.pixelButton,
      menu("Save the film, and more", "save", () => [...this.#formats(), ...this.#others()]),
      button("button.icon-button", "Full screen", "full", () => this.#screen.requestFullscreen?.()));
    this.element = el(
      "section.stage",
      { "aria-labelledby": "stage-title" },
      el("div.stage-head", {}, el("h2.visually-hidden", { id: "stage-title" }, "Film"), this.#state, el("span.grow", {}), this.#stop),
      el("div.screen-frame", {}, this.#glow, this.#screen),
      this.#caption,
      this.timeline.element,
      this.#controls,
      this.#notice);
    this.player.addEventListener("frame", () => this.#showFrame());
    this.player.addEventListener("state", () => this.#showPlaying());
    this.#applySmooth(read(smoothName) !== "no");
    this.show(null);
  }

  #controls;

  /** Shows a story; null for none. */
  show(story) {
    this.#story = story;
    this.#hasBegun = false;
    this.element.classList.toggle("is-empty", story === null);
    this.player.load(story?.frames ?? null);
    this.timeline.show(story);
    this.#picture.hidden = true;
    this.#glow.hidden = true;
    this.#empty.hidden = story !== null;
    this.#controls.hidden = story === null;
    this.#caption.textContent = "";
    this.notice("");
    this.changed("state");
  }

  /** Something of the story has changed. */
  changed(what) {
    const story = this.#story;
    if (story?.plan && what === "plan") {
      this.player.plan(story.length, story.plan.rate);
      this.element.style.setProperty("--aspect", String(story.plan.width / story.plan.height));
      this.timeline.planned();
      if (!this.#hasBegun && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
        this.player.play();
      }

      this.#hasBegun = true;
    }

    if (what === "frame") {
      this.player.arrived();
      if (story.frames.isFull) {
        this.notice("The film is too long to be shown here as a whole. The file that you save has all of it.");
      }
    }

    if (what === "state" && story?.plan && story.isFinal) {
      // There will be no more, whatever was planned.
      this.player.plan(story.frames.count, story.plan.rate);
    }

    if (what === "frame" || what === "progress" || what === "scene") {
      this.timeline.draw();
    }

    this.#showWork();
    this.#showState();
    this.#showTime();
  }

  /** Says something about the story as a whole; nothing to say nothing. */
  notice(words, kind = "") {
    this.#notice.hidden = !words;
    this.#notice.className = `notice ${kind}`;
    this.#notice.replaceChildren(...(words ? [icon(kind === "is-waiting" ? "again" : "warn"), el("span", {}, words)] : []));
  }

  /** A key that belongs to nothing else. */
  pressed(event) {
    const keys = {
      " ": () => this.player.toggle(),
      k: () => this.player.toggle(),
      ArrowLeft: () => this.#step(event.shiftKey ? -this.#rate : -1),
      ArrowRight: () => this.#step(event.shiftKey ? this.#rate : 1),
      Home: () => this.player.seek(0),
      End: () => this.player.seek(this.player.count - 1),
      f: () => this.#screen.requestFullscreen?.(),
      l: () => this.#toggleLoop(),
    };
    if (this.#story?.plan && keys[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      keys[event.key]();
    }
  }

  get #rate() {
    return Math.max(1, Math.round(this.#story.plan.rate));
  }

  #clicked() {
    if (this.player.count > 0) {
      this.player.toggle();
    }
  }

  #step(by) {
    this.player.pause();
    this.player.seek(this.player.position + by);
  }

  #showFrame() {
    const story = this.#story;
    const rgb = story?.frames.at(this.player.position);
    if (rgb) {
      const { width, height } = story.plan;
      this.#picture.hidden = false;
      this.#glow.hidden = false;
      drawFrame(this.#picture, rgb, width, height);
      drawFrame(this.#glow, rgb, width, height);
      const scene = story.sceneOf(this.player.position);
      this.#picture.setAttribute("aria-label", `Frame ${this.player.position + 1} of ${story.length}, scene ${scene + 1}: ${story.scenes[scene].prompt}`);
      if (this.#caption.textContent !== story.scenes[scene].prompt) {
        this.#caption.textContent = story.scenes[scene].prompt;
      }
    }

    this.#showTime();
    this.#showWork();
    this.on.frame(this.player.position);
  }

  #showTime() {
    const story = this.#story;
    if (story?.plan) {
      const at = this.player.count === 0 ? 0 : this.player.position + 1;
      this.#time.replaceChildren(
        el("span", {}, seconds(at / story.plan.rate)), el("span.soft", {}, ` / ${seconds(story.length / story.plan.rate)}`), el("span.time-frames.soft", {}, ` · frame ${at} of ${story.length}`));
    } else {
      this.#time.textContent = "";
    }
  }

  #showPlaying() {
    const isPlaying = this.player.isPlaying;
    setIcon(this.playButton, isPlaying ? "pause" : "play");
    const words = isPlaying ? "Pause" : "Play";
    this.playButton.setAttribute("aria-label", words);
    this.playButton.title = words;
  }

  // Said over the picture for as long as it is being waited for.
  #showWork() {
    const story = this.#story;
    const isWorking = story !== null && !story.isFinal;
    this.#work.hidden = !isWorking;
    this.#work.classList.toggle("is-large", isWorking && story.frames.count === 0);
    this.#work.classList.toggle("is-turning", isWorking && story.connection === "live" && !story.waiting);
    if (!isWorking) {
      return;
    }

    if (story.progress) {
      this.#disc.show(story.progress.step, story.progress.steps);
      const scenes = story.scenes.length > 1 ? `Scene ${story.progress.scene + 1} of ${story.scenes.length}, ` : "";
      this.workWords.textContent = `${scenes}step ${story.progress.step} of ${story.progress.steps}`;
    } else {
      this.#disc.clear();
      this.workWords.textContent = story.waiting ? (story.waiting.isPaused ? "Paused" : "Waiting for your direction")
        : story.state === "STORY_STATE_QUEUED" ? "Waiting for its turn"
        : story.plan ? "Reading the clip" : "Reading the story";
    }
  }

  #showState() {
    const story = this.#story;
    this.#state.hidden = story === null;
    this.#stop.hidden = story === null || story.isFinal || story.isDirected;
    if (story) {
      const look = { STORY_STATE_SUCCEEDED: "is-kept", STORY_STATE_FAILED: "is-bad", STORY_STATE_CANCELLED: "", STORY_STATE_RUNNING: "is-work", STORY_STATE_QUEUED: "" }[story.state] ?? "";
      const isResting = !story.isFinal && story.waiting !== null;
      const words = story.connection === "lost" ? "Reconnecting" : isResting ? (story.waiting.isPaused ? "Paused" : "Waiting for you") : stateWords[story.state] ?? "Waiting";
      this.#state.className = `chip ${story.connection === "lost" || isResting ? "" : look}`;
      const count = story.plan && !story.isFinal ? ` · ${story.frames.count} of ${story.length} frames` : "";
      this.#state.replaceChildren(look === "is-kept" ? icon("check") : el("span.chip-dot", {}), words + count);
    }
  }

  #toggleLoop() {
    this.player.isLooping = !this.player.isLooping;
    this.loopButton.setAttribute("aria-pressed", String(this.player.isLooping));
    announce(this.player.isLooping ? "Plays again and again." : "Plays once.");
  }

  #toggleSmooth() {
    this.#applySmooth(this.#picture.classList.contains("is-pixelated"));
  }

  #applySmooth(isSmooth) {
    this.#picture.classList.toggle("is-pixelated", !isSmooth);
    this.pixelButton.setAttribute("aria-pressed", String(!isSmooth));
    try {
      localStorage.setItem(smoothName, isSmooth ? "yes" : "no");
    } catch {
      // Then it lasts as long as the page.
    }
  }

  #formats() {
    const story = this.#story;
    const isWhole = story?.state === "STORY_STATE_SUCCEEDED";
    return [
      ["mp4", "MP4", "for everywhere"],
      ["webp", "WebP", "every pixel"],
      ["gif", "GIF", "for old places"],
    ].map(([format, label, note]) => ({ label, note: isWhole ? note : "when complete", symbol: "film", isDisabled: !isWhole || this.#busy !== null, act: () => this.#save(format) }));
  }

  // What there is no room for on a telephone.
  #others() {
    return this.loopButton.offsetParent !== null ? [] : [
      { label: this.player.isLooping ? "Play once" : "Play again and again", symbol: "loop", act: () => this.#toggleLoop() },
      { label: this.#picture.classList.contains("is-pixelated") ? "Show it smooth" : "Show the model’s own pixels", symbol: "pixels", act: () => this.#toggleSmooth() },
    ];
  }

  async #save(format) {
    const story = this.#story;
    this.#busy = format;
    toast("The film is being written. It is saved as soon as it is ready.");
    try {
      const file = await fetchVideo(story.id, format);
      const link = el("a", { href: URL.createObjectURL(file), download: `${fileName(story)}.${format}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (failure) {
      toast(`The film could not be saved. ${failure.message}`, "bad");
    } finally {
      this.#busy = null;
    }
  }
}

const fileName = story => story.request.scenes[0].prompt.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/gu, "").slice(0, 48) || "story";

/** As in "0:03.2". */
export function seconds(value) {
  const tenths = Math.round(value * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

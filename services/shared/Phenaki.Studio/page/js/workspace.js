import { ApiError, cancelStory, createStory, getStory } from "./api.js";
import { announce, button, el, icon, toast } from "./dom.js";
import { Direction } from "./direction.js";
import { Editor } from "./editor.js";
import { openingOfFrames } from "./opening.js";
import { drawRequestId, keepOpening, openingOf, Script } from "./script.js";
import { seconds, Stage } from "./stage.js";
import { Story } from "./story.js";

/** Where a story is written and watched: the script on one side, the film on the other. */
export class Workspace {
  #model;
  #script = null;
  #story = null;
  #unread = false;
  #request = { id: drawRequestId(), body: "" };
  #summary = el("p.summary", { role: "status" });
  #make;
  #direct;
  #gone;
  #isSending = false;
  #wasLost = false;
  #saidScene = -1;
  #markedScene = -1;

  constructor(model) {
    this.#model = model;
    this.stage = new Stage({ stop: () => this.#stop(), frame: position => this.#marked(position) });
    this.editor = new Editor(model, { seek: frame => this.stage.player.seek(frame) });
    this.direction = new Direction(model, { seek: frame => this.stage.player.seek(frame) });
    this.#make = button("button.button.primary.large", "Make the film", "film", () => this.#makeStory(false));
    this.#direct = button("button.button.large", "Direct live", "send", () => this.#makeStory(true));
    this.#direct.title = "Makes it while you say what happens next";
    this.actions = el("div.actions", {}, this.#summary, el("div.actions-buttons", {}, this.#direct, this.#make));
    this.#gone = el("section.empty", { "aria-labelledby": "gone-title" });
    this.element = el("div.workspace", {}, el("div.side", {}, this.editor.element, this.direction.element, this.actions), this.stage.element, this.#gone);
    this.element.addEventListener("keydown", event => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !this.#make.disabled && !this.actions.hidden) {
        event.preventDefault();
        this.#makeStory(false);
      }
    });
  }

  /** Shows a new story, or the one with an id. */
  open(id) {
    this.close();
    this.#script = new Script(id ?? "new", this.#model.defaultSceneFrames);
    this.#script.addEventListener("change", event => {
      if (event.detail === "whole") {
        this.editor.reload();
      }

      this.#show();
    });
    if (id === null) {
      this.#script.load();
      this.#begin(null);
      return;
    }

    const story = new Story(id);
    this.#begin(story);
    story.addEventListener("change", event => this.#changed(story, event.detail));
    story.open().catch(failure => this.#failed(story, failure));
  }

  /** Stops watching. */
  close() {
    this.#story?.close();
    this.#story = null;
  }

  /** A key that belongs to nothing else. */
  pressed(event) {
    this.stage.pressed(event);
  }

  focus() {
    this.editor.focus();
  }

  #begin(story) {
    this.#story = story;
    this.#unread = story !== null;
    this.element.classList.remove("is-gone");
    this.editor.title.textContent = story ? "Story" : "New story";
    this.editor.show(this.#script, story);
    this.direction.show(story);
    this.stage.show(story);
    this.editor.element.classList.toggle("is-reading", this.#unread);
    this.#show();
  }

  #changed(story, what) {
    if (story !== this.#story) {
      return;
    }

    if (what === "request" && (this.#unread || (story.isDirected && this.#script.isUnchanged))) {
      this.#unread = false;
      this.#readMade(story);
    }

    this.stage.changed(what);
    if (what !== "frame" && what !== "progress") {
      this.direction.changed();
      this.#show();
    }

    this.#tell(story, what);
  }

  async #readMade(story) {
    let opening = openingOf(story.id);
    if (!opening) {
      // Written elsewhere: the service has the frames that were used.
      const whole = await getStory(story.id, undefined, true).catch(() => null);
      opening = openingOfFrames((whole?.request?.openingFrames ?? []).map(frame => frame.rgb));
    }

    if (story === this.#story) {
      this.editor.element.classList.remove("is-reading");
      this.#script.setMade(story.request, story.seed, opening);
    }
  }

  #tell(story, what) {
    if (what === "connection") {
      const isLost = story.connection === "lost";
      if (isLost || this.#wasLost) {
        // At no other time: why a story failed stays to be read when its connection ends.
        this.stage.notice(isLost ? "The server cannot be reached. The story is kept there, and goes on here as soon as it is back." : "", "is-waiting");
        announce(isLost ? "The connection is lost. Trying again." : "Connected again.");
      }

      this.#wasLost = isLost;
    } else if (what === "state" && story.isFinal) {
      if (story.state === "STORY_STATE_FAILED") {
        this.stage.notice(`The story failed: ${story.error?.message ?? "the server did not say why."}`, "is-bad");
      } else if (story.frames.count === 0) {
        this.stage.notice("It was stopped before its first frame.");
      }

      announce({ STORY_STATE_SUCCEEDED: "The film is complete.", STORY_STATE_FAILED: "The story failed.", STORY_STATE_CANCELLED: "The story is stopped." }[story.state]);
    } else if (what === "scene") {
      const work = story.scenes.findIndex(scene => scene.status === "work");
      if (work >= 0 && work !== this.#saidScene) {
        announce(`Scene ${work + 1} of ${story.scenes.length} is in work.`);
      }

      this.#saidScene = work;
    }
  }

  #failed(story, failure) {
    if (story !== this.#story) {
      return;
    }

    this.editor.element.classList.remove("is-reading");
    const isGone = failure instanceof ApiError && failure.status === 404;
    if (isGone) {
      // Nothing of it can be shown: neither a film nor what it was made of.
      this.element.classList.add("is-gone");
      this.#gone.replaceChildren(
        icon("film"),
        el("h1", { id: "gone-title" }, "This story is not there"),
        el("p.soft", {}, "It may have expired or been deleted."),
        el("a.button.primary", { href: "#/library" }, el("span", {}, "Look in the library")));
    } else {
      this.stage.notice(failure.message, "is-bad");
    }

    announce(isGone ? "This story is not there." : failure.message, true);
    if (!(failure instanceof ApiError)) {
      throw failure;
    }
  }

  // The buttons, and what they would do.
  #show() {
    const script = this.#script;
    const story = this.#story;
    const next = this.editor.mark(this.stage.player.position);
    const isDirecting = story !== null && story.isDirected && !story.isFinal;
    this.editor.element.hidden = isDirecting;
    this.actions.hidden = isDirecting;
    const scenes = script.written;
    const frames = scenes.reduce((sum, scene) => sum + scene.frames, 0);
    const isChange = script.made !== null;
    const isSame = script.isUnchanged;
    const isWhole = isSame && story?.state === "STORY_STATE_SUCCEEDED";
    const isWorking = story !== null && !story.isFinal;
    const isWaiting = this.#unread || (isSame && isWorking);
    this.#make.disabled = scenes.length === 0 || isWhole || isWaiting || this.#isSending;
    this.#make.querySelector("span").textContent = this.#isSending ? "Sending" : isChange && !isSame ? "Make the changes" : isWhole ? "Made" : isWaiting && isWorking ? "In work" : isChange ? "Go on making it" : "Make the film";
    this.actions.classList.toggle("is-idle", isWhole || isWaiting);
    this.#direct.hidden = isChange;
    this.#direct.disabled = this.#make.disabled;
    const length = `${scenes.length} ${scenes.length === 1 ? "scene" : "scenes"} · ${seconds(frames / this.#model.framesPerSecond)}`;
    const words = scenes.length === 0 ? "Write what happens in the first scene."
      : isChange && !isSame ? `${whatBecomes(next)}${isWorking ? " What is in work is stopped." : ""}`
      : length;
    if (this.#summary.textContent !== words) {
      this.#summary.textContent = words;
    }
  }

  #marked(position) {
    if (this.#story?.plan) {
      const scene = this.#story.sceneOf(position);
      if (scene !== this.#markedScene) {
        this.#markedScene = scene;
        this.editor.mark(position);
      }
    }
  }

  async #makeStory(isDirected) {
    const script = this.#script;
    const request = script.toRequest();
    if (request.scenes.length === 0 || this.#isSending) {
      return;
    }

    // The same request keeps its name, so that a lost answer does not make two stories of it.
    const body = JSON.stringify([request, isDirected]);
    if (this.#request.body !== body) {
      this.#request = { id: drawRequestId(), body };
    }

    this.#isSending = true;
    this.#show();
    try {
      if (this.#story !== null && !this.#story.isFinal) {
        await cancelStory(this.#story.id).catch(() => {});
      }

      const made = await createStory(this.#request.id, request, isDirected);
      keepOpening(made.id, script.opening);
      script.forget();
      this.#request = { id: drawRequestId(), body: "" };
      location.hash = `#/stories/${made.id}`;
    } catch (failure) {
      if (!(failure instanceof ApiError)) {
        throw failure;
      }

      this.editor.refuse(failure.violations);
      toast(failure.violations.length > 0 ? "Something in the story needs another look." : failure.message, "bad");
    } finally {
      this.#isSending = false;
      this.#show();
    }
  }

  async #stop() {
    try {
      await cancelStory(this.#story.id);
    } catch (failure) {
      toast(`It could not be stopped. ${failure.message}`, "bad");
    }
  }
}

/** As in "2 scenes are kept, 1 in part, 3 run again." */
function whatBecomes(scenes) {
  const count = (...names) => scenes.filter(({ fate }) => names.includes(fate)).length;
  const [kept, part, again, rest] = [count("kept"), count("part"), count("again"), count("new", "open")];
  const words = [];
  if (kept > 0 || part === 0) {
    words.push(kept === 0 ? "No scene is kept" : kept === 1 ? "1 scene is kept" : `${kept} scenes are kept`);
  }

  if (part > 0) {
    words.push(kept > 0 ? `${part} in part` : part === 1 ? "1 scene is kept in part" : `${part} scenes are kept in part`);
  }

  if (again > 0) {
    words.push(again === 1 ? "1 runs again" : `${again} run again`);
  }

  if (rest > 0) {
    words.push(rest === 1 ? "1 is to be made" : `${rest} are to be made`);
  }

  return `${words.join(", ")}.`;
}

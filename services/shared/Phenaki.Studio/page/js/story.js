import { ApiError, getStory, watchStory } from "./api.js";
import { Frames } from "./frames.js";
import { fromBase64 } from "./pixels.js";

/** States as people read them. */
export const stateWords = {
  STORY_STATE_QUEUED: "Waiting",
  STORY_STATE_RUNNING: "In work",
  STORY_STATE_SUCCEEDED: "Complete",
  STORY_STATE_FAILED: "Failed",
  STORY_STATE_CANCELLED: "Stopped",
};

/** True for a state that a story stays in. */
export const isFinal = state => state === "STORY_STATE_SUCCEEDED" || state === "STORY_STATE_FAILED" || state === "STORY_STATE_CANCELLED";

/**
 * A story of the server as far as it is known here. Watches it for as long as it is open, and after every break goes on behind the last
 * event that it has seen. Fires "change" with what has changed: plan, scene, progress, frame, state, connection.
 */
export class Story extends EventTarget {
  frames = new Frames();

  /** Frames that the service had when it was last asked: those that come by watching may be behind. */
  framesMade = 0;

  /** What was asked for, with the seed that was used. */
  request = null;
  state = "STORY_STATE_QUEUED";
  error = null;

  /** Size, rate and scenes; null before the service has planned. */
  plan = null;

  /** For each scene: "waiting", "work" or "done"; and how its clips came about. */
  scenes = [];

  /** The step of the clip in work; null between two clips. */
  progress = null;
  finished = null;

  /** True for a story that takes commands while it is made. */
  isDirected = false;
  isPaused = false;

  /** True where it takes no more scenes. */
  isEnding = false;

  /** What a directed story waits for; null while it is made. */
  waiting = null;

  /** "live", "connecting", "lost" or "ended". */
  connection = "connecting";
  #last = "0";
  #stop = new AbortController();
  #reading = 0;

  constructor(id) {
    super();
    this.id = id;
  }

  /** Frames of the whole story. */
  get length() {
    return this.plan?.frames ?? 0;
  }

  get isFinal() {
    return isFinal(this.state);
  }

  /** Number of the scene that a frame belongs to. */
  sceneOf(frame) {
    let scene = 0;
    while (scene + 1 < this.scenes.length && this.scenes[scene + 1].start <= frame) {
      scene++;
    }

    return scene;
  }

  /** Reads what was asked for, then watches until the story has ended. Resolves when it has, or was closed. */
  async open() {
    const signal = this.#stop.signal;
    let wait = 300;
    while (!signal.aborted) {
      try {
        await this.#read(signal);
        wait = 300;
        for await (const item of watchStory(this.id, this.#last, signal)) {
          this.#connect("live");
          wait = 300;
          this.#take(item);
        }

        if (this.isFinal) {
          await this.#ended(signal);
          return;
        }
      } catch (failure) {
        if (signal.aborted) {
          return;
        }

        if (!(failure instanceof ApiError) || (!failure.passes && failure.status !== 429)) {
          this.#connect("ended");
          throw failure;
        }

        wait = Math.max(wait, failure.retryAfter * 1000);
      }

      this.#connect("lost");
      await pause(wait, signal);
      wait = Math.min(wait * 1.7, 4000);
    }
  }

  /** Stops watching; the story goes on. */
  close() {
    this.#stop.abort();
  }

  // A directed story is in the end another one than was asked for.
  async #ended(signal) {
    if (this.isDirected) {
      await this.#read(signal);
    }

    this.#connect("ended");
  }

  async #read(signal) {
    const story = await getStory(this.id, signal);
    this.request = story.request;
    this.seed = story.seed;
    this.framesMade = story.framesMade ?? 0;
    this.createTime = story.createTime;
    this.isDirected = Boolean(story.direction);
    this.isPaused = story.direction?.isPaused ?? false;
    this.isEnding = story.direction?.isEnding ?? false;
    this.waiting = story.direction?.waiting ? { isPaused: story.direction.waiting.isPaused ?? false } : null;
    if (this.isDirected && this.plan) {
      this.#replan(story);
    }

    this.#set("request");
  }

  /** Scenes that were added, changed and taken away; those that have begun are where their frames are. */
  #replan(story) {
    this.plan.frames = story.frames || this.plan.frames;
    const style = story.request.style ? `, ${story.request.style}` : "";
    let start = 0;
    this.scenes = story.request.scenes.map((scene, number) => {
      const known = this.scenes[number];
      const hasBegun = known !== undefined && known.status !== "waiting";
      start = hasBegun ? known.start : start;
      const next = this.scenes[number + 1];
      const frames = hasBegun && next !== undefined && next.status !== "waiting" ? next.start - start : scene.frames;
      const planned = {
        prompt: hasBegun ? known.prompt : style ? scene.prompt.replace(/\.+$/u, "") + style : scene.prompt,
        frames,
        clipCount: known?.clipCount ?? 1,
        unknownWords: hasBegun ? known.unknownWords : [],
        start,
        status: hasBegun ? known.status : "waiting",
        clips: known?.clips ?? [],
      };
      start += frames;
      return planned;
    });
    this.plan.frames = Math.max(start, this.frames.count);
    this.#set("plan");
  }

  #take(item) {
    // The number is that of a 64-bit integer, which JSON has as a string.
    const number = String(item.number ?? "0");
    if (number !== "0") {
      this.#last = number;
    }

    if (item.accepted) {
      this.#planned(item.accepted);
    } else if (item.sceneStarted) {
      this.#sceneStarted(item.sceneStarted);
    } else if (item.progress) {
      const { scene = 0, clip = 0, step = 0, steps = 0 } = item.progress;
      this.progress = { scene, clip, step, steps };
      this.waiting = null;
      this.#set("progress");
    } else if (item.frame) {
      this.progress = null;
      const rgb = fromBase64(item.frame.frame.rgb);
      this.frames.add(item.frame.frame.index ?? 0, rgb);
      this.#set("frame");
    } else if (item.sceneFinished) {
      const scene = this.scenes[item.sceneFinished.scene ?? 0];
      scene.status = "done";
      scene.clips = item.sceneFinished.clips ?? [];
      this.#set("scene");
    } else if (item.finished) {
      this.finished = item.finished;
    } else if (item.waiting) {
      this.waiting = { isPaused: item.waiting.isPaused ?? false };
      this.#set("state");
    } else if (item.directed) {
      this.waiting = null;
      this.#directed();
    } else if (item.stateChanged) {
      this.state = item.stateChanged.state;
      this.error = item.stateChanged.error ?? null;
      this.progress = this.isFinal ? null : this.progress;
      this.#set("state");
    }
  }

  #planned(accepted) {
    this.plan = { height: accepted.height, width: accepted.width, rate: accepted.framesPerSecond, frames: accepted.frames };
    let start = 0;
    this.scenes = accepted.scenes.map((scene, number) => {
      const known = this.scenes[number];
      const planned = {
        prompt: scene.prompt,
        frames: scene.frames,
        clipCount: scene.clips,
        unknownWords: scene.unknownWords ?? [],
        start,
        status: known?.status ?? "waiting",
        clips: known?.clips ?? [],
      };
      start += scene.frames;
      return planned;
    });
    this.#set("plan");
  }

  #sceneStarted({ scene: number = 0, planned }) {
    this.waiting = null;
    if (planned) {
      // Of a directed story the scenes may be others by now than those that were accepted.
      const start = this.frames.count;
      this.scenes[number] = { status: "work", clips: [], prompt: planned.prompt, frames: planned.frames, clipCount: planned.clips, unknownWords: planned.unknownWords ?? [], start };
      this.scenes.length = Math.max(this.scenes.length, number + 1);
      if (number > 0) {
        this.scenes[number - 1].frames = start - this.scenes[number - 1].start;
      }

      this.plan.frames = Math.max(this.plan.frames, start + planned.frames);
      this.#set("plan");
    }

    this.scenes[number].status = "work";
    this.#set("scene");
  }

  #directed() {
    clearTimeout(this.#reading);
    this.#reading = setTimeout(() => this.#read(this.#stop.signal).catch(() => {}), 60);
  }

  #connect(connection) {
    if (this.connection !== connection) {
      this.connection = connection;
      this.#set("connection");
    }
  }

  #set(what) {
    this.dispatchEvent(new CustomEvent("change", { detail: what }));
  }
}

/** Clips of a scene that came from the cache: nothing was sampled for them. */
export const keptClips = scene => scene.clips.filter(clip => clip.tokensFromCache || clip.framesFromCache).length;

function pause(milliseconds, signal) {
  return new Promise(resolve => {
    const end = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(end);
      resolve();
    }, { once: true });
  });
}

import { deleteStory, listStories, watchStory } from "./api.js";
import { confirm } from "./confirm.js";
import { announce, button, el, icon, toast } from "./dom.js";
import { drawFrame, fromBase64 } from "./pixels.js";
import { isFinal, stateWords } from "./story.js";

const filters = [
  { label: "All", states: [] },
  { label: "In work", states: ["STORY_STATE_QUEUED", "STORY_STATE_RUNNING"] },
  { label: "Complete", states: ["STORY_STATE_SUCCEEDED"] },
  { label: "Stopped or failed", states: ["STORY_STATE_CANCELLED", "STORY_STATE_FAILED"] },
];

const looks = { STORY_STATE_SUCCEEDED: "is-kept", STORY_STATE_FAILED: "is-bad", STORY_STATE_RUNNING: "is-work" };
const picturesAtATime = 3;
const refreshed = 4000;

/** All stories of the caller, newest first. */
export class Library {
  #model;
  #filter = 0;
  #next = "";
  #stop = new AbortController();
  #grid = el("ul.grid", { "aria-label": "Stories" });
  #empty = el("div.empty", { hidden: true });
  #more;
  #queue = [];
  #running = 0;
  #cards = new Map();
  #seen;

  constructor(model) {
    this.#model = model;
    this.#more = button("button.button", "Show more", "down", () => this.#load(), { hidden: true });
    const tabs = el("fieldset.segments", {}, el("legend.visually-hidden", {}, "Show"), ...filters.map((filter, number) => el(
      "label.segment",
      {},
      el("input", { type: "radio", name: "filter", value: number, checked: number === 0, on: { change: () => this.#choose(number) } }),
      el("span", {}, filter.label))));
    this.element = el(
      "section.library",
      { "aria-labelledby": "library-title" },
      el("div.library-head", {}, el("h1", { id: "library-title" }, "Library"), tabs),
      this.#grid,
      this.#empty,
      el("div.library-more", {}, this.#more));

    // Thumbnails are fetched as they come into sight, some at a time.
    this.#seen = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(entry => {
      this.#seen.unobserve(entry.target);
      this.#queue.push(entry.target);
      this.#fetch();
    }), { rootMargin: "300px" });
  }

  /** Reads the first page, and again while something is in work. */
  async open() {
    this.#skeleton();
    await this.#load(true);
  }

  close() {
    this.#stop.abort();
    this.#seen.disconnect();
  }

  #choose(number) {
    this.#filter = number;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#queue = [];
    this.#skeleton();
    this.#load(true);
  }

  #skeleton() {
    this.#empty.hidden = true;
    this.#more.hidden = true;
    this.#cards.clear();
    this.#grid.setAttribute("aria-busy", "true");
    this.#grid.replaceChildren(...Array.from({ length: 6 }, () => el("li.card.is-loading", { "aria-hidden": "true" }, el("div.card-picture", {}), el("div.card-line", {}), el("div.card-line.is-short", {}))));
  }

  async #load(isFirst = false) {
    const signal = this.#stop.signal;
    this.#more.disabled = true;
    try {
      const page = await listStories({ pageToken: isFirst ? "" : this.#next, states: filters[this.#filter].states }, signal);
      if (isFirst) {
        this.#grid.replaceChildren();
      }

      const stories = page.stories ?? [];
      this.#grid.append(...stories.map(story => this.#card(story)));
      this.#next = page.nextPageToken ?? "";
      this.#more.hidden = !this.#next;
      this.#grid.setAttribute("aria-busy", "false");
      this.#showEmpty();
      if (!isFirst) {
        announce(`${stories.length} more.`);
      }

      this.#refresh(signal);
    } catch (failure) {
      if (!signal.aborted) {
        this.#failed(failure);
      }
    } finally {
      this.#more.disabled = false;
    }
  }

  #failed(failure) {
    this.#grid.replaceChildren();
    this.#grid.setAttribute("aria-busy", "false");
    this.#empty.hidden = false;
    this.#empty.replaceChildren(icon("warn"), el("h2", {}, "The library cannot be read"), el("p.soft", {}, failure.message), button("button.button", "Try again", "again", () => this.open()));
    announce(`The library cannot be read. ${failure.message}`, true);
  }

  #showEmpty() {
    const isEmpty = this.#grid.children.length === 0;
    this.#empty.hidden = !isEmpty;
    this.#empty.replaceChildren(
      icon("film"),
      el("h2", {}, this.#filter === 0 ? "No stories yet" : "None of these"),
      el("p.soft", {}, this.#filter === 0 ? "What you make is kept here, also when you close the page." : "Other stories may be in the library."),
      this.#filter === 0 ? el("a.button.primary", { href: "#/" }, el("span", {}, "Write the first one")) : "");
  }

  #card(story) {
    const scenes = story.request?.scenes ?? [];
    const title = scenes[0]?.prompt ?? "A story";
    const picture = el("div.card-picture", { data: { id: story.id } }, icon("film"));
    const seconds = Math.round((story.frames ?? 0) / this.#model.framesPerSecond * 10) / 10;
    const state = el("span.chip", {});
    const card = el(
      "li.card",
      {},
      el("a.card-link", { href: `#/stories/${story.id}` }, picture, el("span.card-title", {}, title)),
      el("p.card-facts.small.soft", {}, state, el("span", {}, `${scenes.length} ${scenes.length === 1 ? "scene" : "scenes"} · ${seconds} s · ${ago(story.createTime)}`)),
      button("button.icon-button.is-small.card-remove", `Delete: ${title}`, "trash", () => this.#remove(story, card, title)));
    this.#cards.set(story.id, { card, state, picture, story: null });
    this.#told(story);
    return card;
  }

  #told(story) {
    const known = this.#cards.get(story.id);
    if (!known) {
      return;
    }

    const share = story.frames ? Math.floor((story.framesMade ?? 0) / story.frames * 100) : 0;
    known.state.className = `chip is-small ${looks[story.state] ?? ""}`;
    known.state.textContent = story.state === "STORY_STATE_RUNNING" ? `In work, ${share} %` : stateWords[story.state];
    if ((story.framesMade ?? 0) > 0 && !known.picture.dataset.asked) {
      known.picture.dataset.asked = "yes";
      this.#seen.observe(known.picture);
    }

    known.story = story;
  }

  async #remove(story, card, title) {
    if (!(await confirm("Delete this story?", `“${title}” and its film are gone then.`, "Delete"))) {
      return;
    }

    try {
      await deleteStory(story.id);
      const next = card.nextElementSibling ?? card.previousElementSibling;
      card.remove();
      this.#cards.delete(story.id);
      this.#showEmpty();
      (next?.querySelector("a") ?? document.getElementById("main")).focus();
      announce("Deleted.");
    } catch (failure) {
      toast(`It could not be deleted. ${failure.message}`, "bad");
    }
  }

  // One page tells of all that may still change, for as long as anything may.
  #refresh(signal) {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const open = [...this.#cards.values()].filter(({ story }) => !isFinal(story.state));
      if (signal.aborted || open.length === 0) {
        return;
      }

      const page = await listStories({ pageSize: Math.max(24, Math.min(this.#cards.size, 1000)) }, signal).catch(() => null);
      page?.stories?.forEach(story => this.#told(story));
      this.#refresh(signal);
    }, refreshed);
  }

  #fetch() {
    while (this.#running < picturesAtATime && this.#queue.length > 0) {
      this.#running++;
      this.#paint(this.#queue.shift()).finally(() => {
        this.#running--;
        this.#fetch();
      });
    }
  }

  /** The first frame of a story, from its first events. */
  async #paint(picture) {
    const stop = new AbortController();
    this.#stop.signal.addEventListener("abort", () => stop.abort(), { once: true });
    try {
      for await (const item of watchStory(picture.dataset.id, 0, stop.signal)) {
        if (item.frame) {
          const canvas = el("canvas", { "aria-hidden": "true" });
          drawFrame(canvas, fromBase64(item.frame.frame.rgb), this.#model.width, this.#model.height);
          picture.replaceChildren(canvas);
          picture.classList.add("is-there");
          break;
        }
      }
    } catch {
      // A card without a picture is a card.
    } finally {
      stop.abort();
    }
  }
}

const units = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function ago(time) {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  const unit = units.find(([, length]) => -seconds >= length);
  return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}

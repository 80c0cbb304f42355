import { svg } from "./dom.js";

const centre = 32;
const mostSlots = 48;

/**
 * The steps of a clip as the slots of a phenakistiscope: one is lit with every step. Turns while something is in work.
 * Only for the eye: what it shows is said in words beside it.
 */
export class Disc {
  #slots = [];
  #steps = 0;
  #wheel = svg("g", { class: "disc-wheel" });
  element = svg(
    "svg",
    { viewBox: "0 0 64 64", class: "disc", "aria-hidden": "true", focusable: "false" },
    svg("circle", { cx: centre, cy: centre, r: 30.5, class: "disc-rim" }),
    this.#wheel,
    svg("circle", { cx: centre, cy: centre, r: 3.2, class: "disc-hub" }));

  constructor(steps = 12) {
    this.#cut(steps);
  }

  /** Lights the slots of the steps that are done. */
  show(step, steps) {
    this.#cut(steps);
    const lit = Math.round(step / steps * this.#slots.length);
    this.#slots.forEach((slot, number) => slot.classList.toggle("is-lit", number < lit));
  }

  /** Nothing is known of the steps. */
  clear() {
    this.#slots.forEach(slot => slot.classList.remove("is-lit"));
  }

  #cut(steps) {
    if (steps === this.#steps || steps < 1) {
      return;
    }

    this.#steps = steps;
    const count = Math.min(steps, mostSlots);
    this.#slots = Array.from({ length: count }, (_, number) => svg("path", {
      d: `M${centre} 6.5v${count > 24 ? 9 : 11}`,
      transform: `rotate(${number * 360 / count} ${centre} ${centre})`,
      class: count > 24 ? "disc-slot is-thin" : "disc-slot",
    }));
    this.#wheel.replaceChildren(...this.#slots);
  }
}

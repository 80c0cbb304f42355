// Elements without a framework: text is always text, never markup.

const svgSpace = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 * @param {string} name as in "button", or "button.primary.large" with classes
 * @param {object} [properties] attributes; "on" holds listeners, "data" data attributes; null, undefined and false are left out
 * @param {...(Node|string|null|false)} children
 */
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }

    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (key === "data") {
      Object.assign(element.dataset, value);
    } else if (key === "value") {
      element.value = value;
    } else {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }

  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** An element of a drawing. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }

  element.append(...children);
  return element;
}

// Strokes on a grid of 24.
const icons = {
  play: ["M8 5.5v13l10.5-6.5z", "fill"],
  pause: ["M8.5 5.5v13M15.5 5.5v13", "thick"],
  back: ["M15 6l-6 6 6 6"],
  forward: ["M9 6l6 6-6 6"],
  loop: ["M17 3.5l3 3-3 3M20 6.5H8a4 4 0 0 0-4 4v1M7 20.5l-3-3 3-3M4 17.5h12a4 4 0 0 0 4-4v-1"],
  full: ["M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"],
  save: ["M12 4v11M7 10.5l5 5 5-5M5 20h14"],
  stop: ["M7 7h10v10H7z", "fill"],
  plus: ["M12 5v14M5 12h14"],
  minus: ["M5 12h14"],
  more: ["M5.5 12h.01M12 12h.01M18.5 12h.01", "thick"],
  up: ["M12 19V5M6 11l6-6 6 6"],
  down: ["M12 5v14M6 13l6 6 6-6"],
  copy: ["M9 9h10v10H9zM5 15V5h10"],
  trash: ["M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.2 11v5M13.8 11v5"],
  close: ["M6 6l12 12M18 6L6 18"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  again: ["M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5"],
  dice: ["M3.5 7.5h3c6 0 5 9 11 9h3M17.5 13.5l3 3-3 3M3.5 16.5h3c1.9 0 3.1-.9 4-2.1M13.5 9.6c.9-1.2 2.1-2.1 4-2.1h3M17.5 4.5l3 3-3 3"],
  image: ["M4 5.5h16v13H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9.5h.01"],
  sun: ["M12 8.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6zM12 2.5v2.2M12 19.3v2.2M2.5 12h2.2M19.3 12h2.2M5.3 5.3l1.5 1.5M17.2 17.2l1.5 1.5M5.3 18.7l1.5-1.5M17.2 6.8l1.5-1.5"],
  moon: ["M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z"],
  auto: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 3.5v17M12 7.5a4.5 4.5 0 0 1 0 9"],
  key: ["M14.5 4a5.5 5.5 0 1 0 1.6 10.8A5.5 5.5 0 0 0 14.5 4zM10.3 13.7L4 20M6.5 17.5l2.3 2.3M16 8.5h.01"],
  help: ["M9 9.2a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.2-1.6 2.3M12 17.5h.01M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z"],
  edit: ["M4.5 19.5l1-4.2L15.8 5l3.2 3.2L8.7 18.5zM13.5 7.3l3.2 3.2"],
  send: ["M5 12h13M12.5 6l6 6-6 6"],
  film: ["M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4"],
  pixels: ["M4 4h16v16H4zM4 12h16M12 4v16"],
  warn: ["M12 4.5l9 15H3zM12 10v4.5M12 17h.01"],
};

/** A drawing beside or instead of words; the words are for those who cannot see it. */
export function icon(name) {
  const [path, style] = icons[name];
  const drawing = svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });
  const shape = svg("path", { d: path });
  shape.setAttribute("class", style === "fill" ? "icon-fill" : style === "thick" ? "icon-thick" : "icon-line");
  drawing.append(shape);
  return drawing;
}

/** Replaces the drawing of a button. */
export function setIcon(button, name) {
  button.querySelector(".icon").replaceWith(icon(name));
}

/** A button. */
export function button(name, label, symbol, onClick, properties = {}) {
  const isIconOnly = name.split(".").includes("icon-button");
  return el(
    name,
    { type: "button", "aria-label": isIconOnly ? label : null, title: isIconOnly ? label : null, on: { click: onClick }, ...properties },
    symbol ? icon(symbol) : null,
    isIconOnly || !label ? null : el("span", {}, label));
}

/** Says something to those who listen. */
export function announce(words, isUrgent = false) {
  const place = document.getElementById(isUrgent ? "urgent" : "polite");
  place.textContent = "";

  // The same words twice are two pieces of news only when they come apart.
  requestAnimationFrame(() => place.textContent = words);
}

/** Shows something for some seconds, and says it. */
export function toast(words, kind = "plain") {
  const note = el(`div.toast.toast-${kind}`, {}, kind === "bad" ? icon("warn") : null, el("span", {}, words));
  document.getElementById("toasts").append(note);
  announce(words, kind === "bad");
  setTimeout(() => note.remove(), kind === "bad" ? 9000 : 4500);
}

/** True where a key belongs to what is being written or pressed. */
export const takesKeys = target => target instanceof Element && target.closest("input:not([type=range]), textarea, select, button, a, summary, dialog, [role=menu]") !== null;

import { el } from "./dom.js";

const groups = [
  ["Writing", [["Enter", "next scene"], ["Backspace", "in an empty scene: take it away"], ["Alt + ↑ ↓", "move the scene"], ["Ctrl + Enter", "make the film"]]],
  ["Watching", [["Space", "play or pause"], ["← →", "a frame back or forward"], ["Shift + ← →", "a second"], ["Page ↑ ↓", "on the strip: a scene"], ["Home, End", "first or last frame"], ["L", "play again and again"], ["F", "full screen"]]],
];

/** Shows what keys do. */
export function showShortcuts() {
  const dialog = el(
    "dialog.dialog",
    { "aria-labelledby": "keys-title" },
    el(
      "form.dialog-body",
      { method: "dialog" },
      el("h2", { id: "keys-title" }, "By keyboard"),
      ...groups.map(([name, keys]) => el(
        "section.keys",
        {},
        el("h3", {}, name),
        el("dl.keys-list", {}, ...keys.map(([key, words]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, words)))))),
      el("div.dialog-actions", {}, el("button.button.primary", { type: "submit", autofocus: true }, "Good"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

import { button, el } from "./dom.js";

/** Asks before something that cannot be taken back. */
export function confirm(title, words, action) {
  return new Promise(resolve => {
    const dialog = el(
      "dialog.dialog",
      { "aria-labelledby": "confirm-title", "aria-describedby": "confirm-words" },
      el(
        "form.dialog-body",
        { method: "dialog" },
        el("h2", { id: "confirm-title" }, title),
        el("p.soft", { id: "confirm-words" }, words),
        el(
          "div.dialog-actions",
          {},
          button("button.button", "Keep it", null, () => dialog.close("")),
          el("button.button.primary.is-bad", { type: "submit", value: "yes" }, action))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

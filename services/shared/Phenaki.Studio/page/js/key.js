import { key, onKeyWanted } from "./api.js";
import { button, el } from "./dom.js";

let asking = null;

/** Asks for a key whenever the server wants one; calls that wait for it go on with it. */
export function askForKeys() {
  onKeyWanted((refusal, used) => {
    // Another call may have asked meanwhile.
    if (key.get() !== used) {
      return Promise.resolve(true);
    }

    asking ??= showKeyDialog(refusal.message).finally(() => asking = null);
    return asking;
  });
}

/**
 * Shows the dialog.
 * @param {string} [why] what the server said
 * @returns {Promise<boolean>} true when there is a key to try
 */
export function showKeyDialog(why) {
  return new Promise(resolve => {
    const field = el("input.field", { type: "password", id: "key-field", autocomplete: "off", spellcheck: "false", required: true, value: key.get(), "aria-describedby": why ? "key-why" : null });
    const isKept = el("input", { type: "checkbox", id: "key-kept" });
    const form = el(
      "form.dialog-body",
      { method: "dialog" },
      el("h2", { id: "key-title" }, "API key"),
      el("p.soft", {}, why ? "This server is for people with a key. Whoever runs it can give you one." : "Only for servers that ask for one. Whoever runs yours can give you a key."),
      why ? el("p.note.is-bad", { id: "key-why" }, why) : null,
      el("label.label", { for: "key-field" }, "Key"),
      field,
      el("label.check", { for: "key-kept" }, isKept, el("span", {}, "Remember it on this device")),
      el(
        "div.dialog-actions",
        {},
        button("button.button", "Cancel", null, () => dialog.close("")),
        el("button.button.primary", { type: "submit", value: "use" }, "Use this key")));
    const dialog = el("dialog.dialog", { "aria-labelledby": "key-title" }, form);
    dialog.addEventListener("close", () => {
      const isGiven = dialog.returnValue === "use";
      if (isGiven) {
        key.set(field.value.trim(), isKept.checked);
      }

      dialog.remove();
      resolve(isGiven);
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}

import { button, el } from "./dom.js";

/**
 * A button that shows some actions. Closes when one is taken, on Escape, and when the focus or a finger goes elsewhere.
 * @param {string} label
 * @param {string} symbol
 * @param {() => (object|null)[]} items what it offers now: {label, symbol, isBad, isDisabled, note, act}
 * @param {string} look classes of the button
 */
export function menu(label, symbol, items, look = "button.icon-button") {
  const list = el("div.menu-list", { role: "menu", "aria-label": label, hidden: true });
  const opener = button(look, label, symbol, () => list.hidden ? open() : close(true), { "aria-haspopup": "menu", "aria-expanded": "false" });
  const element = el("div.menu", { on: { keydown: pressed, focusout: left } }, opener, list);

  function open() {
    list.replaceChildren(...items().filter(Boolean).map(item => {
      const entry = button(`button.menu-item${item.isBad ? ".is-bad" : ""}`, item.label, item.symbol, () => {
        close(true);
        item.act();
      }, { role: "menuitem", tabindex: -1, disabled: item.isDisabled });
      if (item.note) {
        entry.append(el("span.menu-note", {}, item.note));
      }

      return entry;
    }));
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    list.classList.remove("is-above");
    list.classList.toggle("is-above", list.getBoundingClientRect().bottom > innerHeight - 8 && opener.getBoundingClientRect().top > list.offsetHeight);
    entries()[0]?.focus();
    document.addEventListener("pointerdown", outside);
  }

  function close(givesBack) {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside);
    if (givesBack) {
      opener.focus();
    }
  }

  function outside(event) {
    if (!element.contains(event.target)) {
      close(false);
    }
  }

  function left(event) {
    if (!list.hidden && event.relatedTarget && !element.contains(event.relatedTarget)) {
      close(false);
    }
  }

  function pressed(event) {
    if (list.hidden) {
      return;
    }

    const all = entries();
    const at = all.indexOf(document.activeElement);
    const target = { ArrowDown: all[(at + 1) % all.length], ArrowUp: all[(at - 1 + all.length) % all.length], Home: all[0], End: all.at(-1) }[event.key];
    if (target) {
      event.preventDefault();
      target.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.stopPropagation();
      close(event.key === "Escape");
    }
  }

  const entries = () => [...list.querySelectorAll("[role=menuitem]:not(:disabled)")];
  return element;
}

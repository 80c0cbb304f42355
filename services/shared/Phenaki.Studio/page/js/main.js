import { getModel, key } from "./api.js";
import { announce, button, el, icon, takesKeys } from "./dom.js";
import { askForKeys, showKeyDialog } from "./key.js";
import { Library } from "./library.js";
import { showShortcuts } from "./shortcuts.js";
import { themeSwitch } from "./theme.js";
import { Workspace } from "./workspace.js";

const main = document.getElementById("main");
const links = [...document.querySelectorAll("[data-route]")];
let model = null;
let workspace = null;
let library = null;

askForKeys();
document.getElementById("tools").append(
  button("button.icon-button", "Keyboard", "help", showShortcuts),
  button("button.icon-button", "API key", "key", async () => {
    if (await showKeyDialog()) {
      location.reload();
    }
  }),
  themeSwitch());
addEventListener("hashchange", () => show(true));
addEventListener("keydown", pressed);
await start();

/** Waits for the server, for as long as it takes. */
async function start() {
  main.replaceChildren(el("div.starting", { role: "status" }, el("span.pulse", { "aria-hidden": "true" }), el("p.soft", {}, "Reading what the server can do")));
  for (let wait = 500; model === null; wait = Math.min(wait * 1.6, 5000)) {
    try {
      model = await getModel();
    } catch (failure) {
      if (!failure.passes) {
        refuse(failure.message);
        return;
      }

      main.querySelector("p").textContent = "The server cannot be reached, or is still loading its models. Trying again.";
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }

  workspace = new Workspace(model);
  show(false);
}

function refuse(words) {
  main.replaceChildren(el(
    "div.empty",
    {},
    icon("warn"),
    el("h1", {}, "The studio cannot begin"),
    el("p.soft", {}, words),
    button("button.button.primary", key.get() ? "Try again" : "Try again", "again", start)));
  announce(words, true);
}

function show(isMove) {
  if (model === null) {
    return;
  }

  const [, place, id] = location.hash.match(/^#\/([a-z]*)\/?([0-9a-f]*)$/u) ?? ["", "", ""];
  const route = place === "library" ? "library" : place === "stories" && id ? "story" : "new";
  links.forEach(link => link.dataset.route === route ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current"));
  library?.close();
  library = null;
  if (route === "library") {
    workspace.close();
    library = new Library(model);
    main.replaceChildren(library.element);
    library.open();
  } else {
    workspace.open(route === "story" ? id : null);
    if (main.firstChild !== workspace.element || main.children.length > 1) {
      main.replaceChildren(workspace.element);
    }
  }

  document.title = { library: "Library", story: "Story", new: "New story" }[route] + " · Phenaki Studio";
  if (isMove) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
    announce({ library: "Library", story: "Story", new: "New story" }[route]);
  } else if (route === "new" && matchMedia("(hover: hover)").matches) {
    workspace.focus();
  }
}

function pressed(event) {
  if (takesKeys(event.target)) {
    return;
  }

  if (event.key === "?") {
    event.preventDefault();
    showShortcuts();
  } else if (main.firstChild === workspace?.element) {
    workspace.pressed(event);
  }
}

import { button, setIcon } from "./dom.js";

const name = "phenaki.theme";
const order = ["auto", "light", "dark"];
const words = { auto: "Light or dark as the system", light: "Light", dark: "Dark" };
const symbols = { auto: "auto", light: "sun", dark: "moon" };

/** The switch between light and dark, and what the system says. */
export function themeSwitch() {
  let theme = document.documentElement.dataset.theme ?? "auto";
  const element = button("button.icon-button", "", symbols[theme], () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    apply();
  });
  apply();
  return element;

  function apply() {
    if (theme === "auto") {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = theme;
    }

    try {
      theme === "auto" ? localStorage.removeItem(name) : localStorage.setItem(name, theme);
    } catch {
      // Then it lasts as long as the page.
    }

    setIcon(element, symbols[theme]);
    element.setAttribute("aria-label", `Colours: ${words[theme]}`);
    element.title = `Colours: ${words[theme]}`;
    dispatchEvent(new Event("phenaki:theme"));
  }
}

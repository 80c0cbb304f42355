// Before the first paint, so that nobody who wants the dark sees a flash of light. No module: those wait for the page.
{
  let theme = null;
  try {
    theme = localStorage.getItem("phenaki.theme");
  } catch {
    // No storage, no wish.
  }

  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
}

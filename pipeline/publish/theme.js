// Light or dark: what the reader chose, else what the system says. Runs before anything is drawn.
"use strict";
(() => {
  const KEY = "make-audiobook:theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Storage is refused: the choice holds as long as the page is open.
  }
  const isDark = () => (chosen ? chosen === "dark" : system.matches);
  function show() {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  }
  show();
  system.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-does=theme]")) return;
    chosen = isDark() ? "light" : "dark";
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // As above.
    }
    show();
  });
})();

// The address of a feed is copied; where the page may not write to the clipboard, it is marked.
"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-does=copy]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  field.select();
  // The clipboard is for pages that came over HTTPS; an older way works in all others.
  const done = navigator.clipboard
    ? await navigator.clipboard.writeText(field.value).then(
        () => true,
        () => document.execCommand("copy"),
      )
    : document.execCommand("copy");
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => (button.textContent = "Copy"), 2500);
});

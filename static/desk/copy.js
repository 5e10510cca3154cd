// Copies a snippet. Without a clipboard (plain HTTP) it is selected, ready to be copied by hand.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  text.focus();
  text.select();
  let copied = false;
  try {
    await navigator.clipboard.writeText(text.value);
    copied = true;
  } catch {
    copied = document.execCommand("copy");
  }
  if (!copied) return;
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  button.disabled = true;
  words.textContent = button.dataset.done;
  setTimeout(() => { words.textContent = before; button.disabled = false; }, 1500);
});

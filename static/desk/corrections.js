// A text that is to be corrected begins as it is. What somebody has typed already stays.
"use strict";
document.addEventListener("change", (event) => {
  const about = event.target.closest?.("[data-mends]");
  const text = about?.form.elements.namedItem(about.dataset.mends);
  if (!text || (text.value && text.value !== text.dataset.present)) return;
  const present = about.selectedOptions[0].textContent;
  text.value = text.dataset.present = about.value.startsWith("choice-") ? present.slice(2) : about.value && present;
});

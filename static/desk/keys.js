// The desk by keyboard, where Unfold thinks of a mouse alone.
"use strict";
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[role="tab"]');
  if (!tab) return;
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const onward = getComputedStyle(tab).direction === "rtl" ? -1 : 1;
  const places = { ArrowRight: onward, ArrowLeft: -onward, Home: -tabs.indexOf(tab), End: -1 - tabs.indexOf(tab) };
  if (!(event.key in places)) return;
  event.preventDefault();
  const next = tabs.at((tabs.indexOf(tab) + places[event.key]) % tabs.length);
  next.click();
  next.focus();
});

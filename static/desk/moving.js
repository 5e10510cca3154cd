// The results of an open poll at the desk move by themselves: asked for again and again, more seldom while nothing moves,
// and not in a hidden tab. What moves is changed in place, and nothing is announced but the end.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const line = document.querySelector("[data-moves]");
  if (!line) return;
  const QUICK = 3000, SELDOM = 30000, LATEST = 120000;
  const { moves, pause, resume, out, gone } = line.dataset;
  const asOf = line.querySelector("[data-as-of]"), said = line.querySelector("[role]"), again = line.querySelector("a");
  let tag = line.dataset.tag, pace = QUICK, timer = 0, isPaused = false, isOver = false;

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = pause;

  // Each part of this page that the answer has, too. Nothing where there is none, as in a page that asks who is there.
  const take = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-part]");
    for (const part of fresh) {
      const shown = document.querySelector(`[data-part="${part.dataset.part}"]`);
      if (shown) window.pollsteadMend(shown, part);
    }
    return fresh.length > 0;
  };

  const end = (sentence, lasts) => {
    isOver = true;
    const wasFocused = document.activeElement === button;
    if (lasts) button.replaceWith(again);
    else {
      button.remove();
      asOf.remove();
    }
    said.textContent = sentence;
    if (wasFocused) said.focus();
  };

  const ask = async () => {
    try {
      const answer = await fetch(moves, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      const html = answer.ok ? await answer.text() : "";
      if (isOver || isPaused || document.hidden) return;
      if (answer.redirected && answer.ok) {
        const isHere = take(html);
        end(isHere ? document.querySelector('[data-part="results"]').dataset.said ?? "" : `${out} ${gone}`, !isHere);
      } else if (answer.status === 304) {
        pace = Math.min(pace * 1.5, SELDOM);
      } else if (answer.ok) {
        tag = answer.headers.get("ETag") ?? "";
        pace = QUICK;
        take(html);
      } else if (answer.status < 500 && answer.status !== 429) {
        end(gone, true);
      } else {
        pace = Math.min(pace * 2, LATEST);
      }
      const at = answer.headers.get("As-Of");
      if (at) asOf.textContent = decodeURIComponent(at);
    } catch {
      pace = Math.min(pace * 2, LATEST);
    }
    go();
  };

  const go = (soon = false) => {
    clearTimeout(timer);
    if (isOver || isPaused || document.hidden) return;
    if (soon) pace = QUICK;
    timer = setTimeout(ask, (soon ? QUICK / 8 : pace) * (0.75 + Math.random() / 2));
  };

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? resume : pause;
    go(true);
  });
  again.replaceWith(button);
  document.addEventListener("visibilitychange", () => go(true));
  go();
});

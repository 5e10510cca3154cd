// The preview at the width of a phone, a column and a page; its height follows what it shows.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-preview]").forEach((preview) => {
    const frame = preview.querySelector("iframe");
    const widths = preview.querySelector(".desk-widths");
    const fit = () => {
      const content = frame.contentDocument?.documentElement;
      // Its own border goes off what is inside, which would be scrolled for that.
      const border = frame.offsetHeight - frame.clientHeight;
      if (content && frame.offsetWidth) frame.height = Math.max(200, content.querySelector("body").scrollHeight + border);
    };
    widths.hidden = false;
    widths.addEventListener("click", (event) => {
      const button = event.target.closest("[data-width]");
      if (!button) return;
      widths.querySelectorAll("[data-width]").forEach((one) => one.setAttribute("aria-pressed", one === button));
      frame.width = button.dataset.width;
      requestAnimationFrame(fit);
    });
    frame.addEventListener("load", () => { fit(); new ResizeObserver(fit).observe(frame.contentDocument.body); });
    new ResizeObserver(fit).observe(frame);
  });
});

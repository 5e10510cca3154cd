// Lists with check boxes: one box for all. Codes that are shown once: a warning before they are left.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-picking]").forEach((form) => {
    const all = form.querySelector("[data-all]");
    if (!all) return;
    const boxes = [...form.querySelectorAll('input[name="chosen"]:not(:disabled)')];
    all.closest("label").hidden = boxes.length < 2;
    all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
    form.addEventListener("change", () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    });
  });

  const once = document.querySelector("[data-once]");
  if (!once) return;
  const warn = (event) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  const keep = () => window.removeEventListener("beforeunload", warn);
  once.querySelectorAll("[data-print]").forEach((print) => {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  });
  once.querySelectorAll("[data-kept]").forEach((kept) => kept.addEventListener("click", keep));
  once.querySelectorAll("[data-kept-by-hand]").forEach((kept) => kept.addEventListener("copy", keep));
});

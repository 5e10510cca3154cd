// The editor of themes: what is typed is shown at once, and what would not be saved is said at its field.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const preview = document.querySelector("[data-theme-preview]");
  const form = preview && document.getElementById(preview.dataset.themePreview);
  if (!form) return;
  const frames = [...preview.querySelectorAll("iframe")];
  const region = preview.querySelector("[role=status]");
  let css = "", last = 0, said = "";

  const dress = (frame) => {
    const inside = frame.contentWindow;
    if (!css || !inside?.CSSStyleSheet || !frame.contentDocument) return;
    const sheet = new inside.CSSStyleSheet();
    sheet.replaceSync(css);
    frame.contentDocument.adoptedStyleSheets = [sheet];
  };

  const fit = (frame) => {
    const body = frame.contentDocument?.body;
    const border = frame.offsetHeight - frame.clientHeight;
    if (body && frame.offsetWidth) frame.height = Math.max(200, body.scrollHeight + border);
  };

  const complain = (problems) => {
    form.querySelectorAll(".desk-problem").forEach((line) => line.remove());
    for (const { field, sentence, suggestion } of problems) {
      const input = form.elements[field];
      if (!input) continue;
      const line = document.createElement("p");
      line.className = "desk-problem";
      line.id = `problem-${field}`;
      line.textContent = `${sentence} `;
      if (suggestion) line.append(offer(field, suggestion));
      (input.closest(".desk-colour") || input).after(line);
      input.setAttribute("aria-describedby", line.id);
    }
    const sentences = problems.map(({ sentence }) => sentence).join(" ");
    if (sentences !== said) region.textContent = said = sentences;
  };

  const offer = (field, colour) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "desk-take";
    button.dataset.take = `${field}=${colour}`;
    const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    swatch.setAttribute("aria-hidden", "true");
    swatch.style.background = colour;
    button.append(swatch, preview.dataset.take.replace("{colour}", colour));
    return button;
  };

  const look = async () => {
    const mine = ++last;
    const body = new FormData(form);
    body.set("csrfmiddlewaretoken", preview.dataset.csrf);
    const answer = await fetch(preview.dataset.check, { method: "POST", body });
    if (mine !== last || !answer.ok) return;
    const told = await answer.json();
    if (told.css) css = told.css;
    complain(told.problems);
    frames.forEach(dress);
    frames.forEach(fit);
  };

  let timer;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 120);
  };

  form.querySelectorAll("[data-picker]").forEach((picker) => {
    const text = form.elements[picker.dataset.picker];
    const show = () => (picker.value = /^#[0-9a-f]{6}$/i.test(text.value) ? text.value : "#808080");
    picker.hidden = false;
    picker.addEventListener("input", () => {
      text.value = picker.value;
      soon();
    });
    text.addEventListener("input", show);
    show();
  });
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // The suggestion is taken into its field; what the server had said of it is no longer true.
  form.addEventListener("click", (event) => {
    const button = event.target.closest(".desk-take");
    if (!button) return;
    event.preventDefault();
    const [field, colour] = (button.dataset.take || button.value).split("=");
    const input = form.elements[field];
    input.value = colour;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
    button.closest(".errorlist")?.remove();
  });
  for (const frame of frames) {
    frame.addEventListener("load", () => {
      dress(frame);
      fit(frame);
    });
    new ResizeObserver(() => fit(frame)).observe(frame);
  }
  look();
});

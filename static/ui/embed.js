/* Pollstead: puts a poll where this script stands.

     <script async src="https://polls.example/embed.js" data-poll="which-bridge-first"></script>

   data-title   what screen readers call the frame ("Poll")
   data-height  pixels that the frame has at least; without it 360 are kept free until the poll has said its height
   lang         the poll's language, as on any element; without it that of the place where the poll stands
   data-scheme  light or dark; without it the poll follows this page's own color-scheme, which is light where it is unset

   The frame element tells the page with the events pollstead:resized and pollstead:voted.
   It works under script-src and frame-src alone: no inline style, no inline script, no eval. */
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script) return;
  const origin = new URL(script.src).origin;
  const RESERVED = 360, LOWEST = 80, HIGHEST = 4000;

  const embed = (place, slug) => {
    const { title, height } = place.dataset;
    const styled = getComputedStyle(place).colorScheme.replace("normal", "");
    const scheme = place.dataset.scheme || styled || document.querySelector("meta[name=color-scheme]")?.content || "light";
    const least = Math.min(HIGHEST, Math.max(LOWEST, parseInt(height, 10) || 0));
    const frame = document.createElement("iframe");
    frame.title = title || "Poll";
    frame.loading = "lazy";
    Object.assign(frame.style, { display: "block", width: "100%", border: "0", colorScheme: scheme });
    frame.style.height = `${height ? least : RESERVED}px`;
    const lang = place.closest("[lang]")?.lang;
    frame.src = `${origin}/embed/${encodeURIComponent(slug)}/${lang ? `?${new URLSearchParams({ lang })}` : ""}#${new URLSearchParams({ host: location.origin, scheme })}`;

    const tell = (name, detail) =>
      frame.dispatchEvent(new CustomEvent(`pollstead:${name}`, { bubbles: true, detail: { poll: slug, ...detail } }));

    addEventListener("message", ({ source, origin: sender, data }) => {
      // Two things are understood, from this frame alone; nothing that comes is ever run, followed or shown.
      if (!source || source !== frame.contentWindow || sender !== origin || !data) return;
      if (data.pollstead === "height" && Number.isFinite(data.height)) {
        const fitting = Math.min(HIGHEST, Math.max(least, Math.ceil(data.height)));
        frame.style.height = `${fitting}px`;
        tell("resized", { height: fitting });
      } else if (data.pollstead === "voted") {
        tell("voted");
      }
    });
    return frame;
  };

  if (!customElements.get("pollstead-poll")) {
    customElements.define("pollstead-poll", class extends HTMLElement {
      connectedCallback() {
        const slug = this.getAttribute("slug");
        if (!slug) console.error("<pollstead-poll> needs its attribute slug");
        else if (!this.firstElementChild) this.append(embed(this, slug));
      }
    });
  }
  if (script.dataset.poll) script.after(embed(script, script.dataset.poll));
})();

/* Pollstead: puts a poll where this script stands.

     <script async src="https://polls.example/embed.js" data-poll="which-bridge-first"></script>

   data-title   what screen readers call the frame ("Poll")
   data-height  pixels that the frame has at least; without it 360 are kept free until the poll has said its height
   lang         the poll's language, as on any element; without it that of the place where the poll stands
   data-scheme  light or dark; without it the poll follows this page's own color-scheme, which is light where it is unset,
                also when the page changes it later by an attribute of its html or body

   The frame element tells the page with the events pollstead:resized and pollstead:voted.
   It works under script-src and frame-src alone: no inline style, no inline script, no eval. */
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script) return;
  const origin = new URL(script.src).origin;
  const HIGHEST = 4000;
  // What each frame on this page does with what it says. An attribute of the page may have turned it dark or light.
  const shown = new Map();
  const watch = new MutationObserver(() => shown.forEach((hear) => hear({})));

  const schemeAt = (place) =>
    place.dataset.scheme || getComputedStyle(place).colorScheme.replace("normal", "") ||
    document.querySelector("meta[name=color-scheme]")?.content || "light";

  const embed = (place, slug) => {
    const { title, height } = place.dataset;
    const scheme = schemeAt(place);
    const least = Math.min(HIGHEST, Math.max(80, parseInt(height, 10) || 0));
    const frame = document.createElement("iframe");
    frame.title = title || "Poll";
    frame.loading = "lazy";
    Object.assign(frame.style, { display: "block", width: "100%", border: "0", colorScheme: scheme });
    frame.style.height = `${height ? least : 360}px`;
    const lang = place.closest("[lang]")?.lang;
    frame.src = `${origin}/embed/${encodeURIComponent(slug)}/${lang ? `?${new URLSearchParams({ lang })}` : ""}#${new URLSearchParams({ host: location.origin, scheme })}`;

    const tell = (name, detail) =>
      frame.dispatchEvent(new CustomEvent(`pollstead:${name}`, { bubbles: true, detail: { poll: slug, ...detail } }));

    // Until the frame speaks there is nobody in it to be told.
    let worn;
    shown.set(frame, ({ pollstead, height }) => {
      if (pollstead === "height" && Number.isFinite(height)) {
        const fitting = Math.min(HIGHEST, Math.max(least, Math.ceil(height)));
        frame.style.height = `${fitting}px`;
        tell("resized", { height: fitting });
        worn ??= scheme;
      } else if (pollstead === "voted") {
        tell("voted");
      }
      const now = schemeAt(place);
      if (!worn || now === worn) return;
      frame.style.colorScheme = worn = now;
      frame.contentWindow?.postMessage({ pollstead: "scheme", scheme: now }, origin);
    });
    for (const each of [document.documentElement, document.body, place]) watch.observe(each, { attributes: true });
    return frame;
  };

  addEventListener("message", ({ source, origin: sender, data }) => {
    // Two things are understood, from our frames alone; nothing that comes is ever run, followed or shown.
    if (!source || sender !== origin || !data) return;
    for (const [frame, hear] of shown) {
      if (!frame.isConnected) shown.delete(frame);
      else if (frame.contentWindow === source) hear(data);
    }
  });

  if (!customElements.get("pollstead-poll")) {
    customElements.define("pollstead-poll", class extends HTMLElement {
      static observedAttributes = ["slug"];
      connectedCallback() {
        const slug = this.getAttribute("slug");
        if (!slug) console.error("<pollstead-poll> needs its attribute slug");
        this.replaceChildren(slug ? embed(this, slug) : "");
      }
      attributeChangedCallback(name, before, slug) {
        if (this.isConnected && slug !== before) this.connectedCallback();
      }
    });
  }
  if (script.dataset.poll) script.after(embed(script, script.dataset.poll));
})();

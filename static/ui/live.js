/* Results that move by themselves. A card with data-live asks for what has moved: by a stream where that harms nobody,
   else again and again, more seldom while nothing moves. Nothing is asked in a hidden tab, after the close, or while
   the reader has paused it. What moves is changed in place: the focus, what is unfolded, and the voter's own marks stay,
   and nothing is announced but the final result.
   A card that shows a form, or no results before the close, asks more seldom whether the poll is still open, that of a
   poll which is not open yet whether it is, and turns into what comes then. Pages of other sites, which htmx puts a card
   into, may load this script too. */
(() => {
  "use strict";

  const QUICK = 2000, SELDOM = 30000, LATEST = 120000;
  const jitter = (time) => time * (0.75 + Math.random() / 2);

  // Over HTTP/1.1 a browser opens six connections to a host: a page with many frames must not spend them on streams.
  const [visit] = performance.getEntriesByType("navigation");
  const mayStream = "EventSource" in window && (parent === window || /^h[23]/.test(visit?.nextHopProtocol));

  // Only what has a key may stand further on.
  const find = (node, wanted) => {
    const key = wanted.dataset?.key;
    for (; node; node = key && node.nextSibling) {
      if (node.nodeName === wanted.nodeName && node.dataset?.key === key) return node;
    }
  };

  // Make a node what it should be, with as little change as possible.
  const mend = (node, wanted) => {
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (node.data !== wanted.data) node.data = wanted.data;
      return;
    }
    if (node.matches(".mark, .given")) return;
    const names = new Set([...node.getAttributeNames(), ...wanted.getAttributeNames()]);
    names.delete("open");
    for (const name of names) {
      const value = wanted.getAttribute(name);
      if (value === null) node.removeAttribute(name);
      else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    let place = node.firstChild;
    for (const child of [...wanted.childNodes]) {
      const found = find(place, child);
      if (!found) {
        node.insertBefore(child, place);
        continue;
      }
      if (found !== place) node.insertBefore(found, place);
      mend(found, child);
      place = found.nextSibling;
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
  };

  // For the desk's pages too.
  window.pollsteadMend = mend;

  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  const asked = (path, more = {}) => {
    const told = new URLSearchParams(more).toString();
    return told ? `${path}${path.includes("?") ? "&" : "?"}${told}` : path;
  };

  // Ask for the card as this visitor gets it now, and make it that. Throws when it does not come.
  const renew = async (card) => {
    const { receipt } = card.dataset;
    const address = asked(card.dataset.card, receipt && { receipt });
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
    const fresh = parsed(await answer.text()).querySelector(".poll");
    if (!fresh || !answer.ok || !card.isConnected) throw new Error("No card");
    const wasFocused = card.contains(document.activeElement);
    card.dispatchEvent(new CustomEvent("pollstead:renewed", { bubbles: true, detail: fresh }));
    mend(card, fresh);
    window.htmx?.process(card);
    if (wasFocused && !card.contains(document.activeElement)) card.querySelector("[tabindex='-1']")?.focus();
  };

  const say = (card, sentence) =>
    card.dispatchEvent(new CustomEvent("pollstead:said", { bubbles: true, detail: sentence }));

  const isBegun = (form) =>
    [...form.elements].some(({ name, type, value, checked }) =>
      /^q\d/.test(name) && value && (checked || !/radio|checkbox/.test(type)));

  const wait = (card) => {
    const { awaits, stands, turns, over, unsent, onward } = card.dataset;
    let tag = "", timer = 0, isDone = false;

    const turn = async () => {
      await renew(card);
      say(card, over);
      card.isWatched = false;
      watch(card);
    };

    // A ballot is not thrown away: the voter is told, and leaves it when they like.
    const keep = (form) => {
      const line = document.createElement("p"), link = document.createElement("a");
      line.className = "refusal";
      link.textContent = onward;
      link.href = card.dataset.card;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        turn().catch(() => location.assign(link.href));
      });
      line.append(unsent, " ", link);
      form.querySelector(".foot").before(line);
      // What is no longer true: when the poll closes, when there are results, and that it can be voted in.
      form.querySelector(".facts").replaceChildren();
      form.querySelector(".deed button").disabled = true;
      say(card, unsent);
    };

    const ask = async () => {
      try {
        const answer = await fetch(awaits, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
        if (answer.status < 500) say(card);
        if (answer.ok && (await answer.text()) === stands) {
          tag = answer.headers.get("ETag") ?? "";
        } else if (answer.ok) {
          const form = card.querySelector("form.ballot");
          if (form && isBegun(form)) keep(form);
          else await turn();
          isDone = true;
        } else if (answer.status !== 304 && answer.status < 500 && answer.status !== 429) {
          isDone = true;
        }
      } catch {
        // The next time.
      }
      go();
    };

    const go = (soon = false) => {
      clearTimeout(timer);
      if (isDone || document.hidden || !card.isConnected) return;
      const left = Date.parse(turns) - Date.now();
      const instant = left > 0 ? left + Math.random() * 3000 : SELDOM * 2;
      timer = setTimeout(ask, Math.min(jitter(soon ? QUICK / 8 : SELDOM), instant));
    };

    document.addEventListener("visibilitychange", () => go(true));
    go();
  };

  const watch = (card) => {
    const { live, awaits, pause, resume, over, receipt, tongue } = card.dataset;
    if (!(live || awaits) || card.isWatched) return;
    card.isWatched = true;
    if (!live) return wait(card);
    // From another site nobody streams: its page may have but six connections to us.
    const streams = mayStream && new URL(live, location).origin === location.origin;
    let place = card.dataset.place, tag = "", pace = QUICK, timer = 0, stream = null;
    let isPaused = false, isOver = false, streamsAgain = 0;

    // The page may be in another language than the browser asks for.
    const said = { ...(tongue && { lang: tongue }), ...(receipt && { receipt }) };

    const rest = () => {
      clearTimeout(timer);
      stream?.close();
      stream = null;
    };

    const end = () => {
      isOver = true;
      rest();
      button.remove();
    };

    // The poll itself has changed.
    const refresh = async () => {
      await renew(card);
      if (card.dataset.live) card.querySelector(".deed")?.append(button);
      else say(card, over);
    };

    const take = (html, at) => {
      const [, version, phase] = at.split("."), [, before] = place.split(".");
      place = at;
      for (const part of parsed(html).querySelectorAll("[data-part]")) {
        const shown = card.querySelector(`[data-part="${part.dataset.part}"]`);
        if (shown) mend(shown, part);
      }
      if (phase !== "open") end();
      if (phase !== "open" || version !== before) setTimeout(() => refresh().catch(() => {}), Math.random() * 3000);
    };

    const ask = async () => {
      try {
        const headers = tag ? { "If-None-Match": tag } : {};
        const answer = await fetch(asked(`${live}/now`, said), { headers, cache: "no-store" });
        if (isOver || isPaused || document.hidden) return;
        if (answer.status === 304) {
          pace = Math.min(pace * 1.5, SELDOM);
        } else if (answer.ok) {
          tag = answer.headers.get("ETag") ?? "";
          const at = tag.split("-")[1] ?? place;
          pace = at === place ? pace * 1.5 : QUICK;
          if (at !== place) take(await answer.text(), at);
        } else if (answer.status < 500 && answer.status !== 429) {
          end();
        } else {
          pace = Math.min(pace * 2, LATEST);
        }
      } catch {
        pace = Math.min(pace * 2, LATEST);
      }
      go();
    };

    const listen = () => {
      stream = new EventSource(asked(live, { at: place, ...said }));
      stream.onmessage = ({ data, lastEventId }) => {
        if (!card.isConnected) end();
        else if (lastEventId !== place) take(data, lastEventId);
      };
      // The browser comes back by itself; where it was refused, asking is left, and the stream is tried again later.
      stream.onerror = () => {
        if (stream?.readyState !== EventSource.CLOSED) return;
        streamsAgain = Date.now() + jitter(LATEST);
        rest();
        go();
      };
    };

    const go = (soon = false) => {
      rest();
      if (isOver || isPaused || document.hidden) return;
      if (soon) pace = QUICK;
      if (!card.isConnected) end();
      else if (streams && Date.now() >= streamsAgain) listen();
      else timer = setTimeout(ask, jitter(soon ? QUICK / 8 : pace));
    };

    const button = document.createElement("button");
    button.type = "button";
    button.className = "pause";
    button.textContent = pause;
    button.addEventListener("click", () => {
      isPaused = !isPaused;
      button.textContent = isPaused ? resume : pause;
      go(true);
    });
    card.querySelector(".deed")?.append(button);
    document.addEventListener("visibilitychange", () => go(true));
    go();
  };

  document.addEventListener("htmx:load", ({ detail }) => {
    const card = detail.elt;
    if (!card?.matches?.(".poll")) return;
    watch(card);
    // On a page of another site nothing else leads those who do not see the card to what has become of their vote.
    if (!document.querySelector(".announcement") && card.querySelector(".said, .refusal")) card.querySelector("[tabindex='-1']")?.focus();
  });
  // A frame whose sandbox hides its origin is told nothing.
  if (origin !== "null") document.querySelectorAll(".poll").forEach(watch);
})();

/* What the card does beyond HTML and htmx: it says what has happened, keeps a choice when the network fails,
   tells its height to the page that frames it, and writes times in the reader's own zone. All of it is extra. */
(() => {
  "use strict";

  const wishes = new URLSearchParams(location.hash.slice(1));
  // An origin, written out: "*" would tell everyone.
  const host = parent !== window && wishes.get("host")?.match(/^https?:\/\/[^/*]+$/)?.[0];
  const paint = (scheme) => (document.documentElement.style.colorScheme = scheme || "");
  paint(wishes.get("scheme"));
  const region = document.querySelector(".announcement");

  // No vote can be sent from a frame whose sandbox hides its origin: the card says so, and all else goes without htmx.
  if (origin === "null") {
    document.body.dataset.hxDisable = "";
    if (document.querySelector(".ballot")) location.search += "&show=hidden";
  }

  // The frame's loader names its own origin; nobody else hears, and nothing secret is said.
  const tell = (message) => {
    if (!host) return;
    try {
      parent.postMessage(message, host);
    } catch {
      // An origin that is none: nobody to tell.
    }
  };

  const announce = (sentence) => {
    if (!region) return;
    region.textContent = "";
    // A live region speaks when it changes after the page has settled.
    setTimeout(() => (region.textContent = sentence), 100);
  };

  // Arabic digits for Arabic readers, in every browser.
  const localeOf = (element) => (element.closest("[lang]")?.lang || "en").replace(/^ar$/, "ar-u-nu-arab");

  const intoOwnZone = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      const page = localeOf(time);
      // The reader's own form of the same language: the day comes first in London, the month in New York.
      const own = navigator.languages.find((language) => language.split("-")[0] === page.split("-")[0]) || page;
      const width = time.closest(".list") ? "short" : "long";
      const options = { weekday: width, day: "numeric", month: width, hour: "numeric", minute: "2-digit" };
      if (at.getFullYear() !== new Date().getFullYear()) options.year = "numeric";
      if (page.startsWith("ar-u")) options.numberingSystem = "arab";
      time.title = time.textContent;
      time.textContent = new Intl.DateTimeFormat(own, options).format(at);
    }
  };

  // A text says how much room is left: to eyes always, to ears when it is getting short.
  const countLetters = (text) => {
    const line = document.createElement("p");
    line.className = "counter";
    line.ariaHidden = true;
    text.after(line);
    const count = () => {
      const left = text.maxLength - text.value.length;
      line.textContent = text.dataset.left.replace("{number}", left.toLocaleString(localeOf(text)));
      if (left === 20 || !left) announce(line.textContent);
    };
    text.addEventListener("input", count);
    count();
  };

  // Who writes a choice of their own means it; who then picks another single one gets the words back on return.
  const followOwn = (row) => {
    const [pick, own] = row.querySelectorAll("input");
    let said = "";
    own.addEventListener("input", () => (pick.checked = own.value.trim() || pick.type === "radio"));
    row.closest(".choices").addEventListener("change", ({ target }) => {
      if (target.type !== "radio") return;
      if (target === pick) {
        own.value ||= said;
        own.focus();
      } else if (own.value) {
        said = own.value;
        own.value = "";
      }
    });
  };

  // Who goes on in another language, or has a look at the results, finds the ballot as it was: kept in this tab until
  // the next form comes, or a vote is counted. The paper is the new form's own.
  const written = (form) => [...form.elements].filter(({ name }) => /^(q\d|invitation$)/.test(name));
  const isPick = ({ type }) => /radio|checkbox/.test(type);
  let carried = {};

  const carry = (form, slug) => {
    const said = written(form).filter((field) => (isPick(field) ? field.checked : field.value));
    carried = { [slug]: said.map(({ name, value }) => [name, value]) };
    try {
      sessionStorage.setItem("pollstead", JSON.stringify(carried));
    } catch {
      // Where nothing can be stored, in a frame mostly, the page stays and the card alone is exchanged.
    }
  };

  const carryOn = (root) => {
    const form = root.querySelector("form.ballot");
    if (!form && !root.querySelector(".said")) return;
    try {
      carried = JSON.parse(sessionStorage.getItem("pollstead")) ?? carried;
      sessionStorage.removeItem("pollstead");
    } catch {
      // As above.
    }
    const said = form && carried[form.closest(".poll").dataset.poll];
    carried = {};
    for (const field of said ? written(form) : []) {
      const values = said.filter(([name]) => name === field.name).map(([, value]) => value);
      if (isPick(field)) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
  };

  document.addEventListener("click", ({ target }) => {
    const card = target.closest?.(".tongues a, .facts > a")?.closest(".poll"), form = card?.querySelector("form.ballot");
    if (form) carry(form, card.dataset.poll);
  });

  const equip = (root) => {
    carryOn(root);
    intoOwnZone(root);
    root.querySelectorAll("textarea[data-left]").forEach(countLetters);
    root.querySelectorAll(".choice.other").forEach(followOwn);
  };

  const arrive = (card) => {
    equip(card);
    (card.querySelector("[autofocus]") || card.querySelector("[tabindex='-1']"))?.focus();
    // Nothing to say takes away what was said before.
    announce(card.querySelector(".said, .refusal, .note")?.textContent);
  };

  // Whatever went wrong on the way, the form is as it was, and the same paper makes another try harmless.
  let gone;
  const keep = (form, sentence) => {
    if (!form) return;
    const line = document.createElement("p");
    if (!sentence) gone = line;
    line.className = "refusal offline";
    announce(line.textContent = sentence || form.dataset.offline);
    form.querySelector(".foot").before(line);
    form.querySelector(".deed button").focus();
  };

  // A connection that is back is no longer said to be gone; what else was said of the try stays until the next.
  const reconnect = () => {
    if (gone?.isConnected) announce(gone.remove());
  };

  const formOf = ({ target }) => target.closest?.("[data-offline]");

  // What is to be mended the card says itself, all at once. That something is no number the browser alone knows.
  document.addEventListener("click", (event) => {
    const form = formOf(event);
    if (form) form.noValidate = ![...form.elements].some(({ validity }) => validity.badInput);
  });

  // Where an answer takes longer than a moment the button says so; whatever comes, it is as it was.
  document.addEventListener("htmx:beforeRequest", (event) => {
    formOf(event)?.querySelector(".offline")?.remove();
    const form = event.target, { busy } = form.dataset;
    if (!busy) return;
    const button = form.querySelector(".deed button"), deed = button.textContent;
    const wait = setTimeout(() => announce(button.textContent = busy), 1000);
    form.addEventListener("htmx:afterRequest", () => (clearTimeout(wait), button.textContent = deed), { once: true });
  });

  // A card is ours, or it comes from something in between that is not well, and would take the choice with it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { serverResponse, xhr, requestConfig } = event.detail;
    const isCard = serverResponse.includes('class="poll"');
    if (isCard && (xhr.status < 500 || serverResponse.includes("<form"))) return;
    event.detail.shouldSwap = false;
    const answer = new DOMParser().parseFromString(serverResponse, "text/html");
    const sentence = isCard && answer.querySelector("h1")?.textContent;
    setTimeout(keep, 0, formOf({ target: requestConfig.elt }), sentence);
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => keep(formOf(event)));
  }

  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt?.matches?.(".poll")) arrive(event.detail.elt);
  });

  // What static/ui/live.js does: a card that it has fetched anew, and what it or static/ui/rank.js has to say. Nothing
  // says that the server has answered it.
  document.addEventListener("pollstead:renewed", ({ detail }) => equip(detail));
  document.addEventListener("pollstead:said", ({ detail }) => detail ? announce(detail) : reconnect());
  addEventListener("online", reconnect);

  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, requestConfig } = event.detail;
    if (!successful || requestConfig.verb !== "post") return;
    const [, home, deed] = requestConfig.path.match(/(.*\/)(\w+)\//);
    if (deed === "vote") tell({ pollstead: "voted" });
    // To load the address again would ask for the form or the withdrawal again, or send again what a form of another site
    // brought: from now on it is that of the poll.
    const here = new URL(location);
    here.pathname = home;
    for (const said of ["show", "receipt"]) here.searchParams.delete(said);
    history.replaceState(null, "", here);
  });

  equip(document);
  if (host) {
    new ResizeObserver(() => {
      const { width, height } = document.body.getBoundingClientRect();
      // Where a frame is folded away sideways no card stands, and it would grow to thousands of pixels meanwhile.
      if (width > 120) tell({ pollstead: "height", height: Math.ceil(height) });
    }).observe(document.body);
    // The page turns dark or light while it is read.
    addEventListener("message", ({ source, origin: sender, data }) => {
      if (source === parent && sender === host && data?.pollstead === "scheme") paint(data.scheme);
    });
  }
})();

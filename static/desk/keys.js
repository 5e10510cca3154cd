// The desk by keyboard, where Unfold thinks of a mouse alone.
"use strict";
(() => {
  const HANDLES = 'span[x-on\\:click], a[x-on\\:click]:not([href]), div[x-on\\:click*="openUserLinks"]';
  const MENU = 'span[x-on\\:click="sidebarToggle()"]';
  const ACCOUNT = 'div[x-on\\:click*="openUserLinks"]';
  const shown = (place) => [...document.querySelectorAll(place)].find((found) => found.checkVisibility());

  // Before Alpine reads the page: what it finds here is its own.
  document.addEventListener("alpine:init", () => {
    const words = document.getElementById("desk-skip")?.dataset;
    for (const more of document.querySelectorAll('a[href="#"][x-on\\:click*="showActions"]')) {
      // Not a way to the head of the page.
      more.removeAttribute("href");
      more.ariaLabel = words.more;
      more.setAttribute("x-bind:aria-expanded", "showActions");
    }
    const list = document.getElementById("result_list");
    if (list) list.ariaLabel = document.querySelector("h1 > a:last-of-type")?.textContent.trim();
    const colours = document.querySelector('a[x-on\\:click*="openTheme"]');
    if (colours) {
      colours.ariaLabel = document.getElementById("desk-colours").dataset.name;
      colours.setAttribute("x-bind:aria-expanded", "openTheme");
    }
    document.getElementById("searchbar-submit")?.setAttribute("aria-label", words.search);
    for (const handle of document.querySelectorAll(HANDLES)) {
      handle.setAttribute("role", "button");
      handle.tabIndex = 0;
      const theme = handle.getAttribute("x-on:click").match(/^switchTheme\('(\w+)'\)$/);
      if (theme) handle.setAttribute("x-bind:aria-pressed", `adminTheme == '${theme[1]}'`);
    }
    for (const handle of document.querySelectorAll(MENU)) {
      handle.ariaLabel = words.menu;
      handle.setAttribute("aria-controls", "nav-sidebar");
      handle.setAttribute("x-bind:aria-expanded", "sidebarOpen");
      // The menu lies before its handle: the focus goes there, and comes back.
      handle.addEventListener("click", () => setTimeout(() => (shown(`#nav-sidebar ${MENU}`) || shown(MENU))?.focus()));
    }
    // Unfold writes a file's name into a text field beside it, which ours have not: it takes this mark for "done already".
    for (const file of document.querySelectorAll('.desk-make input[type="file"]')) file.hasChangeListener = true;
    const account = document.querySelector(ACCOUNT);
    account?.setAttribute("x-bind:aria-expanded", "openUserLinks");
    account?.after(account.parentElement.querySelector(":scope > nav"));
  });

  // An icon is a word of its font, and read as one. What it means is said beside it.
  document.addEventListener("htmx:load", ({ detail }) => {
    for (const icon of detail.elt.querySelectorAll(".material-symbols-outlined:not([role], [aria-label])")) {
      icon.ariaHidden = "true";
    }
  });

  // What was done is said on the next page: a live region speaks of what comes into it after the page has settled.
  document.addEventListener("alpine:initialized", () => setTimeout(() => {
    const said = document.getElementById("desk-said");
    said?.append(...said.children);
  }, 500));

  // What came back to be mended: the focus goes to the first such field, on the page or in a dialog.
  function mend(inside) {
    const faults = [...inside.querySelectorAll('[aria-invalid="true"], .errors :is(input, select, textarea)')];
    const fault = faults.find((field) => field.type !== "hidden");
    if (!fault) return;
    for (let box = fault.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    document.getElementById(fault.closest('[role="tabpanel"]')?.getAttribute("aria-labelledby"))?.click();
    setTimeout(() => fault.focus());
  }
  document.addEventListener("alpine:initialized", () => mend(document));
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "dialog-form") mend(event.target); });

  // A dialog that is sent without a session: the answer is a page that keeps what was typed, and comes as one.
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status !== 403 || !detail.elt.matches("#dialog form")) return;
    detail.elt.action = detail.elt.getAttribute("hx-post");
    HTMLFormElement.prototype.submit.call(detail.elt);
  });

  // Suggestions of what was typed elsewhere would lie over the next row. A field that is always without them is one that
  // browsers forget when Back leads to it.
  const TEXTS = '.desk-choice input[type="text"], input[list]';
  document.addEventListener("focusin", ({ target }) => { if (target.matches(TEXTS)) target.autocomplete = "off"; });
  document.addEventListener("focusout", ({ target }) => {
    if (target.matches(TEXTS)) target.removeAttribute("autocomplete");
  });

  // Without a trace in the address: what stands there is the tab that is open.
  function skip(event) {
    const content = document.getElementById("content");
    event.preventDefault();
    content.tabIndex = -1;
    content.focus();
    content.addEventListener("blur", () => content.removeAttribute("tabindex"), { once: true });
  }

  function close() {
    const account = shown(`${ACCOUNT}[aria-expanded="true"]`);
    account?.click();
    account?.focus();
    // Beside the page a menu covers nothing: there it has no handle of its own.
    if (!account) shown(`#nav-sidebar ${MENU}`)?.click();
  }

  function turn(tab, key) {
    const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
    const onward = getComputedStyle(tab).direction === "rtl" ? -1 : 1;
    const here = tabs.indexOf(tab);
    const places = { ArrowRight: here + onward, ArrowLeft: here - onward, Home: 0, End: -1 };
    const next = tabs.at(places[key] % tabs.length);
    next.click();
    next.focus();
  }

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape" && !shown("#modal-content")) close();
    if (key === "Enter" && target.id === "desk-skip") skip(event);
    const handle = (key === "Enter" || key === " ") && target.closest?.(HANDLES);
    const tab = ["ArrowRight", "ArrowLeft", "Home", "End"].includes(key) && target.closest?.('[role="tab"]');
    if (handle) handle.click();
    if (tab) turn(tab, key);
    if (handle || tab) event.preventDefault();
  });
})();

// Adds, removes and orders questions and choices on the poll's page. Without this script the page saves all the same:
// rows then have a number for their place, a box to remove them, and a few empty ones to fill.
"use strict";
(() => {
  const editor = (inside) => inside.closest(".desk-questions");
  const rowsOf = (list) => [...list.children].filter((child) => child.matches("[data-row]"));
  const standing = (list) => rowsOf(list).filter((row) => !row.classList.contains("is-removed"));
  const own = (row, selector) => [...row.querySelectorAll(selector)].find((found) => found.closest("[data-row]") === row);

  const said = (inside, key, words) => editor(inside).querySelector(".desk-announcement").dataset[key]
    .replace(/%\((\w+)\)s/g, (_, name) => words[name]);

  function announce(inside, key, words = {}) {
    const box = editor(inside).querySelector(".desk-announcement");
    const text = said(inside, key, words);
    box.textContent = "";
    requestAnimationFrame(() => { box.textContent = text; });
  }

  function number(list) {
    rowsOf(list).forEach((row, place) => { own(row, 'input[name$="-position"]').value = place; });
    standing(list).forEach((row, place, all) => {
      own(row, '[data-move="-1"]').disabled = place === 0;
      own(row, '[data-move="1"]').disabled = place === all.length - 1;
    });
  }

  function unsaved(inside) {
    // As if something had been typed: the page then warns before it is left.
    editor(inside).querySelector("input")?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function add(list, { after = null } = {}) {
    const kind = list.dataset.rows;
    const prefix = kind === "question" ? editor(list).dataset.prefix : list.dataset.prefix;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const most = Number(document.getElementById(`id_${prefix}-MAX_NUM_FORMS`).value);
    if (standing(list).length >= most) return null;
    const holder = editor(list).querySelector(`template[data-template="${kind}"]`).cloneNode(true);
    const markup = kind === "question"
      ? holder.innerHTML.replaceAll("__prefix__", total.value)
      : holder.innerHTML.replaceAll("questions-__prefix__-choices-__choice__", `${prefix}-${total.value}`);
    const shell = document.createElement("template");
    shell.innerHTML = markup;
    const row = shell.content.querySelector("[data-row]");
    total.value = Number(total.value) + 1;
    if (after) after.after(row); else list.append(row);
    row.querySelectorAll("[data-rows]").forEach(number);
    number(list);
    beginPictures(row);
    if (kind === "question") begin(row); else fit(row.closest('[data-row="question"]'));
    row.querySelector('input[name$="-text"]').focus();
    return row;
  }

  function remove(row) {
    const list = row.parentElement;
    const neighbours = standing(list);
    const next = neighbours[neighbours.indexOf(row) + 1] || neighbours[neighbours.indexOf(row) - 1];
    own(row, 'input[name$="-DELETE"]').checked = true;
    strike(row);
    number(list);
    weigh(editor(list));
    announce(list, "removed");
    unsaved(list);
    if (!row.hidden) own(row, "[data-undo]").focus();
    else if (next) own(next, 'input[name$="-text"]').focus();
  }

  // As its box says.
  function strike(row) {
    const isRemoved = own(row, 'input[name$="-DELETE"]').checked;
    row.classList.toggle("is-removed", isRemoved);
    own(row, ".desk-removed-name").textContent = own(row, 'input[name$="-text"]').value;
    // A row that was never saved and never filled leaves no trace.
    row.hidden = isRemoved && !own(row, 'input[name$="-id"]').value && isEmpty(row);
  }

  function isEmpty(row) {
    return [...row.querySelectorAll('input[name$="-text"], input[name$="-hint"]')].every((input) => !input.value.trim());
  }

  function restore(row) {
    own(row, 'input[name$="-DELETE"]').checked = false;
    strike(row);
    number(row.parentElement);
    weigh(editor(row));
    own(row, 'input[name$="-text"]').focus();
    unsaved(row);
  }

  function move(row, step, focusOn) {
    const all = standing(row.parentElement);
    const place = all.indexOf(row) + step;
    if (place < 0 || place >= all.length) return;
    if (step < 0) all[place].before(row); else all[place].after(row);
    number(row.parentElement);
    announce(row, "moved", { place: place + 1, places: all.length });
    unsaved(row);
    (focusOn.disabled ? own(row, `[data-move="${-step}"]`) : focusOn).focus();
  }

  // A choice's picture: folded away where there is none, and seen before it is saved.
  function openPicture(button) {
    const open = own(button.closest("[data-row]"), ".desk-picture").classList.toggle("is-open");
    button.setAttribute("aria-expanded", open);
  }

  function beginPictures(inside) {
    // Unfold writes a file's name into the nearest text field, which is the choice's: it takes this mark for "done already".
    inside.querySelectorAll('.desk-picture input[type="file"]').forEach((input) => { input.hasChangeListener = true; });
    inside.querySelectorAll("[data-picture]").forEach((button) => {
      button.hidden = false;
      button.setAttribute("aria-expanded", own(button.closest("[data-row]"), ".desk-picture").classList.contains("is-open"));
    });
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches?.('.desk-picture input[type="file"]') || !editor(input)) return;
    const shown = input.parentElement.querySelector(".desk-picture-new");
    if (shown.src) URL.revokeObjectURL(shown.src);
    shown.hidden = !input.files.length;
    if (input.files.length) shown.src = URL.createObjectURL(input.files[0]);
    weigh(editor(input), input);
  });

  // What is too large for one request would be refused as a whole, and what was typed lost with it.
  function weigh(asked, last = null) {
    const most = Number(asked.dataset.mostAtOnce);
    const all = [...asked.querySelectorAll('.desk-picture input[type="file"]')];
    all.forEach((input) => { input.disabled = Boolean(input.closest(".is-removed")); });
    const inputs = all.filter((input) => input.files.length && !input.disabled);
    const size = (input) => input.files[0].size;
    const sum = inputs.reduce((bytes, input) => bytes + size(input), 0);
    asked.querySelectorAll(".desk-heavy").forEach((problem) => problem.remove());
    if (sum <= most) return null;
    const input = inputs.includes(last) ? last : inputs.reduce((one, other) => (size(other) > size(one) ? other : one));
    const problem = document.createElement("ul");
    const megabytes = 1024 * 1024;
    problem.className = "errorlist desk-heavy";
    problem.setAttribute("role", "alert");
    problem.append(document.createElement("li"));
    input.after(problem);
    problem.firstChild.textContent =
      said(asked, "heavy", { sum: Math.ceil(sum / megabytes), most: Math.floor(most / megabytes) });
    return input;
  }

  document.addEventListener("submit", (event) => {
    const asked = event.target.querySelector(".desk-questions");
    const heavy = asked && weigh(asked);
    if (!heavy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    heavy.closest(".desk-picture").classList.add("is-open");
    heavy.focus();
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-add], [data-move], [data-remove], [data-undo], [data-picture]");
    if (!button || !editor(button)) return;
    if ("picture" in button.dataset) return openPicture(button);
    const row = button.closest("[data-row]");
    if (button.dataset.add === "question") add(editor(button).querySelector('[data-rows="question"]'));
    else if (button.dataset.add) add(button.parentElement.querySelector('[data-rows="choice"]'));
    else if (button.dataset.move) move(row, Number(button.dataset.move), button);
    else if ("remove" in button.dataset) remove(row);
    else restore(row);
  });

  // An only question that says what the title says goes on doing so while the title is typed.
  let follower;
  document.addEventListener("focusin", ({ target }) => {
    const list = target.id === "id_title" && document.querySelector('[data-rows="question"]');
    if (!list) return;
    const texts = standing(list).map((row) => own(row, 'input[name$="-text"]'));
    follower = texts.length === 1 && target.value && texts[0].value === target.value ? texts[0] : null;
  });
  document.addEventListener("input", ({ target }) => {
    if (target.id === "id_title" && follower) follower.value = target.value;
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.(".desk-row input") || !editor(input)) return;
    const row = input.closest("[data-row]");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1, input);
    } else if (event.key === "Enter" && !event.isComposing && input.name.endsWith("-text")) {
      // Enter goes on to the next choice; it must not save a half-written poll.
      event.preventDefault();
      if (row.dataset.row === "choice") nextChoice(row);
      else own(row, '[data-rows="choice"]')?.querySelector('input[name$="-text"]')?.focus();
    }
  });

  function nextChoice(row) {
    const all = standing(row.parentElement);
    const next = all[all.indexOf(row) + 1];
    if (next) own(next, 'input[name$="-text"]').focus();
    else if (!isEmpty(row)) add(row.parentElement, { after: row });
  }

  // Lines pasted into a choice are a choice each: into rows that are empty, then into new ones.
  document.addEventListener("paste", (event) => {
    const input = event.target;
    if (!input.matches?.('.desk-choice input[name$="-text"]') || !editor(input)) return;
    const lines = event.clipboardData.getData("text/plain").split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    input.setRangeText(lines.shift(), input.selectionStart, input.selectionEnd, "end");
    let last = input;
    lines.forEach((line) => {
      const row = last.closest("[data-row]");
      const all = standing(row.parentElement);
      const next = all[all.indexOf(row) + 1];
      const into = next && isEmpty(next) ? next : add(row.parentElement, { after: row });
      // Where no more rows fit, nothing is lost.
      if (!into) last.value += ` ${line}`;
      else {
        last = own(into, 'input[name$="-text"]');
        last.value = line;
      }
    });
    last.focus();
    unsaved(last);
  });

  // Only what a kind of question has is shown. All of it is posted: the server puts back what the kind does not have.
  const part = (question, name) => own(question, `[name$="-${name}"]`);

  function fit(question) {
    const kind = part(question, "kind").value;
    const quiz = question.querySelector("[data-quiz]").checked;
    question.querySelectorAll("[data-kinds]").forEach((found) => {
      found.hidden = !found.dataset.kinds.split(" ").includes(kind) || isBeside(question, found, kind, quiz);
    });
    const rule = part(question, "rule");
    const fitting = (rule.dataset[kind] || "").split(" ");
    [...rule.options].forEach((option) => {
      option.hidden = option.disabled = Boolean(option.value) && !fitting.includes(option.value);
    });
    rule.querySelectorAll("optgroup").forEach((group) => {
      group.hidden = [...group.children].every((option) => option.hidden);
    });
  }

  function isBeside(question, found, kind, quiz) {
    const scale = part(question, "scale").value;
    switch (found.dataset.setting) {
      case "lowest": return !["numbers", "likert"].includes(scale);
      case "highest": return kind === "rating" && scale === "nps";
      case "low_label": case "high_label": return kind === "rating" && scale === "stars";
      case "seats": return part(question, "rule").value !== "stv";
      case "right": case "explanation": return !quiz;
      default: return false;
    }
  }

  function set(question, values) {
    Object.entries(values).forEach(([name, value]) => { part(question, name).value = value; });
  }

  function suit(question, changed) {
    const kind = part(question, "kind").value;
    const scale = part(question, "scale").value;
    if (changed.endsWith("-kind")) {
      part(question, "rule").value = "";
      set(question, { seats: 1, minimum: 1, maximum: "" });
    }
    if (changed.endsWith("-kind") && kind === "score") set(question, { lowest: 0, highest: 5 });
    else if (kind === "rating" && /-(kind|scale)$/.test(changed)) {
      set(question, scale === "nps" ? { lowest: 0, highest: 10 } : { lowest: 1, highest: 5 });
    }
    if (changed.endsWith("-rule")) {
      const seats = part(question, "seats");
      if (part(question, "rule").value !== "stv") seats.value = 1;
      else if (Number(seats.value) < 2) seats.value = 2;
    }
  }

  document.addEventListener("change", (event) => {
    const question = event.target.closest?.('.desk-questions [data-row="question"]');
    if (!question) return;
    if (/-(kind|scale|rule)$/.test(event.target.name)) suit(question, event.target.name);
    if (/-(kind|scale|rule)$/.test(event.target.name) || "quiz" in event.target.dataset) fit(question);
  });

  function begin(question) {
    const more = question.querySelector(".desk-more");
    const right = [...question.querySelectorAll('input[name$="-right"]')].some((box) => box.checked);
    question.querySelector("[data-quiz]").checked ||= right || Boolean(part(question, "explanation").value);
    const used = [...more.querySelectorAll('input[type="checkbox"]')].some((box) => box.checked);
    more.open ||= used || Boolean(more.querySelector(".errors")) || Number(part(question, "quorum").value) > 0;
    fit(question);
  }

  document.addEventListener("desk:sorted", (event) => {
    const list = event.target.closest("[data-rows]");
    if (!list) return;
    number(list);
    unsaved(list);
  });

  function settle() {
    document.querySelectorAll(".desk-questions").forEach((found) => {
      found.classList.add("has-script");
      found.querySelectorAll("[data-row]").forEach(strike);
      found.querySelectorAll("[data-rows]").forEach((list) => {
        // The empty rows for a page without script were never drawn: they don't count.
        const prefix = list.dataset.prefix || found.dataset.prefix;
        document.getElementById(`id_${prefix}-TOTAL_FORMS`).value = rowsOf(list).length;
        number(list);
      });
      found.querySelectorAll('[data-row="question"]').forEach(begin);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    settle();
    document.querySelectorAll(".desk-questions").forEach(beginPictures);
  });
  // What stood in the form a browser puts back where Back leads to it, or where it is loaded anew, but not what was seen of it.
  addEventListener("pageshow", settle);

  // A deed goes by what is saved. With something unsaved its button leaves the page, so that the browser asks before it.
  document.addEventListener("click", (event) => {
    const deed = event.target.closest('a[hx-target="#modal-content"]');
    if (!deed || dispatchEvent(new Event("beforeunload", { cancelable: true }))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    location.assign(deed.href);
  }, true);

  // Where nobody has said by which clocks, the editor's own are the likeliest.
  document.addEventListener("DOMContentLoaded", () => {
    const zone = document.querySelector("#id_time_zone[data-unsaid]");
    // What was typed before Back stays.
    if (!zone || zone.value !== zone.defaultValue) return;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if ([...zone.list.options].some(({ value }) => value === timeZone)) zone.value = timeZone;
  });

  // Browsers offer the zones that fit what stands in the field: so that all are offered, the next letter replaces it.
  document.addEventListener("focusin", ({ target }) => { if (target.list) target.select(); });
})();

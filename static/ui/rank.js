/* Ranking by buttons, by a press on a choice, and by dragging. The number fields of the form stay what is sent:
   without this script they are written by hand. Ranked choices stand above a line, the others below it. */
(() => {
  "use strict";

  const SLACK = 4;
  // static/ui/poll.js says it.
  const announce = (detail) => document.dispatchEvent(new CustomEvent("pollstead:said", { detail }));

  const button = (sign, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.addEventListener("click", act);
    return made;
  };

  const equip = (list) => {
    const words = list.dataset;
    // The card's own language: a text in another one says so inside it.
    const locale = (list.closest("[lang]")?.lang || "en").replace(/^ar$/, "ar-u-nu-arab");
    const line = document.createElement("p");
    line.className = "unranked";
    line.textContent = words.unranked;

    const rows = () => [...list.querySelectorAll(".choice")];
    const ranked = () => {
      const all = [...list.children];
      return all.slice(0, all.indexOf(line));
    };
    // The name comes last, and as it is: a choice may be called "{place}", or "$&".
    const say = (row, sentence, place) => sentence.replace("{place}", place).replace("{choice}", () => row.called);

    // Numbers, names and states of everything, from the order in which things stand.
    const settle = () => {
      const above = ranked();
      let place = 0;
      above.forEach((row, index) => {
        row.shares = Boolean(words.equal && index && row.shares);
        if (!row.shares) place += 1;
        row.field.value = place;
        row.badge.textContent = place.toLocaleString(locale);
      });
      for (const row of rows()) {
        const at = above.indexOf(row);
        const isIn = at >= 0;
        row.classList.toggle("ranked", isIn);
        if (!isIn) {
          row.field.value = row.badge.textContent = "";
          row.shares = false;
        }
        row.up.ariaLabel = say(row, isIn ? words.up : words.in);
        row.up.ariaDisabled = isIn ? at === 0 : isFull();
        row.down.ariaLabel = say(row, row === above.at(-1) ? words.out : words.down);
        row.down.ariaDisabled = !isIn;
        if (row.same) {
          row.same.ariaPressed = row.shares;
          row.same.ariaDisabled = at < 1;
        }
      }
    };

    const isFull = () => ranked().length >= words.maximum;
    const tell = (row) =>
      announce(ranked().includes(row) ? say(row, words.moved, row.badge.textContent) : say(row, words.left));

    // `where` moves the row; what it was focused by keeps the focus.
    const move = (row, where, focused) => {
      where();
      settle();
      focused?.focus();
      tell(row);
    };

    const enter = (row, focused) => {
      if (isFull()) return announce(words.full);
      move(row, () => line.before(row), focused);
    };

    const up = (row) => {
      const above = ranked(), at = above.indexOf(row);
      if (at < 0) enter(row, row.up);
      else if (at > 0) move(row, () => above[at - 1].before(row), row.up);
    };

    const down = (row) => {
      const above = ranked(), at = above.indexOf(row), next = above[at + 1];
      if (at < 0) return;
      if (next) move(row, () => next.after(row), row.down);
      else move(row, () => line.after(row), row.up);
    };

    const share = (row) => {
      if (ranked().indexOf(row) > 0) move(row, () => (row.shares = !row.shares), row.same);
    };

    const drag = (row, start) => {
      if (start.button) return;
      let isMoved = false;
      const over = new AbortController(), { signal } = over;
      row.badge.setPointerCapture(start.pointerId);
      const follow = (event) => {
        if (!isMoved && Math.abs(event.clientY - start.clientY) < SLACK) return;
        isMoved = true;
        row.classList.add("dragged");
        const next = [...list.children].find((other) => {
          const { top, height } = other.getBoundingClientRect();
          return other !== row && event.clientY < top + height / 2;
        });
        const isEntering = ranked().indexOf(row) < 0 && (next === line || ranked().includes(next));
        if (isEntering && isFull()) return;
        // Moving an element ends its capture: only where there is a real move, and then it is taken again.
        if ((next ?? null) !== row.nextElementSibling) {
          list.insertBefore(row, next ?? null);
          row.badge.setPointerCapture(event.pointerId);
          row.shares = false;
          settle();
        }
      };
      const end = () => {
        row.classList.remove("dragged");
        over.abort();
        if (!isMoved) return;
        row.wasDragged = true;
        setTimeout(() => (row.wasDragged = false), 0);
        settle();
        tell(row);
      };
      document.addEventListener("pointermove", follow, { signal });
      for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end, { signal });
    };

    const fit = (row) => {
      row.field = row.querySelector("input.place");
      row.called = row.querySelector(".label > span").textContent;
      fields.append(row.field);
      row.badge = document.createElement("span");
      row.badge.className = "place";
      row.badge.ariaHidden = true;
      row.badge.addEventListener("pointerdown", (event) => drag(row, event));
      row.prepend(row.badge);
      const buttons = document.createElement("span");
      buttons.className = "rank";
      row.up = button("↑", () => up(row));
      row.down = button("↓", () => down(row));
      buttons.append(row.up, row.down);
      if (words.equal) {
        row.same = button("=", () => share(row));
        row.same.ariaLabel = say(row, words.equal);
        buttons.append(row.same);
      }
      row.append(buttons);
      row.addEventListener("click", (event) => {
        if (!event.target.closest("button") && !row.wasDragged && !ranked().includes(row)) enter(row);
      });
    };

    // As the fields say: after a refusal, and when a browser puts back what stood in a page that it loads anew.
    const arrange = () => {
      const rank = ({ field }) => Number(field.value) || Infinity;
      const all = rows().sort((one, other) => rank(one) - rank(other));
      all.forEach((row, index) => {
        row.shares = index > 0 && rank(all[index - 1]) === rank(row);
        if (rank(row) < Infinity) line.before(row);
        else list.append(row);
      });
      settle();
    };

    // A browser puts back what stood in a form if that is the same form: with the same fields in the same order.
    const fields = document.createElement("div");
    fields.hidden = true;
    list.after(fields);
    list.append(line);
    rows().forEach(fit);
    arrange();
    addEventListener("pageshow", arrange);
  };

  const look = (root) => root.querySelectorAll(".ranking").forEach(equip);
  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt?.matches?.(".poll")) look(detail.elt);
  });
  document.addEventListener("pollstead:renewed", ({ detail }) => look(detail));
  look(document);
})();

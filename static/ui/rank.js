/* Ranking by buttons, by a press on a choice, and by dragging. The number fields of the form stay what is sent:
   without this script they are written by hand. Ranked choices stand above a line, the others below it. */
(() => {
  "use strict";

  const SLACK = 4;
  const region = document.querySelector(".announcement");
  const announce = (sentence) => {
    if (!region) return;
    region.textContent = "";
    setTimeout(() => (region.textContent = sentence), 50);
  };

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
    const digits = new Intl.NumberFormat((list.closest("[lang]")?.lang || "en").replace(/^ar$/, "ar-u-nu-arab"));
    const line = document.createElement("p");
    line.className = "unranked";
    line.textContent = words.unranked;

    const rows = () => [...list.querySelectorAll(".choice")];
    const ranked = () => {
      const all = [...list.children];
      return all.slice(0, all.indexOf(line));
    };
    const say = (row, sentence, place) => sentence.replace("{choice}", row.called).replace("{place}", place ?? "");

    // Numbers, names and states of everything, from the order in which things stand.
    const settle = () => {
      const above = ranked();
      let place = 0;
      above.forEach((row, index) => {
        const shares = Boolean(words.equal) && index > 0 && row.shares;
        if (!shares) place += 1;
        row.shares = shares;
        row.field.value = place;
        row.badge.textContent = digits.format(place);
      });
      for (const row of rows()) {
        const at = above.indexOf(row);
        const isIn = at >= 0;
        row.classList.toggle("ranked", isIn);
        if (!isIn) {
          row.field.value = "";
          row.badge.textContent = "";
          row.shares = false;
        }
        row.up.setAttribute("aria-label", say(row, isIn ? words.up : words.in));
        row.up.setAttribute("aria-disabled", String(isIn ? at === 0 : above.length >= Number(words.maximum)));
        row.down.setAttribute("aria-label", say(row, isIn && at === above.length - 1 ? words.out : words.down));
        row.down.setAttribute("aria-disabled", String(!isIn));
        if (row.same) {
          row.same.setAttribute("aria-pressed", String(row.shares));
          row.same.setAttribute("aria-disabled", String(at < 1));
        }
      }
    };

    const isFull = () => ranked().length >= Number(words.maximum);
    const tell = (row) =>
      announce(
        row.classList.contains("ranked")
          ? say(row, words.moved, digits.format(row.field.value))
          : say(row, words.left),
      );

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
      const above = ranked(), at = above.indexOf(row);
      if (at < 0) return;
      if (at === above.length - 1) move(row, () => line.after(row), row.up);
      else move(row, () => above[at + 1].after(row), row.down);
    };

    const share = (row) => {
      if (ranked().indexOf(row) < 1) return;
      move(row, () => (row.shares = !row.shares), row.same);
    };

    const drag = (row, start) => {
      if (start.button) return;
      let isMoved = false;
      row.badge.setPointerCapture(start.pointerId);
      const follow = (event) => {
        if (!isMoved && Math.abs(event.clientY - start.clientY) < SLACK) return;
        isMoved = true;
        row.classList.add("dragged");
        const middle = (other) => {
          const box = other.getBoundingClientRect();
          return box.top + box.height / 2;
        };
        const next = [...list.children].find((other) => other !== row && event.clientY < middle(other));
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
        document.removeEventListener("pointermove", follow);
        document.removeEventListener("pointerup", end);
        document.removeEventListener("pointercancel", end);
        if (!isMoved) return;
        row.wasDragged = true;
        setTimeout(() => (row.wasDragged = false), 0);
        settle();
        tell(row);
      };
      document.addEventListener("pointermove", follow);
      document.addEventListener("pointerup", end);
      document.addEventListener("pointercancel", end);
    };

    const fit = (row) => {
      row.field = row.querySelector("input.place");
      row.called = row.querySelector(".label > span").textContent;
      row.rank = Number(row.field.value) || Infinity;
      row.field.type = "hidden";
      row.badge = document.createElement("span");
      row.badge.className = "place";
      row.badge.setAttribute("aria-hidden", "true");
      row.badge.addEventListener("pointerdown", (event) => drag(row, event));
      row.prepend(row.badge);
      const buttons = document.createElement("span");
      buttons.className = "rank";
      row.up = button("↑", () => up(row));
      row.down = button("↓", () => down(row));
      buttons.append(row.up, row.down);
      if (words.equal) {
        row.same = button("=", () => share(row));
        row.same.setAttribute("aria-label", say(row, words.equal));
        buttons.append(row.same);
      }
      row.append(buttons);
      row.addEventListener("click", (event) => {
        const isOurs = event.target.closest("button") || row.wasDragged;
        if (!isOurs && !row.classList.contains("ranked")) enter(row);
      });
    };

    list.append(line);
    const all = rows();
    all.forEach(fit);
    // After a refusal: as they were ranked.
    const before = all.filter((row) => row.rank < Infinity).sort((one, other) => one.rank - other.rank);
    before.forEach((row, index) => {
      line.before(row);
      row.shares = index > 0 && before[index - 1].rank === row.rank;
    });
    all.filter((row) => row.rank === Infinity).forEach((row) => list.append(row));
    settle();
  };

  const look = (root) => root.querySelectorAll(".ranking").forEach(equip);
  document.addEventListener("htmx:load", (event) => {
    const card = event.detail.elt;
    if (card?.matches?.(".poll")) look(card);
  });
  look(document);
})();

"use strict";

// The drawing of a mapping: what belongs to the field that somebody points at lights up, and its card is shown.

for (const mapping of document.querySelectorAll(".mapping")) {
  const drawing = mapping.parentElement;
  const about = mapping.querySelector(".about");
  const hint = about.innerHTML;
  const lines = [...mapping.querySelectorAll(".line")];
  const columns = [...drawing.querySelectorAll("ul:has(.field)")];
  const field = (id) => document.getElementById(id);
  let held = null;
  let shown = null;

  function show(button) {
    if (button === shown) return;
    shown = button;
    for (const lit of drawing.querySelectorAll(".lit")) lit.classList.remove("lit");
    mapping.classList.toggle("pointed", button !== null);
    if (button === null) {
      about.innerHTML = hint;
      return;
    }
    button.classList.add("lit");
    for (const line of lines) {
      const { from, to } = line.dataset;
      if (from !== button.id && to !== button.id) continue;
      line.classList.add("lit");
      field(from).classList.add("lit");
      if (to) field(to).classList.add("lit");
    }
    about.innerHTML = field(button.getAttribute("aria-describedby")).innerHTML;
    about.scrollTop = 0;
  }

  function hold(button) {
    held?.classList.remove("held");
    held = button;
    held?.classList.add("held");
    show(held);
  }

  // One stop of the tab key for each column; arrows move inside it, and along the lines to the other one.
  function enter(button) {
    const list = button.closest("ul");
    for (const other of list.querySelectorAll(".field")) other.tabIndex = other === button ? 0 : -1;
  }

  function neighbour(button, key) {
    const all = [...button.closest("ul").querySelectorAll(".field")];
    const place = all.indexOf(button);
    switch (key) {
      case "ArrowDown": return all[place + 1];
      case "ArrowUp": return all[place - 1];
      case "Home": return all[0];
      case "End": return all[all.length - 1];
      case "ArrowRight": return ends(button, "from", "to");
      case "ArrowLeft": return ends(button, "to", "from");
      default: return undefined;
    }
  }

  function ends(button, here, there) {
    const line = lines.find((each) => each.dataset[here] === button.id && each.dataset[there]);
    return line && field(line.dataset[there]);
  }

  for (const list of columns) {
    const first = list.querySelector(".field");
    if (first) enter(first);
  }

  for (const button of drawing.querySelectorAll(".field")) {
    button.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && show(button));
    button.addEventListener("focus", () => { enter(button); show(button); });
    button.addEventListener("click", () => hold(held === button ? null : button));
  }

  // A card stays until another is asked for, so that its links can be reached.
  drawing.addEventListener("pointerleave", () => show(held));
  drawing.addEventListener("focusout", (event) => drawing.contains(event.relatedTarget) || show(held));
  drawing.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hold(null);
    if (!event.target.classList.contains("field")) return;
    const next = neighbour(event.target, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // A link to a field, from its neighbour's card or from elsewhere, holds it.
  function linked() {
    const button = field(decodeURIComponent(location.hash.slice(1)));
    if (button?.classList.contains("field") && drawing.contains(button)) {
      hold(button);
      button.focus();
    }
  }
  window.addEventListener("hashchange", linked);
  linked();
}

// A link to what is folded away opens it.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let each = target?.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
}
window.addEventListener("hashchange", unfold);
unfold();

"use strict";

// The choices above the table of "Can I train it?": rows that have all words, the answer and the kind. `?words=` and the
// others say in an address what is chosen, so that a choice can be passed on.

for (const form of document.querySelectorAll("form.filter")) {
  const rows = [...form.parentElement.querySelectorAll("tbody tr")].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    kind: row.querySelector("[data-kind]").dataset.kind,
    answer: row.querySelector(".badge").textContent,
  }));
  const { words, answer, kind, count } = form.elements;

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const each of rows) {
      const fits =
        wanted.every((word) => each.text.includes(word)) &&
        (!answer.value || each.answer === answer.value) &&
        (!kind.value || each.kind === kind.value);
      each.row.hidden = !fits;
      shown += fits;
    }
    count.value = `${shown} of ${rows.length}`;
  }

  const asked = new URLSearchParams(location.search);
  for (const control of [words, answer, kind]) control.value = asked.get(control.name) ?? control.value;
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

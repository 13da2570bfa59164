"use strict";

// Tables of Markdown get what those of the plans have: each cell knows its heading, so that narrow screens show a row as a
// card. Those of two columns fit into any width. Names and paths may be broken, after underscores and slashes alone.

for (const table of document.querySelectorAll(".table-wrapper > table")) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  if (heads.length < 3) continue;
  table.classList.add("cards");
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, place) => (cell.dataset.label = heads[place]));
  }
  for (const name of table.querySelectorAll("td code .pre")) {
    name.replaceChildren(...name.textContent.split(/(?<=[\w*][_/])/).flatMap((part) => [part, document.createElement("wbr")]));
  }
}

"use strict";

// Tables of Markdown get what those of the plans have: each cell knows its heading, so that narrow screens show a row as a
// card. Those of two columns fit into any width. Names and paths may be broken, after underscores and slashes alone.

function breakable(node) {
  for (const child of [...node.childNodes]) {
    if (child.nodeType !== Node.TEXT_NODE) breakable(child);
    else {
      const [first, ...parts] = child.data.split(/(?<=[\w*][_/])/);
      child.replaceWith(first, ...parts.flatMap((part) => [document.createElement("wbr"), part]));
    }
  }
}

for (const table of document.querySelectorAll(".table-wrapper > table")) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  if (heads.length < 3) continue;
  table.classList.add("cards");
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, place) => (cell.dataset.label = heads[place]));
  }
  for (const cell of table.querySelectorAll("td")) breakable(cell);
}

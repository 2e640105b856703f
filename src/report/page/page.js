"use strict";
// Adds a filter and sorting to every table that asks for it; without scripts all rows show anyway.
(function () {
  var words = document.body.dataset;
  var compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  function fill(text, values) {
    return text.replace(/\{(\d)\}/g, function (_, at) { return values[at - 1]; });
  }

  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
  }

  function order(a, b) {
    return typeof a === "number" && typeof b === "number" ? a - b : compare(String(a), String(b));
  }

  function sort(table, heads, column) {
    var head = heads[column];
    var numeric = head.classList.contains("n");
    var now = head.getAttribute("aria-sort");
    // The first press shows the largest number, or the first word.
    var next = now === null ? (numeric ? "descending" : "ascending")
      : now === "ascending" ? "descending" : "ascending";
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", next);
    var body = table.tBodies[0];
    var rows = Array.from(body.rows);
    rows.sort(function (a, b) {
      var found = order(value(a, column), value(b, column));
      return next === "ascending" ? found : -found;
    });
    rows.forEach(function (row) { body.appendChild(row); });
  }

  function sortable(table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", function () { sort(table, heads, column); });
      head.replaceChildren(button);
    });
  }

  function filterable(table) {
    var rows = Array.from(table.tBodies[0].rows);
    var tools = document.createElement("div");
    var label = document.createElement("label");
    var input = document.createElement("input");
    var shown = document.createElement("span");
    tools.className = "tools";
    input.type = "search";
    input.autocomplete = "off";
    shown.setAttribute("role", "status");
    label.append(words.filter, input);
    tools.append(label, shown);
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase();
      var left = 0;
      rows.forEach(function (row) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        left += row.hidden ? 0 : 1;
      });
      shown.textContent = wanted === "" ? "" : fill(words.shown, [left, rows.length]);
    });
    var frame = table.parentElement;
    frame.parentElement.insertBefore(tools, frame);
  }

  document.querySelectorAll("table.data").forEach(function (table) {
    var rows = table.tBodies[0].rows.length;
    if (rows > 1) { sortable(table); }
    // What is seen at a glance needs no filter.
    if (rows > 5) { filterable(table); }
  });
})();

// Filter and sort for the long tables, nothing else: the page is whole without it.
"use strict";
(function () {
  function key(cell) {
    var text = cell ? cell.textContent.trim() : "";
    var number = parseFloat(text.replace(/,/g, "").replace("−", "-"));
    return isNaN(number) ? { text: text } : { text: text, number: number };
  }
  function compare(a, b) {
    if (a.number !== undefined && b.number !== undefined) { return a.number - b.number; }
    if (a.number !== undefined) { return -1; }
    if (b.number !== undefined) { return 1; }
    return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  }
  function sortBy(table, header, column) {
    var direction = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", direction);
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (a, b) { return (direction === "ascending" ? 1 : -1) * compare(key(a.cells[column]), key(b.cells[column])); });
    rows.forEach(function (row) { body.appendChild(row); });
  }
  function addSort(table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (header.firstChild) { button.appendChild(header.firstChild); }
      header.appendChild(button);
      button.addEventListener("click", function () { sortBy(table, header, column); });
    });
  }
  function addFilter(table) {
    if (table.tBodies[0].rows.length < 8) { return; }
    var tools = document.createElement("div"), label = document.createElement("label"), input = document.createElement("input");
    var count = document.createElement("span");
    tools.className = "tools";
    label.textContent = "Show rows with ";
    input.type = "search";
    count.setAttribute("role", "status");
    label.appendChild(input);
    tools.appendChild(label);
    tools.appendChild(count);
    table.parentNode.parentNode.insertBefore(tools, table.parentNode);
    input.addEventListener("input", function () {
      var wanted = input.value.toLowerCase(), shown = 0;
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
        if (!row.hidden) { shown += 1; }
      });
      count.textContent = wanted ? shown + " of " + table.tBodies[0].rows.length + " rows" : "";
    });
  }
  Array.prototype.forEach.call(document.querySelectorAll("table[data-tools]"), function (table) { addSort(table); addFilter(table); });
  window.addEventListener("beforeprint", function () {
    Array.prototype.forEach.call(document.querySelectorAll("details"), function (details) { details.open = true; });
  });
})();

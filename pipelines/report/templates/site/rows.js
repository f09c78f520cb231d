// Filter, search, sorting and pages over the rows of `window.greenCapacityRows` (row_table.py says what is in it). Only one page of rows is drawn.
"use strict";
(function () {
  var data = window.greenCapacityRows, table = document.getElementById("rows"), PAGE = 50;
  if (!data || !table) { return; }
  var columns = data.columns, body = table.tBodies[0], form = document.querySelector(".filters"), pager = document.querySelector(".pager");
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells), search = document.getElementById("search");
  var status = document.getElementById("how-many"), whichPage = document.getElementById("which-page");
  var shown = [], page = 0, sorted = null, direction = 1, lowered = {}, keys = {};

  function texts(parent, english, chinese) {
    var span = document.createElement("span");
    span.textContent = english;
    if (chinese && chinese !== english) { span.setAttribute("data-zh", chinese); }
    parent.appendChild(span);
  }
  function number(value) { return value === null ? "–" : String(value).replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))/g, ","); }
  function percent(value) { return value === null ? "–" : (value > 0 ? "+" : "") + number(value) + "%"; }
  function fill(cell, column, row) {
    var word = column.words && column.words[column.at[row]], part = cell, like = columns[column.like];
    if (column.kind === "text") {
      part = cell.appendChild(document.createElement("code"));
      if (like && like.words[like.at[row]][2]) {
        part = part.appendChild(document.createElement("a"));
        part.href = like.words[like.at[row]][2];
      }
      part.textContent = column.values[row];
    } else if (column.kind === "mark") {
      part = cell.appendChild(document.createElement("b"));
      part.className = word[2];
      texts(part, word[0], word[1]);
    } else if (column.kind === "word") {
      if (word[2]) {
        part = cell.appendChild(document.createElement("a"));
        part.href = word[2];
      }
      texts(part, word[0], word[1]);
    } else if (column.kind === "day") {
      if (word) {
        part = cell.appendChild(document.createElement("time"));
        part.dateTime = word;
        part.textContent = dayText(word);
      } else { cell.textContent = "–"; }
    } else {
      cell.textContent = column.kind === "percent" ? percent(column.values[row]) : number(column.values[row]);
    }
  }
  function dayText(iso) {
    var parts = iso.split("-"), months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    return Number(parts[2]) + " " + months[Number(parts[1]) - 1] + " " + Number(parts[0]);
  }
  function draw() {
    var last = Math.max(0, Math.ceil(shown.length / PAGE) - 1), place, line, fresh = document.createDocumentFragment();
    page = Math.min(Math.max(page, 0), last);
    shown.slice(page * PAGE, (page + 1) * PAGE).forEach(function (row) {
      line = fresh.appendChild(document.createElement("tr"));
      heads.forEach(function (head, at) {
        var cell = line.appendChild(document.createElement(at ? "td" : "th"));
        if (at) { cell.className = head.className; } else { cell.scope = "row"; }
        fill(cell, columns[head.getAttribute("data-column")], row);
      });
    });
    if (!shown.length) {
      place = fresh.appendChild(document.createElement("tr")).appendChild(document.createElement("td"));
      place.colSpan = heads.length;
      place.appendChild(document.createElement("span")).setAttribute("data-w", "page.none");
      place.firstChild.textContent = "Nothing fits. Take a filter away.";
    }
    body.textContent = "";
    body.appendChild(fresh);
    say(status, count(shown.length) + " of " + count(data.count) + " rows", "共 " + count(data.count) + " 行，符合 " + count(shown.length) + " 行");
    say(whichPage, "Page " + (page + 1) + " of " + (last + 1), "第 " + (page + 1) + " 页，共 " + (last + 1) + " 页");
    pager.querySelectorAll("button").forEach(function (button) {
      button.disabled = button.getAttribute("data-page") === "1" ? page >= last : page <= 0;
    });
    window.greenCapacityTranslate(body);
  }
  function count(value) { return number(value); }
  function say(element, english, chinese) {
    element.textContent = "";
    texts(element, english, chinese);
    window.greenCapacityTranslate(element);
  }
  // Searching looks at each word once, however many rows have it.
  function lower(name) {
    if (!lowered[name]) {
      lowered[name] = columns[name].kind === "text" ? columns[name].values.map(function (value) { return value.toLowerCase(); })
        : columns[name].words.map(function (word) { return (word[0] + " " + (word[1] || "")).toLowerCase(); });
    }
    return lowered[name];
  }
  function finder(term) {
    var tests = table.getAttribute("data-search").split(" ").map(function (name) {
      var hits = lower(name).map(function (text) { return text.indexOf(term) >= 0; }), at = columns[name].at;
      return at ? function (row) { return hits[at[row]]; } : function (row) { return hits[row]; };
    });
    return function (row) { return tests.some(function (test) { return test(row); }); };
  }
  function filter() {
    var tests = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean).map(finder);
    form.querySelectorAll("select").forEach(function (select) {
      var at = columns[select.getAttribute("data-facet")].at, wanted = Number(select.value);
      if (select.value !== "") { tests.push(function (row) { return at[row] === wanted; }); }
    });
    shown = [];
    for (var row = 0; row < data.count; row += 1) {
      if (tests.every(function (test) { return test(row); })) { shown.push(row); }
    }
    page = 0;
    order();
  }
  function ranks(words) {
    var sortedWords = words.map(function (word, place) { return place; }).sort(function (a, b) {
      return words[a] < words[b] ? -1 : words[a] > words[b] ? 1 : 0;
    }), found = [];
    sortedWords.forEach(function (place, rank) { found[place] = rank; });
    return found;
  }
  // A number for each row to sort by; NaN = not known, which comes last either way.
  function sortKeys(name) {
    var column = columns[name], byWord;
    if (keys[name]) { return keys[name]; }
    if (column.kind === "text") {
      byWord = ranks(column.values);
      keys[name] = byWord;
    } else if (column.at) {
      byWord = column.kind === "word" && column.words.some(function (word) { return word[3] !== null; })
        ? column.words.map(function (word) { return word[3] === null ? NaN : word[3]; })
        : ranks(column.words.map(function (word) { return column.kind === "day" ? word || "~" : word[0].toLowerCase(); }));
      if (column.kind === "day") { column.words.forEach(function (word, place) { if (!word) { byWord[place] = NaN; } }); }
      keys[name] = column.at.map(function (place) { return byWord[place]; });
    } else {
      keys[name] = column.values.map(function (value) { return value === null ? NaN : value; });
    }
    return keys[name];
  }
  function order() {
    if (sorted) {
      var by = sortKeys(sorted);
      shown.sort(function (a, b) {
        var x = by[a], y = by[b];
        if (x !== x || y !== y) { return x === x ? -1 : y === y ? 1 : a - b; }
        return direction * (x - y) || a - b;
      });
    }
    draw();
  }
  function sortBy(head) {
    var name = head.getAttribute("data-column");
    direction = sorted === name ? -direction : 1;
    sorted = name;
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    page = 0;
    order();
  }
  function addSort(head) {
    var button = document.createElement("button");
    button.type = "button";
    ["data-w", "data-zh"].forEach(function (name) {
      if (head.hasAttribute(name)) { button.setAttribute(name, head.getAttribute(name)); head.removeAttribute(name); }
    });
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener("click", function () { sortBy(head); });
  }
  function addChoices(select) {
    var words = columns[select.getAttribute("data-facet")].words, names = words.map(function (word) { return word[0].toLowerCase(); }), by = ranks(names);
    words.map(function (word, place) { return place; }).sort(function (a, b) { return by[a] - by[b]; }).forEach(function (place) {
      var option = select.appendChild(document.createElement("option"));
      option.value = String(place);
      option.textContent = words[place][0];
      if (words[place][1] && words[place][1] !== words[place][0]) { option.setAttribute("data-zh", words[place][1]); }
    });
  }
  // `findings.html#q=PAK-C01` opens with that search, so that other pages can lead here.
  function readAddress() {
    var found = /^#q=(.*)$/.exec(window.location.hash);
    if (found) { search.value = decodeURIComponent(found[1]); }
    filter();
  }
  document.addEventListener("DOMContentLoaded", function () {
    heads.forEach(addSort);
    form.querySelectorAll("select").forEach(addChoices);
    form.hidden = pager.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { window.setTimeout(filter, 0); });
    form.addEventListener("input", filter);
    pager.querySelectorAll("button").forEach(function (button) {
      button.addEventListener("click", function () {
        page += Number(button.getAttribute("data-page"));
        draw();
        table.scrollIntoView({ block: "nearest" });
      });
    });
    window.addEventListener("hashchange", readAddress);
    readAddress();
    window.greenCapacityTranslate(form);
  });
})();

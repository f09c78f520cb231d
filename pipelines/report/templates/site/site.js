// Language and light/dark switch, age of the data, sorting and filtering of tables. Every page is whole without it, in English.
"use strict";
(function () {
  var root = document.documentElement, words = window.greenCapacityWords || {};
  function kept(name) {
    try { return window.localStorage.getItem("green-capacity-" + name); } catch (error) { return null; }
  }
  function keep(name, value) {
    try { window.localStorage.setItem("green-capacity-" + name, value); } catch (error) { /* a switch then lasts for this page only */ }
  }
  function isChinese() { return root.lang === "zh-CN"; }
  function chinese(element) {
    if (element.tagName === "TIME") {
      var parts = element.dateTime.split("-");
      return Number(parts[0]) + "年" + Number(parts[1]) + "月" + Number(parts[2]) + "日";
    }
    return element.hasAttribute("data-w") ? words[element.getAttribute("data-w")] : element.getAttribute("data-zh");
  }
  function translate(part) {
    part.querySelectorAll("[data-w],[data-zh],time[datetime]").forEach(function (element) {
      if (element.english === undefined) { element.english = element.textContent; }
      var text = isChinese() ? chinese(element) : element.english;
      if (text && element.textContent !== text) { element.textContent = text; }
    });
    if (isChinese()) { markForeign(part === document ? document.body : part); }
  }
  // What has no Chinese words stays in English, as rules and senders wrote it: marked, so that it is read aloud as English.
  function markForeign(part) {
    var walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), found = [], ours = "[data-w],[data-zh],[lang=en],time,code,svg,option,script";
    while (walker.nextNode()) {
      var text = walker.currentNode;
      if (/[A-Za-z]{3}/.test(text.data) && !/[\u4e00-\u9fff]/.test(text.data) && !text.parentElement.closest(ours)) { found.push(text); }
    }
    found.forEach(function (text) {
      var holder = text.parentElement;
      if (holder.childNodes.length > 1) {
        holder = document.createElement("span");
        text.before(holder);
        holder.appendChild(text);
      }
      holder.lang = "en";
    });
  }
  function tellForeign() {
    var note = document.getElementById("foreign");
    if (!note) {
      note = document.createElement("p");
      note.id = "foreign";
      note.setAttribute("data-w", "foreign");
      note.textContent = "Titles of rules stand in English.";
      document.querySelector("footer").prepend(note);
      translate(note.parentElement);
    }
    note.hidden = !isChinese() || !document.querySelector("main [lang=en]");
  }
  function speak(language) {
    root.lang = language;
    translate(document);
    tellForeign();
    tellAge();
    nameScrolls();
  }
  function nameScrolls() {
    var heading = "";
    document.querySelectorAll("h1, h2, h3, summary, .scroll").forEach(function (part) {
      if (!part.classList.contains("scroll")) { heading = part.textContent.trim(); return; }
      part.tabIndex = 0;
      part.setAttribute("role", "group");
      part.setAttribute("aria-label", heading);
    });
  }
  function tellAge() {
    var day = document.querySelector(".top .age time:last-of-type"), place = document.getElementById("age");
    if (!day) { return; }
    if (!place) { place = document.createElement("span"); place.id = "age"; day.after(place); }
    var days = Math.floor((Date.now() - Date.parse(day.dateTime)) / 86400000);
    place.textContent = days > 0 ? (isChinese() ? "（" + days + " 天前）" : " (" + days + (days === 1 ? " day ago)" : " days ago)")) : "";
  }
  function shade(theme) {
    if (theme) { root.setAttribute("data-theme", theme); }
  }
  function isDark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  var doings = {
    language: function () { var next = isChinese() ? "en" : "zh-CN"; keep("language", next); speak(next); },
    theme: function () { var next = isDark() ? "light" : "dark"; keep("theme", next); shade(next); },
    print: function () { window.print(); }
  };
  function addTools() {
    var tools = document.createElement("p");
    tools.className = "tools";
    [["language", "switch_language", "中文"], ["theme", "switch_theme", "Light / dark"], ["print", "print", "Print"]].forEach(function (one) {
      var button = document.createElement("button");
      button.type = "button";
      button.setAttribute("data-do", one[0]);
      button.setAttribute("data-w", one[1]);
      button.textContent = one[2];
      button.addEventListener("click", doings[one[0]]);
      tools.append(button, " ");
    });
    document.querySelector(".top").appendChild(tools);
  }
  function key(cell) {
    var given = cell && cell.getAttribute("data-s"), text = given !== null && given !== undefined ? given : cell ? cell.textContent.trim() : "";
    var number = parseFloat(text.replace(/[,+]/g, "").replace("−", "-"));
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
    var body = table.tBodies[0], rows = Array.prototype.map.call(body.rows, function (row, place) {
      return { row: row, place: place, key: key(row.cells[column]) };
    });
    rows.sort(function (a, b) { return ((direction === "ascending" ? 1 : -1) * compare(a.key, b.key)) || a.place - b.place; });
    rows.forEach(function (one) { body.appendChild(one.row); });
  }
  function addSort(table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      var button = document.createElement("button");
      button.type = "button";
      ["data-w", "data-zh"].forEach(function (name) {
        if (header.hasAttribute(name)) { button.setAttribute(name, header.getAttribute(name)); header.removeAttribute(name); }
      });
      while (header.firstChild) { button.appendChild(header.firstChild); }
      header.appendChild(button);
      button.addEventListener("click", function () { sortBy(table, header, column); });
    });
  }
  function addFilter(table) {
    var tools = document.createElement("p"), label = document.createElement("label"), word = document.createElement("span");
    var input = document.createElement("input"), count = document.createElement("span"), rows = table.tBodies[0].rows;
    tools.className = "filter";
    word.setAttribute("data-w", "filter");
    word.textContent = "Show rows with";
    input.type = "search";
    count.setAttribute("role", "status");
    label.appendChild(word);
    label.appendChild(input);
    tools.appendChild(label);
    tools.appendChild(count);
    (table.closest(".scroll") || table).before(tools);
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase(), shown = 0;
      Array.prototype.forEach.call(rows, function (row) {
        row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = wanted ? shown + " / " + rows.length : "";
    });
  }
  function openTarget() {
    var target = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") { part.open = true; }
    }
    if (target) { target.scrollIntoView(); }
  }
  shade(kept("theme"));
  root.lang = kept("language") || "en";
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("table.sortable").forEach(function (table) {
      if (table.tHead && table.tBodies.length === 1) { addSort(table); }
    });
    document.querySelectorAll("table[data-filter]").forEach(function (table) {
      if (table.tBodies.length === 1 && table.tBodies[0].rows.length > 7) { addFilter(table); }
    });
    addTools();
    speak(root.lang);
    openTarget();
  });
  window.addEventListener("hashchange", openTarget);
  window.greenCapacityTranslate = translate;
})();

"use strict";
(function () {
  var table = document.querySelector("table.overview");
  var form = document.querySelector("form.controls");
  var search = form.querySelector("input");
  var status = form.querySelector("select");
  var rows = null;

  // The page opens faster if the texts are read when they are needed.
  function items() {
    rows = rows || Array.from(table.tBodies[0].rows).map(function (row, order) {
      var cells = Array.from(row.cells).map(function (cell) { return cell.textContent; });
      return { row: row, order: order, status: row.className, text: cells[0].toLowerCase(),
        keys: [cells[0], order, Number(cells[2]), Number(cells[3]), cells[4]] };
    });
    return rows;
  }

  function show(shown) {
    var all = table.tBodies[0].rows.length;
    form.querySelector("output").value = shown + " of " + all + " tenants";
  }

  function filter() {
    var shown = 0;
    var words = search.value.toLowerCase().split(/\s+/);
    items().forEach(function (item) {
      var matches = (!status.value || item.status === status.value)
        && words.every(function (word) { return item.text.includes(word); });
      item.row.hidden = !matches;
      shown += matches;
    });
    show(shown);
  }

  function sort(heading, column) {
    var descending = heading.getAttribute("aria-sort") === "ascending";
    Array.from(table.tHead.rows[0].cells).forEach(function (cell) { cell.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    items().sort(function (one, other) {
      var a = one.keys[column], b = other.keys[column];
      var result = typeof a === "number" ? a - b : a.localeCompare(b);
      return (descending ? -result : result) || one.order - other.order;
    });
    var all = document.createDocumentFragment();
    rows.forEach(function (item) { all.appendChild(item.row); });
    table.tBodies[0].appendChild(all);
  }

  Array.from(table.tHead.rows[0].cells).forEach(function (heading, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", function () { sort(heading, column); });
    heading.replaceChildren(button);
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  search.addEventListener("input", filter);
  status.addEventListener("change", filter);
  form.hidden = false;
  show(table.tBodies[0].rows.length);
})();

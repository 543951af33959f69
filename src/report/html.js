(function () {
  "use strict";
  var list = document.getElementById("findings");
  if (!list) return;
  var form = list.querySelector(".filters"), search = form.querySelector("input[type=search]"), said = form.querySelector("[role=status]");
  var rows = Array.prototype.slice.call(list.querySelectorAll("[data-severity]"));
  form.hidden = false;
  function apply() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean), on = {}, shown = 0;
    form.querySelectorAll("input[type=checkbox]").forEach(function (box) { on[box.value] = box.checked; });
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase();
      var good = on[row.dataset.severity] !== false && on[row.dataset.layer] !== false && words.every(function (word) { return text.indexOf(word) >= 0; });
      row.hidden = !good;
      shown += good;
    });
    list.querySelectorAll(".group").forEach(function (group) { group.hidden = !group.querySelector("[data-severity]:not([hidden])"); });
    said.textContent = shown + " of " + rows.length + " shown";
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.querySelectorAll("pre.diff").forEach(function (pre) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy diff";
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(pre.textContent).then(function () { button.textContent = "Copied"; }, function () {
        var range = document.createRange();
        range.selectNodeContents(pre);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
      });
    });
    pre.parentNode.insertBefore(button, pre);
  });
  function open() {
    var there = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (there && there.tagName === "DETAILS") { there.open = true; there.hidden = false; }
  }
  addEventListener("hashchange", open);
  // On paper the worst are open, the others one line each; afterwards the page is as it was.
  var were = [];
  addEventListener("beforeprint", function () {
    were = Array.prototype.map.call(document.querySelectorAll("details"), function (one) {
      var was = one.open;
      one.open = one.dataset.severity === "critical" || one.dataset.severity === "high";
      return [one, was];
    });
  });
  addEventListener("afterprint", function () { were.forEach(function (pair) { pair[0].open = pair[1]; }); });
  open();
  apply();
})();

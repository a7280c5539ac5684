/* Draws every [data-chart] from the JSON beside it; colours come from the sheet, so both themes fit. */
(function () {
  "use strict";
  /* Plotly writes style attributes as text, which the policy refuses; the same words through the
     object model are allowed, so the policy needs no exception. */
  const plain = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value; else plain.call(this, name, value);
  };
  /* Plotly measures words on copies of their elements. Chromium checks a copied style against the
     policy unless its text is in step with the object model: reading it puts it there. */
  const copy = Node.prototype.cloneNode;
  Node.prototype.cloneNode = function (deep) {
    if (this.querySelectorAll) [this, ...this.querySelectorAll("[style]")].forEach((e) => e.getAttribute && e.getAttribute("style"));
    return copy.call(this, deep);
  };
  const css = (name) => {
    const probe = document.createElement("span");
    probe.style.color = "var(" + name + ")";
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
  /* strings like "var(--accent)" anywhere in a figure become the colours of the theme */
  const painted = (value) => {
    if (typeof value === "string") { const found = /^var\((--[a-z0-9-]+)\)$/.exec(value); return found ? css(found[1]) : value; }
    if (Array.isArray(value)) return value.map(painted);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, painted(v)]));
    return value;
  };
  function draw(place) {
    const source = place.closest("figure").querySelector("template[data-figure]");
    if (!source || !window.Plotly) return;
    const figure = painted(JSON.parse(source.content.textContent));
    const config = { displayModeBar: false, responsive: true, displaylogo: false, doubleClick: "reset" };
    window.Plotly.react(place, figure.data, figure.layout, config).then(() => {
      if (place.dataset.bound) return;
      place.dataset.bound = "1";
      place.on("plotly_click", (event) => {
        const point = event.points[0];
        const target = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
        if (typeof target === "string" && /^\/(?![\/\\])/.test(target)) location.assign(target);
      });
    });
  }
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("htmx:afterSettle", (event) => event.detail.elt.querySelectorAll("[data-chart]").forEach(draw));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-chart-csv]");
    if (!button) return;
    const rows = Array.from(document.getElementById(button.dataset.chartCsv).querySelectorAll("table tr"));
    /* a cell that a spreadsheet would run is made text */
    const cell = (c) => { const text = c.textContent.trim(); const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+%?$/.test(text) ? "'" + text : text; return '"' + safe.replaceAll('"', '""') + '"'; };
    const text = "\ufeff" + rows.map((row) => Array.from(row.cells, cell).join(",")).join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = button.dataset.chartCsv + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", drawAll); else drawAll();
})();

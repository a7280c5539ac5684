/* The confirm queue by keyboard: a key presses the current line's own button, so that keys and mouse are one way. */
(function () {
  "use strict";
  const list = document.querySelector("[data-queue]");
  if (!list) return;
  let current = null; /* id of the line the keys speak to: lines are replaced, ids stay */

  const lines = () => Array.from(list.querySelectorAll(":scope > [data-item]"));
  const line = () => (current && document.getElementById(current)) || null;
  const waits = (one) => !one.hasAttribute("data-done");

  function mark() {
    lines().forEach((one) => {
      const on = one.id === current;
      one.classList.toggle("on", on);
      if (on) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
    });
  }
  function choose(one, focus) {
    if (!one) return;
    current = one.id;
    mark();
    one.scrollIntoView({ block: "nearest" });
    if (focus) one.focus({ preventScroll: true });
  }
  /* by one line; past decided ones where only what waits is wanted */
  function step(by, waiting) {
    const all = lines();
    let at = all.findIndex((one) => one.id === current);
    for (at += by; at >= 0 && at < all.length; at += by) if (!waiting || waits(all[at])) return choose(all[at], true);
  }
  function press(act) {
    const one = line();
    const button = one && one.querySelector('[data-act="' + act + '"]');
    if (button) button.click();
    return Boolean(button);
  }
  function reason(number) {
    const found = line() ? line().querySelectorAll("[data-reason]") : [];
    if (found[number - 1]) found[number - 1].click();
  }

  const KEYS = {
    j: () => step(1), k: () => step(-1),
    a: () => { if (press("accept")) step(1, true); },
    A: () => press("alike"),
    o: () => { if (press("keep")) step(1, true); },
    c: () => press("correct"), n: () => press("not_sensitive"), s: () => press("split"),
    u: () => { const undo = document.querySelector('[data-act="undo"]'); if (undo) undo.click(); },
    "?": () => { const keys = document.querySelector("[data-keys]"); if (keys) keys.open = !keys.open; },
    Escape: () => press("close"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest && event.target.closest("input, textarea, select");
    if (field) return inField(event, field);
    if (event.key === "Enter" && event.target === line()) { event.preventDefault(); press("open"); return; }
    if (/^[1-9]$/.test(event.key)) return reason(Number(event.key));
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  function inField(event, field) {
    if (event.key === "Escape") { event.preventDefault(); press("close"); if (line()) line().focus(); return; }
    if (event.key === "Enter" && field.matches("[data-type-search]")) {
      event.preventDefault();
      const shown = offered(field).filter((one) => !one.hidden), text = field.value.trim().toLowerCase();
      const first = shown.find((one) => (" " + one.dataset.word).includes(" " + text)) || shown[0]; /* whole words before parts */
      if (first) { first.querySelector("input").checked = true; field.form.requestSubmit(); }
    }
  }

  /* the search among the types */
  const offered = (field) => Array.from(field.form.querySelectorAll("[data-word]"));
  list.addEventListener("input", (event) => {
    if (!event.target.matches("[data-type-search]")) return;
    const text = event.target.value.trim().toLowerCase();
    offered(event.target).forEach((one) => { one.hidden = Boolean(text) && !one.dataset.word.includes(text); });
  });

  list.addEventListener("click", (event) => {
    const one = event.target.closest("[data-item]");
    if (one) { current = one.id; mark(); }
  });
  /* a line came back: open forms get the focus, a decided one hands on to the next that waits */
  document.addEventListener("htmx:load", (event) => {
    const one = event.detail.elt;
    if (!one.matches || !one.matches("[data-item]") || one.id !== current) return;
    mark();
    const field = one.querySelector("[data-form] input:not([type=hidden]), [data-form] select, [data-form] button");
    if (field) field.focus();
    else if (waits(one)) one.focus({ preventScroll: true });
    else step(1, true);
  });

  choose(lines().find(waits) || lines()[0], false);
})();

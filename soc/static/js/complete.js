/* The query box suggests fields, values and what the language offers there while one writes. Without this script it is a plain box.
   The keys are those of a combobox: arrows choose, Enter takes what is chosen (else it searches), Esc closes.
   What is being written at the caret is read by the server (audit/search/places.py), which knows the language. */
(function () {
  "use strict";
  const box = document.querySelector("[data-complete]");
  const list = document.getElementById("f-q-list"), said = document.getElementById("f-q-said");
  if (!box || !list || !window.fetch) return;
  let found = [], at = -1, token = null, asked = null, timer = 0, caret = -1;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  /* the server counts characters, the box counts halves of some */
  const characters = (text) => Array.from(text).length;
  const upTo = (count) => Array.from(box.value).slice(0, count).join("").length;

  function close() {
    clearTimeout(timer);
    if (asked) asked.abort();
    found = []; at = -1; asked = null;
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }
  function option(item, place) {
    const row = document.createElement("li"), label = document.createElement("span"), note = document.createElement("span");
    row.id = list.id + "-" + place;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    label.className = "mono";
    label.textContent = item.label || '""';
    note.className = "note-line";
    note.textContent = [item.note, item.count === null ? "" : item.count.toLocaleString()].filter(Boolean).join(" · ");
    row.append(label, note);
    row.addEventListener("mousedown", (event) => { event.preventDefault(); at = place; take(); });
    return row;
  }
  function show(items) {
    if (!items.length) { close(); said.textContent = ""; return; }
    found = items; at = -1;
    list.replaceChildren(...items.map(option));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    box.removeAttribute("aria-activedescendant");
    said.textContent = items.length === 1 ? said.dataset.one : said.dataset.many.replace("#", String(items.length));
  }
  function choose(place) {
    const rows = Array.from(list.children);
    at = (place + rows.length) % rows.length;
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    rows[at].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", rows[at].id);
  }
  /* a field goes on to its values; after a value comes a blank, and what may join it to the next */
  function take() {
    const item = found[at], before = box.value.slice(0, upTo(token.start)), rest = box.value.slice(upTo(token.end));
    const own = item.more || rest.startsWith(" ") ? item.text : item.text + " ";
    box.value = before + own + rest;
    box.selectionStart = box.selectionEnd = before.length + own.length - item.back + (item.more || own !== item.text ? 0 : 1);
    close();
    ask(0);
  }

  function ask(delay, whatever) {
    clearTimeout(timer);
    if (!whatever && !box.value.slice(0, box.selectionStart).trim()) return close();
    timer = setTimeout(fetched, delay);
  }
  async function fetched() {
    const args = new URLSearchParams(new FormData(box.form));
    args.set("q", box.value);
    args.set("at", String(characters(box.value.slice(0, box.selectionStart))));
    if (asked) asked.abort();
    const mine = asked = new AbortController(), here = box.selectionStart;
    try {
      const answer = await fetch(box.dataset.complete + "?" + args, { signal: mine.signal, headers: { Accept: "application/json" } });
      const told = answer.ok ? await answer.json() : { items: [] };
      if (mine !== asked || document.activeElement !== box) return;
      token = told;
      caret = here;
      show(told.items);
    } catch (error) {
      if (mine === asked) close();
    }
  }

  /* a query that cannot be read: the caret goes to where it goes wrong */
  if (box.dataset.wrong) {
    box.focus();
    box.setSelectionRange(upTo(Number(box.dataset.wrong)), upTo(Number(box.dataset.wrong) + Number(box.dataset.length)));
  }

  box.addEventListener("input", () => ask(150));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    /* what is shown is of the place that it was asked for: elsewhere it is asked anew */
    const shown = !list.hidden, open = shown && box.selectionStart === caret;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) choose(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1); else ask(0, true);
    } else if (event.key === "Enter" && open && at >= 0) { event.preventDefault(); take(); }
    else if (event.key === "Escape" && shown) { event.preventDefault(); event.stopPropagation(); close(); }
    else if (shown && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close();
  });
})();

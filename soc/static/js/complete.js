/* The query box suggests fields and values while one writes. Without this script it is a plain box.
   The keys are those of a combobox: arrows choose, Enter takes what is chosen (else it searches), Esc closes. */
(function () {
  "use strict";
  const box = document.querySelector("[data-complete]");
  const list = document.getElementById("f-q-list"), said = document.getElementById("f-q-said");
  if (!box || !list || !window.fetch) return;
  const WORDS = new Set(["AND", "OR", "NOT", "TO"]);
  let found = [], at = -1, token = null, asked = null, timer = 0;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  /* what is being written: from where to where, the field and the beginning of its value; null where nothing is to suggest */
  function written() {
    const text = box.value, caret = box.selectionStart;
    let start = 0, quoted = false, end = text.length;
    for (let i = 0; i < text.length; i += 1) {
      if (text[i] === "\\") { i += 1; continue; }
      if (text[i] === '"') { quoted = !quoted; continue; }
      if (quoted || !/[\s()]/.test(text[i])) continue;
      if (i >= caret) { end = i; break; }
      start = i + 1;
    }
    while (start < caret && /[-+!]/.test(text[start])) start += 1;
    const own = text.slice(start, caret), colon = own.indexOf(":");
    if (colon < 0) return WORDS.has(own) || /["*?\[{\\]/.test(own) ? null : { start, end, field: "", pre: own };
    const pre = own.slice(colon + 1).replace(/^"/, "");
    if (/^[<>\[{(*]/.test(pre) || (own[colon + 1] === '"' && /[^\\]"$/.test(own.slice(colon + 2)))) return null;
    return { start, end, field: own.slice(0, colon), pre: pre.replace(/\\(.)/g, "$1") };
  }

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
  /* a field goes on to its values; a value is done with, and a blank lets one write on */
  function take() {
    const text = found[at].text, rest = box.value.slice(token.end), more = text.endsWith(":");
    const own = more || rest.startsWith(" ") ? text : text + " ";
    box.value = box.value.slice(0, token.start) + own + rest;
    box.selectionStart = box.selectionEnd = token.start + own.length;
    close();
    if (more) ask(0);
  }

  function ask(delay, whatever) {
    clearTimeout(timer);
    token = written();
    if (!token || (!token.field && !token.pre && !whatever)) return close();
    timer = setTimeout(fetched, delay);
  }
  async function fetched() {
    const args = new URLSearchParams(new FormData(box.form));
    args.delete("q");
    if (token.field) args.set("field", token.field);
    args.set("pre", token.pre);
    if (asked) asked.abort();
    const mine = asked = new AbortController();
    try {
      const answer = await fetch(box.dataset.complete + "?" + args, { signal: mine.signal, headers: { Accept: "application/json" } });
      const items = answer.ok ? (await answer.json()).items : [];
      if (mine === asked && document.activeElement === box) show(items);
    } catch (error) {
      if (mine === asked) close();
    }
  }

  box.addEventListener("input", () => ask(150));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) choose(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1); else ask(0, true);
    } else if (event.key === "Enter" && open && at >= 0) { event.preventDefault(); take(); }
    else if (event.key === "Escape" && open) { event.preventDefault(); event.stopPropagation(); close(); }
    else if (open && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close();
  });
})();

/* What the pages need beyond htmx: flyout, drawer, clocks, selection, toasts. No evaluation of strings. */
(function () {
  "use strict";
  const root = document.documentElement;
  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const word = (name) => (one("#words") || { dataset: {} }).dataset[name] || "";

  /* ---- preferences: the cookie that the server reads too ------------------------------- */
  function shown() {
    const found = document.cookie.split("; ").find((c) => c.startsWith("soc_ui="));
    const text = found ? decodeURIComponent(found.slice(7)).replace(/^"|"$/g, "") : "";
    return new Map(text.split("|").filter(Boolean).map((pair) => pair.split(":")));
  }
  function keep(name, value) {
    const pairs = shown();
    if (value) pairs.set(name, value); else pairs.delete(name);
    const text = Array.from(pairs, ([k, v]) => k + ":" + v).join("|");
    document.cookie = "soc_ui=" + text + ";path=/;max-age=31536000;samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
  }

  /* ---- requests carry the token -------------------------------------------------------- */
  document.addEventListener("htmx:configRequest", (event) => {
    const token = one('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRF-Token"] = token.content;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("[data-live]") && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const told = event.detail.xhr.getResponseHeader("X-Toast");
    toast(told ? decodeURIComponent(told) : word("failed"), "bad");
  });
  document.addEventListener("htmx:sendError", () => toast(word("failed"), "bad"));

  /* ---- toasts --------------------------------------------------------------------------- */
  function toast(text, tone) {
    const place = one("#toasts");
    if (!place || !text) return;
    const box = document.createElement("div");
    const line = document.createElement("p");
    const close = document.createElement("button");
    box.className = "toast";
    box.dataset.tone = tone || "plain";
    line.textContent = text;
    close.type = "button";
    close.className = "button bare small square";
    close.dataset.close = ".toast";
    close.setAttribute("aria-label", word("close"));
    close.textContent = "×";
    box.append(line, close);
    place.append(box);
    fade(box);
  }
  function fade(box) { if (box.dataset.tone !== "bad") setTimeout(() => box.remove(), 6000); }
  document.addEventListener("toast", (event) => {
    const said = event.detail.value || event.detail;
    (Array.isArray(said) ? said : [said]).forEach((s) => toast(s.text, s.tone));
  });

  /* ---- flyout: what is open stands in the URL ---------------------------------------------- */
  const flyout = () => one("#flyout");
  let opener = null;
  function mark(id) { all("tr.open").forEach((row) => row.classList.remove("open")); const link = id && one('[data-open="' + CSS.escape(id) + '"]'); const row = link && link.closest("tr"); if (row) row.classList.add("open"); }
  function say(id) {
    const url = new URL(location.href);
    if (id) url.searchParams.set("open", id); else url.searchParams.delete("open");
    if (url.href !== location.href) history.pushState({ open: id || null }, "", url);
    mark(id);
  }
  function closeFlyout(silent) {
    const box = flyout();
    if (!box || !box.firstElementChild) return;
    box.replaceChildren();
    if (!silent) say(null); else mark(null);
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.detail.elt;
    if (link.dataset && link.dataset.open) { opener = link; link.dataset.asked = "1"; }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "flyout") return;
    const from = event.detail.requestConfig.elt;
    if (from && from.dataset && from.dataset.open) say(from.dataset.open);
    else mark(new URL(location.href).searchParams.get("open"));
    const title = one("#flyout-title");
    if (title) { flyout().setAttribute("aria-labelledby", "flyout-title"); flyout().scrollTop = 0; flyout().focus({ preventScroll: true }); }
    placeGrip();
    tick();
  });
  window.addEventListener("popstate", () => {
    const id = new URL(location.href).searchParams.get("open");
    if (!id) return closeFlyout(true);
    const link = one('[data-open="' + CSS.escape(id) + '"]');
    if (link && window.htmx) window.htmx.ajax("GET", link.getAttribute("hx-get"), "#flyout"); else location.reload();
  });
  function placeGrip() { const grip = one("[data-grip]"); if (grip) grip.style.left = flyout().getBoundingClientRect().left + "px"; }
  function widen(pixels) {
    const width = Math.min(window.innerWidth * 0.92, Math.max(420, pixels));
    root.style.setProperty("--flyout-width", width + "px");
    localStorage.setItem("flyout-width", String(Math.round(width)));
    placeGrip();
  }
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.matches("[data-grip]")) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    const move = (e) => widen(window.innerWidth - e.clientX);
    event.target.addEventListener("pointermove", move);
    event.target.addEventListener("pointerup", () => event.target.removeEventListener("pointermove", move), { once: true });
  });
  window.addEventListener("resize", placeGrip);
  const width = Number(localStorage.getItem("flyout-width"));
  if (width) root.style.setProperty("--flyout-width", Math.min(width, window.innerWidth * 0.92) + "px");

  /* ---- drawer, panels, one click for all -------------------------------------------------------- */
  function closeDrawer() { all(".rail.open").forEach((rail) => rail.classList.remove("open")); all(".shade").forEach((s) => s.remove()); }
  document.addEventListener("click", (event) => {
    const target = event.target;
    const hit = (selector) => target.closest(selector);
    let found;
    if ((found = hit("[data-close]"))) { const box = found.closest(found.dataset.close); if (box) box.remove(); return; }
    if (hit("[data-flyout-close]")) return closeFlyout();
    if ((found = hit("[data-rail-toggle]"))) { const narrow = root.dataset.rail === "narrow"; if (narrow) delete root.dataset.rail; else root.dataset.rail = "narrow"; keep("rail", narrow ? "" : "narrow"); return; }
    if ((found = hit("[data-drawer]"))) {
      one(found.dataset.drawer).classList.add("open");
      const shade = document.createElement("div");
      shade.className = "shade";
      shade.addEventListener("click", closeDrawer);
      document.body.append(shade);
      return;
    }
    if ((found = hit("[data-copy]"))) { navigator.clipboard.writeText(found.dataset.copy).then(() => toast(word("copied"), "good")); return; }
    all("details.pop[open], details.orgs[open]").forEach((d) => { if (!d.contains(target)) d.open = false; });
    if (!hit(".search")) all(".found").forEach((f) => f.replaceChildren());
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { const box = one("#search"); if (box) { event.preventDefault(); box.focus(); box.select(); } }
    else if (event.key === "Escape") {
      const open = one("details.pop[open], details.orgs[open]");
      if (open) { open.open = false; one("summary", open).focus(); }
      else if (one(".rail.open")) closeDrawer();
      else if (one("#found") && one("#found").firstElementChild) one("#found").replaceChildren();
      else if (!typing) closeFlyout();
    } else if ((event.key === "j" || event.key === "k") && !typing && !event.ctrlKey && !event.metaKey) step(event.key === "j" ? 1 : -1);
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest && event.target.closest(".search")) {
      const links = all("#found a"); if (!links.length) return;
      event.preventDefault();
      const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      (links[at] || one("#search")).focus();
    }
  });
  /* j and k walk the rows of the table; Enter opens, as for any link */
  function step(by) {
    const links = all("tbody [data-open]"); if (!links.length) return;
    const at = links.findIndex((l) => l.closest("tr").contains(document.activeElement) || l.closest("tr").classList.contains("open"));
    const next = links[Math.max(0, Math.min(links.length - 1, at + by))];
    next.focus();
    if (flyout() && flyout().firstElementChild) next.click();
  }
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-filter-list]")) return;
    const text = event.target.value.trim().toLowerCase();
    all("[data-word]", event.target.parentElement).forEach((a) => { a.parentElement.hidden = !!text && !a.dataset.word.includes(text); });
  });

  /* ---- selection -------------------------------------------------------------------------------- */
  document.addEventListener("change", (event) => {
    const list = event.target.closest(".list");
    if (!list || !event.target.matches("[data-pick], [data-pick-all], [data-pick-whole]")) return;
    const picks = all("[data-pick]", list);
    if (event.target.matches("[data-pick-all]")) picks.forEach((p) => { p.checked = event.target.checked; });
    const chosen = picks.filter((p) => p.checked);
    picks.forEach((p) => p.closest("tr").setAttribute("aria-selected", String(p.checked)));
    const head = one("[data-pick-all]", list);
    if (head) { head.checked = chosen.length === picks.length && picks.length > 0; head.indeterminate = chosen.length > 0 && !head.checked; }
    const bar = one("[data-bulk]", list);
    if (bar) { bar.hidden = !chosen.length; one("[data-picked]", bar).textContent = String(chosen.length); }
  });

  /* ---- clocks: the server's words, kept true while the page stays open ------------------------------- */
  function spell(minutes) {
    if (root.lang.startsWith("zh")) return minutes < 60 ? minutes + " 分钟" : minutes < 2880 ? Math.floor(minutes / 60) + " 小时 " + (minutes % 60) + " 分" : Math.floor(minutes / 1440) + " 天 " + Math.floor((minutes % 1440) / 60) + " 小时";
    return minutes < 60 ? minutes + " min" : minutes < 2880 ? Math.floor(minutes / 60) + " h " + (minutes % 60) + " min" : Math.floor(minutes / 1440) + " d " + Math.floor((minutes % 1440) / 60) + " h";
  }
  function tick() {
    const at = Date.now();
    all("[data-due]").forEach((clock) => {
      const due = Date.parse(clock.dataset.due), started = Date.parse(clock.dataset.started);
      const left = one(".left", clock); if (!left || Number.isNaN(due)) return;
      const over = at >= due, minutes = Math.floor(Math.abs(due - at) / 60000);
      left.textContent = (over ? word("over") : word("left")).replace("#", spell(minutes));
      const gone = started < due ? (at - started) / (due - started) : 0;
      clock.dataset.state = over ? "over" : gone >= 0.9 ? "due" : gone >= 0.75 ? "near" : "calm";
    });
  }
  setInterval(tick, 20000);
  document.addEventListener("htmx:afterSettle", tick);

  all(".toast").forEach(fade);
  tick();
})();

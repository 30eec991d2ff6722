/* The side panel: a record of a list beside the list, which keeps its place. The panel is the page of the record in a
   frame of its own (X-Panel), so everything there works here: forms are sent without leaving, J and K walk through the
   list, Escape closes. The address of the list says what is open; without this script links open the page. */
(() => {
  "use strict";

  const panel = document.getElementById("side-panel");
  const results = () => document.getElementById("results");
  if (!panel || !results()) return;
  const body = panel.querySelector("[data-panel-body]");
  const WIDE = window.matchMedia("(min-width: 768px)");
  let current = null; // id of the record that is shown
  let asked = 0;
  let changed = false;

  const rows = () => [...results().querySelectorAll("tr[data-row]")];
  const rowOf = (id) => results().querySelector(`tr[data-row="${id}"]`);
  const isOpen = () => !panel.hidden;

  const remember = () => {
    const address = new URL(window.location.href);
    if (current) address.searchParams.set("open", current);
    else address.searchParams.delete("open");
    window.history.replaceState(window.history.state, "", address);
  };
  const mark = () => {
    rows().forEach((row) => {
      row.classList.toggle("is-open", row.dataset.row === current);
      if (row.dataset.row === current) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    const all = rows();
    const at = all.findIndex((row) => row.dataset.row === current);
    panel.querySelector("[data-panel-step='-1']").disabled = at <= 0 && !results().querySelector("a[rel=prev]");
    panel.querySelector("[data-panel-step='1']").disabled = at < 0 || (at === all.length - 1 && !results().querySelector("a[rel=next]"));
    panel.querySelector("[data-panel-place]").textContent = at < 0 ? "" : `${at + 1} / ${all.length}`;
  };

  const ask = (address, more = {}) =>
    fetch(address, { credentials: "same-origin", cache: "no-store", ...more, headers: { "X-Panel": "1", ...(more.headers || {}) } });

  /* Show an answer: a page in the panel's frame, or the whole window where it is none. */
  const take = async (answer, { focuses = true } = {}) => {
    const text = await answer.text();
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const page = fresh.querySelector("[data-panel-page]");
    if (!page) {
      window.location.assign(answer.url);
      return;
    }
    fresh.querySelectorAll("[data-toast]").forEach((toast) => document.getElementById("toasts").append(toast));
    body.replaceChildren(page);
    window.htmx.process(body);
    window.clientele.prepare(body);
    window.clientele.prepare(document.getElementById("toasts"));
    panel.querySelector("[data-panel-page-link]").href = page.dataset.panelPage;
    body.scrollTop = 0;
    if (focuses) (body.querySelector("[data-focus]") || panel.querySelector("[data-panel-title]") || body).focus();
  };

  const show = async (id, address, { focuses = true } = {}) => {
    if (!maySkip()) return;
    const mine = ++asked;
    const wasOpen = isOpen();
    current = String(id);
    if (wasOpen) mark();
    panel.setAttribute("aria-busy", "true");
    const answer = await ask(address).catch(() => null);
    if (mine !== asked) return;
    panel.removeAttribute("aria-busy");
    if (!answer?.ok) {
      current = wasOpen ? current : null;
      return window.clientele.toast("error", document.body.dataset.errorText);
    }
    panel.hidden = false;
    document.documentElement.classList.add("has-panel");
    mark();
    remember();
    await take(answer, { focuses });
    rowOf(current)?.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    if (!isOpen() || !maySkip()) return;
    asked += 1;
    const row = current && rowOf(current);
    panel.hidden = true;
    document.documentElement.classList.remove("has-panel");
    body.replaceChildren();
    current = null;
    mark();
    remember();
    if (row) window.clientele.focusCell(row.querySelector("td.cell-first") || row.querySelector("td:not(.cell-pick)"));
    if (changed) renew();
  };

  /* What was typed in the panel is not thrown away without a question. */
  const maySkip = () => {
    const typed = [...body.querySelectorAll("form[data-guard]")].some((form) => window.clientele.hasUnsaved(form));
    if (typed && !window.confirm(panel.dataset.unsaved)) return false;
    body.querySelectorAll("form[data-guard]").forEach((form) => window.clientele.forget(form));
    return true;
  };

  /* The rows as they are now, without losing the place. */
  const renew = () => {
    changed = false;
    const address = new URL(window.location.href);
    address.searchParams.delete("open");
    return window.htmx.ajax("GET", `${address.pathname}${address.search}`, { target: "#results", select: "#results", swap: "outerHTML" });
  };

  const step = async (by) => {
    const all = rows();
    const at = all.findIndex((row) => row.dataset.row === current);
    let next = all[at + by];
    if (!next && at >= 0) {
      const turn = results().querySelector(`a[rel=${by > 0 ? "next" : "prev"}]`);
      if (!turn || !maySkip()) return;
      await window.htmx.ajax("GET", turn.getAttribute("hx-get") || turn.href, { target: "#results", select: "#results", swap: "outerHTML" });
      const address = new URL(turn.href);
      window.history.replaceState(window.history.state, "", address);
      next = by > 0 ? rows()[0] : rows().at(-1);
    }
    if (next) show(next.dataset.row, next.dataset.href, { focuses: panel.contains(document.activeElement) });
  };

  /* Opening: a click on a row or on its link. The answer is asked for at once and shown when it is clear that no double
     click was meant, which opens a field instead. */
  let waiting = 0;
  document.addEventListener("click", (event) => {
    const row = event.target.closest("#results tr[data-row]");
    if (!row || !WIDE.matches || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a");
    if (link ? link.getAttribute("href") !== row.dataset.href : event.target.closest("button, input, label, select, summary, textarea, .ts-wrapper, [data-cell-form]")) return;
    if (window.getSelection()?.toString()) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(waiting);
    const start = () => show(row.dataset.row, row.dataset.href);
    const cell = event.target.closest("[data-cell]");
    if (!link && cell) {
      if (event.detail > 1) return;
      window.clientele.focusCell(cell);
      waiting = setTimeout(start, 220);
    } else start();
  }, true);
  document.addEventListener("dblclick", () => clearTimeout(waiting), true);

  panel.addEventListener("click", (event) => {
    const by = event.target.closest("[data-panel-step]");
    if (by) return step(Number(by.dataset.panelStep));
    if (event.target.closest("[data-panel-close]")) return close();
    const link = event.target.closest("a[data-in-panel]");
    if (!link || event.ctrlKey || event.metaKey || event.defaultPrevented || !maySkip()) return;
    event.preventDefault();
    ask(link.href).then((answer) => (answer.ok ? take(answer) : window.location.assign(link.href)));
  });

  /* Forms in the panel: what comes back is shown here, be it the record or what is wrong. */
  panel.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-cell-form]")) return;
    event.preventDefault();
    if (form.dataset.inPanel) return;
    form.dataset.inPanel = "1";
    const data = new FormData(form, event.submitter);
    const here = rowOf(current)?.dataset.href;
    if (data.has("next") && here) data.set("next", here);
    const answer = await ask(form.action, { method: "POST", body: data }).catch(() => null);
    delete form.dataset.inPanel;
    delete form.dataset.sent;
    if (!answer || answer.status >= 500 || answer.status === 404) return window.clientele.toast("error", document.body.dataset.errorText);
    window.clientele.forget(form);
    changed = true;
    await take(answer);
    if (answer.redirected) renew().then(mark);
  });

  document.addEventListener("clientele:changed", (event) => {
    if (!isOpen()) return;
    if (!event.detail.isRow) return renew().then(mark);
    const row = rowOf(current);
    if (row?.dataset.cells === event.detail.address) ask(row.dataset.href).then((answer) => answer.ok && take(answer, { focuses: false }));
    mark();
  });
  document.addEventListener("clientele:stale", () => renew().then(mark));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open], .offcanvas.show, .modal.show")) return;
    if (event.key === "Escape" && isOpen() && !event.target.closest(".menu[open], .ts-wrapper.dropdown-active, .top-search")) {
      event.preventDefault();
      return close();
    }
    if (window.clientele.isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key !== "j" && key !== "k") return;
    event.preventDefault();
    if (isOpen()) return step(key === "j" ? 1 : -1);
    const all = rows();
    const at = all.indexOf(document.activeElement?.closest?.("tr[data-row]"));
    const next = all[Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), all.length - 1)];
    if (next) window.clientele.focusCell(next.querySelector("td.cell-first") || next.querySelector("td:not(.cell-pick)"));
  });

  document.addEventListener("htmx:afterSettle", () => isOpen() && mark());
  const wanted = new URLSearchParams(window.location.search).get("open");
  if (wanted && /^\d+$/.test(wanted)) {
    const address = rowOf(wanted)?.dataset.href || `${panel.dataset.base}${wanted}/`;
    if (WIDE.matches) show(wanted, address, { focuses: false });
    else window.location.replace(address);
  }
})();

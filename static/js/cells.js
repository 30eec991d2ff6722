/* Values changed where they stand, in lists and on the pages of records: a cell marked data-cell="key" under an element
   with data-cells="address of its record". Arrow keys walk the cells of a list; Enter or a double click opens the field
   of the kind's own form, F2 also where the cell leads somewhere; Enter saves, Escape leaves. Without this script the
   pencils lead to the form of the whole record. */
(() => {
  "use strict";

  const says = (text) => {
    const place = document.getElementById("said");
    if (place) place.textContent = text;
  };
  const words = document.body.dataset;
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], .ts-wrapper");
  const addressOf = (cell) => {
    const holder = cell.closest("[data-cells]");
    return holder ? `${holder.dataset.cells}${cell.dataset.cell}/` : "";
  };
  const labelOf = (cell) => cell.dataset.label || cell.parentElement.querySelector("dt")?.textContent.trim() || "";

  const opened = new WeakMap(); // what a form was opened with

  /* Opening ------------------------------------------------------------------------------------------------------ */
  const open = async (cell) => {
    const address = addressOf(cell);
    if (!address || cell.querySelector("[data-cell-form]")) return;
    document.querySelectorAll("[data-cell-form]").forEach((form) => form.dataset.busy || leave(form, false));
    const before = [...cell.childNodes];
    cell.classList.add("is-busy");
    const answer = await fetch(address, { headers: { "X-Cell": "1" }, credentials: "same-origin", cache: "no-store" }).catch(() => null);
    cell.classList.remove("is-busy");
    if (!answer?.ok) return window.clientele.toast("error", answer?.status === 404 ? words.cellClosed : words.errorText);
    const text = await answer.text();
    cell.kept = before;
    put(cell, text);
  };

  const put = (cell, text) => {
    cell.classList.add("is-edited");
    cell.innerHTML = text;
    const form = cell.querySelector("[data-cell-form]");
    window.clientele.prepare(cell);
    const control = form.querySelector("input:not([type=hidden]):not(.tomselected), select:not(.tomselected), textarea");
    const select = form.querySelector("select.tomselected");
    opened.set(form, new URLSearchParams(new FormData(form)).toString());
    if (form.querySelector("[role=alert] .btn-primary")) form.querySelector("[role=alert] .btn-primary").focus();
    else if (select) select.tomselect.focus();
    else control?.focus();
    if (control?.select && /^(text|tel|email|url|number|search)$/.test(control.type)) control.select();
    if (select && !select.multiple) select.tomselect.on("item_add", () => setTimeout(() => send(form), 0));
  };

  const leave = (form, focuses = true) => {
    const cell = form.closest("[data-cell]");
    form.querySelectorAll("select.tomselected").forEach((select) => select.tomselect.destroy());
    cell.classList.remove("is-edited");
    cell.replaceChildren(...(cell.kept || []));
    if (focuses) focus(cell);
  };

  /* Saving ------------------------------------------------------------------------------------------------------- */
  const hasChanged = (form) => new URLSearchParams(new FormData(form)).toString() !== opened.get(form);

  const send = async (form, button) => {
    if (form.dataset.busy || !form.isConnected) return;
    const cell = form.closest("[data-cell]");
    const isAnswer = Boolean(button?.name);
    if (!isAnswer && !form.querySelector("[role=alert]") && !hasChanged(form)) return leave(form);
    form.dataset.busy = "1";
    const row = cell.closest("tr[data-row]");
    const data = new FormData(form);
    if (isAnswer) data.set(button.name, button.value);
    if (row) {
      data.set("columns", row.closest("table").dataset.columns);
      data.set("ticks", row.querySelector("[data-select-row]") ? "1" : "");
    }
    cell.classList.add("is-busy");
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Cell": "1" }, credentials: "same-origin" }).catch(() => null);
    delete form.dataset.busy;
    cell.classList.remove("is-busy");
    if (!answer || ![200, 409, 422].includes(answer.status)) return window.clientele.toast("error", answer?.status === 404 ? words.cellClosed : words.errorText);
    const text = await answer.text();
    if (answer.status !== 200) return put(cell, text);
    says(`${words.cellSaved} ${labelOf(cell)}`);
    shown(cell, row, text, answer.headers.has("X-Gone"));
  };

  /* The new row or value; whatever else shows this record asks anew. */
  const shown = (cell, row, text, isGone) => {
    const address = cell.closest("[data-cells]").dataset.cells;
    const had = !document.activeElement || document.activeElement === document.body || cell.contains(document.activeElement);
    cell.classList.remove("is-edited");
    if (isGone) {
      window.clientele.toast("info", words.cellGone);
      row?.remove();
    } else if (row) {
      const holder = document.createElement("tbody");
      holder.innerHTML = text;
      const fresh = holder.querySelector("tr");
      const key = cell.dataset.cell;
      const box = row.querySelector("[data-select-row]");
      if (box?.checked) fresh.querySelector("[data-select-row]").checked = true;
      if (row.classList.contains("is-open")) fresh.classList.add("is-open");
      row.replaceWith(fresh);
      if (had) focus(fresh.querySelector(`[data-cell="${key}"]`));
      flash(fresh.querySelector(`[data-cell="${key}"]`));
    } else {
      const value = document.createElement("span");
      value.dataset.cellValue = "";
      value.innerHTML = text;
      const pencil = cell.kept?.find((node) => node.matches?.(".cell-pencil"));
      cell.replaceChildren(value, ...(pencil ? [pencil] : []));
      if (had) focus(cell);
      flash(cell);
    }
    document.dispatchEvent(new CustomEvent("clientele:changed", { detail: { address, isRow: Boolean(row) } }));
  };
  const flash = (cell) => {
    cell?.classList.add("is-fresh");
    setTimeout(() => cell?.classList.remove("is-fresh"), 900);
  };

  /* What was changed elsewhere meanwhile stays: the value is read again. */
  const refresh = async (form) => {
    const cell = form.closest("[data-cell]");
    leave(form);
    document.dispatchEvent(new CustomEvent("clientele:stale", { detail: { cell } }));
  };

  /* Keys and clicks ---------------------------------------------------------------------------------------------- */
  const focus = (cell) => {
    if (!cell) return;
    if (!cell.matches("td")) return (cell.querySelector(".cell-pencil") || cell).focus();
    cell.closest("table").querySelectorAll("td[tabindex='0']").forEach((each) => (each.tabIndex = -1));
    cell.tabIndex = 0;
    cell.focus({ preventScroll: false });
  };
  const cellsOf = (row) => [...row.querySelectorAll("td:not(.cell-pick)")];
  const go = (cell, key) => {
    const row = cell.parentElement;
    const at = cellsOf(row).indexOf(cell);
    const to = {
      ArrowLeft: () => cellsOf(row)[at - 1],
      ArrowRight: () => cellsOf(row)[at + 1],
      ArrowUp: () => row.previousElementSibling && cellsOf(row.previousElementSibling)[at],
      ArrowDown: () => row.nextElementSibling && cellsOf(row.nextElementSibling)[at],
      Home: () => cellsOf(row)[0],
      End: () => cellsOf(row).at(-1),
    }[key]();
    focus(to);
    to?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-cell-form]");
    if (form) {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        return leave(form);
      }
      const isPlain = event.target.matches("input, select") && !event.target.closest(".ts-wrapper");
      if (event.key === "Enter" && (isPlain || (event.target.matches("textarea") && (event.ctrlKey || event.metaKey)))) {
        event.preventDefault();
        send(form);
      }
      return;
    }
    const cell = event.target.closest?.("tr[data-row] > td");
    if (!cell || cell !== event.target || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(Arrow|Home|End)/.test(event.key)) {
      event.preventDefault();
      go(cell, event.key);
    } else if (event.key === "F2" || (event.key === "Enter" && !cell.querySelector("a[href]"))) {
      if (!cell.dataset.cell) return;
      event.preventDefault();
      open(cell);
    } else if (event.key === "Enter") {
      event.preventDefault();
      cell.querySelector("a[href]").click();
    }
  }, true);

  document.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.target.closest("a, button, [data-cell-form]")) return;
    window.getSelection()?.removeAllRanges();
    open(cell);
  });

  document.addEventListener("click", (event) => {
    const pencil = event.target.closest(".cell-pencil");
    if (pencil?.closest("[data-cell]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      return open(pencil.closest("[data-cell]"));
    }
    const out = event.target.closest("[data-cell-leave]");
    if (out) return out.dataset.cellLeave === "fresh" ? refresh(out.closest("form")) : leave(out.closest("form"));
  }, true);

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-cell-form]");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    send(form, event.submitter);
  }, true);

  /* Whoever goes on elsewhere keeps what was entered. */
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("[data-cell-form]");
    if (!form || form.dataset.busy) return;
    setTimeout(() => {
      const isElsewhere = form.isConnected && !form.contains(document.activeElement) && document.activeElement !== document.body;
      if (!isElsewhere || document.activeElement.closest(".ts-dropdown") || form.querySelector("[role=alert]")) return;
      if (hasChanged(form)) send(form);
      else leave(form, false);
    }, 0);
  });

  /* A pencil follows the mouse and the focus over the cells of a list. */
  const pencil = document.createElement("button");
  pencil.type = "button";
  pencil.className = "cell-pencil";
  pencil.tabIndex = -1;
  pencil.title = words.cellEdit || "";
  pencil.setAttribute("aria-hidden", "true");
  pencil.innerHTML = document.getElementById("pencil-icon")?.innerHTML || "";
  const follow = (event) => {
    const cell = event.target.closest?.("tr[data-cells] > td[data-cell]");
    if (!cell || cell.querySelector("[data-cell-form]") || pencil.parentElement === cell) return;
    cell.append(pencil);
  };
  document.addEventListener("mouseover", follow);
  document.addEventListener("focusin", follow);

  /* A list whose cells can be walked is a grid to assistive technology. */
  const prepare = () => {
    document.querySelectorAll("table[data-columns]").forEach((table) => {
      if (!table.querySelector("tr[data-row]") || table.querySelector("td[tabindex='0']")) return;
      table.setAttribute("role", "grid");
      const first = table.querySelector("tr[data-row] > td:not(.cell-pick)");
      if (first) first.tabIndex = 0;
    });
  };
  document.addEventListener("htmx:afterSettle", prepare);
  prepare();
  window.clientele.editCell = open;
  window.clientele.focusCell = focus;
  window.clientele.isTyping = isTyping;
})();

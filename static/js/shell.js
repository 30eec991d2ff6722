/* Behaviour of the frame: menus, toasts, search key, unsaved changes, row links, remote look-ups, tabs of a drawer. */
(() => {
  "use strict";

  /* Menus are <details>: they work without this script, which closes them when the reader goes elsewhere. */
  const closeMenus = (except) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = document.activeElement?.closest?.("details.menu[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...menu.querySelectorAll(".menu-item")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
      next?.focus();
      event.preventDefault();
    }
  });

  /* Ctrl/Cmd-K, and "/" outside of fields, go to the search. */
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const wanted = ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") || (event.key === "/" && !typing);
    const box = document.querySelector("[data-search-box]");
    if (!wanted || !box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  /* "n" on a list starts a new record. */
  document.addEventListener("keydown", (event) => {
    const link = document.querySelector("a[data-create]");
    const isTaken = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
    if (event.key !== "n" || isTaken || !link || event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    event.preventDefault();
    link.click();
  });

  /* Toasts: good news leaves by itself, problems stay until read. */
  const prepareToasts = (scope) => {
    scope.querySelectorAll("[data-toast]:not([data-ready])").forEach((toast) => {
      toast.dataset.ready = "";
      if (/success|info/.test(toast.dataset.toast)) setTimeout(() => toast.remove(), 7000);
    });
  };
  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
  });

  /* A note of this page's own, such as why something could not be done. */
  const toast = (tone, text) => {
    const list = document.getElementById("toasts");
    if (!list || !text) return;
    const note = document.createElement("div");
    note.className = `toast-note toast-${tone}`;
    note.dataset.toast = tone;
    const place = document.createElement("span");
    place.className = "toast-text";
    place.textContent = text;
    note.append(place);
    list.append(note);
    setTimeout(() => note.remove(), 10000);
  };

  /* A form with data-guard asks before changes are lost. */
  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-cell-form], .side-panel")) changed.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    changed.forEach((form) => form.isConnected || changed.delete(form));
    if (changed.size) event.preventDefault();
  });

  /* Double submits: the button rests while the page is on its way. */
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post" || event.target.hasAttribute("data-keep-enabled")) return;
    const button = event.submitter;
    if (button) setTimeout(() => button.setAttribute("aria-disabled", "true"), 0);
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 4000);
  });

  /* A click anywhere on a row opens its record; links and buttons in it keep their own meaning. */
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, select, summary, textarea, .ts-wrapper, [data-cell-form]")) return;
    if (window.getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.assign(row.dataset.href);
  });

  /* Select all rows of a page. */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-select-all]")) return;
    const table = event.target.closest("table");
    table.querySelectorAll("tbody [data-select-row]").forEach((box) => (box.checked = event.target.checked));
  });

  /* Submit a form when one of its fields marked data-autosubmit changes. */
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
  });

  /* A button with data-fill puts its data-value into the field of that name, and takes it out again. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    const field = button?.closest("form")?.elements[button.dataset.fill];
    if (!field) return;
    const isOn = button.getAttribute("aria-pressed") !== "true";
    const value = isOn ? button.dataset.value : "";
    if (field.tomselect) field.tomselect.setValue(value);
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest("form").querySelectorAll(`[data-fill="${button.dataset.fill}"]`).forEach((each) => {
      each.setAttribute("aria-pressed", String(isOn && each === button));
      each.classList.toggle("btn-primary", isOn && each === button);
      each.classList.toggle("btn-quiet", !(isOn && each === button));
    });
  });

  /* A button with data-fill-all puts a value into each field named there; [value, text] for look-ups. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-all]");
    const form = button?.closest("form");
    if (!form) return;
    event.preventDefault();
    const values = Object.entries(JSON.parse(button.dataset.fillAll)).filter(([name]) => form.elements[name]);
    values.forEach(([name, value]) => {
      const field = form.elements[name];
      const [code, text] = [].concat(value);
      if (field.tomselect) {
        field.tomselect.addOption({ value: code, text: text });
        field.tomselect.setValue(code);
      } else field.value = code;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const first = values[0] && form.elements[values[0][0]];
    (first?.tomselect || first)?.focus();
  });

  /* What cannot be undone is asked once more. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
  });

  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  /* Selects: remote look-ups by typing (data-lookup-url answers {results: [{id, text, hint}]}), plain ones with many
     options searchable. */
  const lookupResults = (url, text) => {
    const address = new URL(url, window.location.origin);
    address.searchParams.set("q", text);
    return fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : { results: [] }))
      .then((found) => found.results || []);
  };
  const row = (item, escape) =>
    `<div>${escape(item.text)}${item.hint ? ` <span class="lookup-hint">${escape(item.hint)}</span>` : ""}</div>`;
  /* Enter before the answer has come takes the first that it brings. */
  const takeWhenItComes = (control) => {
    let isWaiting = false;
    let isWanted = false;
    control.on("type", (text) => {
      isWaiting = Boolean(text);
      isWanted = false;
    });
    control.on("load", () => {
      const isTaken = isWanted;
      isWaiting = isWanted = false;
      if (isTaken)
        setTimeout(() => {
          const first = control.dropdown_content.querySelector("[data-selectable]");
          if (first) control.addItem(first.dataset.value);
          control.close();
        }, 0);
    });
    control.control_input.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" || !isWaiting) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        isWanted = true;
      },
      true,
    );
  };
  const prepareSelects = (scope) => {
    if (!window.TomSelect) return;
    scope.querySelectorAll("select[data-lookup-url]:not(.tomselected), select[data-searchable]:not(.tomselected)").forEach((select) => {
      const url = select.dataset.lookupUrl;
      const many = select.multiple;
      const plugins = many ? { remove_button: { title: select.dataset.removeText || "×" } } : {};
      if (!many && !select.required) plugins.clear_button = { title: select.dataset.clearText || "×" };
      const control = new window.TomSelect(select, {
        plugins,
        maxOptions: 200,
        hideSelected: many,
        closeAfterSelect: !many,
        placeholder: select.dataset.placeholder || "",
        dropdownParent: select.closest(".modal, .offcanvas, dialog") ? null : "body",
        render: {
          no_results: () => `<div class="no-results">${select.dataset.noResults || "–"}</div>`,
          ...(url ? { option: row } : {}),
        },
        ...(url && {
          valueField: "id",
          labelField: "text",
          searchField: [],
          sortField: [{ field: "$order" }],
          preload: "focus",
          loadThrottle: 200,
          shouldLoad: () => true,
          load: (text, done) => lookupResults(url, text).then(done, () => done()),
        }),
      });
      if (url) takeWhenItComes(control);
      if (url) control.on("type", () => control.clearOptions((option) => control.items.includes(String(option.id ?? option.value))));
      // The select itself is out of sight but not out of the accessibility tree: it keeps its name.
      const label = document.querySelector(`label[for="${CSS.escape(control.control_input.id)}"]`);
      if (!label && select.getAttribute("aria-label")) control.control_input.setAttribute("aria-label", select.getAttribute("aria-label"));
      select.setAttribute("aria-label", select.getAttribute("aria-label") || label?.textContent.trim() || select.name);
      if (select.getAttribute("aria-invalid") === "true") control.control_input.setAttribute("aria-invalid", "true");
    });
  };

  /* Charts bring their library only to pages that have one. */
  const load = (address) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  let charts;
  const prepareCharts = (scope) => {
    if (!scope.querySelector("[data-chart]")) return;
    const { echarts, charts: own } = document.body.dataset;
    charts ??= load(echarts).then(() => load(own));
    charts.then(() => window.clienteleCharts.boot(scope));
  };

  /* Lists: the head, the export links and the view to be saved follow the address that htmx has pushed. */
  const followAddress = () => {
    const results = document.getElementById("results");
    if (!results) return;
    const query = new URLSearchParams(window.location.search);
    query.delete("page");
    query.delete("partial");
    query.delete("open");
    document.querySelectorAll("[data-list-count]").forEach((place) => (place.textContent = results.dataset.count));
    document.querySelectorAll("[data-filter-count]").forEach((place) => {
      place.textContent = results.dataset.filters;
      place.hidden = results.dataset.filters === "0";
    });
    document.querySelectorAll("a[data-export]").forEach((link) => {
      const address = new URL(link.href);
      const wanted = new URLSearchParams(query);
      wanted.set("format", address.searchParams.get("format"));
      address.search = wanted;
      link.href = address;
    });
    document.querySelectorAll("[data-save-view] [name=query]").forEach((field) => (field.value = query));
  };
  document.addEventListener("htmx:afterSettle", followAddress);

  /* Columns of a list: the ticked ones, in their order, as ?columns=a,b. */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-column]")) return;
    const boxes = [...event.target.closest(".menu-panel").querySelectorAll("[data-column]:checked")];
    const query = new URLSearchParams(window.location.search);
    query.set("columns", boxes.map((box) => box.dataset.column).join(","));
    const address = `${window.location.pathname}?${query}`;
    window.htmx.ajax("GET", address, { target: "#results", select: "#results", swap: "outerHTML" });
    window.history.replaceState(window.history.state, "", address);
    event.stopPropagation();
  });

  const prepare = (scope) => {
    prepareToasts(scope);
    prepareSelects(scope);
    prepareCharts(scope);
  };
  window.clientele = {
    prepare,
    toast,
    hasUnsaved: (form) => changed.has(form),
    forget: (form) => changed.delete(form),
  };
  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement || document));

  /* A failed htmx request is said, not swallowed. */
  document.addEventListener("htmx:responseError", (event) => {
    const text = document.body.dataset.errorText;
    if (text) toast("error", `${text} (${event.detail.xhr.status})`);
  });
})();

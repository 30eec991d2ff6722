/* The grid of an order's or a quote's lines, by keyboard alone.

   Product: type a code or a name; the list under the cell shows code, name, price for this customer and stock. Enter or
   Tab takes the marked one, also when the answer is still on its way. Enter goes to the next cell, in the last one to a
   new line; Alt+Delete removes a line, Ctrl+Enter saves, the arrows change the line. The server reckons again. */
(() => {
  "use strict";

  const CELLS = ["product", "quantity", "unit_price", "discount"];
  const WAIT = 120;
  const plain = (text) => text.trim().toLocaleLowerCase();
  const number = (field) => Number((field?.value || "").replace(",", ".")) || 0;
  const cents = (value) => Math.round((value + Number.EPSILON) * 100) / 100;
  const locale = document.documentElement.lang;
  const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });

  /* What the server offers, and what it has said already. */
  const offers = (box) => {
    const form = box.closest("form");
    const known = new Map();
    const value = (name) => form.elements[name]?.value || "";
    const ask = async (given) => {
      const address = new URL(box.dataset.offerUrl, window.location.origin);
      given.forEach(([name, text]) => address.searchParams.append(name, text));
      address.searchParams.set("customer", value("customer"));
      address.searchParams.set("currency", value("currency"));
      address.searchParams.set("day", value("occurred_at"));
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) return [];
      const { results } = await answer.json();
      for (const each of results) for (const name of [each.code, ...each.names]) known.set(plain(name), each);
      return results;
    };
    return {
      search: (text) => ask([["q", text]]),
      again: (codes) => {
        known.clear();
        return ask(codes.map((code) => ["code", code]));
      },
      exact: (text) => known.get(plain(text)),
    };
  };

  /* The list under a product cell: one for the whole grid, moved to where it is needed. */
  const suggestions = (box) => {
    const list = document.createElement("div");
    list.className = "offers";
    list.id = `${box.dataset.prefix}-offers`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.dataset.textProducts);
    list.hidden = true;
    document.body.append(list);
    let owner = null;
    let rows = [];
    let at = -1;
    const mark = (next) => {
      at = next;
      [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
      list.children[at]?.scrollIntoView({ block: "nearest" });
      if (at >= 0) owner?.setAttribute("aria-activedescendant", `${list.id}-${at}`);
      else owner?.removeAttribute("aria-activedescendant");
    };
    const place = () => {
      if (!owner) return;
      const spot = owner.getBoundingClientRect();
      const below = window.innerHeight - spot.bottom;
      list.style.left = `${Math.max(8, Math.min(spot.left, window.innerWidth - list.offsetWidth - 8))}px`;
      const isAbove = below < list.offsetHeight + 12 && spot.top > below;
      list.style.top = `${isAbove ? spot.top - list.offsetHeight - 4 : spot.bottom + 4}px`;
    };
    const cell = (text, name) => {
      const span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      return span;
    };
    const option = (offer, index) => {
      const row = document.createElement("div");
      row.id = `${list.id}-${index}`;
      row.setAttribute("role", "option");
      const cost = number({ value: offer.price }) * (1 - number({ value: offer.discount }) / 100);
      const stock = offer.stock === "" ? "" : `${count.format(Number(offer.stock))} ${box.dataset.textStock}`;
      row.append(cell(offer.code, "offer-code"), cell(offer.text, "offer-name"));
      row.append(cell(stock, "offer-stock"), cell(money.format(cost), "offer-price"));
      if (offer.reason) row.append(cell(offer.reason, "offer-reason"));
      row.addEventListener("mousedown", (event) => event.preventDefault());
      row.addEventListener("click", () => list.dispatchEvent(new CustomEvent("taken", { detail: index })));
      return row;
    };
    const hide = () => {
      owner?.setAttribute("aria-expanded", "false");
      owner?.removeAttribute("aria-activedescendant");
      list.hidden = true;
      [owner, rows, at] = [null, [], -1];
    };
    window.addEventListener("resize", place);
    window.addEventListener("scroll", place, true);
    return {
      list,
      hide,
      isOpen: () => !list.hidden,
      of: () => owner,
      chosen: () => rows[at],
      row: (index) => rows[index],
      move: (step) => rows.length && mark((at + step + rows.length) % rows.length),
      show: (input, found) => {
        if (owner && owner !== input) hide();
        [owner, rows] = [input, found];
        list.replaceChildren(...found.map(option));
        if (!found.length) list.append(cell(box.dataset.textNone, "offer-none"));
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
        mark(found.length && input.value.trim() ? 0 : -1);
        place();
      },
    };
  };

  const start = (box) => {
    const { prefix } = box.dataset;
    const form = box.closest("form");
    const lines = box.querySelector("[data-lines]");
    const template = box.querySelector("[data-line-template]");
    const total = form.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
    const said = box.querySelector("[data-line-said]");
    const offered = offers(box);
    const menu = suggestions(box);
    const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
    const rowOf = (element) => element.closest("[data-line]");
    const isUsed = (row) => ["product", "description"].some((name) => field(row, name)?.value.trim());
    const isGone = (row) => Boolean(field(row, "DELETE")?.checked);
    const shown = () => [...lines.children].filter((row) => !row.hidden && !isGone(row));

    const dress = (row) => {
      const input = field(row, "product");
      input.removeAttribute("list");
      for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", menu.list.id]])
        input.setAttribute(name, value);
    };
    const add = () => {
      const at = Number(total.value);
      lines.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__prefix__", at));
      total.value = at + 1;
      dress(lines.lastElementChild);
      return lines.lastElementChild;
    };
    const go = (row, name) => {
      const place = row && field(row, name);
      place?.focus();
      place?.select?.();
    };

    /* Amounts. */
    const reckon = () => {
      let sum = 0;
      let before = 0;
      for (const row of lines.children) {
        const full = number(field(row, "quantity")) * number(field(row, "unit_price"));
        const amount = cents(full * (1 - number(field(row, "discount")) / 100));
        row.classList.toggle("is-removed", isGone(row));
        row.querySelector("[data-line-amount]").value = isUsed(row) ? money.format(amount) : "";
        if (!isUsed(row) || isGone(row)) continue;
        sum += amount;
        before += cents(full);
      }
      box.querySelector("[data-lines-total]").value = money.format(sum);
      const saved = cents(before - sum);
      box.querySelector("[data-discount-row]").hidden = saved === 0;
      box.querySelector("[data-lines-discount]").value = money.format(-saved);
    };
    const tellStock = (row) => {
      const hint = row.querySelector("[data-line-stock]");
      const stock = row.offer?.stock ?? "";
      const isShort = stock !== "" && number(field(row, "quantity")) > Number(stock);
      hint.textContent = stock === "" ? "" : `${count.format(Number(stock))} ${box.dataset.textStock}`;
      hint.classList.toggle("is-short", isShort);
      hint.title = isShort ? box.dataset.textShort : "";
    };
    const tellReason = (row) => {
      const { offer } = row;
      const holds = offer?.reason && number(field(row, "unit_price")) === Number(offer.price) && number(field(row, "discount")) === Number(offer.discount);
      row.querySelector("[data-line-reason]").textContent = holds ? offer.reason : "";
    };

    /* Taking what is offered: price and discount come along until somebody types others. */
    const price = (row, offer) => {
      row.offer = offer;
      for (const [name, value] of [["unit_price", offer.price], ["discount", Number(offer.discount) ? offer.discount : ""]]) {
        const cell = field(row, name);
        if (cell.value && !cell.dataset.filled) continue;
        cell.value = value;
        cell.dataset.filled = "1";
      }
      tellReason(row);
      tellStock(row);
    };
    const take = (row, offer) => {
      const input = field(row, "product");
      input.value = offer.code;
      input.removeAttribute("aria-invalid");
      input.setCustomValidity("");
      row.querySelector("[data-line-product]").textContent = offer.text;
      if (row.offer?.code !== offer.code) ["unit_price", "discount"].forEach((name) => row.offer && (field(row, name).dataset.filled = "1"));
      if (!field(row, "quantity").value) field(row, "quantity").value = 1;
      price(row, offer);
      menu.hide();
      reckon();
    };
    const refuse = (row) => {
      const input = field(row, "product");
      input.setAttribute("aria-invalid", "true");
      row.querySelector("[data-line-product]").textContent = box.dataset.textUnknown;
      said.textContent = box.dataset.textUnknown;
    };

    let asked = 0;
    let answered = "";
    const search = async (input) => {
      const mine = ++asked;
      const text = input.value;
      const found = await offered.search(text);
      if (mine !== asked || document.activeElement !== input || input.value !== text) return found;
      answered = text;
      menu.show(input, found);
      return found;
    };
    /* What was typed becomes a product: at once where it is known, else when the answer comes; the writer goes on. */
    const settle = (input) => {
      const row = rowOf(input);
      const text = input.value.trim();
      clearTimeout(waiting);
      if (!text) return menu.hide();
      const marked = menu.of() === input && answered === input.value ? menu.chosen() : undefined;
      const sure = marked || offered.exact(text);
      if (sure) return take(row, sure);
      if (row.offer?.code === text) return menu.hide();
      asked += 1;
      menu.hide();
      offered.search(text).then((found) => {
        if (!row.isConnected || input.value.trim() !== text) return;
        const best = offered.exact(text) || found[0];
        if (best) take(row, best);
        else refuse(row);
      });
    };

    /* Another customer, currency or day: prices that nobody typed follow. */
    const askAgain = async () => {
      const rows = shown().filter((row) => row.offer);
      if (!rows.length) return;
      await offered.again(rows.map((row) => row.offer.code));
      rows.forEach((row) => {
        const offer = offered.exact(row.offer.code);
        if (offer) price(row, offer);
      });
      reckon();
    };

    const remove = (row) => {
      const name = document.activeElement?.name?.split("-").pop() || "product";
      const rows = shown();
      const at = rows.indexOf(row);
      const box_ = field(row, "DELETE");
      const isSaved = Boolean(field(row, "id")?.value);
      if (isSaved && isGone(row)) {
        box_.checked = false;
        reckon();
        return;
      }
      box_.checked = true;
      row.hidden = !isSaved;
      reckon();
      form.dispatchEvent(new Event("input", { bubbles: true }));
      const next = rows[at + 1] || rows[at - 1] || add();
      go(next, CELLS.includes(name) ? name : "product");
    };

    let waiting;
    box.addEventListener("input", (event) => {
      const row = rowOf(event.target);
      if (!row) return;
      if (event.target.matches("[data-product]")) {
        event.target.removeAttribute("aria-invalid");
        row.querySelector("[data-line-product]").textContent = "";
        clearTimeout(waiting);
        waiting = setTimeout(() => search(event.target), WAIT);
      } else {
        delete event.target.dataset.filled;
        tellReason(row);
        tellStock(row);
      }
      if (row === shown().at(-1) && isUsed(row)) add();
      reckon();
    });
    box.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-product]") && !event.target.value) search(event.target);
    });
    box.addEventListener("focusout", (event) => {
      if (!event.target.matches("[data-product]")) return;
      if (event.target.value.trim() && (menu.of() === event.target || !rowOf(event.target).offer)) settle(event.target);
      else menu.hide();
    });
    box.addEventListener("change", reckon);
    box.addEventListener("click", (event) => {
      if (event.target.closest("[data-remove-line]")) remove(rowOf(event.target));
    });
    menu.list.addEventListener("taken", (event) => {
      const row = rowOf(menu.of());
      take(row, menu.row(event.detail));
      go(row, "quantity");
    });

    const onProduct = (event, row) => {
      const isOpen = menu.isOpen() && menu.of() === event.target;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (isOpen) menu.move(event.key === "ArrowDown" ? 1 : -1);
        else search(event.target);
        return true;
      }
      if (event.key === "Escape" && isOpen) {
        menu.hide();
        event.stopPropagation();
        return true;
      }
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        const isText = Boolean(event.target.value.trim());
        if (isText) settle(event.target);
        else menu.hide();
        go(row, isText ? "quantity" : "description");
        return true;
      }
      return false;
    };
    box.addEventListener("keydown", (event) => {
      const row = rowOf(event.target);
      if (!row || event.isComposing) return;
      if (event.altKey && event.key === "Delete") {
        event.preventDefault();
        remove(row);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.matches("[data-product]") && onProduct(event, row)) return;
      const name = event.target.name?.split("-").pop();
      const rows = shown();
      const at = rows.indexOf(row);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        go(rows[at + (event.key === "ArrowDown" ? 1 : -1)], name);
      }
      if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        if (event.shiftKey) go(rows[at - 1], name);
        else if (name === "discount") go(rows[at + 1] || (isUsed(row) ? add() : row), "product");
        else go(row, name === "description" ? "quantity" : CELLS[CELLS.indexOf(name) + 1]);
      }
    });

    /* From the customer straight into the lines; what else an order needs is filled in already. */
    const customer = form.elements.customer;
    customer?.addEventListener("change", () => {
      askAgain();
      const first = shown()[0];
      if (box.dataset.isNew === undefined || !customer.value || !first || isUsed(first)) return;
      setTimeout(() => enter(first), 0);
    });
    /* The look-up would take the focus back once more when its list has closed. */
    const enter = (row) => {
      const back = (event) => {
        if (customer.tomselect?.wrapper.contains(event.target)) field(row, "product").focus(); // what is typed stays
      };
      document.addEventListener("focusin", back);
      setTimeout(() => document.removeEventListener("focusin", back), 600);
      customer.tomselect?.blur();
      go(row, "product");
    };
    customer?.tomselect?.control_input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || event.ctrlKey || event.metaKey || box.dataset.isNew === undefined) return;
      event.preventDefault();
      if (customer.value) go(shown()[0], "product");
    });
    ["currency", "occurred_at"].forEach((name) => form.elements[name]?.addEventListener("change", askAgain));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !form.contains(document.activeElement)) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector(".form-foot .btn-primary"));
    });
    box.querySelector("[data-add-line]")?.addEventListener("click", () => {
      const free = shown().find((row) => !isUsed(row));
      go(free || add(), "product");
    });
    /* Empty lines of the plain form beyond the first are not needed here: a new one comes when it is. */
    [...lines.children].filter((row) => !isUsed(row) && !row.querySelector(".text-danger")).slice(1).forEach((row) => {
      row.hidden = true;
      field(row, "DELETE").checked = true;
    });
    [...lines.children].forEach(dress);
    const entered = [...lines.children].map((row) => [row, field(row, "product").value.trim()]).filter(([, text]) => text);
    if (entered.length)
      offered.again(entered.map(([, text]) => text)).then(() =>
        entered.forEach(([row, text]) => {
          row.offer = offered.exact(text);
          if (!row.offer) return;
          row.querySelector("[data-line-product]").textContent = row.offer.text;
          tellStock(row);
        }),
      );
    reckon();
    if (box.dataset.isNew === undefined || form.querySelector(".form-summary")) return;
    if (customer?.value) go(shown()[0], "product");
    else customer?.tomselect?.focus();
  };

  document.querySelectorAll("[data-order-lines]").forEach(start);
})();

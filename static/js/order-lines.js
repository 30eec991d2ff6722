/* The lines of an order by keyboard alone: products suggested while typing, price filled in, amounts and total at once,
   a new line when the last one is used, Enter and the arrows to move between lines. The server reckons again. */
(() => {
  "use strict";

  const number = (field) => Number((field?.value || "").replace(",", ".")) || 0;
  const format = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  const start = (box) => {
    const { prefix, productUrl } = box.dataset;
    const rows = box.querySelector("[data-lines]");
    const template = box.querySelector("[data-line-template]");
    const total = box.querySelector("[data-lines-total]");
    const count = box.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
    const list = box.querySelector("datalist");
    const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
    const known = new Map();

    const add = () => {
      const at = Number(count.value);
      const html = template.innerHTML.replaceAll("__prefix__", at);
      rows.insertAdjacentHTML("beforeend", html);
      count.value = at + 1;
      return rows.lastElementChild;
    };
    const isUsed = (row) => ["product", "description"].some((name) => field(row, name)?.value.trim());
    const reckon = () => {
      let sum = 0;
      for (const row of rows.children) {
        const removed = field(row, "DELETE")?.checked;
        const exact = number(field(row, "quantity")) * number(field(row, "unit_price")) * (1 - number(field(row, "discount")) / 100);
        const amount = Math.round((exact + Number.EPSILON) * 100) / 100;
        row.classList.toggle("is-removed", Boolean(removed));
        row.querySelector("[data-line-amount]").value = isUsed(row) ? format.format(amount) : "";
        if (isUsed(row) && !removed) sum += amount;
      }
      total.value = format.format(sum);
    };

    let asked = 0;
    const suggest = async (input) => {
      const mine = ++asked;
      const address = new URL(productUrl, window.location.origin);
      address.searchParams.set("q", input.value);
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      const { results } = await answer.json();
      list.replaceChildren(
        ...results.map((product) => {
          known.set(product.hint, product);
          return new Option(product.text, product.hint);
        }),
      );
    };
    const take = (input) => {
      const product = known.get(input.value.trim());
      const row = input.closest("[data-line]");
      if (!product) return;
      field(row, "description").placeholder = product.text;
      const price = field(row, "unit_price");
      if (product.price && (!price.value || price.dataset.filled)) {
        price.value = Number(product.price);
        price.dataset.filled = "1";
      }
      const quantity = field(row, "quantity");
      if (!quantity.value) quantity.value = 1;
    };

    let waiting;
    box.addEventListener("input", (event) => {
      const row = event.target.closest("[data-line]");
      if (!row) return;
      if (event.target.name.endsWith("-unit_price")) delete event.target.dataset.filled;
      if (event.target.matches("[data-product]")) {
        clearTimeout(waiting);
        waiting = setTimeout(() => suggest(event.target), 180);
        take(event.target);
      }
      if (row === rows.lastElementChild && isUsed(row)) add();
      reckon();
    });
    box.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-product]")) suggest(event.target);
    });
    box.addEventListener("change", reckon);
    box.addEventListener("keydown", (event) => {
      const row = event.target.closest("[data-line]");
      if (!row || event.target.matches("[data-product]") && event.key.startsWith("Arrow")) return;
      const column = event.target.name?.split("-").pop();
      const target = { Enter: row.nextElementSibling, ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
      if (event.key !== "Enter" && !target) return;
      event.preventDefault();
      const next = target || (isUsed(row) ? add() : row);
      const place = field(next, event.key === "Enter" ? "product" : column);
      place?.focus();
      place?.select?.();
    });
    box.querySelector("[data-add-line]")?.addEventListener("click", () => field(add(), "product").focus());
    reckon();
  };

  document.querySelectorAll("[data-order-lines]").forEach(start);
})();

/* Boards: cards are dragged, or moved with Shift and the arrow keys. Every way ends in the small form of the card, so
   nothing happens here that does not also work without this script. What a column asks comes up in a dialog. */
(() => {
  "use strict";

  const board = () => document.querySelector("[data-board]");
  const says = (text) => {
    const place = document.querySelector("[data-board-says]");
    if (place) place.textContent = text;
  };
  const has = (list, code) => (list || "").split(" ").includes(code);

  /* The board as the server has it now, with the same card in focus. */
  const renew = async (focused) => {
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    if (!answer.ok) return window.location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-board]");
    if (!fresh) return window.location.reload();
    const places = [...board().querySelectorAll("[data-lane]")].map((lane) => lane.scrollTop);
    board().replaceWith(fresh);
    fresh.querySelectorAll("[data-lane]").forEach((lane, at) => (lane.scrollTop = places[at] || 0));
    window.htmx?.process(fresh);
    prepare();
    if (focused) fresh.querySelector(`[data-card="${focused}"]`)?.focus();
  };

  const ask = async (card, code) => {
    const address = new URL(card.dataset.move, window.location.origin);
    address.searchParams.set("to", code);
    address.searchParams.set("next", window.location.pathname + window.location.search);
    const answer = await fetch(address, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector("[data-board-ask]");
    if (!answer.ok || !form || !window.HTMLDialogElement) return window.location.assign(address);
    const dialog = document.createElement("dialog");
    dialog.className = "board-dialog";
    dialog.setAttribute("aria-label", page.querySelector("h1")?.textContent.trim() || "");
    const heading = document.createElement("h2");
    heading.className = "card-title";
    heading.textContent = dialog.getAttribute("aria-label");
    dialog.append(heading, form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      renew(card.dataset.card);
    });
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-board-cancel]")) return;
      event.preventDefault();
      dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };

  /* One after the other: the next move needs the version that this one makes. A move is a column, or a step to the side
     from wherever the card is by then. A refusal or a question ends what was asked of the card after it. */
  const queue = [];
  let isMoving = false;
  const move = async (card, where) => {
    queue.push({ id: card.dataset.card, where });
    if (isMoving) return;
    isMoving = true;
    try {
      while (queue.length) {
        const { id, where: next } = queue.shift();
        const held = board().querySelector(`[data-card="${id}"]`);
        const code = held && (typeof next === "number" ? beside(held, next) : next);
        const went = code ? await go(held, code) : says(board().dataset.notThere);
        if (!went) queue.splice(0, queue.length, ...queue.filter((each) => each.id !== id));
      }
    } finally {
      isMoving = false;
    }
  };
  /* The nearest column on that side where the card may go. */
  const beside = (card, step) => {
    const codes = [...board().querySelectorAll("[data-lane]")].map((lane) => lane.dataset.lane);
    let at = codes.indexOf(card.closest("[data-lane]").dataset.lane) + step;
    while (codes[at] && !has(card.dataset.to, codes[at])) at += step;
    return codes[at];
  };
  const go = async (card, code) => {
    if (!has(card.dataset.to, code)) {
      says(board().dataset.notThere);
      await renew(card.dataset.card);
      return false;
    }
    if (has(card.dataset.asking, code)) {
      await ask(card, code);
      return false;
    }
    const data = new FormData(card.querySelector("[data-board-form]"));
    data.set("to", code);
    const answer = await fetch(card.dataset.move, {
      method: "POST",
      body: data,
      credentials: "same-origin",
      headers: { "X-Board": "1", Accept: "application/json" },
    });
    const told = await answer.json().catch(() => ({}));
    const wrong = told.error || (told.text ? "" : document.body.dataset.errorText);
    says(told.text || wrong);
    window.clientele.toast("error", wrong);
    await renew(card.dataset.card);
    return !wrong;
  };

  /* Shift and an arrow: one column to the side; pressed twice quickly, two. */
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-card]");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!card || !step || !event.shiftKey || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    move(card, step);
  });

  /* The buttons of a card take the same way, so that what is asked comes up in the dialog. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-board-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    event.stopPropagation();
    move(form.closest("[data-card]"), event.submitter.value);
  }, true);

  const prepare = () => {
    board().querySelectorAll("[data-lane]").forEach((lane) => {
      window.Sortable?.create(lane, {
        group: "board",
        sort: false,
        draggable: '[data-card][tabindex="0"]',
        filter: "button, summary, .menu-panel",
        preventOnFilter: false,
        delay: 150,
        delayOnTouchOnly: true,
        ghostClass: "board-ghost",
        onEnd: (event) => {
          if (event.from !== event.to) move(event.item, event.to.dataset.lane);
        },
      });
    });
  };

  const script = document.createElement("script");
  script.src = board().dataset.sortable;
  script.addEventListener("load", prepare);
  document.head.append(script);
})();

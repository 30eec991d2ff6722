/* The search box of every page: what was found hangs under it, arrow keys walk it, Enter opens, Escape closes. */
(() => {
  "use strict";
  const box = document.querySelector("[data-search-box]");
  const panel = document.getElementById("palette");
  if (!box || !panel) return;
  const options = () => [...panel.querySelectorAll("[role=option]")];
  const isOpen = () => !panel.hidden;

  const open = (wanted) => {
    panel.hidden = !wanted || !panel.childElementCount;
    box.setAttribute("aria-expanded", String(isOpen()));
    if (panel.hidden) choose(null);
  };
  const choose = (option) => {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (!option) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  panel.addEventListener("htmx:afterSwap", () => {
    options().forEach((option, at) => (option.id = `palette-${at}`));
    open(document.activeElement === box);
  });
  box.addEventListener("keydown", (event) => {
    const all = options();
    const now = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && isOpen()) {
      open(false);
      event.preventDefault();
    } else if (isOpen() && all.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(now < 0 && step < 0 ? all.at(-1) : all[(now + step + all.length) % all.length]);
      event.preventDefault();
    } else if (event.key === "Enter" && isOpen() && now >= 0) {
      event.preventDefault();
      window.location.assign(all[now].href);
    }
  });
  document.addEventListener("focusin", (event) => event.target.closest(".top-search") || open(false));
  document.addEventListener("click", (event) => event.target.closest(".top-search") || open(false));
})();

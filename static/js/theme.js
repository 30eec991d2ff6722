/* Runs before the page is painted: the reader's light or dark choice and the width of the sidebar, without a flash. */
(() => {
  "use strict";
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be forbidden; the page then follows the system
    }
  };
  const write = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      /* the choice then lasts for this page */
    }
  };
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const apply = () => {
    const dark = (read("theme") || (system.matches ? "dark" : "light")) === "dark";
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    root.classList.toggle("sidebar-narrow", read("sidebar") === "narrow");
    document.dispatchEvent(new CustomEvent("themechange"));
  };

  root.classList.add("has-js");
  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-toggle-theme]")) {
      write("theme", root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
      apply();
    }
    if (event.target.closest("[data-toggle-sidebar]")) {
      write("sidebar", root.classList.contains("sidebar-narrow") ? "wide" : "narrow");
      apply();
    }
  });
})();

// First script of every signed-in page: loads what it needs, minds menus and last searches.
(function () {
  "use strict";

  const self = document.currentScript;
  document.documentElement.classList.add("js");

  function load(address) {
    const script = document.createElement("script");
    script.src = address;
    script.async = false;
    script.nonce = self.nonce;
    document.head.appendChild(script);
  }

  function closePopups(except) {
    document.querySelectorAll("details.popup[open]").forEach((popup) => {
      if (popup !== except) popup.open = false;
    });
  }

  function closeOnEscape(event) {
    const popup = document.querySelector("details.popup[open]");
    if (event.key !== "Escape" || !popup) return;
    popup.open = false;
    popup.querySelector("summary").focus();
  }

  // On a phone the row of tabs is wider than the screen: the current one is to be seen.
  function showCurrentTab() {
    document.querySelectorAll(".views").forEach((row) => {
      const tab = row.querySelector("[aria-current]");
      if (tab) row.scrollLeft = Math.max(0, tab.offsetLeft + tab.offsetWidth - row.offsetLeft - row.clientWidth + 24);
    });
  }

  // Pictures that were not yet scrolled to would be missing on the paper.
  function printPage() {
    const waiting = Array.from(document.querySelectorAll("img[loading=lazy]"));
    waiting.forEach((image) => (image.loading = "eager"));
    Promise.all(waiting.map((image) => image.decode().catch(() => null))).then(() => window.print());
  }

  document.addEventListener("click", (event) => closePopups(event.target.closest("details.popup")));
  document.addEventListener("click", (event) => event.target.closest("[data-print]") && printPage());
  document.addEventListener("keydown", closeOnEscape);
  document.addEventListener("htmx:afterSwap", showCurrentTab);
  document.addEventListener("DOMContentLoaded", () => {
    showCurrentTab();
    if (document.querySelector("[data-pick]")) [self.dataset.loadPickLibrary, self.dataset.loadPick].forEach(load);
    if (document.querySelector("[data-photos]")) [self.dataset.loadPictures, self.dataset.loadPhotos].forEach(load);
    if (localStorage["inspect-user"]) load(self.dataset.loadGuard);
  });
})();
// The last five searches of this account in this browser, offered under each search box; gone with signing out.
(function () {
  "use strict";

  const name = `searches:${document.documentElement.dataset.user || ""}`;
  let recent = [];
  try {
    recent = [].concat(JSON.parse(localStorage.getItem(name)) || []);
  } catch (error) {
    // none kept
  }

  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-forget-drafts]")) localStorage.removeItem(name);
    const words = target.matches("[role=search]") && target.elements.q.value.trim();
    try {
      if (words) localStorage.setItem(name, JSON.stringify([...new Set([words, ...recent])].slice(0, 5)));
    } catch (error) {
      // it finds all
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    const list = document.body.appendChild(document.createElement("datalist"));
    list.id = "recent";
    recent.forEach((words) => list.appendChild(new Option(words)));
    document.querySelectorAll("[role=search] [name=q]").forEach((box) => box.setAttribute("list", list.id));
  });
})();

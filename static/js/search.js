// The last five searches of this account in this browser, offered under each search box; gone with signing out.
(function () {
  "use strict";

  const name = `searches:${document.documentElement.dataset.user || ""}`;

  function recent() {
    try {
      return [].concat(JSON.parse(localStorage.getItem(name)) || []);
    } catch (error) {
      return [];
    }
  }

  function keep(words) {
    const all = [words, ...recent().filter((old) => old !== words)].slice(0, 5);
    try {
      if (words) localStorage.setItem(name, JSON.stringify(all));
    } catch (error) {
      // private windows and full disks: searching works all the same
    }
  }

  function offer(words, list, place) {
    list.appendChild(new Option(words));
    if (!place) return;
    const link = place.appendChild(document.createElement("a"));
    link.textContent = words;
    link.href = `?q=${encodeURIComponent(words)}`;
    place.hidden = false;
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[role=search]")) keep(event.target.elements.q.value.trim());
    if (event.target.matches("[data-forget-drafts]")) localStorage.removeItem(name);
  });
  document.addEventListener("DOMContentLoaded", () => {
    const list = document.body.appendChild(document.createElement("datalist"));
    list.id = "recent";
    recent().forEach((words) => offer(words, list, document.querySelector("[data-recent]")));
    document.querySelectorAll("[role=search] [name=q]").forEach((box) => box.setAttribute("list", list.id));
  });
})();

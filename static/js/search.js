// The last five searches, kept in this browser for this account and offered under each search box; gone with signing out.
(function () {
  "use strict";

  const KEPT = 5;
  const LIST = "recent-searches";
  const name = `searches:${document.documentElement.dataset.user || ""}`;
  const boxes = () => Array.from(document.querySelectorAll("form[role=search] input[name=q]"));

  function recent() {
    try {
      const kept = JSON.parse(localStorage.getItem(name));
      return Array.isArray(kept) ? kept.filter((words) => typeof words === "string").slice(0, KEPT) : [];
    } catch (error) {
      return [];
    }
  }

  function keep(words) {
    if (!words) return;
    try {
      localStorage.setItem(name, JSON.stringify([words, ...recent().filter((old) => old !== words)].slice(0, KEPT)));
    } catch (error) {
      // private windows and full disks: searching works all the same
    }
  }

  function offer() {
    const all = recent();
    if (!all.length) return;
    const list = document.createElement("datalist");
    list.id = LIST;
    all.forEach((words) => list.appendChild(new Option(words)));
    document.body.appendChild(list);
    boxes().forEach((box) => box.setAttribute("list", LIST));
  }

  function link(words, address) {
    const made = document.createElement("a");
    made.textContent = words;
    made.href = `${address}?q=${encodeURIComponent(words)}`;
    return made;
  }

  function show() {
    const place = document.querySelector("[data-recent]");
    const form = document.querySelector(".search-again");
    if (!place || !form || !recent().length) return;
    recent().forEach((words) => place.appendChild(link(words, form.action)));
    place.hidden = false;
  }

  function onSubmit(event) {
    const form = event.target;
    if (form.matches("form[role=search]")) keep(form.elements.q.value.trim());
    if (form.matches("[data-forget-drafts]")) localStorage.removeItem(name);
  }

  document.addEventListener("submit", onSubmit);
  document.addEventListener("DOMContentLoaded", () => {
    offer();
    show();
  });
})();

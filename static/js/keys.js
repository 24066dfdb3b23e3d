// Keyboard shortcuts. Silent while somebody types or an input method composes, and can be switched off (WCAG 2.1.4).
(function () {
  "use strict";

  const OFF = "shortcuts-off";
  const PLACES = { h: "/", y: "/hazards/" };
  const PREFIX_MS = 1000;
  let prefixUntil = 0;

  const isOff = () => localStorage.getItem(OFF) === "1";
  const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const isTick = (target) => target.tagName === "INPUT" && /^(checkbox|radio)$/.test(target.type);

  function rows() {
    return Array.from(document.querySelectorAll("[data-row]"));
  }

  function currentRow() {
    return document.querySelector("[data-row].at");
  }

  function goToRow(step) {
    const all = rows();
    if (!all.length) return false;
    const current = currentRow();
    const next = all[Math.min(Math.max(all.indexOf(current) + step, 0), all.length - 1)];
    if (current) current.classList.remove("at");
    next.classList.add("at");
    next.querySelector("a").focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function tickRow() {
    const box = currentRow() && currentRow().querySelector("[name=keys]");
    if (box) box.click();
    return Boolean(box);
  }

  function follow(key) {
    const link = document.querySelector(`[data-key="${key}"]`);
    if (link) link.click();
    return Boolean(link);
  }

  function editRow() {
    const link = currentRow() && currentRow().querySelector(".ops a");
    if (link) link.click();
    return Boolean(link);
  }

  function focusSearch() {
    const search = document.querySelector("[data-search]");
    if (search) search.focus();
    return Boolean(search);
  }

  function openPlace(key) {
    prefixUntil = 0;
    if (!PLACES[key]) return false;
    location.assign(PLACES[key]);
    return true;
  }

  const actions = {
    "/": focusSearch,
    "?": () => location.assign("/help/shortcuts/") || true,
    g: () => Boolean((prefixUntil = Date.now() + PREFIX_MS)),
    j: () => goToRow(1) || follow("j"),
    k: () => goToRow(-1) || follow("k"),
    x: tickRow,
    e: () => follow("e") || editRow(),
  };

  function submitForm(target) {
    const button = target.form && target.form.querySelector(".btn-primary[type=submit], .btn-primary:not([type])");
    if (button) button.click();
    return Boolean(button);
  }

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229 || isOff()) return;
    const { key, target } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) return void (submitForm(target) && event.preventDefault());
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(target) && !isTick(target)) return void (key === "Escape" && target.blur());
    const done = Date.now() < prefixUntil ? openPlace(key) : actions[key] && actions[key]();
    if (done) event.preventDefault();
  }

  function showSwitch() {
    const button = document.querySelector("[data-keys-toggle]");
    if (!button) return;
    const draw = () => {
      button.textContent = isOff() ? "启用快捷键" : "关闭快捷键";
      document.querySelector("[data-keys-state]").textContent = isOff() ? "快捷键已关闭。" : "快捷键已启用。";
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      localStorage.setItem(OFF, isOff() ? "0" : "1");
      draw();
    });
    draw();
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("DOMContentLoaded", showSwitch);
})();

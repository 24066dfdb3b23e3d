// Lists: chosen rows, short addresses, and what happens around htmx swapping the list.
(function () {
  "use strict";

  const boxes = (form) => Array.from(form.querySelectorAll("[name=keys]"));

  function drawChoice(form) {
    const all = boxes(form);
    const chosen = all.filter((box) => box.checked).length;
    const everything = form.querySelector("[data-bulk-all]").checked;
    all.forEach((box) => box.closest("tr").classList.toggle("chosen", box.checked || everything));
    form.querySelector("[data-bulkbar]").hidden = !chosen && !everything;
    form.querySelector("[data-bulk-count]").textContent = everything ? "已选全部" : `已选 ${chosen} 条`;
    const head = form.querySelector("[data-tick-all]");
    head.checked = chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }

  function onTick(event) {
    const form = event.target.closest("[data-bulk]");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) boxes(form).forEach((box) => (box.checked = event.target.checked));
    drawChoice(form);
  }

  function startChoice() {
    document.querySelectorAll("[data-bulk]").forEach((form) => {
      form.querySelector("[data-tick-all]").hidden = false;
      drawChoice(form);
    });
  }

  function shorten(event) {
    const { parameters, headers } = event.detail;
    delete headers["HX-Boosted"];
    if (!event.detail.elt.matches("[data-query]")) return;
    Object.keys(parameters).forEach((name) => {
      if (parameters[name] === "") delete parameters[name];
    });
  }

  function arrived(event) {
    if (event.detail.target.id !== "list") return;
    const list = document.getElementById("list");
    startChoice();
    const said = document.querySelector("[data-list-status]");
    if (said) said.textContent = list.dataset.said;
    if (document.activeElement === document.body) list.focus({ preventScroll: true });
  }

  // The server's own page says best what went wrong, and keeps the address that was asked for.
  function refused(event) {
    const { requestConfig, pathInfo } = event.detail;
    if (requestConfig.verb === "get" && requestConfig.target.id === "list") location.assign(pathInfo.finalRequestPath);
  }

  function unreachable(event) {
    const list = document.getElementById("list");
    if (!list || event.detail.target !== list) return;
    const note = document.createElement("div");
    note.className = "note note-error m-0";
    note.setAttribute("role", "alert");
    note.textContent = "网络不通，列表没有更新。请检查网络后重试，下面仍是原来的内容。";
    list.prepend(note);
  }

  // Without htmx, and for plain submits: leave empty conditions out of the address.
  function leaveOutEmpty(event) {
    if (!event.target.matches("[data-query]") || window.htmx) return;
    Array.from(event.target.elements).forEach((field) => (field.disabled = field.value === ""));
  }

  document.addEventListener("change", onTick);
  document.addEventListener("submit", leaveOutEmpty);
  document.addEventListener("DOMContentLoaded", startChoice);
  document.addEventListener("htmx:configRequest", shorten);
  document.addEventListener("htmx:afterSwap", arrived);
  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", unreachable);
})();

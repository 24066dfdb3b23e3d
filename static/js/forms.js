// Forms: where the focus goes, no double sending, dates, ready phrases, position.
(function () {
  "use strict";

  function focusSummary() {
    const summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  function followErrorLine(event) {
    const link = event.target.closest(".error-summary a");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const label = field.labels && field.labels[0];
    (label || field).scrollIntoView({ block: "center" });
    if (field.tomselect) field.tomselect.focus();
    else field.focus({ preventScroll: true });
  }

  function guard(event) {
    const form = event.target;
    if (!form.matches("[data-guard]") || event.defaultPrevented) return;
    if (form.dataset.sending) return event.preventDefault();
    form.dataset.sending = "1";
    // After this turn: a button that is disabled at once would not send its own name.
    setTimeout(() => lock(form, true));
  }

  function lock(form, locked) {
    form.querySelectorAll("button:not([type=button])").forEach((button) => {
      if (!locked && !button.dataset.locked) return;
      button.disabled = locked;
      button.dataset.locked = locked ? "1" : "";
    });
    if (!locked) delete form.dataset.sending;
  }

  // Pages that come back out of the browser's memory are unlocked again.
  function unlockAll() {
    document.querySelectorAll("[data-sending]").forEach((form) => lock(form, false));
  }

  function isoDate(text) {
    const found = text.trim().match(/^(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?$/);
    return found ? `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}` : text.trim();
  }

  function addCalendar(box) {
    const text = box.querySelector("input");
    if (text.type === "date") return;
    text.value = isoDate(text.value);
    if (window.matchMedia("(pointer: coarse)").matches) {
      text.type = "date";
      return;
    }
    const native = document.createElement("input");
    native.type = "date";
    native.tabIndex = -1;
    native.className = "datebox-native";
    native.setAttribute("aria-hidden", "true");
    native.value = isoDate(text.value);
    native.addEventListener("change", () => {
      text.value = native.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    text.addEventListener("change", () => {
      text.value = isoDate(text.value);
      native.value = text.value;
    });
    box.appendChild(native);
  }

  function fill(event) {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const field = document.querySelector(button.dataset.fill);
    addLine(field, button.dataset.text);
    field.dispatchEvent(new CustomEvent("filled", { bubbles: true, detail: button.dataset }));
    if (!window.matchMedia("(pointer: coarse)").matches) field.focus();
  }

  function addLine(field, text) {
    if (!field.value.includes(text)) field.value = (field.value ? field.value + "\n" : "") + text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function showParts() {
    document.querySelectorAll("[data-shown-by]").forEach((part) => {
      const [name, value] = part.dataset.shownBy.split("=");
      const chosen = part.closest("form").querySelector(`[name="${name}"]:checked`);
      part.hidden = !(chosen && chosen.value === value);
    });
  }

  function locate(event) {
    const button = event.target.closest("[data-locate]");
    if (!button || !navigator.geolocation) return;
    const say = (words) => (document.querySelector(button.dataset.locateState || "[data-locate-state]").textContent = words);
    const put = (name, value) => {
      const field = document.querySelector(button.dataset[name]);
      if (field) field.value = value;
    };
    say("正在定位…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put("locateLat", coords.latitude.toFixed(6));
        put("locateLon", coords.longitude.toFixed(6));
        put("locateAccuracy", Math.round(coords.accuracy));
        say(`已定位，误差约 ${Math.round(coords.accuracy)} 米`);
        button.dispatchEvent(new CustomEvent("located", { bubbles: true, detail: coords }));
      },
      (failure) => say(failure.code === 1 ? "没有定位权限，请在浏览器设置中允许，或手工填写。" : "暂时无法定位，请到开阔处重试，或手工填写。"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 }
    );
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function makeSecret({ target }) {
    const box = target.closest("[data-secret-make]") && target.closest("[data-secret]");
    if (!box) return;
    const secret = hex(crypto.getRandomValues(new Uint8Array(20)));
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    document.getElementById("id_commitment").value = hex(new Uint8Array(hash));
    box.querySelector("[data-secret-text]").textContent = secret;
    box.querySelector("[data-secret-shown]").hidden = false;
  }

  document.addEventListener("click", (event) => [followErrorLine, fill, locate, makeSecret].forEach((act) => act(event)));
  document.addEventListener("submit", guard);
  document.addEventListener("change", showParts);
  window.addEventListener("pageshow", unlockAll);
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-date]").forEach(addCalendar);
    document.querySelectorAll("[data-locate]").forEach((button) => (button.hidden = !navigator.geolocation));
    // Without https there is no hash; the other ways on the page remain.
    document.querySelectorAll("[data-secret]").forEach((box) => (box.hidden = !crypto.subtle));
    showParts();
    focusSummary();
  });
})();

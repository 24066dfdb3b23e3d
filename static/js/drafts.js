// Keeps what is typed into a long form: in the browser at once, on the server every 20 s. Leaving a page never asks.
(function () {
  "use strict";

  const EVERY_MS = 20000;
  const SLACK_MS = 5000; // between the clocks of browser and server
  const SENT = "draft-sent";
  const user = document.documentElement.dataset.user || "";
  const nameOf = (form) => `draft:${user}:${form.dataset.draft}`;
  const clock = () => new Date().toTimeString().slice(0, 5);

  // Passwords, files and the token of the form are never kept.
  function typed(form) {
    return Array.from(new FormData(form)).filter(([name, value]) => {
      const field = form.elements[name];
      return typeof value === "string" && name !== "csrfmiddlewaretoken" && !(field && /password|undrafted/.test(field.type + field.className));
    });
  }

  function read(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch (error) {
      return null;
    }
  }

  function keep(form) {
    try {
      const kept = { at: clock(), day: new Date().toDateString(), time: Date.now(), data: typed(form) };
      localStorage.setItem(nameOf(form), JSON.stringify(kept));
      return true;
    } catch (error) {
      return false; // private windows and full disks: the server still has its copy
    }
  }

  function say(form, words) {
    const state = form.querySelector("[data-draft-state]") || document.querySelector("[data-draft-state]");
    if (state) state.textContent = words;
  }

  async function save(form) {
    if (!form.dataset.changed) return;
    delete form.dataset.changed;
    const kept = keep(form);
    const stored = form.dataset.draftUrl ? await post(form) : kept;
    if (stored) say(form, `草稿 ${clock()} 已自动保存`);
    else say(form, kept ? `网络不通，草稿 ${clock()} 已存在本机` : "网络不通，草稿没有保存");
  }

  async function post(form) {
    const body = new URLSearchParams(typed(form));
    const token = form.elements.csrfmiddlewaretoken;
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, headers: { "X-CSRFToken": token ? token.value : "" } });
      return answer.ok && !answer.redirected; // a session that has ended leads to the sign-in page
    } catch (error) {
      return false;
    }
  }

  function restore(form, data) {
    const names = new Set(data.map(([name]) => name));
    Array.from(form.elements).forEach((field) => {
      if (!names.has(field.name) || field.type === "hidden" || field.type === "file") return;
      const values = data.filter(([name]) => name === field.name).map(([, value]) => value);
      if (/^(checkbox|radio)$/.test(field.type)) field.checked = values.includes(field.value);
      else if (field.tomselect) field.tomselect.setValue(values);
      else field.value = values[0];
    });
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-plain btn-small";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function offer(form, draft) {
    const note = document.createElement("div");
    note.className = "note note-row";
    note.setAttribute("role", "status");
    const words = document.createElement("span");
    const day = draft.day === new Date().toDateString() ? "" : "以前 ";
    words.textContent = `上次填写到 ${day}${draft.at}，还没有提交。`;
    const forget = () => {
      localStorage.removeItem(nameOf(form));
      note.remove();
    };
    const take = () => {
      restore(form, draft.data);
      note.remove();
    };
    note.append(words, button("恢复填写的内容", take), button("丢弃", forget));
    form.before(note);
  }

  // The page itself offers what the server keeps; the browser's copy only counts where it is the newer one.
  function offerNewer(form) {
    const draft = read(nameOf(form));
    if (!draft || document.querySelector(".error-summary, [data-kept]")) return;
    if (JSON.stringify(draft.data) === JSON.stringify(typed(form))) return;
    const note = document.querySelector("[data-draft-note]");
    if (note && draft.time < Date.parse(note.dataset.savedAt) + SLACK_MS) return;
    if (note) note.hidden = true;
    offer(form, draft);
  }

  function start(form) {
    offerNewer(form);
    form.addEventListener("input", () => form.dataset.stopped || (form.dataset.changed = "1"));
    form.addEventListener("focusout", () => keepQuietly(form));
    form.addEventListener("submit", () => {
      sessionStorage.setItem(SENT, nameOf(form));
      stop(form);
    });
    setInterval(() => save(form), EVERY_MS);
    document.addEventListener("visibilitychange", () => document.hidden && save(form));
  }

  // What is sent or given up must not come back as a draft while the page is being left.
  function stop(form) {
    form.dataset.stopped = "1";
    delete form.dataset.changed;
  }

  function keepQuietly(form) {
    if (form.dataset.changed) keep(form);
  }

  // A draft is done with when its form was sent and did not come back with errors.
  function forgetSent() {
    const sent = sessionStorage.getItem(SENT);
    if (!sent) return;
    sessionStorage.removeItem(SENT);
    if (!document.querySelector(".error-summary")) localStorage.removeItem(sent);
  }

  function forgetAll() {
    Object.keys(localStorage).filter((name) => name.startsWith("draft:")).forEach((name) => localStorage.removeItem(name));
  }

  function forgetOne(event) {
    const name = event.target.dataset.forgetDraft;
    if (!name) return;
    localStorage.removeItem(`draft:${user}:${name}`);
    document.querySelectorAll(`[data-draft="${name}"]`).forEach(stop);
  }

  document.addEventListener("submit", forgetOne);
  document.addEventListener("submit", (event) => event.target.matches("[data-forget-drafts]") && forgetAll());
  document.addEventListener("DOMContentLoaded", () => {
    forgetSent();
    document.querySelectorAll("[data-draft]").forEach(start);
  });
})();

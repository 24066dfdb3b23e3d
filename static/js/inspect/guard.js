// On ordinary pages of a phone that keeps inspections: signing out with unsent work is refused, and the keys of somebody
// else's work disappear.  app.js loads it only where the inspection page was used, the sign-in page does so itself.
(function () {
  "use strict";

  const FLAG = "inspect-user";
  const ASK = "inspect-ask";
  const owner = localStorage.getItem(FLAG);
  const user = document.documentElement.dataset.user;
  let checked = false;

  // The database if it is there; it is not made for the question.
  const opened = (name) => new Promise((done) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(null);
  });

  const rows = (db, store) => new Promise((done) => {
    const request = db.transaction([store], "readonly").objectStore(store).getAll();
    request.onsuccess = () => done(request.result);
  });

  async function unsent() {
    const db = await opened(`inspect-${owner}`);
    if (!db) return { writes: 0, photos: 0 };
    const [queue, photos] = await Promise.all([rows(db, "queue"), rows(db, "photos")]);
    db.close();
    return { writes: queue.length, photos: photos.filter((photo) => photo.state !== "done").length };
  }

  function forget() {
    indexedDB.deleteDatabase("inspect-keys");
    localStorage.removeItem(FLAG);
  }

  function refuse({ writes, photos }) {
    const note = document.createElement("div");
    note.className = "note note-error";
    note.setAttribute("role", "alert");
    const link = document.createElement("a");
    link.href = "/m/offline/";
    link.textContent = "去上传";
    note.append(`本机还有现场检查的 ${writes} 项内容、${photos} 张照片没有上传，不能退出登录。`, link);
    document.getElementById("main").prepend(note);
    window.scrollTo(0, 0);
  }

  // Before all others, so that drafts are forgotten only when signing out goes on.
  async function beforeLeaving(event) {
    if (checked || !event.target.matches("[data-forget-drafts]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const left = await unsent();
    if (left.writes || left.photos) {
      refuse(left);
      return;
    }
    checked = true;
    indexedDB.deleteDatabase(`inspect-${owner}`);
    forget();
    event.target.querySelector("button").click();
  }

  if (!owner) return;
  // Whoever signs in now is asked of the server before the inspection page shows anything.
  if (document.querySelector("form.sign-in")) localStorage.setItem(ASK, "1");
  else if (user && user !== owner) forget();
  else document.addEventListener("submit", beforeLeaving, true);
})();

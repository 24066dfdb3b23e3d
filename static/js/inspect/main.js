// The page itself: which view stands at which address, what is drawn anew when, and the start.
(function () {
  "use strict";

  const hb = window.hb;
  let current = null; // the visit that is open
  let drawn = ""; // what of it was drawn after the server was heard last

  function place() {
    const visit = /^\/m\/inspect\/([^/]+)\/$/.exec(location.pathname);
    if (visit) return { view: "visit", number: decodeURIComponent(visit[1]) };
    return { view: { "/m/offline/": "offline", [hb.quick.PAGE]: "hazard" }[location.pathname] || "today" };
  }

  // Where to go on: the first table with an item that nobody has looked at.
  const firstOpen = (visit) => visit.tables.find((table) => hb.visit.score(visit, table).unanswered.length) || visit.tables[0];

  function drawVisit(visit) {
    const hash = decodeURIComponent(location.hash.slice(1));
    const table = /^t(\d+)(?:-(\d+))?$/.exec(hash);
    if (hash === "again" && (visit.told.second_looks || []).length) return hb.again.draw(visit);
    if (hash === "sum") return hb.summary.draw(visit);
    if (hash.startsWith("sign-")) return hb.signing.draw(visit, hash.slice(5));
    if (/^f[0-9a-f-]{36}$/.test(hash)) return hb.finding.draw(visit, hash.slice(1));
    const found = table && visit.tables.find((one) => String(one.id) === table[1]);
    return hb.items.draw(visit, found || firstOpen(visit), table && table[2]);
  }

  function absent(number) {
    hb.head("现场检查", "/m/");
    const words = hb.net.busy ? "正在取这次检查…" : `本机没有 ${number} 的离线内容。请联网后打开“现场检查”取下任务。`;
    hb.show(hb.el("div", "inspect-card", hb.el("p", "", words)));
    hb.dock();
  }

  async function draw() {
    const { view, number } = place();
    if (!hb.user && view !== "offline") return hb.show(hb.el("div", "inspect-card", hb.el("p", "", hb.net.busy ? "正在取检查任务…" : "请联网登录一次，之后可离线使用。")));
    if (view === "offline") return hb.offline.draw();
    if (view === "today") return hb.today.draw();
    if (view === "hazard") return hb.quick.draw();
    if (!current || current.number !== number) current = await hb.visit.load(number);
    return current ? drawVisit(current) : absent(number);
  }

  // After something was stored: the banner, and sending it as soon as it may.
  hb.changed = () => {
    hb.banner();
    if (hb.net.online) hb.sync.soon();
  };

  // Somebody is typing or drawing just there: what is shown stays, for the store may lack the last letters.
  function isHeld() {
    const focus = document.activeElement;
    const isTyping = focus && /^(INPUT|TEXTAREA|SELECT)$/.test(focus.tagName) && focus.type !== "checkbox" && focus.type !== "file";
    return isTyping || (/^#(sign-|f)/.test(location.hash) && document.querySelector("main textarea, main canvas"));
  }

  // After the server was heard: what is shown from the store anew.
  hb.reload = async (number) => {
    if (current && (!number || current.number === number)) await hb.visit.load(current.number).then((visit) => (current = visit));
    if (!isHeld() && hasChanged()) await draw();
    hb.banner();
  };

  // Nothing is drawn anew for a receipt alone: a field would be lost under the finger that is about to type.
  function hasChanged() {
    if (!current) return true;
    const records = Object.keys(current.records).sort().map((key) => current.records[key]).filter((r) => r.kind !== "onsite");
    const seen = records.map((r) => [r.key, r.value, r.draft, r.refused, r.conflict, r.removed]);
    const now = JSON.stringify([current.told.state, seen, current.photos.map((photo) => [photo.id, photo.state])]);
    const is = now !== drawn;
    drawn = now;
    return is;
  }

  // A page that had nothing to show yet says what came of it.
  hb.idle = () => {
    if (!current && hb.user && !isHeld()) draw();
    hb.banner();
  };

  hb.progress = (photo, left) => {
    photo.left = left;
    hb.banner();
  };

  // Signed content stays as it was signed.
  hb.isFixed = (visit) => {
    if (hb.visit.isClosed(visit)) hb.toast("检查已提交，不能再改。");
    else if (hb.visit.signatures(visit).length) hb.toast("已有签字，请先在“汇总与签字”撤销签字再修改。");
    else return false;
    return true;
  };

  hb.userChanged = () => {
    hb.visit.forgetAll();
    current = null;
    draw();
    hb.banner();
  };
  hb.draw = draw;

  async function measureRoom() {
    if (!navigator.storage || !navigator.storage.estimate) return;
    const { usage, quota } = await navigator.storage.estimate();
    hb.net.full = usage / quota;
    if (navigator.storage.persist) navigator.storage.persist();
  }

  async function start() {
    window.addEventListener("hashchange", () => hb.quiet() || draw().then(() => /^#t\d+-/.test(location.hash) || window.scrollTo(0, 0)));
    if ("serviceWorker" in navigator) navigator.serviceWorker.register("/m/sw.js", { scope: "/m/" }).catch(() => null);
    if (await hb.store.open()) hb.net.clock = await hb.store.meta("clock", 0);
    await draw();
    hb.banner();
    measureRoom();
    await hb.sync.start();
    if (!isHeld()) await draw();
  }

  start();
})();

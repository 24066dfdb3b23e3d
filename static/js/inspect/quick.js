// 随手拍: hazards found outside of any visit.  Each is kept like a small visit of its own, so that store, camera, banner and
// the page of what waits serve it too.  It is sent alone, its photographs first, under its own id.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, button, store } = hb;
  const PREFIX = "hazard-";
  const PAGE = "/m/hazard/new/";
  const [NEAREST, FOUND] = [5, 8];
  const SITES_AGAIN_MS = 6 * 3600000;
  const DEMANDS = "立即整改，整改完成并自检合格后报告复查。";
  let fresh = null; // the sheet that nothing has been entered into yet
  let here = null; // where the phone is, if it says so
  let offer = () => null; // draws the choice of sites anew

  // Keeping ------------------------------------------------------------------------------------------------------------

  const isOwn = (number) => number.startsWith(PREFIX);
  const title = ({ told }) => `${told.project.name || "未选项目"}·随手拍`;

  async function kept(name) {
    const found = await store.get("shared", name);
    return found && Object.assign(await store.unsealJson(found.sealed), { at: found.at });
  }

  async function sheetOf(number, shared) {
    const sheet = { number, isQuick: true, shared, tables: [], told: { project: {}, held: { photos: [] } } };
    await hb.visit.refresh(sheet);
    const [record] = hb.visit.findings(sheet);
    if (record) Object.assign(sheet, { record, told: { project: record.value.site || {}, held: { photos: [] } } });
    return sheet;
  }

  async function all() {
    const [rows, shared] = await Promise.all([store.all("records"), kept("reference")]);
    return Promise.all(rows.filter(({ visit }) => isOwn(visit)).map(({ visit }) => sheetOf(visit, shared)));
  }

  async function begin(shared) {
    const { terms, categories } = shared;
    const value = {
      id: store.uuid(), site: null, description: "", category: categories[categories.length - 1], clause: "", demands: DEMANDS, grade: "ordinary",
      criterion: null, place: "", term: hb.finding.usualTerm(terms, "ordinary"), deadline: null, disposal: "rectify", found_on: hb.day(hb.now()),
    };
    const sheet = await sheetOf(PREFIX + value.id, shared);
    sheet.record = { key: hb.visit.keyOf(sheet.number, "finding", value.id), visit: sheet.number, kind: "finding", base: null, draft: true, value };
    return sheet;
  }

  // Before anything is entered or photographed the sheet itself is stored, and the address says which it is.
  const begun = (sheet) => store.inOrder(async () => {
    if (sheet !== fresh) return;
    await store.write(sheet.record);
    fresh = null;
    history.replaceState(null, "", `#f${sheet.record.value.id}`);
  });

  const put = (sheet, record, changes) =>
    hb.visit.put(sheet, "finding", record.value.id, (stored) => Object.assign({}, stored || record.value, changes), { draft: record.draft });

  async function save(sheet, record) {
    const { value } = await put(sheet, record, record.value.longitude ? {} : here);
    const photos = await store.photos(sheet.number);
    const why = (!value.site && "请选择工程项目") || hb.finding.lack(value) || (!photos.length && "请先拍照：下达前至少要有 1 张整改前照片");
    if (why) return hb.toast(why);
    await put(sheet, Object.assign({}, record, { draft: false }), {});
    location.hash = `#done-${value.id}`;
    return null;
  }

  // Back into the hands of its finder, unless it is on its way: a server that has it already would not hear of changes.
  const reopen = (sheet) => store.inOrder(async () => {
    const record = await store.record(sheet.record.key);
    if (record.tried || record.done) return hb.toast("已经发送，正在等回执，不能再修改。");
    await store.write(Object.assign(record, { draft: true }));
    return location.replace(`#f${record.value.id}`);
  });

  // Sending ------------------------------------------------------------------------------------------------------------

  async function send() {
    for (const sheet of await all()) {
      const { record } = sheet;
      if (record.done) await tidy(sheet);
      else if (!record.draft && !record.refused) await sendOne(sheet);
    }
  }

  async function sendOne(sheet) {
    for (const photo of sheet.photos) {
      if (photo.state === "waiting") await hb.sync.sendPhoto(photo);
      if (photo.state !== "done") return; // refused: shown, and tried again by its owner
    }
    const record = await frozen(sheet);
    if (!record) return;
    const told = Object.assign({}, record.value, { site: undefined, project: record.value.site.id, photos: sheet.photos.map(({ id }) => id), order: true });
    const answer = await hb.sync.ask("POST", "phone/hazards/", JSON.stringify(told));
    await store.inOrder(() => answered(sheet, record, answer));
    await hb.reload();
  }

  // From the first try on it stays as it is, so that one whose answer was lost is sent again as it was.
  const frozen = (sheet) => store.inOrder(async () => {
    const record = await store.record(sheet.record.key);
    if (!record || record.draft) return null;
    if (!record.tried) await store.keep(Object.assign(record, { tried: true }));
    return record;
  });

  async function answered(sheet, record, { ok, told }) {
    if (!ok && told.code === "photos_missing") {
      const gone = sheet.photos.filter(({ id }) => told.current.missing.includes(id));
      for (const photo of gone) await store.putPhoto(Object.assign(photo, { state: "waiting" }));
      return hb.sync.soon();
    }
    if (!ok) return store.keep(Object.assign(record, { tried: false, refused: told.message || "服务器没有接受" }));
    const row = await store.row(Object.assign(record, { tried: false, done: told }));
    return store.change(["records", "queue", "photos"], (records, queue, photos) => {
      records.put(row);
      queue.delete(record.key);
      sheet.photos.forEach(({ id }) => photos.delete(id));
    });
  }

  // The receipt stays until the day is over.
  async function tidy({ number, record }) {
    if (hb.day(new Date(record.done.received_at)) < hb.day(hb.now())) await hb.visit.forget(number);
  }

  async function fetchSites() {
    const known = await store.get("shared", "sites");
    if (known && Date.now() - known.at < SITES_AGAIN_MS) return;
    const { ok, told } = await hb.sync.ask("GET", "phone/sites/");
    if (!ok) return;
    const sealed = await store.sealJson(told);
    await store.change(["shared"], (rows) => rows.put({ name: "sites", sealed, at: Date.now() }));
    offer();
  }

  // The site -----------------------------------------------------------------------------------------------------------

  function locate() {
    if (here || !navigator.geolocation) return;
    const found = ({ coords }) => {
      here = { longitude: coords.longitude.toFixed(6), latitude: coords.latitude.toFixed(6), accuracy_m: Math.min(Math.round(coords.accuracy), 1000000) };
      offer();
    };
    navigator.geolocation.getCurrentPosition(found, () => null, { enableHighAccuracy: true, timeout: 60000, maximumAge: 60000 });
  }

  // In metres, well enough over some kilometres.
  function away({ longitude, latitude }) {
    const east = (longitude - here.longitude) * Math.cos((latitude * Math.PI) / 180);
    return Math.round(Math.sqrt(east ** 2 + (latitude - here.latitude) ** 2) * 111195);
  }

  const distance = (metres) => (metres < 1000 ? `${metres} 米` : `${(metres / 1000).toFixed(1)} 公里`);

  function nearest(sites) {
    const placed = here ? sites.filter((site) => site.latitude) : [];
    const measured = placed.map((site) => Object.assign({ away: away(site) }, site)).sort((a, b) => a.away - b.away);
    return (measured.length ? measured : sites).slice(0, NEAREST);
  }

  // Among those kept here; on the net also among those that are not.
  async function search(sites, words) {
    const found = sites.filter((site) => site.name.includes(words) || site.number.startsWith(words)).slice(0, FOUND);
    if (found.length || !hb.net.online) return found;
    const answer = await fetch(`/hazards/sites/?q=${encodeURIComponent(words)}`, { credentials: "same-origin" }).catch(() => null);
    const told = answer && answer.ok ? await answer.json().catch(() => []) : [];
    return told.slice(0, FOUND).map(({ value, text }) => ({ id: value, name: text, parties: [] }));
  }

  async function choose(sheet, record, site) {
    await put(sheet, record, Object.assign({ site }, site ? here : {}));
    hb.draw();
  }

  function siteField(sheet, record) {
    const { site } = record.value;
    if (site) {
      const other = button("btn btn-plain", "改选", () => choose(sheet, record, null));
      return el("div", "inspect-field", el("div", "inspect-label", "工程项目"), el("div", "inspect-row", el("span", "inspect-row-name", site.name), other));
    }
    const input = el("input", "form-control", { type: "search", placeholder: "输入项目名称或编号查找" });
    const list = el("div", "inspect-card inspect-rows", { role: "group", "aria-label": "可选项目" });
    offer = async () => {
      const words = input.value.trim();
      const { sites } = (await kept("sites")) || { sites: [] };
      const found = words ? await search(sites, words) : nearest(sites);
      if (words !== input.value.trim()) return; // typed on meanwhile
      const rows = found.map((one) => button("inspect-row", [el("span", "inspect-row-name", one.name), one.away !== undefined && el("span", "muted", distance(one.away))], () => choose(sheet, record, one)));
      list.replaceChildren(...(rows.length ? rows : [el("p", "muted inspect-row", words ? "没有找到这个项目。" : "本机还没有项目名单，请联网一次。")]));
    };
    input.addEventListener("input", () => offer());
    offer();
    return el("div", "inspect-field", hb.field("工程项目", input, here ? "附近的在前" : ""), list);
  }

  // The page -----------------------------------------------------------------------------------------------------------

  function drop(sheet) {
    const gone = async () => {
      await store.inOrder(() => hb.visit.forget(sheet.number));
      location.replace("#");
      hb.changed();
    };
    return button("btn btn-danger-plain btn-wide", "删除这条隐患", (event) => event.target.replaceWith(el("div", "",
      el("p", "inspect-problem", "将从本机删除这条隐患和它的照片，不能恢复。"), button("btn btn-danger-plain", "确认删除", gone), " ", button("btn btn-plain", "先不删除", hb.draw))));
  }

  function form(sheet, others) {
    const { record, shared } = sheet;
    const { words, grade, criterion, phrases, terms, select, responsible } = hb.finding.parts;
    hb.show(...others.map((one) => el("a", "inspect-finding", { href: `#f${one.record.value.id}` }, `未完成的草稿：${title(one)}`)),
      el("fieldset", "inspect-form", el("legend", "visually-hidden", "隐患"), siteField(sheet, record),
        el("div", "inspect-label", "现场照片 ", el("span", "muted", "自动加水印：时间、位置、项目、姓名")),
        hb.items.photos(sheet, { finding: record.value.id }), hb.items.problem(record),
        grade(sheet, record), criterion(sheet, record), words(sheet, record, "description", "隐患描述", 2), phrases(sheet, record),
        words(sheet, record, "place", "部位", 0, "选填"), terms(sheet, record),
        select(sheet, record, "disposal", "处置措施", shared.disposals.map((one) => [one.code, one.label])),
        words(sheet, record, "demands", "整改要求", 3), words(sheet, record, "clause", "违反条款", 2, "选填"),
        select(sheet, record, "category", "隐患类别", shared.categories.map((one) => [one, one])),
        record.value.site && record.value.site.parties.length > 0 && responsible(sheet), sheet !== fresh && drop(sheet)));
    hb.dock(el("a", "btn btn-plain", { href: "/m/" }, "存草稿"), button("btn btn-primary", "保存并下达", () => save(sheet, record)));
  }

  function standing({ done, refused, tried }) {
    if (done) return `${done.number} ${done.state}，服务器已收到照片 ${done.photos} 张。`;
    if (refused) return `服务器没有接受：${refused}`;
    return tried ? "已发送，正在等服务器的回执。" : "已存本机，联网后自动上传并下达；现在还没有正式编号。";
  }

  // What has become of a hazard that was saved.
  function saved(sheet) {
    const { record } = sheet;
    const { id, description } = record.value;
    const number = record.done ? record.done.number : `本机-${id.slice(0, 8)}`;
    hb.show(el("section", "inspect-card", el("div", "inspect-card-head", el("h2", "", number), el("span", "chip", record.done ? record.done.state : "待上传")),
      el("p", "", description), el("p", "muted", title(sheet)), el("p", record.refused ? "inspect-problem" : "", standing(record)),
      record.done && hb.net.online && el("a", "btn btn-plain", { href: record.done.url }, "查看隐患"),
      !record.done && !record.tried && button("btn btn-plain", "修改", () => reopen(sheet))));
    hb.dock(el("a", "btn btn-plain", { href: "/m/" }, "返回"), el("a", "btn btn-primary", { href: PAGE }, "再登记一条"));
  }

  async function draw() {
    hb.head("登记隐患", "/m/");
    hb.byId("tabs").hidden = true;
    hb.dock();
    const [, place, id] = /^#(f|done-)([0-9a-f-]{36})$/.exec(location.hash) || [];
    const shared = await kept("reference");
    if (!shared) return hb.show(el("div", "inspect-card", el("p", "", "本机还没有登记要用的内容，请联网打开一次。")));
    const sheets = await all();
    const found = sheets.find(({ record }) => record.value.id === id);
    if (found && (place === "done-" || !found.record.draft)) return saved(found);
    locate();
    fresh = found ? null : fresh || (await begin(shared));
    return form(found || fresh, found ? [] : sheets.filter(({ record }) => record.draft));
  }

  // On the page of what waits: the way to it, and the receipts of the day.
  const link = ({ record }) => el("a", "btn btn-plain", { href: `${PAGE}#${record.draft ? "f" : "done-"}${record.value.id}` }, "打开");
  const receipts = (sheets) => sheets.filter(({ record }) => record.done).map((sheet) => el("p", "muted", `${title(sheet)} 回执 ${hb.time(sheet.record.done.received_at)}：${standing(sheet.record)}`));

  hb.quick = { PAGE, isOwn, title, all, begun, send, fetchSites, draw, link, receipts };
})();

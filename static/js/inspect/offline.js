// What the phone stores and what waits to be sent: conflicts side by side, photographs one by one, room, copy, signing out.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, button, store } = hb;
  const VERDICTS = { pass: "符合", deduct: "扣分", absent: "缺项" };
  const PHOTO_STATES = { waiting: "待上传", refused: "未被接受", done: "已上传" };

  async function visits() {
    const rows = await store.all("visits");
    return (await Promise.all(rows.map(({ number }) => hb.visit.load(number)))).filter(Boolean);
  }

  // Conflicts ----------------------------------------------------------------------------------------------------------

  function inWords(kind, value) {
    if (kind === "answer") {
      const reasons = value.deductions.map((one) => `${one.text}（−${one.points}）`).join("；");
      return [VERDICTS[value.verdict], reasons, value.measured && `实测 ${value.measured}`, value.remark].filter(Boolean).join("；");
    }
    if (value.is_dropped) return "已撤回";
    const grade = value.grade === "major" ? "重大" : "一般";
    return [value.description, grade, value.place, value.demands].filter(Boolean).join("；");
  }

  async function keepMine(visit, record) {
    const base = record.conflict.revision;
    await hb.visit.put(visit, record.kind, record.kind === "answer" ? [record.value.checklist, record.value.item] : record.value.id,
      record.value, { base, removed: Boolean(record.removed) });
    hb.draw();
    hb.sync.run();
  }

  async function takeTheirs(record) {
    const row = record.conflict;
    const value = record.kind === "answer" ? hb.visit.answerOf(row) : hb.visit.findingOf(row);
    const theirs = { value, base: row.revision, removed: Boolean(row.is_dropped), conflict: undefined, draft: false };
    await store.inOrder(() => store.rewrite(Object.assign(record, theirs)));
    hb.draw();
    hb.sync.run();
  }

  function conflict(visit, record) {
    const mine = record.removed ? "撤回" : inWords(record.kind, record.value);
    return el("section", "inspect-card inspect-conflict", el("h3", "", hb.visit.label(visit, record)),
      el("div", "inspect-sides",
        el("div", "", el("b", "", "本机"), el("p", "", mine), button("btn btn-plain", "保留本机的", () => keepMine(visit, record))),
        el("div", "", el("b", "", `服务器（${record.conflict.by || "他人"}）`), el("p", "", inWords(record.kind, record.conflict)),
          button("btn btn-plain", "采用服务器的", () => takeTheirs(record)))));
  }

  // What waits ---------------------------------------------------------------------------------------------------------

  function retry(photo) {
    return async () => {
      await store.putPhoto(Object.assign(photo, { state: "waiting", why: "" }));
      hb.draw();
      hb.sync.run();
    };
  }

  function photoRow(photo) {
    const picture = photo.thumb ? el("img", "inspect-mini", { src: photo.thumb, alt: "现场照片" }) : null;
    const words = `${PHOTO_STATES[photo.state]}${photo.left ? `，还差 ${photo.left} 片` : ""}`;
    return el("div", "inspect-row", { "data-photo": photo.id }, picture,
      el("span", "inspect-row-name", words, el("span", "sub", photo.why || `${hb.time(photo.at)}，${Math.ceil(photo.size / 1024)} KB`)),
      photo.state === "refused" && button("btn btn-plain", "重试", retry(photo)));
  }

  function section(visit) {
    const waits = Object.keys(visit.queue).map((key) => visit.records[key]).filter(Boolean);
    const conflicts = waits.filter((record) => record.conflict);
    const photos = visit.photos.filter((photo) => photo.state !== "done");
    if (!waits.length && !photos.length) return null;
    const rows = waits.filter((record) => !record.conflict).map((record) => el("div", "inspect-row", el("span", "inspect-row-name", hb.visit.label(visit, record),
      el("span", "sub", record.refused ? `服务器没有接受：${record.refused}` : record.draft ? "草稿，填完后上传" : record.removed ? "撤回，待上传" : `待上传，${hb.time(record.at)} 存入`))));
    return [
      el("h2", "inspect-day", `${visit.told.project.name}·${visit.number}`),
      ...conflicts.map((record) => conflict(visit, record)),
      rows.length || photos.length ? el("section", "inspect-card inspect-rows", rows, photos.map(photoRow)) : null,
    ];
  }

  // Room and copy ------------------------------------------------------------------------------------------------------

  async function room() {
    if (!navigator.storage || !navigator.storage.estimate) return el("p", "", "浏览器不提供存储用量。");
    const { usage, quota } = await navigator.storage.estimate();
    const isKept = navigator.storage.persisted ? await navigator.storage.persisted() : false;
    const megabytes = (bytes) => (bytes / 1048576).toFixed(1);
    const ask = async () => {
      const given = await navigator.storage.persist();
      hb.toast(given ? "浏览器已同意长期保存" : "浏览器没有同意；请把本页添加到主屏幕后再试");
      hb.draw();
    };
    return el("section", "inspect-card",
      el("p", "", `已用 ${megabytes(usage)} MB，可用 ${(quota / 1073741824).toFixed(1)} GB`),
      el("progress", "meter", { max: 100, value: Math.round((usage / quota) * 100), "aria-label": "存储用量" }),
      el("p", "muted", isKept ? "浏览器会长期保存这些数据。" : "空间紧张时浏览器可能清理未长期保存的数据。"),
      !isKept && button("btn btn-plain", "请求长期保存", ask));
  }

  const base64 = (bytes) => {
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode.apply(null, bytes.subarray(i, i + 32768));
    return btoa(text);
  };

  async function backup() {
    const found = await visits();
    const told = { user: hb.user, device: await store.device(), exported_at: new Date().toISOString(), visits: [] };
    for (const visit of found) {
      const photos = [];
      for (const photo of visit.photos) photos.push(Object.assign({}, photo, { data: base64(new Uint8Array(await store.photoBytes(photo.id))) }));
      told.visits.push({ number: visit.number, project: visit.told.project.name, records: Object.keys(visit.records).map((key) => visit.records[key]), waiting: Object.keys(visit.queue), photos });
    }
    const link = el("a", "", { href: URL.createObjectURL(new Blob([JSON.stringify(told)], { type: "application/json" })), download: `现场检查备份-${hb.day(new Date())}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  // Signing out --------------------------------------------------------------------------------------------------------

  async function signOut() {
    const { writes, photos } = await store.unsent();
    if (writes || photos) return hb.toast(`还有 ${writes} 项内容、${photos} 张照片没有上传，不能退出登录。请联网上传后再退出。`);
    if (!hb.net.online) return hb.toast("离线时不能退出登录，请联网后再退出。");
    const { csrf } = await (await fetch("/api/inspections/phone/session/", { credentials: "same-origin" })).json();
    await store.forget();
    const form = el("form", "", { method: "post", action: document.body.dataset.logout }, el("input", "", { type: "hidden", name: "csrfmiddlewaretoken", value: csrf }));
    document.body.append(form);
    return form.submit();
  }

  async function draw() {
    hb.head("本机存储与上传", "/m/");
    hb.byId("tabs").hidden = true;
    const found = hb.user ? await visits() : [];
    const parts = [].concat(...found.map(section).filter(Boolean));
    const receipts = await Promise.all(found.map(async (visit) => {
      const receipt = await store.meta(`receipt|${visit.number}`);
      return receipt && el("p", "muted", `${visit.number} 最近回执 ${hb.time(receipt.at)}：服务器有结论 ${receipt.counts.answers} 项、隐患 ${receipt.counts.findings} 条、签名 ${receipt.counts.signatures} 个`);
    }));
    const fetched = hb.user && (await store.meta("fetched"));
    hb.show(...parts, parts.length ? null : el("div", "inspect-card", el("p", "", "没有待上传的内容。")), ...receipts,
      fetched && el("p", "muted", `检查任务取于 ${hb.day(new Date(fetched))} ${hb.time(fetched)}`),
      el("h2", "inspect-day", "本机存储"), await room(),
      el("section", "inspect-card inspect-rows",
        button("inspect-row", "导出备份（JSON 文件）", backup), button("inspect-row", "退出登录", signOut),
        el("p", "muted inspect-row", `${hb.user ? `${hb.user.name}·${hb.user.organisation}。` : ""}数据加密存放在本机，只有本人登录后能看。`)));
    hb.dock(button("btn btn-primary", "立即上传", () => hb.sync.run(true)));
  }

  hb.offline = { draw };
})();

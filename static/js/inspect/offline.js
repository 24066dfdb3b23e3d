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
    if (kind === "notes") return value.text || "（空）";
    if (kind === "second_look") return hb.again.words(value);
    if (value.is_dropped) return "已撤回";
    const grade = value.grade === "major" ? "重大" : "一般";
    return [value.description, grade, value.place, value.demands].filter(Boolean).join("；");
  }

  const OF = { answer: hb.visit.answerOf, finding: hb.visit.findingOf, second_look: hb.visit.lookOf };

  // The server's version as a record: its value, and what a write after it builds on.
  function theirs({ kind, value: { name }, conflict: row }) {
    if (kind === "notes") return { base: row[name], value: { name, text: row[name] } };
    return { base: row.revision, value: OF[kind](row) };
  }

  const IDS = { answer: ({ checklist, item }) => [checklist, item], notes: ({ name }) => name, finding: ({ id }) => id, second_look: ({ id }) => id };

  async function keepMine(visit, record) {
    const { base } = theirs(record);
    await hb.visit.put(visit, record.kind, IDS[record.kind](record.value), record.value, { base, removed: Boolean(record.removed) });
    hb.draw();
    hb.sync.run();
  }

  async function takeTheirs(record) {
    const now = { removed: Boolean(record.conflict.is_dropped), conflict: undefined, draft: false };
    await store.inOrder(() => store.rewrite(Object.assign(record, theirs(record), now)));
    hb.draw();
    hb.sync.run();
  }

  function conflict(visit, record) {
    const other = record.kind === "notes" ? theirs(record).value : record.conflict;
    const mine = record.removed ? "撤回" : inWords(record.kind, record.value);
    return el("section", "inspect-card inspect-conflict", el("h3", "", hb.visit.label(visit, record)),
      el("div", "inspect-sides",
        el("div", "", el("b", "", "本机"), el("p", "", mine), button("btn btn-plain", "保留本机的", () => keepMine(visit, record))),
        el("div", "", el("b", "", `服务器（${record.conflict.by || "他人"}）`), el("p", "", inWords(record.kind, other)),
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

  function download(blob, name) {
    const link = el("a", "", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  const savePicture = (photo) => async () => download(new Blob([await store.photoBytes(photo.id)], { type: "image/jpeg" }), `${photo.visit}-${photo.id.slice(0, 8)}.jpg`);

  function photoRow(photo, isOver) {
    const picture = photo.thumb ? el("img", "inspect-mini", { src: photo.thumb, alt: "现场照片" }) : null;
    const words = `${PHOTO_STATES[photo.state]}${photo.left ? `，还差 ${photo.left} 片` : ""}`;
    return el("div", "inspect-row", { "data-photo": photo.id }, picture,
      el("span", "inspect-row-name", words, el("span", "sub", photo.why || `${hb.time(photo.at)}，${Math.ceil(photo.size / 1024)} KB`)),
      isOver ? button("btn btn-plain", "存照片", savePicture(photo)) : photo.state === "refused" && button("btn btn-plain", "重试", retry(photo)));
  }

  // An ended visit: carried off first, then given up by an act of its own, so that nothing typed or photographed is lost.
  function ended(visit) {
    const name = `exported|${visit.number}`;
    const giveUp = async (event) => {
      const exported = await store.meta(name, "");
      const waits = hb.visit.unsent(visit).concat(visit.photos);
      if (waits.some((one) => one.at > exported)) return hb.toast("请先导出未上传的内容，核对文件后再放弃。");
      return event.target.closest("section").replaceChildren(...sure(visit));
    };
    const carryOff = async () => {
      await backup([visit]);
      await store.setMeta(name, new Date().toISOString());
    };
    return el("section", "inspect-card", el("p", "inspect-problem", `检查${hb.visit.stateOf(visit)}，下列内容不能再上传。请先导出，交检查组或管理员补充到检查记录，再从本机放弃。`),
      button("btn btn-plain", "导出未上传的内容", carryOff), " ", button("btn btn-plain", "放弃未上传的内容", giveUp));
  }

  function sure(visit) {
    const drop = async () => {
      await store.inOrder(() => hb.visit.forget(visit.number));
      hb.draw();
      hb.banner();
    };
    return [el("p", "inspect-problem", `将从本机删除 ${hb.visit.undelivered(visit)} 项未上传的内容，不能恢复。`),
      button("btn btn-danger-plain", "确认放弃", drop), " ", button("btn btn-plain", "先不放弃", hb.draw)];
  }

  function section(visit) {
    const waits = hb.visit.unsent(visit);
    const isOver = Boolean(visit.told.state);
    const conflicts = isOver ? [] : waits.filter((record) => record.conflict);
    const photos = visit.photos.filter((photo) => photo.state !== "done");
    if (!waits.length && !photos.length) return null;
    const rows = waits.filter((record) => !conflicts.includes(record)).map((record) => el("div", "inspect-row", el("span", "inspect-row-name", hb.visit.label(visit, record),
      el("span", "sub", isOver ? "不能再上传" : standing(record))), visit.isQuick && hb.quick.link(visit)));
    return [
      el("h2", "inspect-day", visit.isQuick ? hb.quick.title(visit) : `${visit.told.project.name}·${visit.number}`),
      isOver && ended(visit),
      ...conflicts.map((record) => conflict(visit, record)),
      rows.length || photos.length ? el("section", "inspect-card inspect-rows", rows, photos.map((photo) => photoRow(photo, isOver))) : null,
    ];
  }

  function standing(record) {
    if (record.refused) return `服务器没有接受：${record.refused}`;
    if (record.draft) return "草稿，填完后上传";
    return record.removed ? "撤回，待上传" : `待上传，${hb.time(record.at)} 存入`;
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
      !isKept && navigator.storage.persist && button("btn btn-plain", "请求长期保存", ask));
  }

  const base64 = (bytes) => {
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode.apply(null, bytes.subarray(i, i + 32768));
    return btoa(text);
  };

  async function backup(found) {
    const told = { user: hb.user, device: await store.device(), exported_at: new Date().toISOString(), visits: [] };
    for (const visit of found) {
      const photos = [];
      for (const photo of visit.photos) photos.push(Object.assign({}, photo, { data: base64(new Uint8Array(await store.photoBytes(photo.id))) }));
      told.visits.push({ number: visit.number, project: visit.told.project.name, records: Object.keys(visit.records).map((key) => visit.records[key]), waiting: Object.keys(visit.queue), photos });
    }
    download(new Blob([JSON.stringify(told)], { type: "application/json" }), `现场检查备份-${hb.day(new Date())}.json`);
  }

  // Signing out --------------------------------------------------------------------------------------------------------

  async function signOut() {
    const { writes, photos } = await store.unsent();
    if (writes || photos) return hb.toast(`还有 ${writes} 项内容、${photos} 张照片没有上传，不能退出登录。请联网上传，或在本页处理不能上传的内容后再退出。`);
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
    const quick = hb.user ? await hb.quick.all() : [];
    const parts = [].concat(...found.concat(quick).map(section).filter(Boolean));
    const receipts = await Promise.all(found.map(async (visit) => {
      const receipt = await store.meta(`receipt|${visit.number}`);
      return receipt && el("p", "muted", `${visit.number} 最近回执 ${hb.time(receipt.at)}：服务器有结论 ${receipt.counts.answers} 项、隐患 ${receipt.counts.findings} 条、签名 ${receipt.counts.signatures} 个`);
    }));
    const fetched = hb.user && (await store.meta("fetched"));
    hb.show(...parts, parts.length ? null : el("div", "inspect-card", el("p", "", "没有待上传的内容。")), ...receipts, ...hb.quick.receipts(quick),
      fetched && el("p", "muted", `检查任务取于 ${hb.day(new Date(fetched))} ${hb.time(fetched)}`),
      el("h2", "inspect-day", "本机存储"), await room(),
      el("section", "inspect-card inspect-rows",
        button("inspect-row", "导出备份（JSON 文件）", async () => backup((await visits()).concat(await hb.quick.all()))), button("inspect-row", "退出登录", signOut),
        el("p", "muted inspect-row", `${hb.user ? `${hb.user.name}·${hb.user.organisation}。` : ""}数据加密存放在本机，只有本人登录后能看。`)));
    hb.dock(button("btn btn-primary", "立即上传", () => hb.sync.run(true)));
  }

  hb.offline = { draw };
})();

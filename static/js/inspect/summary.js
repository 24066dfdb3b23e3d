// Summary and signatures: scores of all tables, what is said of the visit as a whole, who signed, and handing in.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, icon, button } = hb;
  const TONES = { 优良: "chip-green", 合格: "chip-blue", 不合格: "chip-red" };

  function overview(visit) {
    const { shown, grade } = hb.visit.summary(visit);
    const found = hb.visit.findings(visit);
    const major = found.filter((one) => one.value.grade === "major").length;
    const items = visit.tables.reduce((sum, table) => sum + hb.visit.score(visit, table).asked, 0);
    return el("section", "inspect-card inspect-total",
      el("div", "", el("span", "muted", "汇总得分（JGJ 59-2011）"), el("div", "", el("b", "inspect-figure", { id: "total" }, shown || "—"), " ",
        grade && el("span", `chip ${TONES[grade]}`, { id: "grade" }, grade))),
      el("div", "inspect-total-side", `检查 ${visit.tables.length} 表 ${items} 项`, el("div", found.length ? "danger-text strong" : "muted", `隐患 ${found.length} 条${major ? `（重大 ${major}）` : ""}`)));
  }

  function tableRow(visit, table) {
    const { shown, score, zeroed } = hb.visit.score(visit, table);
    const isLow = score && score[0] < 70n * score[1];
    const bar = el("progress", `meter${isLow ? " meter-red" : ""}`, { max: 100, value: Number(shown) || 0, "aria-label": `${table.name}得分` });
    return el("a", "inspect-row", { href: `#t${table.id}` }, el("span", "inspect-row-name", hb.visit.shortName(table), zeroed && el("span", "sub danger-text", zeroed)), bar,
      el("span", `inspect-row-figure${isLow ? " danger-text strong" : ""}`, shown || "—"), icon("chevron-right"));
  }

  function tables(visit) {
    const groups = hb.visit.summary(visit).groups.filter((group) => group.tables.length > 1);
    const means = groups.map((group) => el("p", "muted inspect-row", `${group.name} 取 ${group.tables.length} 表平均 ${group.shown}`));
    return el("section", "inspect-card inspect-rows", visit.tables.map((table) => tableRow(visit, table)), means);
  }

  function findings(visit) {
    const found = hb.visit.findings(visit);
    if (!found.length) return null;
    return el("section", "inspect-card inspect-rows", found.map((record) => el("a", "inspect-row", { href: `#f${record.value.id}` },
      el("span", record.value.grade === "major" ? "chip chip-shape chip-major" : "chip", record.value.grade === "major" ? "重大" : "一般"),
      el("span", "inspect-row-name", record.value.description || "草稿"), icon("chevron-right"))));
  }

  // Who signed has signed these words too; the inspected party's opinion is open until it has.
  function isFixedNote(visit, name) {
    const signed = hb.visit.signatures(visit);
    return hb.visit.isClosed(visit) || signed.some((r) => name !== "inspected_opinion" || r.value.role === "inspected");
  }

  function notes(visit) {
    const now = (name) => hb.visit.note(visit, name);
    const names = Object.keys(hb.visit.NOTES);
    const fields = names.map((name) => {
      const control = el("textarea", "form-control", { value: now(name), rows: 2, maxLength: 2000, disabled: isFixedNote(visit, name) });
      const kept = () => hb.visit.put(visit, "notes", [name], { name, text: control.value.trim() });
      control.addEventListener("input", kept);
      control.addEventListener("change", () => kept().then(hb.sync.soon));
      return hb.field(hb.visit.NOTES[name], control, "选填");
    });
    return el("details", "inspect-card inspect-more", { open: names.some(now) }, el("summary", "", "现场情况与意见"), fields);
  }

  // Signatures ---------------------------------------------------------------------------------------------------------

  function signature(visit, name, post, record, to) {
    const place = el("span", "inspect-sign-name", name, el("span", "sub", post));
    if (!record) {
      const press = hb.visit.isClosed(visit) ? null : el("a", "btn btn-plain", { href: to }, icon("writing-sign"), "请签名");
      return el("div", "inspect-row", place, press);
    }
    const { value } = record;
    const what = value.is_refused ? el("span", "danger-text", `拒签，见证人 ${value.witnesses}`) : value.image && el("img", "inspect-sign", { src: `data:image/png;base64,${value.image}`, alt: `${name}的签名` });
    const undo = !hb.visit.isClosed(visit) && button("btn btn-quiet", "重签", () => hb.visit.remove(visit, record).then(hb.draw));
    return el("div", "inspect-row", place, what, el("span", "ok-text no-wrap", icon("check"), hb.time(value.at || record.at)), undo);
  }

  function signatures(visit) {
    const signed = hb.visit.signatures(visit);
    const { team, project } = visit.told;
    const rows = team.map((member) => signature(visit, member.name, "检查人", signed.find((r) => r.value.inspector_id === member.id), `#sign-${member.id}`));
    const party = signed.find((r) => r.value.role === "inspected");
    const leader = (project.parties.find((one) => one.leader) || {}).leader || "被检查方";
    rows.push(signature(visit, party ? party.value.name : leader, party ? party.value.post || "被检查方" : "被检查方", party, "#sign-party"));
    return el("section", "inspect-card", el("h2", "", "签字"), el("p", "muted", "检查人至少 2 名，被检查方 1 名"), el("div", "inspect-rows", rows), signed.map(hb.items.problem));
  }

  function undoAll(visit) {
    const signed = hb.visit.signatures(visit);
    if (!signed.length || hb.visit.isClosed(visit)) return null;
    const undo = async () => {
      for (const record of signed) await hb.visit.remove(visit, record);
      hb.draw();
    };
    return el("p", "muted", "已有签字，检查内容不能再改。", button("btn btn-quiet", "撤销签字，继续修改", undo));
  }

  // Handing in ---------------------------------------------------------------------------------------------------------

  // Until the server has given one, the phone's own number; it never looks like an official one.
  const localNumber = (visit, device) => `本机-${device.slice(0, 4).toUpperCase()}-${visit.number.slice(-6)}`;

  function papers(visit, device) {
    const found = hb.visit.findings(visit).length;
    const { state } = visit.told;
    const submitted = hb.visit.submission(visit);
    let words = found ? "提交后由服务器编号、生成 PDF、电子送达" : "没有登记隐患，提交后只生成检查记录";
    if (state) words = `检查${hb.visit.stateOf(visit)}`;
    if (state === "submitted" || state === "published") words = "服务器已收到并编号，文书见检查记录";
    else if (submitted) words = `${localNumber(visit, device)}，联网后由服务器编号下发，现在还没有正式文号`;
    return el("section", "inspect-card inspect-row", icon("file-text"),
      el("span", "inspect-row-name", found ? "《责令限期整改通知书》" : "《监督检查记录》", el("span", "sub", { id: "papers" }, words)),
      state && state !== "lost" && el("a", "", { href: `/inspections/${visit.number}/` }, "查看"));
  }

  function missing(lacks) {
    if (!lacks.length) return null;
    return el("section", "inspect-card", { id: "lacks" }, el("h2", "", "提交前还需要"), el("ul", "inspect-lacks", lacks.map((one) => el("li", "", el("a", "", { href: one.to }, one.words)))));
  }

  async function submit(visit) {
    const lacks = hb.visit.lacks(visit);
    if (lacks.length) {
      hb.draw();
      return hb.toast(`还不能提交：${lacks[0].words}`);
    }
    await hb.onsite.ended(visit);
    await hb.visit.put(visit, "submit", [], {});
    hb.sync.run();
    return hb.draw();
  }

  function dock(visit) {
    const submitted = hb.visit.submission(visit);
    if (visit.told.state) return hb.dock(el("span", "inspect-done", icon("circle-check"), hb.visit.stateOf(visit)));
    if (!submitted) return hb.dock(button("btn btn-primary", "提交并下发通知书", () => submit(visit)));
    const back = () => hb.visit.remove(visit, submitted).then(hb.draw);
    const send = button("btn btn-primary", submitted.refused ? "再次提交" : "立即上传", () => (submitted.refused ? submit(visit) : hb.sync.run(true)));
    return hb.dock(button("btn btn-plain", "取消提交", back), send);
  }

  async function draw(visit) {
    const device = await hb.store.device();
    const submitted = hb.visit.submission(visit);
    hb.head("汇总与签字", `#t${visit.tables[0].id}`);
    hb.byId("tabs").hidden = true;
    const lacks = visit.told.state ? [] : hb.visit.lacks(visit);
    hb.show(hb.items.undelivered(visit), overview(visit), tables(visit), hb.again.link(visit), findings(visit), notes(visit), signatures(visit), undoAll(visit), papers(visit, device),
      submitted && submitted.refused && el("p", "inspect-problem", `服务器没有接受：${submitted.refused}`), missing(lacks));
    dock(visit);
  }

  hb.summary = { draw };
})();

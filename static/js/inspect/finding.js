// A hazard found at the visit: begun from a failed item with its clause, text, demand and category filled in.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, icon, button } = hb;
  const USUAL_TERM = { major: "calendar:3", ordinary: "calendar:7" };

  function usualTerm(terms, grade) {
    const usual = terms.find((one) => one.code === USUAL_TERM[grade]) || terms[0];
    return usual ? usual.code : "";
  }

  function prefilled(visit, table, item, answer) {
    const first = answer.deductions[0] || {};
    const ready = item.deductions.find((one) => one.code === first.code) || {};
    const grade = ready.grade || "ordinary";
    const { categories, terms } = visit.shared;
    return {
      id: hb.store.uuid(), checklist: table.id, item: item.seq, deduction: (first.code || "").slice(0, 20),
      description: answer.deductions.map((one) => one.text).join("；"),
      category: categories.includes(table.content.group) ? table.content.group : categories[0],
      clause: item.clause || `${table.name} 第 ${item.seq} 项“${item.name}”`,
      demands: ready.demand || "立即整改，整改完成并自检合格后报告复查。",
      grade, criterion: null, place: "", term: usualTerm(terms, grade), deadline: null, disposal: "rectify",
    };
  }

  // Kept from the first moment as a draft, so that a tab that dies loses nothing.
  async function begin(visit, table, item, answer) {
    if (hb.isFixed(visit)) return;
    const value = prefilled(visit, table, item, answer);
    await hb.visit.put(visit, "finding", value.id, value, { draft: true });
    location.hash = `#f${value.id}`;
  }

  // Onto what is stored when their turn comes: a press right after typing must not take the words back.
  const keep = (visit, record, changes) =>
    hb.visit.put(visit, "finding", record.value.id, (stored) => Object.assign({}, stored || record.value, changes), { draft: record.draft });

  function lack(value) {
    if (!value.description.trim()) return "请填写隐患描述";
    if (!value.demands.trim()) return "请填写整改要求";
    return value.term || value.deadline ? "" : "请选择整改期限";
  }

  async function save(visit, record) {
    const why = lack((await keep(visit, record, {})).value);
    if (why) return hb.toast(why);
    await keep(visit, Object.assign({}, record, { draft: false }), {});
    hb.sync.soon();
    return back(record);
  }

  const back = ({ value }) => (location.hash = value.checklist ? `#t${value.checklist}-${value.item}` : "#sum");

  // Parts of the form --------------------------------------------------------------------------------------------------

  function words(visit, record, name, label, rows, note) {
    const control = el(rows ? "textarea" : "input", "form-control", { value: record.value[name] });
    if (rows) control.rows = rows;
    control.addEventListener("input", () => keep(visit, record, { [name]: control.value }));
    return hb.field(label, control, note);
  }

  function select(visit, record, name, label, options, note) {
    const control = el("select", "form-select", options.map(([value, text]) => el("option", "", { value, selected: String(record.value[name] || "") === String(value) }, text)));
    control.addEventListener("change", () => update(visit, record, { [name]: name === "criterion" ? Number(control.value) || null : control.value }));
    return hb.field(label, control, note);
  }

  async function update(visit, record, changes) {
    await keep(visit, record, changes);
    hb.draw();
  }

  function phrases(visit, record) {
    const ready = visit.shared.phrases;
    const own = ready.filter((one) => one.category === record.value.category);
    // A category without any offers those of all; the sentence then says which it is.
    const chips = (own.length ? own : ready).map((one) => button("inspect-phrase", one.name, async () => {
      const { value } = await keep(visit, record, {});
      update(visit, record, { category: one.category, description: [value.description, one.text].filter(Boolean).join("；"), demands: one.demand || value.demands });
    }));
    return chips.length > 0 && el("details", "inspect-more", el("summary", "", "常用语"), el("div", "inspect-phrases", chips));
  }

  function terms(visit, record) {
    const { term, deadline } = record.value;
    const usual = visit.shared.terms.slice(0, 3);
    const isOther = Boolean(deadline) || !usual.some((one) => one.code === term);
    const options = usual.map(({ code, label }) => ({ value: code, words: label })).concat([{ value: "other", words: "其他" }]);
    const pick = (value) => update(visit, record, value === "other" ? { term: "" } : { term: value, deadline: null });
    const date = el("input", "form-control", { type: "date", value: deadline || "", min: hb.day(new Date()) });
    date.addEventListener("change", () => update(visit, record, { deadline: date.value || null }));
    return el("div", "inspect-field", el("div", "inspect-label", "整改期限"), hb.choices("整改期限", options, isOther ? "other" : term, pick),
      isOther && hb.field("整改到哪一天", date));
  }

  function grade(visit, record) {
    const options = [{ value: "major", words: "▲ 重大隐患", tone: "on-red" }, { value: "ordinary", words: "一般隐患" }];
    const pick = (value) => update(visit, record, { grade: value, criterion: null, term: record.value.deadline ? "" : USUAL_TERM[value] });
    return el("div", "inspect-field", el("div", "inspect-label", "隐患等级"), hb.choices("隐患等级", options, record.value.grade, pick));
  }

  function criterion(visit, record) {
    const options = [["", "未引用"]].concat(visit.shared.criteria.map((one) => [one.id, `第${one.number}条 ${one.text}`]));
    return record.value.grade === "major" && select(visit, record, "criterion", "判定标准", options, "选填");
  }

  function responsible({ told: { project } }) {
    const contractor = project.parties.find((party) => party.role.includes("总承包")) || project.parties.find((party) => party.role.includes("施工")) || project.parties[0];
    const supervisor = project.parties.find((party) => party.role.includes("监理"));
    if (!contractor) return null;
    const people = [contractor.leader && `项目负责人 ${contractor.leader}`, supervisor && supervisor.leader && `监理 ${supervisor.leader}`];
    return el("div", "inspect-given", icon("building-factory-2"),
      el("div", "", `整改企业 ${contractor.firm}`, el("span", "sub", `${people.filter(Boolean).join("·")}（自动带出）`)));
  }

  function draw(visit, id) {
    const record = hb.visit.findings(visit).find((one) => one.value.id === id);
    if (!record) {
      location.hash = "#sum";
      return;
    }
    const { shared } = visit;
    hb.head("登记隐患", `#t${record.value.checklist}-${record.value.item}`);
    hb.byId("tabs").hidden = true;
    const isFixed = hb.visit.isClosed(visit);
    hb.show(el("fieldset", "inspect-form", { disabled: isFixed }, el("legend", "visually-hidden", "隐患"),
      el("div", "inspect-label", "现场照片 ", el("span", "muted", "自动加水印：时间、位置、项目、姓名")),
      hb.items.photos(visit, { checklist: record.value.checklist, item: record.value.item, finding: id }),
      hb.items.problem(record),
      grade(visit, record), criterion(visit, record),
      words(visit, record, "description", "隐患描述", 2), phrases(visit, record),
      words(visit, record, "place", "部位", 0, "选填"),
      terms(visit, record),
      select(visit, record, "disposal", "处置措施", shared.disposals.map((one) => [one.code, one.label])),
      words(visit, record, "demands", "整改要求", 3), words(visit, record, "clause", "违反条款", 2),
      select(visit, record, "category", "隐患类别", shared.categories.map((one) => [one, one])),
      responsible(visit),
      !isFixed && button("btn btn-danger-plain btn-wide", "撤回这条隐患", async () => {
        await hb.visit.dropFinding(visit, record);
        back(record);
      })));
    if (isFixed) return hb.dock(button("btn btn-primary", "返回", () => back(record)));
    hb.dock(record.draft && button("btn btn-plain", "存草稿", () => back(record)), button("btn btn-primary", "保存隐患", () => save(visit, current(visit, id))));
  }

  const current = (visit, id) => hb.visit.findings(visit).find((one) => one.value.id === id);

  const parts = { words, select, phrases, terms, grade, criterion, responsible };

  hb.finding = { begin, draw, lack, usualTerm, parts };
})();

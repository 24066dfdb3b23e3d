// Hazards that earlier visits found, looked at again: an outcome for each, with a remark and photographs.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, icon } = hb;
  const OUTCOMES = [
    { value: "good", words: "合格", tone: "on-green" },
    { value: "partly", words: "部分整改", tone: "on-red" },
    { value: "bad", words: "未整改", tone: "on-red" },
    { value: "unseen", words: "未复查", tone: "on-grey" },
  ];
  const ASKED = { partly: "还有什么没有整改", unseen: "未复查的原因" };

  const whole = (look, value) => Object.assign({ id: look.id, outcome: "", remark: "" }, value);
  const words = ({ outcome, remark }) => [(OUTCOMES.find((one) => one.value === outcome) || OUTCOMES[3]).words, remark].filter(Boolean).join("；");

  // Why it is not yet an outcome: kept on the phone, but nothing to be sent.
  const lack = ({ outcome, remark }) => (ASKED[outcome] && !remark ? `请写明${ASKED[outcome]}` : "");

  async function write(visit, look, changes) {
    if (hb.isFixed(visit)) return;
    const merged = (stored) => Object.assign(whole(look, stored), changes);
    await hb.visit.put(visit, "second_look", look.id, merged, (value) => ({ draft: Boolean(lack(value)) }));
  }

  function redraw(visit, look) {
    const old = hb.byId(`again-${look.id}`);
    if (old) hb.swap(old, card(visit, look));
    dock(visit);
  }

  function remark(visit, look, value) {
    const input = el("textarea", "form-control", { value: value.remark, rows: 2, maxLength: 500 });
    // With each letter, without drawing anew: a tab that dies takes no half sentence along.
    input.addEventListener("input", () => write(visit, look, { remark: input.value.trim() }));
    input.addEventListener("change", () => write(visit, look, { remark: input.value.trim() }).then(() => redraw(visit, look)));
    return hb.field("复查说明", input, ASKED[value.outcome] || "选填");
  }

  // Who has moved it meanwhile has left nothing to look at, or another state than the list says.
  function moved({ now, over }) {
    if (!now) return null;
    return over ? el("p", "inspect-problem", `已由他人办理，现为“${now}”，不必复查；现场仍有问题的，另行登记隐患`) : el("p", "muted", `现为“${now}”`);
  }

  function card(visit, look) {
    const record = hb.visit.secondLook(visit, look.id);
    const value = whole(look, record && record.value);
    const about = { second_look: look.id };
    const choose = (outcome) => write(visit, look, { outcome }).then(() => redraw(visit, look));
    const until = look.deadline ? `期限 ${look.deadline}` : "未定期限";
    return el("section", "inspect-card", { id: `again-${look.id}` },
      el("div", "inspect-card-head", el("h2", "", look.number), el("span", look.grade === "major" ? "chip chip-shape chip-major" : "chip", look.grade === "major" ? "重大" : "一般")),
      el("p", "", look.words),
      el("p", "muted", [look.place, until, look.state, look.needed && !look.over && "必须复查"].filter(Boolean).join("·")),
      moved(look),
      hb.choices(`隐患 ${look.number} 复查结论`, OUTCOMES, value.outcome, choose),
      value.outcome && remark(visit, look, value),
      lack(value) && el("p", "inspect-problem", lack(value)),
      hb.items.problem(record),
      value.outcome && (value.outcome !== "unseen" || hb.visit.photosOf(visit, about).length > 0) && hb.items.photos(visit, about));
  }

  const isDone = (record) => Boolean(record && !record.draft);
  const done = (visit) => visit.told.second_looks.filter(({ id }) => isDone(hb.visit.secondLook(visit, id))).length;

  // The way there, from the first table and from the summary.
  function link(visit) {
    const { length } = visit.told.second_looks || [];
    if (!length) return null;
    return el("a", "inspect-card inspect-row", { href: "#again" }, icon("refresh"),
      el("span", "inspect-row-name", "复查以往隐患", el("span", "sub", `已有结论 ${done(visit)}/${length}`)), icon("chevron-right"));
  }

  function dock(visit) {
    hb.dock(el("div", "inspect-score", el("span", "sub", "已有结论"), el("b", "", `${done(visit)}/${visit.told.second_looks.length}`)),
      el("a", "btn btn-plain", { href: `#t${visit.tables[0].id}` }, "检查表"), el("a", "btn btn-primary", { href: "#sum" }, "汇总与签字"));
  }

  function draw(visit) {
    hb.head("复查以往隐患", `#t${visit.tables[0].id}`);
    hb.byId("tabs").hidden = true;
    hb.show(hb.items.undelivered(visit), ...visit.told.second_looks.map((look) => card(visit, look)));
    dock(visit);
  }

  hb.again = { draw, link, words };
})();

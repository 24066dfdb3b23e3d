// The list: visits of today and tomorrow, and those left over.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, icon } = hb;

  async function visits() {
    const rows = await hb.store.all("visits");
    const found = await Promise.all(rows.map(({ number }) => hb.visit.load(number)));
    return found.filter(Boolean).sort((a, b) => (a.told.planned_on < b.told.planned_on ? -1 : 1));
  }

  function dayOf({ planned_on: on }) {
    const today = hb.day(hb.now());
    const tomorrow = hb.day(new Date(hb.now().getTime() + 86400000));
    if (on === today) return "今天";
    if (on === tomorrow) return "明天";
    return `${hb.shortDay(on)}（${on < today ? "以前安排，尚未完成" : "以后"}）`;
  }

  function progress(visit) {
    const scores = visit.tables.map((table) => hb.visit.score(visit, table));
    const asked = scores.reduce((sum, one) => sum + one.asked, 0);
    const done = asked - scores.reduce((sum, one) => sum + one.unanswered.length, 0);
    return { asked, done };
  }

  function stateOf(visit, done) {
    if (visit.told.state) return hb.visit.stateOf(visit);
    if (hb.visit.submission(visit)) return hb.visit.lacks(visit).length ? "提交受阻，请处理" : "已提交，待上传";
    return done ? "检查中" : "待检查";
  }

  function contacts({ parties }) {
    return parties.filter((party) => party.leader).map((party) => el("div", "inspect-row",
      el("span", "", `${party.role} ${party.firm}`, el("span", "sub", party.leader)),
      party.phone && el("a", "inspect-call", { href: `tel:${party.phone}`, "aria-label": `致电 ${party.leader}` }, icon("phone"))));
  }

  function card(visit) {
    const { told } = visit;
    const { asked, done } = progress(visit);
    const team = told.team.map((member) => member.name).join("、");
    const findings = hb.visit.findings(visit).length;
    return el("section", "inspect-card",
      el("div", "inspect-card-head", el("h2", "", told.project.name), el("span", "chip", stateOf(visit, done))),
      el("p", "muted", `${told.kind}·${visit.number}`),
      el("p", "", told.project.address),
      el("p", "muted", `检查组 ${team}·未销号隐患 ${told.hazards.length} 条`),
      hb.items.undelivered(visit),
      el("details", "inspect-more", el("summary", "", "参建单位与联系人"), contacts(told.project)),
      el("div", "inspect-foot",
        el("span", "muted", `已查 ${done}/${asked} 项${findings ? `·隐患 ${findings} 条` : ""}`),
        el("a", "btn btn-primary", { href: `/m/inspect/${visit.number}/` }, done ? "继续检查" : "开始检查")));
  }

  function empty() {
    const { net } = hb;
    const why = net.fetched ? "今天和明天没有安排给您的检查。" : net.busy ? "正在取检查任务…" : "本机还没有检查任务。联网打开本页，会自动取下今天和明天的任务。";
    return el("div", "inspect-card", el("p", "", why));
  }

  async function draw() {
    hb.head("现场检查");
    hb.byId("tabs").hidden = true;
    const found = await visits();
    const days = Array.from(new Set(found.map(({ told }) => dayOf(told))));
    const parts = days.map((day) => [el("h2", "inspect-day", day)].concat(found.filter(({ told }) => dayOf(told) === day).map(card)));
    hb.show(...[].concat(...parts), found.length ? null : empty());
    hb.dock(el("a", "btn btn-primary", { href: hb.quick.PAGE }, icon("camera"), "登记隐患"));
  }

  hb.today = { draw };
})();

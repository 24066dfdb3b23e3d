// The items of one table: verdict, deductions, measured value, photographs, and the hazards that came of them.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, icon, button } = hb;
  const PARTS = { guarantee: "保证项目", general: "一般项目" };
  const VERDICTS = [
    { value: "pass", words: "符合", tone: "on-green" },
    { value: "deduct", words: "扣分", tone: "on-red" },
    { value: "absent", words: "缺项", tone: "on-grey" },
  ];

  const recordOf = (visit, table, item) => hb.visit.answer(visit, table.id, item.seq);

  const whole = (table, item, value) =>
    Object.assign({ checklist: table.id, item: item.seq, verdict: "", deductions: [], measured: null, remark: "" }, value);

  function valueOf(visit, table, item) {
    const record = recordOf(visit, table, item);
    return whole(table, item, record && !record.removed ? record.value : {});
  }

  // Why it is not yet an answer: kept on the phone, but nothing to be sent.
  function lack(item, value) {
    if (value.verdict === "deduct" && !value.deductions.length) return "请选择扣分事由";
    if (item.limit && value.verdict !== "absent" && !isNumber(value.measured)) return `请填写实测值（${limitWords(item.limit)}）`;
    if (item.limit && value.verdict === "pass" && isOutside(item.limit, value.measured)) return `超出限值（${limitWords(item.limit)}），不能记为符合`;
    return "";
  }

  const isNumber = (text) => /^-?\d{1,8}(\.\d{1,3})?$/.test(text || "");
  const isOutside = ({ min, max }, text) => (min !== undefined && min !== null && Number(text) < Number(min)) || (max !== undefined && max !== null && Number(text) > Number(max));

  function limitWords({ label, unit, min, max }) {
    const has = (end) => end !== undefined && end !== null;
    if (has(min) && has(max)) return `${label} ${min}～${max} ${unit}`;
    return `${label}${has(min) ? `不小于 ${min}` : `不大于 ${max}`} ${unit}`;
  }

  // Writing ------------------------------------------------------------------------------------------------------------

  // `changes` are worked out on what is stored when their turn comes: of two quick taps the second knows the first.
  async function write(visit, table, item, changes) {
    if (hb.isFixed(visit)) return;
    const merged = (stored) => {
      const value = whole(table, item, stored);
      Object.assign(value, changes(value));
      if (value.verdict !== "deduct") value.deductions = [];
      return value.verdict ? value : undefined;
    };
    await hb.visit.put(visit, "answer", [table.id, item.seq], merged, (value) => ({ draft: Boolean(lack(item, value)) }));
  }

  async function change(visit, table, item, changes) {
    await write(visit, table, item, typeof changes === "function" ? changes : () => changes);
    redraw(visit, table, item);
  }

  function toggle(visit, table, item, { code, text, points }) {
    return change(visit, table, item, ({ deductions }) => {
      const rest = deductions.filter((one) => one.code !== code);
      return { deductions: rest.length < deductions.length ? rest : rest.concat([{ code, text, points }]) };
    });
  }

  // A value outside of its limits is a deduction, and says so by itself.
  function measure(visit, table, item, text) {
    const { limit } = item;
    const due = item.deductions.find((one) => one.code === limit.deduction);
    return change(visit, table, item, (value) => {
      const changes = { measured: text };
      if (isNumber(text) && isOutside(limit, text)) {
        changes.verdict = "deduct";
        if (due && !value.deductions.some((one) => one.code === due.code)) {
          changes.deductions = value.deductions.concat([{ code: due.code, text: due.text, points: due.points }]);
        }
      } else if (isNumber(text) && !value.verdict) changes.verdict = "pass";
      return changes;
    });
  }

  // Parts of a card ----------------------------------------------------------------------------------------------------

  const BASES = { read: "已核对", sample: "样例", general: "通用样例" };

  // The tick appears when it is stored, not when it is tapped.
  function deductionRow(on, words, points, press) {
    const tap = (event) => {
      event.preventDefault();
      press();
    };
    const box = el("input", "form-check-input", { type: "checkbox", checked: on, onclick: tap });
    return el("label", "inspect-check", box, el("span", "", words), el("b", "inspect-points", `−${points}`));
  }

  function deductions(visit, table, item, value) {
    const ready = item.deductions.map((one) => deductionRow(value.deductions.some((d) => d.code === one.code),
      [one.text, one.basis && el("span", "sub", BASES[one.basis])], one.points, () => toggle(visit, table, item, one)));
    const own = value.deductions.filter((one) => one.code === "own").map((one) => deductionRow(true, one.text, one.points,
      () => change(visit, table, item, { deductions: value.deductions.filter((other) => other !== one) })));
    return el("div", "inspect-checks", ready, own, ownDeduction(visit, table, item, value));
  }

  function ownDeduction(visit, table, item, value) {
    const text = el("input", "form-control", { maxLength: 200, "aria-label": "自填扣分事由", placeholder: "扣分事由" });
    const points = el("input", "form-control", { type: "number", min: 1, max: item.points, inputMode: "numeric", "aria-label": "扣几分", placeholder: "分" });
    const add = () => {
      const off = Number(points.value);
      if (!text.value.trim()) return hb.toast("请填写扣分事由");
      if (!Number.isInteger(off) || off < 1 || off > item.points) return hb.toast(`扣分应为 1 至 ${item.points}`);
      const own = { code: "own", text: text.value.trim(), points: off };
      return change(visit, table, item, ({ deductions }) => ({ deductions: deductions.concat([own]) }));
    };
    return el("details", "inspect-more", el("summary", "", "自填扣分事由"), el("div", "inspect-own", text, points, button("btn btn-plain", "添加", add)));
  }

  function measured(visit, table, item, value) {
    const input = el("input", "form-control", { value: value.measured || "", inputMode: "decimal", maxLength: 12 });
    input.addEventListener("change", () => {
      if (input.value && !isNumber(input.value.trim())) return hb.toast("实测值须为数字");
      return measure(visit, table, item, input.value.trim() || null);
    });
    return hb.field(`实测 ${limitWords(item.limit)}`, input);
  }

  function remark(visit, table, item, value) {
    const input = el("input", "form-control", { value: value.remark, maxLength: 500 });
    // With each letter, without drawing anew: a tab that dies takes no half sentence along.
    input.addEventListener("input", () => write(visit, table, item, () => ({ remark: input.value.trim() })));
    return el("details", "inspect-more", { open: Boolean(value.remark) }, el("summary", "", "备注"), hb.field("备注", input, "选填"));
  }

  const PHOTO_STATES = { waiting: "待上传", done: "已上传", refused: "未被接受", held: "已上传" };

  function thumb(visit, photo) {
    const { id, state } = photo;
    const picture = photo.thumb ? el("img", "", { src: photo.thumb, alt: "现场照片" }) : icon("photo");
    const words = state === "waiting" ? `${hb.time(photo.at)} ${PHOTO_STATES[state]}` : PHOTO_STATES[state];
    const drop = async () => {
      await hb.store.erasePhoto(id);
      await hb.visit.refresh(visit);
      hb.changed();
      hb.draw();
    };
    const canDrop = (state === "waiting" || state === "refused") && !hb.visit.isClosed(visit);
    return el("li", "", picture, el("span", "inspect-photo-state", { title: photo.why || "" }, words),
      canDrop && button("inspect-photo-drop", "×", drop, { "aria-label": "移除照片" }));
  }

  // The strip of photographs with the tile that opens the camera.
  function photos(visit, about) {
    const found = hb.visit.photosOf(visit, about);
    const input = el("input", "visually-hidden", { type: "file", accept: "image/*", capture: "environment", "aria-label": "拍照" });
    input.addEventListener("change", async () => {
      hb.toast("正在保存照片…");
      for (const file of Array.from(input.files)) await hb.camera.take(visit, file, about);
      hb.toast("照片已存本机");
      hb.draw();
    });
    const tile = el("li", "inspect-shoot", el("label", "", input, icon("camera"), "拍照"));
    return el("ul", "inspect-photos", found.map((photo) => thumb(visit, photo)), hb.visit.isClosed(visit) ? null : tile);
  }

  function findingRow(visit, record) {
    const { value } = record;
    const term = visit.shared.terms.find((one) => one.code === value.term);
    const until = value.deadline ? `期限 ${hb.shortDay(value.deadline)}` : term ? `期限 ${term.label}` : "未定期限";
    const chip = value.grade === "major" ? el("span", "chip chip-shape chip-major", "重大") : el("span", "chip", "一般");
    const words = record.draft ? "隐患草稿，还没有保存" : `已登记隐患，${until}`;
    return el("a", "inspect-finding", { href: `#f${value.id}` }, chip, el("span", "", words), icon("chevron-right"));
  }

  function problem(record) {
    if (!record) return null;
    if (record.conflict) return el("a", "inspect-problem", { href: "/m/offline/" }, "与他人的修改冲突，请选择保留哪一种");
    return record.refused ? el("p", "inspect-problem", `服务器没有接受：${record.refused}`) : null;
  }

  function undelivered(visit) {
    const left = hb.visit.undelivered(visit);
    return left ? el("a", "inspect-problem", { href: "/m/offline/" }, `检查${hb.visit.stateOf(visit)}，本机还有 ${left} 项内容没有上传，请处理`) : null;
  }

  function card(visit, table, item) {
    const value = valueOf(visit, table, item);
    const record = recordOf(visit, table, item);
    const about = { checklist: table.id, item: item.seq };
    const found = hb.visit.findings(visit).filter((r) => r.value.checklist === table.id && r.value.item === item.seq);
    const isFailed = value.verdict === "deduct";
    const missing = value.verdict ? lack(item, value) : "";
    const hasPhotos = isFailed || hb.visit.photosOf(visit, about).length > 0;
    const under = [PARTS[item.part], item.clause].filter(Boolean).join("·");
    return el("section", "inspect-card", { id: `item-${table.id}-${item.seq}` },
      el("div", "inspect-card-head", el("h2", "", `${item.seq}. ${item.name}`), el("span", "muted no-wrap", `满分 ${item.points}`)),
      under && el("p", "muted", under),
      hb.choices(`${item.name} 结论`, VERDICTS, value.verdict, (verdict) => change(visit, table, item, { verdict })),
      item.limit && value.verdict !== "absent" && measured(visit, table, item, value),
      isFailed && deductions(visit, table, item, value),
      missing && el("p", "inspect-problem", missing),
      problem(record),
      value.verdict && (hasPhotos ? photos(visit, about) : el("details", "inspect-more", el("summary", "", "照片"), photos(visit, about))),
      isFailed && remark(visit, table, item, value),
      found.map((one) => findingRow(visit, one)),
      isFailed && !missing && !hb.visit.isClosed(visit) && button("inspect-raise", [icon("plus"), found.length ? "再登记一条隐患" : "登记隐患"],
        () => hb.finding.begin(visit, table, item, value)));
  }

  // The page -----------------------------------------------------------------------------------------------------------

  function asked(visit, table) {
    const answers = hb.visit.answers(visit, table);
    return table.content.items.filter((item) => hb.score.applies(table.content, item, answers));
  }

  // After an answer: its card anew, cards of items that now are or no longer are asked, tabs and score.
  function redraw(visit, table, item) {
    const shown = Array.from(document.querySelectorAll("#main > [id^=item-]")).map((one) => one.id);
    const wanted = asked(visit, table).map((one) => `item-${table.id}-${one.seq}`);
    if (shown.join() !== wanted.join()) return draw(visit, table);
    hb.swap(hb.byId(`item-${table.id}-${item.seq}`), card(visit, table, item));
    frame(visit, table);
    return null;
  }

  function tab(visit, table, current) {
    const { asked: of, unanswered } = hb.visit.score(visit, table);
    const done = of - unanswered.length;
    const words = `${hb.visit.shortName(table)}${done && done < of ? ` ${done}/${of}` : ""}`;
    const made = el("a", "", { href: `#t${table.id}` }, done === of && icon("check"), words);
    if (table === current) made.setAttribute("aria-current", "true");
    return made;
  }

  function frame(visit, table) {
    const tabs = hb.byId("tabs");
    tabs.hidden = false;
    tabs.replaceChildren(...visit.tables.map((one) => tab(visit, one, table)));
    const current = tabs.querySelector("[aria-current]");
    tabs.scrollLeft = current ? current.offsetLeft - 60 : 0;
    const index = visit.tables.indexOf(table);
    const next = visit.tables[index + 1];
    const { shown, zeroed, got, full } = hb.visit.score(visit, table);
    const off = full - got;
    hb.dock(
      el("div", "inspect-score", el("span", "sub", "本表得分"), el("b", "", { id: "score" }, shown || "—"), off ? el("span", "muted", ` 已扣 ${off}`) : null, zeroed && el("span", "sub danger-text", "判 0 分")),
      index > 0 && el("a", "btn btn-plain", { href: `#t${visit.tables[index - 1].id}` }, "上一表"),
      el("a", "btn btn-primary", { href: next ? `#t${next.id}` : "#sum" }, next ? "下一表" : "汇总与签字"));
  }

  function openHazards({ told: { hazards } }) {
    if (!hazards.length) return null;
    const rows = hazards.map((one) => el("li", "", one.grade === "major" && el("span", "chip chip-shape chip-major", "重大"), ` ${one.words}`,
      el("span", "sub", `${one.number} ${one.state}${one.deadline ? `，期限 ${hb.shortDay(one.deadline)}` : ""}`)));
    return el("details", "inspect-card inspect-more", el("summary", "", `本项目未销号隐患 ${hazards.length} 条`), el("ul", "", rows));
  }

  function draw(visit, table, seq) {
    const { zeroed } = hb.visit.score(visit, table);
    hb.head(`${visit.told.project.name}·${visit.told.kind}`, "/m/");
    hb.show(undelivered(visit), visit.tables[0] === table && hb.again.link(visit), visit.tables[0] === table && openHazards(visit), ...asked(visit, table).map((item) => card(visit, table, item)),
      zeroed && el("p", "inspect-problem", zeroed));
    frame(visit, table);
    const wanted = seq && hb.byId(`item-${table.id}-${seq}`);
    if (wanted) wanted.scrollIntoView();
  }

  hb.items = { draw, photos, problem, undelivered };
})();

// Signatures drawn with a finger, by inspectors and the inspected party, or the note that the latter refused.
(function () {
  "use strict";

  const hb = window.hb;
  const { el, button } = hb;
  const pad = () => window.signaturePad(el("canvas", "inspect-pad", { "aria-label": "在此手写签名", role: "img" }));

  // What is signed, as text: the server keeps it and compares it with what it holds (submitting/content.py).
  function contentOf(visit) {
    const values = (kind) => Object.keys(visit.records).sort().map((key) => visit.records[key]).filter((r) => r.kind === kind && !r.removed && !r.draft).map((r) => r.value);
    const notes = ["site_note", "conclusion"].map((name) => ({ name, text: hb.visit.note(visit, name) }));
    return hb.store.canonical({ visit: visit.number, answers: values("answer"), findings: values("finding"), second_looks: values("second_look"), notes });
  }

  async function keep(visit, value) {
    const content = contentOf(visit);
    const whole = Object.assign({
      id: hb.store.uuid(), inspector_id: null, name: "", post: "", image: null, is_refused: false, refusal_note: "", witnesses: "",
      content, content_sha256: await hb.store.sha256(content),
    }, value);
    await hb.visit.put(visit, "signature", whole.id, whole);
    location.hash = "#sum";
  }

  const pictureOf = ({ canvas }) => canvas.toDataURL("image/png").split(",")[1];

  function drawInspector(visit, member) {
    const board = pad();
    hb.show(el("div", "inspect-form", el("p", "", `${member.name}（执法证 ${member.certificate}）`),
      member.valid_until < visit.told.planned_on && el("p", "inspect-problem", `执法证 ${member.valid_until} 到期，不能签署本次检查`), board.canvas));
    dock(board, () => keep(visit, { role: "inspector", inspector_id: member.id, name: member.name, image: pictureOf(board) }));
  }

  function dock(board, done) {
    const finish = () => (board.isEmpty ? hb.toast("请在框内手写签名") : done());
    hb.dock(button("btn btn-plain", "清除", board.clear), button("btn btn-primary", "完成签名", finish));
  }

  function drawInspected(visit) {
    const board = pad();
    const party = visit.told.project.parties.find((one) => one.leader) || {};
    const name = el("input", "form-control", { value: party.leader || "", maxLength: 50 });
    const post = el("input", "form-control", { value: party.leader ? "项目负责人" : "", maxLength: 50 });
    const finish = () => {
      if (!name.value.trim()) return hb.toast("请填写签名人姓名");
      return keep(visit, { role: "inspected", name: name.value.trim(), post: post.value.trim(), image: pictureOf(board) });
    };
    const refuse = button("btn btn-plain btn-wide", "对方拒绝签名", () => drawRefusal(visit, name.value, post.value));
    hb.show(el("div", "inspect-form", hb.field("被检查方签名人", name), hb.field("职务", post), board.canvas, refuse));
    dock(board, finish);
  }

  function drawRefusal(visit, name, post) {
    const note = el("textarea", "form-control", { rows: 3, maxLength: 500 });
    const witnesses = el("input", "form-control", { maxLength: 100 });
    const finish = () => {
      if (!note.value.trim()) return hb.toast("请写明拒绝签名的情况");
      if (!witnesses.value.trim()) return hb.toast("请填写见证人");
      const told = { refusal_note: note.value.trim(), witnesses: witnesses.value.trim() };
      return keep(visit, Object.assign({ role: "inspected", is_refused: true, name: name.trim() || "被检查方", post: post.trim() }, told));
    };
    hb.show(el("div", "inspect-form", el("p", "", "被检查方拒绝签名时，写明情况和见证人，检查记录仍然有效。"),
      hb.field("拒签情况", note), hb.field("见证人", witnesses)));
    hb.dock(button("btn btn-plain", "返回签名", () => drawInspected(visit)), button("btn btn-primary", "记录拒签", finish));
  }

  function draw(visit, who) {
    hb.head("签名", "#sum");
    hb.byId("tabs").hidden = true;
    const member = visit.told.team.find((one) => String(one.id) === who);
    if (member) drawInspector(visit, member);
    else drawInspected(visit);
  }

  hb.signing = { draw };
})();

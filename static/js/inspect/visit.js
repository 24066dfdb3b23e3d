// A visit as the phone has it: what was fetched, what was answered here, and how the two come together.
(function () {
  "use strict";

  const hb = window.hb;
  const store = hb.store;
  const cache = {}; // visits that are open on this page, by number
  const keyOf = (number, ...parts) => [number, ...parts].join("|");

  // The one object of this visit on this page, as the store has it now.
  const load = (number) => store.inOrder(async () => {
    const found = await store.get("visits", number);
    if (!found) return null;
    const visit = (cache[number] = cache[number] || { number });
    visit.told = await store.unsealJson(found.sealed);
    const shared = await store.get("shared", "reference");
    visit.shared = shared ? await store.unsealJson(shared.sealed) : { checklists: [] };
    visit.tables = visit.told.checklists.map((id) => visit.shared.checklists.find((one) => one.id === id)).filter(Boolean);
    return read(visit);
  });

  const refresh = (visit) => store.inOrder(() => read(visit));

  async function read(visit) {
    const [records, photos, queue] = await Promise.all([
      store.records(visit.number), store.photos(visit.number), store.ofVisit("queue", visit.number),
    ]);
    visit.records = {};
    records.forEach((record) => (visit.records[record.key] = record));
    visit.photos = photos;
    visit.queue = {};
    queue.forEach((entry) => (visit.queue[entry.key] = entry));
    return visit;
  }

  const shortName = ({ name }) => name.replace(/检查?评分表$|检查表$/, "");
  const all = (visit, kind) => Object.keys(visit.records).map((key) => visit.records[key]).filter((r) => r.kind === kind && !r.removed);
  const answer = (visit, table, seq) => visit.records[keyOf(visit.number, "answer", table, seq)];
  const findings = (visit) => all(visit, "finding");
  const secondLook = (visit, id) => visit.records[keyOf(visit.number, "second_look", id)];
  const signatures = (visit) => all(visit, "signature");
  const submission = (visit) => visit.records[keyOf(visit.number, "submit")];
  const NOTES = { site_note: "现场情况", conclusion: "检查意见", inspected_opinion: "被检查方意见" };
  const note = (visit, name) => (visit.records[keyOf(visit.number, "notes", name)] || { value: { text: "" } }).value.text;
  const isClosed = (visit) => Boolean(visit.told.state || submission(visit));

  // What counts: an answer that still lacks something is none yet.
  function answers(visit, table) {
    const given = {};
    all(visit, "answer").filter((r) => r.value.checklist === table.id && !r.draft).forEach((r) => {
      const off = r.value.deductions.reduce((sum, one) => sum + one.points, 0);
      given[r.value.item] = { verdict: r.value.verdict, points_off: off };
    });
    return given;
  }

  function score(visit, table) {
    const { group, weight } = table.content;
    return Object.assign({ id: table.id, name: table.name, group, weight }, hb.score.table(table.content, answers(visit, table)));
  }

  const summary = (visit) => hb.score.summary(visit.tables.map((table) => score(visit, table)));

  // Writing ------------------------------------------------------------------------------------------------------------

  // Writes follow one another in the order of the taps; what the screen shows as stored has been stored.
  async function put(visit, kind, id, value, extra) {
    if (kind === "answer" || kind === "finding" || kind === "second_look") await hb.onsite.began(visit);
    return store.inOrder(() => written(visit, kind, id, value, extra));
  }

  async function written(visit, kind, id, value, extra) {
    const key = keyOf(visit.number, ...[kind].concat(id));
    // From the store, where a receipt may have given it another base since the page read it.
    const before = (await store.record(key)) || { key, visit: visit.number, kind, base: null };
    const now = typeof value === "function" ? value(before.removed ? undefined : before.value) : value;
    if (now === undefined) return before;
    const more = typeof extra === "function" ? extra(now) : extra;
    const record = Object.assign({}, before, { value: now, draft: false, removed: false, conflict: undefined }, more);
    await store.write(record);
    visit.records[key] = record;
    visit.queue[key] = { key, kind };
    hb.changed();
    return record;
  }

  // What the server never had goes without a word to it; a batch under way may bring it there, so that is told too.  A
  // draft is in no batch.
  const remove = (visit, { key }) => store.inOrder(async () => {
    const [record, isUnderWay] = await Promise.all([store.record(key), store.get("batches", visit.number)]);
    if (record.base !== null || (isUnderWay && !record.draft)) {
      record.removed = true;
      await store.write(record);
      visit.records[key] = record;
      visit.queue[key] = { key, kind: record.kind };
    } else {
      await store.erase(record);
      delete visit.records[key];
      delete visit.queue[key];
    }
    hb.changed();
  });

  async function dropFinding(visit, record) {
    const photos = visit.photos.filter((photo) => photo.finding === record.value.id && photo.state !== "done");
    await Promise.all(photos.map((photo) => store.erasePhoto(photo.id)));
    await remove(visit, record);
    await refresh(visit);
  }

  // What keeps the visit from being handed in, in the words of the page.
  function lacks(visit) {
    const found = [];
    visit.tables.forEach((table) => {
      const left = score(visit, table).unanswered.length;
      if (left) found.push({ words: `${shortName(table)}还有 ${left} 项没有检查`, to: `#t${table.id}` });
    });
    const isWhole = !found.length;
    // Half an answer is among the items that nobody has looked at, or belongs to one that is no longer asked.
    const held = unsent(visit).filter((r) => r.conflict || r.refused || (r.draft && r.kind !== "answer"));
    held.filter((r) => r.kind !== "submit").forEach((record) => {
      const why = record.conflict ? "与他人的修改冲突" : record.refused || "还没有填完";
      found.push({ words: `${label(visit, record)}：${why}`, to: record.conflict || record.removed ? "/m/offline/" : placeOf(record) });
    });
    visit.photos.filter((photo) => photo.state === "refused").forEach((photo) => {
      const to = photo.finding ? `#f${photo.finding}` : photo.second_look ? "#again" : `#t${photo.checklist}-${photo.item}`;
      found.push({ words: `照片没有被服务器接受：${photo.why}。${submission(visit) ? "请先取消提交，" : "请"}移除后重拍，或到“本机存储与上传”重试`, to });
    });
    findings(visit).filter((r) => !hasPhoto(visit, r.value)).forEach((record) => {
      found.push({ words: `${label(visit, record)}：还没有照片`, to: `#f${record.value.id}` });
    });
    const left = (visit.told.second_looks || []).filter((one) => one.needed && !one.over && !secondLook(visit, one.id));
    if (left.length) found.push({ words: `以往隐患还有 ${left.length} 条没有复查结论：${left.slice(0, 5).map((one) => one.number).join("、")}${left.length > 5 ? "等" : ""}`, to: "#again" });
    // The words of the server (submitting/record.py).
    if (isWhole && !findings(visit).length && summary(visit).grade === "不合格") {
      found.push({ words: "评定为不合格，必须限期整改（JGJ 59-2011 第 5.0.3 条）：请至少登记一条问题，写明整改要求和期限", to: `#t${visit.tables[0].id}` });
    }
    const signed = signatures(visit);
    const inspectors = signed.filter((r) => r.value.role === "inspector").length;
    if (inspectors < 2) found.push({ words: `检查人签名 ${inspectors} 名，至少 2 名`, to: "#sum" });
    if (!signed.some((r) => r.value.role === "inspected")) found.push({ words: "被检查方还没有签名或记录拒签", to: "#sum" });
    return found;
  }

  const unsent = (visit) => Object.keys(visit.queue).map((key) => visit.records[key]).filter(Boolean);

  // Where a record can be put right.
  function placeOf({ kind, value }) {
    if (kind === "finding") return `#f${value.id}`;
    if (kind === "second_look") return "#again";
    return kind === "answer" ? `#t${value.checklist}-${value.item}` : "#sum";
  }

  // What of an ended visit never reached the server: it stays until its owner carries it off and gives it up.
  const undelivered = (visit) => (visit.told.state ? unsent(visit).length + visit.photos.filter((photo) => photo.state !== "done").length : 0);

  const STATES = { submitted: "已提交", published: "已公示", cancelled: "已取消", lost: "已不在您的任务中" };
  const stateOf = ({ told }) => STATES[told.state] || "已结束";

  function label(visit, record) {
    if (record.kind === "notes") return NOTES[record.value.name];
    if (record.kind === "signature") return `${record.value.name}的签名`;
    if (record.kind === "submit") return "提交检查";
    if (record.kind === "second_look") return `隐患 ${((visit.told.second_looks || []).find((one) => one.id === record.value.id) || {}).number || ""} 的复查`;
    const table = visit.tables.find((one) => one.id === record.value.checklist);
    const item = table && table.content.items.find((one) => one.seq === record.value.item);
    const place = item ? `${shortName(table)} 第 ${item.seq} 项 ${item.name}` : "";
    return record.kind === "finding" ? `隐患“${record.value.description.slice(0, 16) || "未填写"}”` : place;
  }

  // A hazard's own photographs, or those of the item that it came of.
  const hasPhoto = (visit, { id, checklist, item }) =>
    photosOf(visit, { finding: id }).concat(checklist ? photosOf(visit, { checklist, item }) : []).length > 0;

  // Photographs of an item or of a finding, also those that another phone has sent already.
  function photosOf(visit, { finding = null, second_look = null, checklist = null, item = null }) {
    const own = visit.photos.map((photo) => photo.id);
    const held = visit.told.held.photos.filter((photo) => !own.includes(photo.id)).map((p) => Object.assign({ state: "held" }, p));
    const ofItem = (p) => !p.finding && !p.second_look && p.checklist === checklist && p.item === item;
    const fits = (p) => (finding ? p.finding === finding : second_look ? p.second_look === second_look : ofItem(p));
    return visit.photos.concat(held).filter(fits);
  }

  // What the server says --------------------------------------------------------------------------------------------------

  // The server's rows as records under the keys that this phone uses.
  function heldRecords(told) {
    const { number, held } = told;
    const record = (kind, id, base, value) => ({ key: keyOf(number, ...[kind].concat(id)), visit: number, kind, base, value });
    const answered = held.answers.map((row) => record("answer", [row.checklist, row.item], row.revision, answerOf(row)));
    const found = held.findings.map((row) => Object.assign(record("finding", row.id, row.revision, findingOf(row)), { removed: row.is_dropped }));
    const looked = (held.second_looks || []).map((row) => record("second_look", row.id, row.revision, lookOf(row)));
    const signed = held.signatures.map((row) => record("signature", row.id, 1, Object.assign({}, row)));
    const said = Object.keys(NOTES).map((name) => record("notes", name, held.notes[name], { name, text: held.notes[name] }));
    return answered.concat(found, looked, signed, said);
  }

  const pick = (row, names) => names.reduce((made, name) => Object.assign(made, { [name]: row[name] }), {});
  const answerOf = (row) => pick(row, ["checklist", "item", "verdict", "deductions", "measured", "remark"]);
  const FINDING = ["id", "checklist", "item", "deduction", "description", "category", "clause", "demands", "grade", "criterion"];
  const findingOf = (row) => pick(row, FINDING.concat(["place", "term", "deadline", "disposal"]));

  const lookOf = (row) => pick(row, ["id", "outcome", "remark"]);

  // Takes over what was fetched; what waits to be sent stays as it is and meets the server's version when it is sent.
  const merge = (told) => store.inOrder(async () => {
    const [queued, known] = await Promise.all([store.ofVisit("queue", told.number), store.records(told.number)]);
    const waiting = queued.map((entry) => entry.key);
    const held = heldRecords(told);
    const kept = held.map((record) => record.key);
    // A draft and what was begun meanwhile is this phone's own; what the server no longer has was removed elsewhere.
    const gone = known.filter((record) => record.base !== null && !kept.includes(record.key) && !waiting.includes(record.key));
    const rows = await Promise.all(held.filter((record) => !waiting.includes(record.key)).map(store.row));
    const sealed = await store.sealJson(told);
    await store.change(["visits", "records", "queue"], (visits, records, queue) => {
      visits.put({ number: told.number, sealed });
      // Written since it was looked at: the newer one stays.
      rows.forEach((row) => (queue.get(row.key).onsuccess = (event) => event.target.result || records.put(row)));
      gone.forEach((record) => records.delete(record.key));
    });
  });

  const setState = (number, state) => store.inOrder(async () => {
    const found = await store.get("visits", number);
    const told = Object.assign(await store.unsealJson(found.sealed), { state });
    const sealed = await store.sealJson(told);
    await store.change(["visits"], (visits) => visits.put({ number, sealed }));
    if (cache[number]) cache[number].told = told;
  });

  async function forget(number) {
    const rows = await Promise.all(["records", "queue"].map((name) => store.ofVisit(name, number)));
    const photos = await store.photos(number);
    await store.change(["visits", "records", "queue", "photos", "batches"], (visits, records, queue, pictures, batches) => {
      visits.delete(number);
      batches.delete(number);
      rows[0].forEach((row) => records.delete(row.key));
      rows[1].forEach((row) => queue.delete(row.key));
      photos.forEach((photo) => pictures.delete(photo.id));
    });
  }

  const forgetAll = () => Object.keys(cache).forEach((number) => delete cache[number]);

  hb.visit = {
    load, refresh, answer, answers, findings, secondLook, signatures, submission, NOTES, note, isClosed, unsent, undelivered, stateOf, score, summary, put, remove, dropFinding,
    lacks, label, shortName, photosOf, merge, setState, forget, forgetAll, keyOf, answerOf, findingOf, lookOf, cache,
  };
})();

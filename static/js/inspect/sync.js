// Sending and fetching: batches in their order, photographs in pieces, then what the server has.  Started on opening,
// when the net comes back, when the page is seen again, after a write, and by button; never twice at once.
(function () {
  "use strict";

  const hb = window.hb;
  const { store } = hb;
  const API = "/api/inspections/";
  const PIECE = 128 * 1024;
  const MOST_IN_BATCH = 100;
  const FETCH_AGAIN_MS = 60000;
  const SOON_MS = 1200;
  const LATER_MS = 30000;
  // Findings before what hangs on them, signatures after what is signed, and their voiding before what they covered.
  const ORDER = ["answer", "finding", "second_look", "notes", "signature"];
  const rank = ({ entry, record }) => (entry.kind === "signature" && record.removed ? -1 : ORDER.indexOf(entry.kind));
  const state = (hb.net = { online: navigator.onLine, busy: false, expired: false, clock: 0, error: "", fetched: 0 });
  let csrf = "";
  let timer = 0;
  let again = false;

  // Talking ------------------------------------------------------------------------------------------------------------

  class Away extends Error {} // no net, or a server that is busy: later
  class SignedOut extends Error {}

  async function ask(method, path, body, type) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") Object.assign(headers, { "X-CSRFToken": csrf, "Content-Type": type || "application/json" });
    let answer;
    try {
      answer = await fetch(API + path, { method, headers, body, credentials: "same-origin", cache: "no-store" });
    } catch (error) {
      throw new Away("没有网络");
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401 || told.code === "csrf_failed" || told.code === "password_change_required") throw new SignedOut();
    if (answer.status >= 500 || answer.status === 429) throw new Away("服务器忙，稍后自动再试");
    return { status: answer.status, ok: answer.ok, told };
  }

  async function signedIn() {
    const { ok, told } = await ask("GET", "phone/session/");
    if (!ok) throw new SignedOut();
    csrf = told.csrf;
    state.clock = Math.round((Date.now() - Date.parse(told.now)) / 1000);
    if (await store.admit(told)) hb.userChanged();
    await store.setMeta("clock", state.clock);
  }

  // Batches ------------------------------------------------------------------------------------------------------------

  const content = {
    answer: (r) => ({ kind: "answer", base: r.base, answer: r.value }),
    finding: (r) => (r.removed ? { kind: "drop_finding", base: r.base, subject: r.value.id } : { kind: "finding", base: r.base, finding: r.value }),
    second_look: (r) => ({ kind: "second_look", base: r.base, second_look: r.value }),
    notes: ({ base, value }) => ({ kind: "notes", notes: { [value.name]: value.text }, was: { [value.name]: base || "" } }),
    onsite: (r) => ({ kind: "notes", notes: r.value }),
    signature: (r) => (r.removed ? { kind: "remove_signature", subject: r.value.id } : { kind: "signature", signature: r.value }),
    submit: () => ({ kind: "submit" }),
  };

  const isHeldBack = (record) => record.draft || record.conflict || record.refused;

  async function waiting(number) {
    const [queue, records] = await Promise.all([store.ofVisit("queue", number), store.records(number)]);
    const byKey = {};
    records.forEach((record) => (byKey[record.key] = record));
    return queue.filter((entry) => byKey[entry.key]).map((entry) => ({ entry, record: byKey[entry.key] }));
  }

  // What is sent next: everything but the submission, which goes alone when nothing else waits.  When and where it was
  // goes along, before the submission at the latest.
  async function nextOf(number, withSubmission) {
    const found = (await waiting(number)).filter(({ record }) => !isHeldBack(record));
    const plain = found.filter(({ entry }) => entry.kind !== "submit");
    plain.sort((a, b) => rank(a) - rank(b) || b.record.removed - a.record.removed || 0);
    const isDue = plain.length || (withSubmission && found.length);
    const next = plain.slice(0, MOST_IN_BATCH).concat(isDue ? await hb.onsite.toSend(number) : []);
    return next.length || !withSubmission ? next : found;
  }

  // The batch is kept before it is sent, so that one whose answer was lost is sent again as it was.
  const frozen = (number, withSubmission) => store.inOrder(async () => {
    const known = await store.get("batches", number);
    if (known) return Object.assign(await store.unsealJson(known.sealed), { entries: known.entries });
    const next = await nextOf(number, withSubmission);
    if (!next.length) return null;
    const operations = next.map(({ entry, record }) => Object.assign({ id: entry.op, at: record.at }, content[record.kind](record)));
    const batch = {
      id: store.uuid(),
      device: await store.device(),
      sequence: (await store.meta(`sequence|${number}`, 0)) + 1,
      sha256: await store.sha256(store.canonical(operations)),
      operations,
    };
    const entries = next.map(({ entry }) => entry);
    const sealed = await store.sealJson(batch);
    await store.change(["batches"], (rows) => rows.put({ visit: number, sealed, entries }));
    return Object.assign(batch, { entries });
  });

  async function sendBatches(number, withSubmission) {
    for (let tries = 0; tries < 200; tries++) {
      const batch = await frozen(number, withSubmission);
      if (!batch) return;
      const body = Object.assign({}, batch, { entries: undefined, sent_at: new Date().toISOString() });
      const answer = await ask("POST", `${encodeURIComponent(number)}/batches/`, JSON.stringify(body));
      if (answer.ok) await receipted(number, batch, answer.told);
      else if (!(await refused(number, batch, answer))) return;
    }
  }

  async function receipted(number, batch, receipt) {
    await store.inOrder(() => entered(number, batch, receipt));
    if (receipt.state !== "planned" && receipt.state !== "under_way") {
      await hb.visit.setState(number, receipt.state);
      await store.inOrder(() => dropHalves(number));
    }
    if (!(await isSame(number, receipt))) state.fetched = 0;
    await hb.reload(number);
  }

  // What was begun for items that nobody asks for any more has no place in the record that was handed in.
  async function dropHalves(number) {
    for (const { record } of await waiting(number)) if (isHalf(record)) await store.erase(record);
  }

  // The new revisions at the records, and out of the queue what has not been changed again since it was sent.
  async function entered(number, { entries, operations }, receipt) {
    const [records, queue] = await Promise.all([store.records(number), store.ofVisit("queue", number)]);
    const known = entries.map((entry) => [entry, records.find((one) => one.key === entry.key)]).filter(([, record]) => record);
    known.forEach(([entry, record]) => {
      if (entry.kind === "onsite") record.sent = entry.n;
      // A note builds on the words that the server has, everything else on a revision.
      else if (entry.kind === "notes") record.base = operations.find((one) => one.id === entry.op).notes[record.value.name];
      else record.base = receipt.revisions[entry.op];
    });
    const rows = await Promise.all(known.map(([, record]) => store.row(record)));
    const done = entries.filter((entry) => queue.some((now) => now.key === entry.key && now.n === entry.n));
    await store.change(["records", "queue", "batches", "meta"], (kept, waits, batches, meta) => {
      rows.forEach((row) => kept.put(row));
      done.forEach((entry) => waits.delete(entry.key));
      batches.delete(number);
      meta.put({ name: `sequence|${number}`, value: receipt.sequence });
      meta.put({ name: `receipt|${number}`, value: { at: receipt.received_at, counts: receipt.counts } });
    });
  }

  // Whether the server holds of answers, findings and second looks what this phone believes it does.
  async function isSame(number, receipt) {
    const records = (await store.records(number)).filter((record) => record.base !== null);
    const off = ({ value }) => value.deductions.reduce((sum, one) => sum + one.points, 0);
    const points = (r) => Math.min(off(r), pointsOf(number, r));
    const pad = (value) => String(value).padStart(12, "0");
    const answers = records.filter((r) => r.kind === "answer");
    answers.sort((a, b) => (pad(a.value.checklist) + pad(a.value.item) < pad(b.value.checklist) + pad(b.value.item) ? -1 : 1));
    const byId = (kind) => records.filter((r) => r.kind === kind).sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
    const lines = [
      answers.map((r) => `${r.value.checklist}/${r.value.item}:${r.value.verdict}:${points(r)}:${r.base}`),
      byId("finding").map((r) => `${r.value.id}:${r.base}:${r.removed ? 1 : 0}`),
      byId("second_look").map((r) => `${r.value.id}:${r.base}`),
    ];
    const hashes = await Promise.all(lines.map((found) => store.sha256(found.join("\n"))));
    return ["answers", "findings", "second_looks"].every((name, n) => hashes[n] === receipt.hashes[name]);
  }

  function pointsOf(number, { value }) {
    const visit = hb.visit.cache[number];
    const table = visit && visit.tables.find((one) => one.id === value.checklist);
    const item = table && table.content.items.find((one) => one.seq === value.item);
    return item ? item.points : 100;
  }

  // A refused batch did nothing.  What spoke against it is kept at the records, the rest is sent anew; false to stop.
  async function refused(number, batch, { status, told }) {
    const { entries } = batch;
    const current = told.current || {};
    const marks = {};
    const mark = (op, what) => (marks[(entries.find((entry) => entry.op === op) || entries[0]).key] = what);
    if (status === 409 && told.code === "out_of_order") await store.setMeta(`sequence|${number}`, current.expected - 1);
    else if (isOver(status, told)) await over(number, status, told);
    else if (told.code === "conflict" || told.code === "refused") {
      state.fetched = 0; // what others have changed is to be seen before it is signed again
      (current.conflicts || []).forEach((one) => mark(one.id, { conflict: one.theirs }));
      (current.refusals || []).forEach((one) => mark(one.id, { refused: one.message }));
    } else if (told.code !== "hash_mismatch" && told.code !== "batch_reused") {
      // Nothing that this page makes is malformed; should it be, it must not hold up what follows.
      entries.forEach((entry) => mark(entry.op, { refused: told.message || "服务器没有接受" }));
    }
    await store.inOrder(() => marked(number, marks));
    await hb.reload(number);
    return !isOver(status, told);
  }

  // Handed in or cancelled meanwhile, or given to others: what waits cannot be delivered, and is shown as such.  Only a
  // submission of one's own says nothing that would be lost.
  const isOver = (status, { code }) => status === 404 || (status === 409 && code === "visit_closed");

  async function over(number, status, { current }) {
    await hb.visit.setState(number, status === 404 ? "lost" : current.state);
    await store.inOrder(() => store.erase({ key: hb.visit.keyOf(number, "submit") }));
  }

  async function marked(number, marks) {
    const hit = (await store.records(number)).filter((record) => marks[record.key]);
    // Taken back here before it came to the server: there is nothing to take back.
    const isVoid = (record) => record.removed && record.base === null;
    const rows = await Promise.all(hit.filter((one) => !isVoid(one)).map((one) => store.row(Object.assign(one, marks[one.key]))));
    await store.change(["batches", "records", "queue"], (batches, kept, queue) => {
      batches.delete(number);
      rows.forEach((row) => kept.put(row));
      hit.filter(isVoid).forEach(({ key }) => [kept, queue].forEach((rows) => rows.delete(key)));
    });
  }

  // Photographs --------------------------------------------------------------------------------------------------------

  async function sendPhotos(number) {
    const photos = (await store.photos(number)).filter((photo) => photo.state === "waiting");
    const records = await store.records(number);
    for (const photo of photos) {
      const finding = photo.finding && records.find((r) => r.kind === "finding" && r.value.id === photo.finding);
      if (photo.finding && (!finding || finding.base === null)) continue; // its hazard is not there yet
      if (!(await sendPhoto(photo))) return;
      hb.changed();
    }
  }

  async function sendPhoto(photo) {
    for (let tries = 0; tries < 2; tries++) {
      const answer = await sendPieces(photo, new Uint8Array(await store.photoBytes(photo.id)));
      if (answer.ok) return settle(photo, "done", "");
      if (isOver(answer.status, answer.told) && !hb.quick.isOwn(photo.visit)) {
        await over(photo.visit, answer.status, answer.told);
        await hb.reload(photo.visit);
        return false;
      }
      if (answer.told.code !== "hash_mismatch") return settle(photo, "refused", answer.told.message || "服务器没有接受");
    }
    return settle(photo, "refused", "照片传输有误，请重试");
  }

  async function sendPieces(photo, bytes) {
    const isQuick = hb.quick.isOwn(photo.visit);
    const about = {
      id: photo.id, visit: isQuick ? "" : photo.visit, size: bytes.length, sha256: photo.sha256, piece_size: PIECE,
      checklist: photo.checklist, item: photo.item, finding: isQuick ? null : photo.finding,
      second_look: photo.second_look,
      taken_at: photo.taken_at, lat: photo.lat, lon: photo.lon, original_sha256: photo.original_sha256,
    };
    let answer = await ask("POST", "photos/", JSON.stringify(about));
    while (answer.ok && !answer.told.is_complete) {
      const index = answer.told.missing[0];
      const piece = bytes.slice(index * PIECE, (index + 1) * PIECE);
      answer = await ask("PUT", `photos/${photo.id}/pieces/${index}/`, piece, "application/octet-stream");
      hb.progress(photo, answer.ok ? answer.told.missing.length : null);
    }
    return answer;
  }

  async function settle(photo, to, why) {
    await store.putPhoto(Object.assign(photo, { state: to, why }));
    await hb.reload(photo.visit);
    return true;
  }

  // Fetching -----------------------------------------------------------------------------------------------------------

  async function fetchAll() {
    if (Date.now() - state.fetched < FETCH_AGAIN_MS) return;
    const { ok, told } = await ask("GET", "phone/");
    if (!ok) return;
    const { visits } = told;
    const checklists = told.checklists.concat(await stillUsed(told.checklists));
    const reference = await store.sealJson(Object.assign({}, told, { visits: undefined, checklists }));
    await store.change(["shared"], (rows) => rows.put({ name: "reference", sealed: reference }));
    for (const one of visits) await hb.visit.merge(one);
    await tidy(visits.map((one) => one.number));
    state.fetched = Date.now();
    await store.setMeta("fetched", Date.now());
    await hb.reload();
  }

  // Checklists of visits that are kept here though the server no longer sends them, such as one just handed in.
  async function stillUsed(sent) {
    const before = await store.get("shared", "reference");
    if (!before) return [];
    const visits = await Promise.all((await store.all("visits")).map(({ sealed }) => store.unsealJson(sealed)));
    const used = [].concat(...visits.map((visit) => visit.checklists));
    const isNew = ({ id }) => used.includes(id) && !sent.some((one) => one.id === id);
    return (await store.unsealJson(before.sealed)).checklists.filter(isNew);
  }

  // A visit that is no longer ours goes once nothing of it waits; one handed in today stays to be looked at.
  async function tidy(ours) {
    for (const { number, sealed } of await store.all("visits")) {
      if (ours.includes(number)) continue;
      const told = await store.unsealJson(sealed);
      const photos = (await store.photos(number)).filter((photo) => photo.state !== "done");
      const isToday = told.planned_on === hb.day(hb.now());
      const unsent = photos.length || (await store.ofVisit("queue", number)).length;
      if (!unsent && !(isToday && told.state === "submitted")) await hb.visit.forget(number);
    }
  }

  // All together -------------------------------------------------------------------------------------------------------

  async function sendAll() {
    for (const { number, sealed } of await store.all("visits")) {
      const { state: ended } = await store.unsealJson(sealed);
      if (!ended) await sendVisit(number);
    }
    await hb.quick.send();
  }

  // Half an answer is missed by the page before it hands in, unless nobody asks for it any more; all else has to be there.
  async function sendVisit(number) {
    await sendBatches(number, false);
    await sendPhotos(number);
    const photos = (await store.photos(number)).filter((photo) => photo.state !== "done");
    const left = (await waiting(number)).filter(({ entry, record }) => entry.kind !== "submit" && !isHalf(record));
    if (!photos.length && !left.length) await sendBatches(number, true);
  }

  const isHalf = ({ kind, draft }) => kind === "answer" && draft;

  async function run(isAsked) {
    if (state.busy) {
      again = true;
      return;
    }
    clearTimeout(timer);
    state.busy = true;
    state.error = "";
    if (isAsked) state.fetched = 0;
    hb.banner();
    try {
      await signedIn();
      state.online = true;
      state.expired = false;
      await sendAll();
      await fetchAll();
      await hb.quick.fetchSites();
    } catch (error) {
      if (error instanceof SignedOut) state.expired = true;
      else if (error instanceof Away) state.error = error.message;
      else throw error;
      state.online = error instanceof SignedOut || navigator.onLine;
      timer = setTimeout(run, LATER_MS);
    } finally {
      state.busy = false;
      hb.idle();
    }
    if (again) {
      again = false;
      soon();
    }
  }

  // Several taps in a row make one batch.
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(run, SOON_MS);
  }

  function start() {
    window.addEventListener("online", () => run());
    window.addEventListener("offline", () => {
      state.online = false;
      hb.banner();
    });
    document.addEventListener("visibilitychange", () => document.hidden || run());
    return run();
  }

  hb.sync = { run, soon, start, ask, sendPhoto };
})();

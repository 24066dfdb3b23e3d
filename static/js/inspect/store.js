// What the phone keeps: one database for each user, in which every record is sealed under that user's key (AES-GCM).
// Keys lie in a database of their own and cannot be read out; whoever signs in next makes those of others disappear.
(function () {
  "use strict";

  const hb = (window.hb = window.hb || {});
  const KEYS = "inspect-keys";
  const STORES = { visits: "number", shared: "name", records: "key", photos: "id", queue: "key", batches: "visit", meta: "name" };
  const OF_VISIT = ["records", "photos", "queue"];
  let db = null;
  let key = null;

  // The database -------------------------------------------------------------------------------------------------------

  const answered = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

  function opened(name, upgrade) {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => upgrade(request.result);
    return answered(request);
  }

  const keysDb = () => opened(KEYS, (made) => ["keys", "now"].forEach((name) => made.createObjectStore(name, { keyPath: "id" })));

  function makeStores(made) {
    Object.keys(STORES).forEach((name) => {
      const store = made.createObjectStore(name, { keyPath: STORES[name] });
      if (OF_VISIT.includes(name)) store.createIndex("visit", "visit");
    });
  }

  // All of it is written or nothing: `work` gets the stores, and must not wait for anything else.
  function within(base, names, mode, work) {
    return new Promise((done, fail) => {
      const transaction = base.transaction(names, mode);
      let result;
      transaction.oncomplete = () => done(result && result.readyState ? result.result : result);
      transaction.onabort = transaction.onerror = () => fail(transaction.error || new Error("IndexedDB"));
      result = work(...names.map((name) => transaction.objectStore(name)));
    });
  }

  const change = (names, work) => within(db, names, "readwrite", work);
  const get = (store, id) => within(db, [store], "readonly", (rows) => rows.get(id));
  const all = (store) => within(db, [store], "readonly", (rows) => rows.getAll());
  const ofVisit = (store, visit) => within(db, [store], "readonly", (rows) => rows.index("visit").getAll(visit));
  const count = (store) => within(db, [store], "readonly", (rows) => rows.count());

  // Sealing ------------------------------------------------------------------------------------------------------------

  async function seal(bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
  }

  const unseal = ({ iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
  const sealJson = (value) => seal(new TextEncoder().encode(JSON.stringify(value)));
  const unsealJson = async (sealed) => JSON.parse(new TextDecoder().decode(await unseal(sealed)));

  // Who ----------------------------------------------------------------------------------------------------------------

  async function openFor(known) {
    key = known.key;
    db = await opened(`inspect-${known.id}`, makeStores);
    db.onversionchange = () => db.close();
    hb.user = { id: known.id, name: known.name, organisation: known.organisation };
    return hb.user;
  }

  // The database of whoever was signed in last; null where that is nobody, or where somebody may have signed in since.
  async function open() {
    if (localStorage.getItem("inspect-ask")) return null;
    const keys = await keysDb();
    const now = await within(keys, ["now"], "readonly", (rows) => rows.get("user"));
    const known = now && (await within(keys, ["keys"], "readonly", (rows) => rows.get(now.user)));
    keys.close();
    return known ? openFor(known) : null;
  }

  // Takes what the server says of who is signed in.  A key that the phone has stays: unsent data lies under it.
  async function admit({ user, key: secret }) {
    const keys = await keysDb();
    const found = await within(keys, ["keys"], "readonly", (rows) => rows.get(user.id));
    const raw = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
    const made = found ? found.key : await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    const known = Object.assign({}, user, { key: made });
    await within(keys, ["keys", "now"], "readwrite", (rows, now) => {
      rows.clear();
      rows.put(known);
      now.put({ id: "user", user: user.id });
    });
    keys.close();
    localStorage.setItem("inspect-user", user.id);
    localStorage.removeItem("inspect-ask");
    const changed = !hb.user || hb.user.id !== user.id;
    if (changed) {
      if (db) db.close();
      await openFor(known);
    }
    return changed;
  }

  async function forget() {
    const name = `inspect-${hb.user.id}`;
    db.close();
    await answered(indexedDB.deleteDatabase(name));
    await answered(indexedDB.deleteDatabase(KEYS));
    localStorage.removeItem("inspect-user");
  }

  // Whoever reads a record to write it again has it alone: a tap that comes while a receipt is being entered waits for
  // it, in other tabs too where the browser has locks.  Never one inside of another.
  let last = Promise.resolve();
  const inOrder = (work) => {
    if (navigator.locks) return navigator.locks.request("inspect-records", work);
    last = last.then(work, work);
    return last;
  };

  // Records ------------------------------------------------------------------------------------------------------------

  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  async function sha256(content) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // The spelling that the server hashes too: sorted keys, no spaces.
  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }

  const row = async (record) => ({ key: record.key, visit: record.visit, sealed: await sealJson(record) });

  // One write of the user: the record and its place in the queue, which holds ids only, stand together or not at all.
  async function write(record) {
    record.n = (record.n || 0) + 1;
    record.at = new Date().toISOString();
    delete record.refused;
    const sealed = await row(record);
    const entry = { key: record.key, visit: record.visit, kind: record.kind, n: record.n, op: uuid() };
    await change(["records", "queue", "meta"], (records, queue, meta) => {
      records.put(sealed);
      queue.put(entry);
      meta.put({ name: "saved", at: Date.now() });
    });
  }

  // What goes along with other writes and waits for nothing.
  async function keep(record) {
    record.at = new Date().toISOString();
    const sealed = await row(record);
    return change(["records"], (records) => records.put(sealed));
  }

  // As the server has it, so that nothing of it waits.
  async function rewrite(record) {
    const sealed = await row(record);
    return change(["records", "queue"], (records, queue) => {
      records.put(sealed);
      queue.delete(record.key);
    });
  }

  const erase = (record) => change(["records", "queue"], (records, queue) => {
    records.delete(record.key);
    queue.delete(record.key);
  });

  async function record(key) {
    const found = await get("records", key);
    return found ? unsealJson(found.sealed) : null;
  }

  const records = async (visit) => Promise.all((await ofVisit("records", visit)).map((found) => unsealJson(found.sealed)));

  // Photographs --------------------------------------------------------------------------------------------------------

  async function putPhoto(photo, bytes) {
    const { id, visit, state } = photo;
    const before = bytes ? null : await get("photos", id);
    if (!bytes && !before) return null; // removed meanwhile
    const [meta, blob] = await Promise.all([sealJson(photo), bytes ? seal(bytes) : before.blob]);
    return change(["photos", "meta"], (photos, about) => {
      photos.put({ id, visit, state, meta, blob });
      about.put({ name: "saved", at: Date.now() });
    });
  }

  // In the order in which they were taken, which is that of their sending and of the record too.
  const photos = async (visit) => {
    const rows = await (visit ? ofVisit("photos", visit) : all("photos"));
    const found = await Promise.all(rows.map(({ meta }) => unsealJson(meta)));
    return found.sort((a, b) => (a.at < b.at ? -1 : 1));
  };
  const photoBytes = async (id) => unseal((await get("photos", id)).blob);
  const erasePhoto = (id) => change(["photos"], (rows) => rows.delete(id));

  async function meta(name, otherwise) {
    const found = await get("meta", name);
    return found ? found.value : otherwise;
  }

  const setMeta = (name, value) => change(["meta"], (rows) => rows.put({ name, value }));

  async function device() {
    const known = await meta("device");
    if (known) return known;
    const made = uuid();
    await setMeta("device", made);
    return made;
  }

  // How much of this user's work the server does not have yet.
  async function unsent() {
    const waiting = (await all("photos")).filter((photo) => photo.state !== "done");
    return { writes: await count("queue"), photos: waiting.length };
  }

  hb.store = {
    open, admit, forget, inOrder, change, get, all, ofVisit, seal, unseal, sealJson, unsealJson, row, write, keep, rewrite, erase, record, records,
    putPhoto, photos, photoBytes, erasePhoto, meta, setMeta, device, unsent, uuid, sha256, canonical,
  };
})();

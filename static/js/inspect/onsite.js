// When the inspector began on site and ended, and where the phone was: the day of a visit is the one on site, not the one
// on which the net came back.  Sent along with what is sent anyway; it neither waits in the queue nor holds up anything.
(function () {
  "use strict";

  const hb = window.hb;
  const { store } = hb;
  const KIND = "onsite";
  const NEAR_MS = 2 * 3600000; // the position is that of the site only near its beginning
  const asked = {}; // once for each visit and page
  const keyOf = (number) => hb.visit.keyOf(number, KIND);

  const keep = (visit, changes) => store.inOrder(async () => {
    const key = keyOf(visit.number);
    const before = (await store.record(key)) || { key, visit: visit.number, kind: KIND, base: null, n: 0, value: {} };
    const record = Object.assign(before, { value: Object.assign(before.value, changes), n: before.n + 1, refused: undefined });
    await store.keep(record);
    visit.records[key] = record;
  });

  async function began(visit) {
    if (visit.isQuick) return hb.quick.begun(visit);
    const known = visit.records[keyOf(visit.number)];
    if (!known) await keep(visit, { started_claimed: hb.now().toISOString() });
    return locate(visit, visit.records[keyOf(visit.number)].value);
  }

  const ended = (visit) => keep(visit, { ended_claimed: hb.now().toISOString() });

  // Whoever refuses the position is not asked why; work goes on meanwhile.
  function locate(visit, { started_claimed: started, longitude }) {
    if (longitude || asked[visit.number] || !navigator.geolocation || hb.now() - Date.parse(started) > NEAR_MS) return;
    asked[visit.number] = true;
    const found = ({ coords }) => keep(visit, {
      longitude: coords.longitude.toFixed(6), latitude: coords.latitude.toFixed(6), accuracy_m: Math.min(Math.round(coords.accuracy), 1000000),
    }).catch(() => null);
    navigator.geolocation.getCurrentPosition(found, () => null, { enableHighAccuracy: true, timeout: 60000, maximumAge: 60000 });
  }

  // What the server does not have of it yet, for a batch that is made anyway.
  async function toSend(number) {
    const record = await store.record(keyOf(number));
    if (!record || record.refused || record.sent === record.n) return [];
    return [{ entry: { key: record.key, visit: number, kind: KIND, n: record.n, op: store.uuid() }, record }];
  }

  hb.onsite = { began, ended, toSend };
})();

// Photographs: what the camera wrote into the picture is read first, then it is made smaller, marked and stored.
(function () {
  "use strict";

  const hb = window.hb;
  const THUMB = 160;

  // Time, project and name at the lower edge of the picture that is sent; the hash of the original is kept beside it.
  function watermark(canvas, lines) {
    const pen = canvas.getContext("2d");
    const size = Math.max(14, Math.round(canvas.width / 48));
    pen.font = `${size}px sans-serif`;
    pen.textBaseline = "bottom";
    pen.fillStyle = "rgba(15, 25, 40, 0.55)";
    pen.fillRect(0, canvas.height - size * 1.5 * lines.length - size * 0.5, canvas.width, canvas.height);
    pen.fillStyle = "#fff";
    lines.forEach((line, i) => pen.fillText(line, size * 0.6, canvas.height - size * 1.5 * (lines.length - 1 - i) - size * 0.4));
  }

  // HEIC and the like, which this browser cannot read, go as they are: the server can.
  async function prepared(file, lines) {
    const original = await file.arrayBuffer();
    try {
      const picture = await window.pictures.read(file);
      const blob = await window.pictures.shrink(picture, file, (canvas) => watermark(canvas, lines));
      const thumb = window.pictures.square(picture, THUMB).toDataURL("image/jpeg", 0.6);
      const made = { bytes: await blob.arrayBuffer(), thumb, original };
      if (picture.close) picture.close();
      return made;
    } catch (error) {
      return { bytes: original, thumb: "", original };
    }
  }

  const clock = (date) => `${hb.day(date)} ${date.toTimeString().slice(0, 5)}`;

  async function take(visit, file, about) {
    const { store } = hb;
    await hb.onsite.began(visit);
    const hint = await window.pictures.told(file);
    const now = new Date();
    const place = hint.lat ? ` ${hint.lat}, ${hint.lon}` : "";
    const lines = [`${clock(now)}${place}`, `${visit.told.project.name} ${hb.user.name}`];
    const { bytes, thumb, original } = await prepared(file, lines);
    const photo = {
      id: store.uuid(), visit: visit.number, state: "waiting", at: now.toISOString(), thumb, size: bytes.byteLength,
      sha256: await store.sha256(bytes), original_sha256: await store.sha256(original),
      taken_at: hint.taken_at || now.toISOString(), lat: hint.lat || null, lon: hint.lon || null,
      checklist: about.checklist || null, item: about.item || null, finding: about.finding || null,
      second_look: about.second_look || null,
    };
    await store.putPhoto(photo, bytes);
    await hb.visit.refresh(visit);
    hb.changed();
  }

  hb.camera = { take };
})();

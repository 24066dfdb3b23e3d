// Pictures: what the camera wrote into them, which shrinking loses, and how they become small.
(function () {
  "use strict";

  const HEAD_BYTES = 256 * 1024;
  const EXIF_POINTER = 0x8769;
  const GPS_POINTER = 0x8825;
  const TAKEN = 0x9003;
  const TAKEN_OFFSET = 0x9011;
  const SIZES = { 2: 1, 3: 2, 4: 4, 5: 8 };

  // The TIFF block inside the APP1 segment, or null.
  function tiffBlock(view) {
    if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
    let at = 2;
    while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
      const length = view.getUint16(at + 2);
      if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) {
        return new DataView(view.buffer, at + 10, Math.min(length - 8, view.byteLength - at - 10));
      }
      at += 2 + length;
    }
    return null;
  }

  function reader(tiff) {
    const little = tiff.getUint16(0) === 0x4949;
    const u16 = (at) => tiff.getUint16(at, little);
    const u32 = (at) => tiff.getUint32(at, little);
    const text = (at, count) => {
      let out = "";
      for (let i = 0; i < count && tiff.getUint8(at + i); i++) out += String.fromCharCode(tiff.getUint8(at + i));
      return out;
    };
    const value = (type, count, at) => {
      if (type === 2) return text(at, count);
      if (type === 5) return Array.from({ length: count }, (_, i) => u32(at + i * 8) / (u32(at + i * 8 + 4) || 1));
      return type === 3 ? u16(at) : u32(at);
    };
    const directory = (start) => {
      const tags = {};
      for (let i = 0; i < u16(start); i++) {
        const at = start + 2 + i * 12;
        const [tag, type, count] = [u16(at), u16(at + 2), u32(at + 4)];
        const inside = (SIZES[type] || 99) * count <= 4;
        if (SIZES[type]) tags[tag] = value(type, count, inside ? at + 8 : u32(at + 8));
      }
      return tags;
    };
    return { directory, first: u32(4) };
  }

  function degrees(parts, reference) {
    if (!Array.isArray(parts) || parts.length !== 3) return null;
    const size = parts[0] + parts[1] / 60 + parts[2] / 3600;
    return Number((/[SW]/.test(reference) ? -size : size).toFixed(6));
  }

  // "2026:11:20 10:09:33" → "2026-11-20T10:09:33"; the camera's own clock, a hint and no proof.
  function isoTime(text, offset) {
    const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text || "");
    return found ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}${offset || ""}` : null;
  }

  function facts(tiff) {
    const { directory, first } = reader(tiff);
    const main = directory(first);
    const photo = main[EXIF_POINTER] ? directory(main[EXIF_POINTER]) : {};
    const place = main[GPS_POINTER] ? directory(main[GPS_POINTER]) : {};
    return {
      taken_at: isoTime(photo[TAKEN], photo[TAKEN_OFFSET]),
      lat: degrees(place[2], place[1]),
      lon: degrees(place[4], place[3]),
    };
  }

  async function told(file) {
    try {
      const tiff = tiffBlock(new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer()));
      return tiff ? facts(tiff) : {};
    } catch (error) {
      return {}; // a damaged header: the picture itself may still be good, the server decides
    }
  }

  const MOST_BYTES = 350 * 1024;
  const TRIES = [[1600, 0.85], [1600, 0.7], [1600, 0.55], [1280, 0.6], [1024, 0.6]];

  async function read(file) {
    if (window.createImageBitmap) return createImageBitmap(file);
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    return image;
  }

  function draw(picture, x, y, width, height, scale) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d").drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  // The first try that is small enough, else the last one; a small file without a mark stays itself.
  async function shrink(picture, file, mark) {
    const { width, height } = picture;
    const longest = Math.max(width, height);
    if (!mark && longest <= TRIES[0][0] && file.size <= MOST_BYTES && file.type === "image/jpeg") return file;
    for (const [side, quality] of TRIES) {
      const canvas = draw(picture, 0, 0, width, height, Math.min(1, side / longest));
      if (mark) mark(canvas);
      file = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (file.size <= MOST_BYTES) break;
    }
    return file;
  }

  function square(picture, size) {
    const { width, height } = picture;
    const side = Math.min(width, height);
    return draw(picture, (width - side) / 2, (height - side) / 2, side, side, size / side);
  }

  window.pictures = { told, read, shrink, square };
})();

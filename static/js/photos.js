// The photo field: several takes add up, pictures are shrunk before upload, what the camera knew is sent beside them.
// Whatever fails here, the original file is sent and the server does the same work.
(function () {
  "use strict";

  const LONG_SIDE = 1600;
  const MOST_BYTES = 350 * 1024;
  const THUMB = 152;
  const TRIES = [[LONG_SIDE, 0.85], [LONG_SIDE, 0.7], [LONG_SIDE, 0.55], [1280, 0.6], [1024, 0.6]];

  const toBlob = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

  function decode(file) {
    if (window.createImageBitmap) return createImageBitmap(file);
    return new Promise((done, fail) => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = fail;
      image.src = URL.createObjectURL(file);
    });
  }

  function draw(picture, width, height) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
    return canvas;
  }

  // The first try that is small enough, else the last one.
  async function shrink(file) {
    const picture = await decode(file);
    const longest = Math.max(picture.width, picture.height);
    if (longest <= LONG_SIDE && file.size <= MOST_BYTES && file.type === "image/jpeg") return { file, picture };
    let blob = null;
    for (const [side, quality] of TRIES) {
      const scale = Math.min(1, side / longest);
      blob = await toBlob(draw(picture, Math.round(picture.width * scale), Math.round(picture.height * scale)), quality);
      if (blob.size <= MOST_BYTES) break;
    }
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return { file: new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }), picture };
  }

  function square(picture) {
    const side = Math.min(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = THUMB;
    const [x, y] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d").drawImage(picture, x, y, side, side, 0, 0, THUMB, THUMB);
    return canvas;
  }

  async function prepare(file) {
    const hint = Object.assign({ name: file.name, original_size: file.size }, await window.readExif(file));
    try {
      const { file: small, picture } = await shrink(file);
      const thumbnail = square(picture);
      if (picture.close) picture.close(); // nine full pictures are more memory than a phone has
      return { hint, file: small, thumbnail };
    } catch (error) {
      return { hint, file, thumbnail: null }; // HEIC and the like: the server can read what this browser can't
    }
  }

  const kilobytes = (size) => (size < 1024 * 1024 ? `${Math.ceil(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`);

  function dropButton(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "thumb-drop";
    button.setAttribute("aria-label", words);
    button.textContent = "×";
    button.addEventListener("click", act);
    return button;
  }

  function thumb(take, remove) {
    const item = document.createElement("li");
    item.dataset.take = "1";
    const state = document.createElement("span");
    state.className = "thumb-state";
    state.textContent = kilobytes(take.file.size);
    if (take.thumbnail) item.append(take.thumbnail);
    item.append(state, dropButton(`移除 ${take.file.name}`, remove));
    return item;
  }

  function start(field) {
    const input = field.querySelector("input[type=file]");
    const list = field.querySelector("[data-thumbs]");
    const hints = field.querySelector("[data-photo-hint]");
    const tile = list.querySelector(".thumb-add");
    const most = Number(field.dataset.photosMax);
    let takes = [];

    function say(words) {
      field.querySelector("[data-photos-state]").textContent = words;
    }

    function room() {
      return most - takes.length - list.querySelectorAll("[data-kept]").length;
    }

    function store() {
      const files = new DataTransfer();
      takes.forEach((take) => files.items.add(take.file));
      input.files = files.files;
      hints.value = JSON.stringify(takes.map((take) => take.hint));
      list.querySelectorAll("[data-take]").forEach((item) => item.remove());
      takes.forEach((take) => list.insertBefore(thumb(take, () => remove(take)), tile));
    }

    function remove(take) {
      takes = takes.filter((other) => other !== take);
      store();
      say(`还可以添加 ${room()} 张`);
      input.focus();
    }

    async function add(files) {
      const chosen = Array.from(files);
      const taken = chosen.slice(0, Math.max(room(), 0));
      say(`正在处理 ${taken.length} 张照片…`);
      for (const file of taken) takes.push(await prepare(file));
      store();
      say(chosen.length > taken.length ? `最多 ${most} 张，其余没有添加` : `已添加，还可以添加 ${room()} 张`);
    }

    function keptButtons() {
      list.querySelectorAll("[data-kept]").forEach((item) => {
        item.append(dropButton("移除已保存的照片", () => item.remove()));
      });
    }

    input.addEventListener("change", () => add(input.files));
    ["dragover", "dragleave", "drop"].forEach((name) => {
      field.querySelector("[data-drop]").addEventListener(name, (event) => {
        event.preventDefault();
        event.currentTarget.classList.toggle("drop-over", name === "dragover");
        if (name === "drop") add(event.dataTransfer.files);
      });
    });
    keptButtons();
    input.classList.add("visually-hidden");
    field.classList.add("photos-ready");
  }

  const able = window.DataTransfer && window.HTMLCanvasElement.prototype.toBlob && Blob.prototype.arrayBuffer;
  if (able) document.querySelectorAll("[data-photos]").forEach(start);
})();

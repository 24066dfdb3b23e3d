// The photo field: several takes add up, pictures are shrunk before upload, what the camera knew is sent beside them.
// Whatever fails here, the original file is sent and the server does the same work.
(function () {
  "use strict";

  const THUMB = 152;
  const { told, read, shrink, square } = window.pictures;

  async function small(picture, file) {
    const blob = await shrink(picture, file);
    return blob === file ? file : new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: blob.type });
  }

  async function prepare(file) {
    const hint = Object.assign({ name: file.name, original_size: file.size }, await told(file));
    try {
      const picture = await read(file);
      const made = { hint, file: await small(picture, file), thumbnail: square(picture, THUMB) };
      if (picture.close) picture.close(); // nine full pictures are more memory than a phone has
      return made;
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

    input.addEventListener("change", () => add(input.files));
    ["dragover", "dragleave", "drop"].forEach((name) => {
      field.querySelector("[data-drop]").addEventListener(name, (event) => {
        event.preventDefault();
        event.currentTarget.classList.toggle("drop-over", name === "dragover");
        if (name === "drop") add(event.dataTransfer.files);
      });
    });
    list.querySelectorAll("[data-kept]").forEach((item) => {
      item.append(dropButton("移除已保存的照片", () => item.remove()));
    });
    input.classList.add("visually-hidden");
    field.classList.add("photos-ready");
  }

  const able = window.DataTransfer && window.HTMLCanvasElement.prototype.toBlob && Blob.prototype.arrayBuffer;
  if (able) document.querySelectorAll("[data-photos]").forEach(start);
})();

// Verifies a card in the browser alone: the signature by the keys in the page, the state by what was last heard of it.
(function () {
  "use strict";

  const page = document.getElementById("card-verify");
  if (!page) return;
  const result = document.getElementById("card-result");
  const input = document.getElementById("card-text");
  const video = document.getElementById("card-video");
  const keys = JSON.parse(page.dataset.keys);
  const REVOKED = "cards-revoked";
  const SIGNED = new TextEncoder().encode("hebei-card/1\n");
  const LOOK_MS = 300;
  const VERSION = 1;

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  // The token of a link, or of what stands alone.
  function tokenOf(text) {
    const behind = text.trim().split("#");
    return behind[behind.length - 1];
  }

  // What a sound token says; null for everything else.
  function read(token) {
    try {
      const parts = token.split(".");
      const payload = bytes(parts[0]);
      const message = new Uint8Array(SIGNED.length + payload.length);
      message.set(SIGNED);
      message.set(payload, SIGNED.length);
      const sound = parts.length === 3 && window.nacl.sign.detached.verify(message, bytes(parts[2]), bytes(keys[parts[1]]));
      const said = sound ? JSON.parse(new TextDecoder().decode(payload)) : [];
      if (said[0] !== VERSION) return null;
      return { serial: said[1], name: said[2], lastFour: said[3], certificates: said[4], issued: said[5] };
    } catch (error) {
      return null;
    }
  }

  const day = (text) => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;

  function today() {
    const now = new Date();
    return `${now.getFullYear()}${String(now.getMonth() + 101).slice(1)}${String(now.getDate() + 100).slice(1)}`;
  }

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(REVOKED)) || { serials: [], at: "" };
    } catch (error) {
      return { serials: [], at: "" };
    }
  }

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  }

  // What is known without a net.
  function judged(told) {
    if (!told) return { tone: "note-error", word: "伪", words: "不是本平台签发的证卡，或者内容被改动。" };
    if (stored().serials.includes(told.serial)) return { tone: "note-error", word: "已注销", words: "证卡已注销。" };
    if (told.certificates.every((one) => one[1] < today())) return { tone: "note-error", word: "过期", words: "证书都已过期。" };
    return { tone: "note-ok", word: "真", words: "由本平台签发，签名相符。" };
  }

  function draw(told, verdict, heard) {
    const note = element("div", `note ${verdict.tone}`, "");
    note.append(element("b", "", verdict.word), element("span", "", `　${verdict.words}`), element("p", "m-0", heard));
    const shown = [note];
    if (told) {
      const panel = element("section", "panel", "");
      const body = element("div", "panel-body", "");
      body.append(element("p", "strong", `${told.name}　证件号码后四位 ${told.lastFour}`));
      const list = element("ul", "plain-list", "");
      told.certificates.forEach((one) => {
        list.append(element("li", "", `${one[0]}　有效期至 ${day(one[1])}${one[1] < today() ? "（已过期）" : ""}`));
      });
      body.append(list, element("p", "muted m-0", `${day(told.issued)} 生成。请与本人的居民身份证核对姓名和号码后四位。`));
      panel.append(body);
      shown.push(panel);
    }
    result.replaceChildren(...shown);
  }

  const WORDS = { valid: ["note-ok", "真"], expired: ["note-error", "过期"], changed: ["note-warn", "已变更"], revoked: ["note-error", "已注销"] };

  function lastHeard() {
    const at = stored().at;
    return at ? `未联网；注销名单更新于 ${at}。` : "未联网，也没有下载过注销名单：不知道是否已注销。";
  }

  async function check(text) {
    const token = tokenOf(text);
    const told = read(token);
    draw(told, judged(told), told ? lastHeard() : "");
    if (!told) return;
    try {
      const answer = await fetch(page.dataset.state, { method: "POST", body: new URLSearchParams({ card: token }), credentials: "omit" });
      const now = await answer.json();
      if (answer.ok && WORDS[now.state]) {
        draw(told, { tone: WORDS[now.state][0], word: WORDS[now.state][1], words: `${now.words}。` }, "已联网核对。");
      }
    } catch (error) {
      // Without a net the verdict of the page stands, and says so.
    }
  }

  async function refresh() {
    const net = document.getElementById("card-net");
    try {
      const answer = await fetch(page.dataset.revoked, { credentials: "omit" });
      if (!answer.ok) throw new Error("not answered");
      const { serials } = await answer.json();
      localStorage.setItem(REVOKED, JSON.stringify({ serials, at: new Date().toLocaleString("zh-CN") }));
    } catch (error) {
      // The list that was kept last goes on to count.
    }
    net.textContent = stored().at ? `注销名单更新于 ${stored().at}` : "";
  }

  // Scanning, where the browser can ---------------------------------------------------------------------------------

  async function detected(detector, source) {
    const codes = await detector.detect(source);
    if (codes.length) check(codes[0].rawValue);
    return codes.length > 0;
  }

  async function scan(detector) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const look = async () => {
      if (await detected(detector, video)) {
        stream.getTracks().forEach((track) => track.stop());
        video.hidden = true;
      } else {
        setTimeout(look, LOOK_MS);
      }
    };
    look();
  }

  function offerScanning() {
    if (!("BarcodeDetector" in window)) return;
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    const button = document.getElementById("card-scan");
    const photo = document.getElementById("card-photo");
    button.hidden = !navigator.mediaDevices;
    photo.hidden = false;
    button.addEventListener("click", () => scan(detector).catch(() => {
      draw(null, { tone: "note-warn", word: "不能使用摄像头", words: "请允许本网站使用摄像头，或者从照片识别、粘贴链接。" }, "");
    }));
    photo.querySelector("input").addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (file && !(await detected(detector, file).catch(() => false))) draw(null, { tone: "note-warn", word: "没有识别到二维码", words: "请换一张清楚的照片。" }, "");
    });
  }

  document.getElementById("card-form").addEventListener("submit", (event) => {
    event.preventDefault();
    check(input.value);
  });
  window.addEventListener("hashchange", () => check(location.hash));
  if (location.hash.length > 1) check(location.hash);
  refresh();
  offerScanning();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(page.dataset.worker, { scope: page.dataset.scope }).catch(() => {});
})();

// Building pages: elements from text, the frame's head, banner and dock, words for days and times.
(function () {
  "use strict";

  const hb = window.hb;
  const { body } = document;
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";

  // el("p", "note", "words", el("b", "", "more")); an object sets properties, attributes with a dash, and handlers.
  function el(tag, name, ...inside) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    inside.forEach((part) => {
      if (part === null || part === undefined || part === false || part === "") return;
      if (Array.isArray(part)) made.append(...part.filter(Boolean));
      else if (typeof part === "object" && !(part instanceof Node)) set(made, part);
      else made.append(part instanceof Node ? part : String(part));
    });
    return made;
  }

  function set(made, options) {
    Object.keys(options).forEach((name) => {
      const value = options[name];
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (name.includes("-") || name === "role" || name === "for") made.setAttribute(name, value);
      else made[name] = value;
    });
  }

  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = svg.appendChild(document.createElementNS(SVG, "use"));
    use.setAttribute("href", `${body.dataset.icons}#i-${name}`);
    return svg;
  }

  const button = (name, words, onclick, more) => el("button", name, Object.assign({ type: "button", onclick }, more), words);

  // One of two to four large answers.
  function choices(label, options, chosen, pick) {
    const group = el("div", `inspect-choice choice-${options.length}`, { role: "radiogroup", "aria-label": label });
    options.forEach(({ value, words, tone }) => {
      const isOn = value === chosen;
      const press = () => pick(value);
      group.append(button(isOn ? `on ${tone || "on-blue"}` : "", words, press, { role: "radio", "aria-checked": String(isOn) }));
    });
    return group;
  }

  function field(label, control, note) {
    control.id = control.id || `field-${hb.store.uuid()}`;
    return el("div", "inspect-field", el("label", "", { htmlFor: control.id }, label, note && el("span", "muted", ` ${note}`)), control);
  }

  const two = (number) => String(number).padStart(2, "0");
  const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  // The phone's clock put right by what the server said last.
  const now = () => new Date(Date.now() - hb.net.clock * 1000);
  const shortDay = (text) => (text || "").slice(5);
  const time = (moment) => (moment ? new Date(moment).toTimeString().slice(0, 5) : "");

  function head(title, back) {
    const link = back ? el("a", "inspect-back", { href: back, "aria-label": "返回" }, icon("chevron-left")) : el("a", "inspect-back", { href: body.dataset.home, "aria-label": "工作台" }, icon("home"));
    const stored = el("a", "inspect-back", { href: "/m/offline/", "aria-label": "本机存储与上传" }, icon("device-mobile"));
    byId("top").replaceChildren(link, el("h1", "", title), stored);
    document.title = `${title} - 现场检查`;
  }

  function dock(...inside) {
    byId("dock").replaceChildren(...inside.filter(Boolean));
    byId("dock").hidden = !inside.length;
  }

  function show(...inside) {
    byId("main").replaceChildren(...inside.filter(Boolean));
  }

  // A part of the page anew; who was just there stays there.
  function swap(old, made) {
    const inside = (part) => Array.from(part.querySelectorAll("button, input, textarea"));
    const at = inside(old).indexOf(document.activeElement);
    old.replaceWith(made);
    const again = inside(made)[at];
    if (again) again.focus({ preventScroll: true });
  }

  let fading = 0;

  // What was said of one view does not lie over the next.
  function quiet() {
    clearTimeout(fading);
    const old = byId("toast");
    if (old) old.remove();
  }

  function toast(words) {
    quiet();
    const made = body.appendChild(el("div", "inspect-toast", { id: "toast", role: "status" }, words));
    fading = setTimeout(() => made.remove(), 4000);
  }

  // The banner -----------------------------------------------------------------------------------------------------------

  function off(seconds) {
    const size = Math.abs(seconds);
    const long = size >= 86400 ? `${Math.round(size / 86400)} 天` : size >= 3600 ? `${Math.round(size / 3600)} 小时` : `${Math.round(size / 60)} 分钟`;
    return `手机时间比服务器${seconds > 0 ? "快" : "慢"} ${long}，以服务器收到的时间为准`;
  }

  function left({ writes, photos }) {
    const parts = [writes && `${writes} 项`, photos && `照片 ${photos} 张`].filter(Boolean);
    return parts.length ? `待上传 ${parts.join("、")}` : "";
  }

  async function banner() {
    const { net, store } = hb;
    const bar = byId("net");
    if (!hb.user) {
      bar.replaceChildren(icon("wifi-off"), el("span", "", net.expired ? "登录已过期" : "还没有登录过"), signIn());
      return;
    }
    const [unsent, saved] = await Promise.all([store.unsent(), store.get("meta", "saved")]);
    const stored = saved ? `，已存本机 ${time(saved.at)}` : "";
    const waits = left(unsent);
    bar.dataset.state = net.busy ? "busy" : net.fetched ? "fetched" : "waiting";
    const isDone = !net.busy && net.online && !net.expired && !net.error && !waits;
    let words = `离线中${stored}`;
    if (net.expired) words = `登录已过期${stored}`;
    else if (net.online && net.error) words = `${net.error}${stored}`;
    else if (net.online) words = net.busy ? "已联网，正在上传和核对" : waits ? `已联网${stored}` : "已联网，全部上传";
    bar.className = `inspect-net${isDone ? " net-ok" : ""}`;
    const clock = Math.abs(net.clock) > 600 && el("span", "net-line", off(net.clock));
    const full = net.full > 0.8 && el("span", "net-line", `本机存储空间已用 ${Math.round(net.full * 100)}%，请尽快联网上传`);
    bar.replaceChildren(...[
      icon(isDone ? "circle-check" : net.online ? "upload" : "wifi-off"), el("span", "", words),
      net.expired ? signIn() : el("span", "net-left", { id: "left" }, waits || time(Date.now())), clock, full,
    ].filter(Boolean));
  }

  const signIn = () => el("a", "net-left", { href: `${body.dataset.login}?next=${encodeURIComponent(location.pathname)}` }, "重新登录");

  Object.assign(hb, { el, icon, button, choices, field, day, now, shortDay, time, head, dock, show, swap, toast, quiet, banner, byId, off });
})();

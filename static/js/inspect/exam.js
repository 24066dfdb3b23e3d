// Taking an examination: the time that is left, and each answer kept as it is given.  Without this the buttons do it.
(function () {
  "use strict";

  const form = document.querySelector("[data-exam]");
  const clock = document.querySelector("[data-exam-left]");
  const state = document.querySelector("[data-exam-state]");
  const until = performance.now() + Number(clock.dataset.examLeft) * 1000;

  function words(seconds) {
    return `${Math.floor(seconds / 60)}分${String(seconds % 60).padStart(2, "0")}秒`;
  }

  function tick() {
    const left = Math.max(0, Math.round((until - performance.now()) / 1000));
    clock.textContent = words(left);
    if (left > 0) return;
    clearInterval(timer);
    state.textContent = "时间到，请交卷";
  }

  // One at a time, so that an older choice never arrives after a newer one.
  let underWay = false;
  let again = false;

  function sent() {
    const data = new FormData(form);
    data.append("quiet", "1");
    return fetch(form.action, { method: "POST", body: data, credentials: "same-origin" })
      .then((answer) => {
        if (answer.status === 409) location.reload();
        return answer.ok ? "已保存" : "没有保存，请按“下一题”或“保存”重试";
      })
      .catch(() => "没有网络，答案还没有保存，请稍后再按“下一题”或“保存”");
  }

  function keep() {
    state.textContent = "正在保存";
    again = underWay;
    if (underWay) return;
    underWay = true;
    sent().then((words) => {
      underWay = false;
      if (again) keep();
      else state.textContent = words;
    });
  }

  const timer = setInterval(tick, 1000);
  if (form) form.addEventListener("change", keep);
})();

// A canvas on which a signature is drawn with finger, pen or mouse; of visits, and of forms with a signature.
(function () {
  "use strict";

  const SIZE = [640, 280];

  // `isEmpty` until something was drawn; `done` is called after each stroke.
  function signaturePad(canvas, done) {
    Object.assign(canvas, { width: SIZE[0], height: SIZE[1] });
    const pen = canvas.getContext("2d");
    Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#0b2a55" });
    const state = { canvas, isEmpty: true };
    let isDown = false;
    const spot = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * SIZE[0]) / box.width, ((event.clientY - box.top) * SIZE[1]) / box.height];
    };
    canvas.addEventListener("pointerdown", (event) => {
      isDown = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...spot(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!isDown) return;
      state.isEmpty = false;
      pen.lineTo(...spot(event));
      pen.stroke();
    });
    ["pointerup", "pointercancel"].forEach((name) =>
      canvas.addEventListener(name, () => {
        if (isDown && done && !state.isEmpty) done();
        isDown = false;
      }),
    );
    state.clear = () => {
      pen.clearRect(0, 0, ...SIZE);
      state.isEmpty = true;
    };
    state.draw = (picture) => {
      pen.drawImage(picture, 0, 0, ...SIZE);
      state.isEmpty = false;
    };
    return state;
  }

  window.signaturePad = signaturePad;

  // In a form: what is drawn is sent as a picture in a hidden field; without this a photograph is sent.
  document.querySelectorAll("[data-signature]").forEach((field) => {
    const value = field.querySelector("input[type=hidden]");
    const canvas = field.querySelector("canvas");
    const shown = field.querySelector("img");
    const pad = signaturePad(canvas, () => (value.value = canvas.toDataURL("image/png")));
    field.querySelectorAll("[data-signature-drawn]").forEach((part) => (part.hidden = false));
    if (shown) {
      const picture = new Image();
      picture.onload = () => pad.draw(picture);
      picture.src = shown.src;
      shown.hidden = true;
    }
    field.querySelector("[data-signature-clear]").addEventListener("click", () => {
      pad.clear();
      value.value = "";
    });
  });
})();

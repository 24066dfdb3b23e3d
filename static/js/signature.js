// The signature of a form: drawn here and sent as a picture in a hidden field; without this a photograph is sent.
(function () {
  "use strict";

  document.querySelectorAll("[data-signature]").forEach((field) => {
    const value = field.querySelector("input[type=hidden]");
    const canvas = field.querySelector("canvas");
    const shown = field.querySelector("img");
    const pad = window.signaturePad(canvas, () => (value.value = canvas.toDataURL("image/png")));
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

// A custodian's secret: made here, hashed here, and shown once; only the hash is sent.
(() => {
  "use strict";
  const box = document.querySelector("[data-secret]");
  // Without https browsers give no hash function; the other ways on the page remain.
  if (!box || !window.crypto || !crypto.subtle) return;
  box.hidden = false;

  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

  async function make() {
    const secret = hex(crypto.getRandomValues(new Uint8Array(20)));
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    document.getElementById("id_commitment").value = hex(new Uint8Array(hash));
    box.querySelector("[data-secret-text]").textContent = secret;
    box.querySelector("[data-secret-shown]").hidden = false;
  }

  box.querySelector("[data-secret-make]").addEventListener("click", make);
})();

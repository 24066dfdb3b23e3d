// The sheet of a new hazard: sites nearby, ready sentences with their demands, and what a clause of the criteria decides.
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const asked = (address) => fetch(address, { headers: { Accept: "application/json" } }).then((a) => (a.ok ? a.json() : []));

  function choose(site) {
    const select = byId("id_project");
    if (select.tomselect) {
      select.tomselect.addOption(site);
      select.tomselect.setValue(String(site.value));
      return;
    }
    if (!select.querySelector(`option[value="${site.value}"]`)) select.append(new Option(site.text, site.value));
    select.value = site.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function siteButton(site) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${site.text} `;
    const note = document.createElement("span");
    note.className = "muted";
    note.textContent = site.note;
    button.append(note);
    button.addEventListener("click", () => choose(site));
    return button;
  }

  function offerSites(event) {
    const address = event.target.dataset.near;
    if (!address) return;
    const { latitude, longitude } = event.detail;
    asked(`${address}?lat=${latitude}&lon=${longitude}`).then((sites) => {
      const near = byId("near");
      near.replaceChildren(...sites.map(siteButton));
      near.hidden = !sites.length;
    });
  }

  // Nobody is asked for the position unless they press the button; who has allowed it once need not press.
  function locateIfAllowed() {
    const button = document.querySelector("[data-near]");
    if (!button || byId("id_project").value || !navigator.permissions) return;
    navigator.permissions.query({ name: "geolocation" }).then((p) => p.state === "granted" && button.click(), () => {});
  }

  function followPhrase(event) {
    const { also, alsoText, demand } = event.detail;
    if (also) byId(also.slice(1)).value = alsoText;
    const demands = byId("id_demands");
    if (demand && !demands.value.includes(demand)) demands.value = (demands.value ? `${demands.value}\n` : "") + demand;
  }

  function decideGrade() {
    const note = document.querySelector("[data-criterion-note]");
    const isCited = Boolean(byId("id_criterion").value);
    const [ordinary, major] = ["ordinary", "major"].map((v) => document.querySelector(`[name=grade][value=${v}]`));
    note.dataset.help = note.dataset.help || note.textContent;
    note.textContent = isCited ? "已引用判定标准条款，等级定为重大隐患" : note.dataset.help;
    note.classList.toggle("danger-text", isCited);
    ordinary.disabled = isCited;
    if (isCited) major.checked = true;
  }

  function offerCriteria() {
    const select = byId("id_criterion");
    const box = select.tomselect;
    const address = document.querySelector("[data-criteria]").dataset.criteria;
    asked(`${address}?on=${encodeURIComponent(byId("id_found_on").value)}`).then((clauses) => {
      if (!box || !clauses.length) return;
      const chosen = select.value;
      box.clear(true);
      box.clearOptions(() => false);
      clauses.forEach((clause) => box.addOptionGroup(clause.optgroup, { value: clause.optgroup, label: clause.optgroup }));
      box.addOptions(clauses);
      if (clauses.some((clause) => String(clause.value) === chosen)) box.setValue(chosen, true);
      decideGrade();
    });
  }

  document.addEventListener("located", offerSites);
  document.addEventListener("filled", followPhrase);
  document.addEventListener("change", (event) => {
    if (event.target.id === "id_criterion") decideGrade();
    if (event.target.id === "id_found_on") offerCriteria();
  });
  document.addEventListener("DOMContentLoaded", () => {
    decideGrade();
    locateIfAllowed();
  });
})();

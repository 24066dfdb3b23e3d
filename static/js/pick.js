// A search box over a plain <select data-pick>; the select stays the field that is sent.
(function () {
  "use strict";

  function option(data, escape) {
    const note = data.note ? `<span class="sub">${escape(data.note)}</span>` : "";
    return `<div>${escape(data.text)}${note}</div>`;
  }

  const words = {
    option,
    item: (data, escape) => `<div class="item">${escape(data.text)}</div>`,
    no_results: () => '<div class="no-results">没有找到，请换一个词</div>',
    loading: () => '<div class="loading">正在查找…</div>',
    not_loading: () => "",
  };

  function asker(address) {
    return (query, done) => {
      fetch(address + encodeURIComponent(query), { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : []))
        .then(done, () => done([]));
    };
  }

  function start(select) {
    const address = select.dataset.pickUrl;
    const settings = {
      render: words,
      maxOptions: 200,
      hidePlaceholder: true,
      searchField: ["text", "note"],
      placeholder: select.dataset.placeholder || "输入名称查找",
      selectOnTab: true,
    };
    if (address) Object.assign(settings, { load: asker(address), shouldLoad: (query) => query.length > 0, searchField: [] });
    new window.TomSelect(select, settings);
    select.setAttribute("aria-hidden", "true"); // its label now belongs to the search box
  }

  document.querySelectorAll("[data-pick]").forEach(start);
})();

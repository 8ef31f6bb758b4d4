"use strict";
(() => {
  const form = document.getElementById("filter");
  const count = document.getElementById("count");
  const sections = [...document.querySelectorAll("[data-section]")];
  if (!form || !count || sections.length === 0) return;
  const text = form.elements.namedItem("text");
  const group = form.elements.namedItem("group");
  const kind = form.elements.namedItem("kind");
  const actions = [...form.querySelectorAll("input[name=action]")];
  const items = sections.map((section) => ({
    section,
    changes: [...section.querySelectorAll(".change")].map((element) => ({
      element,
      kind: element.dataset.kind,
      action: element.dataset.action,
      groups: (element.dataset.groups || "").split(" "),
      words: null,
    })),
  }));
  const total = items.reduce((sum, item) => sum + item.changes.length, 0);
  let due = 0;

  function show() {
    due = 0;
    const wanted = text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const allowed = new Set(actions.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const { section, changes } of items) {
      let here = 0;
      for (const change of changes) {
        let fits =
          allowed.has(change.action) &&
          (!kind || kind.value === "" || kind.value === change.kind) &&
          (!group || group.value === "" || change.groups.includes(group.value));
        if (fits && wanted.length > 0) {
          change.words ??= change.element.textContent.toLowerCase();
          fits = wanted.every((word) => change.words.includes(word));
        }
        if (change.element.hidden === fits) change.element.hidden = !fits;
        if (fits) here += 1;
      }
      section.hidden = here === 0;
      shown += here;
    }
    count.textContent = `${shown} of ${total} shown`;
  }

  function soon() {
    if (due) clearTimeout(due);
    due = setTimeout(show, 80);
  }

  function unfold() {
    const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    const folded = target?.closest("details");
    if (folded && !folded.open) {
      folded.open = true;
      target.scrollIntoView();
    }
  }

  form.hidden = false;
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show, 0));
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
  unfold();
  show();
})();

/* The way back from a run to the list: with its filter, and with the ticks that were set. */

const KEY = "selection";

/** Where the list was and what was ticked in it, for the pages that follow in this tab; from a card nothing. */
export function startKeptSelection() {
  const list = document.getElementById("selection");
  if (list) restore(list);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.elements.sel || !form.elements.ids || event.defaultPrevented) return;
    if (form === list) remember({ address: location.pathname + location.search, ids: ticked(list) });
    else if (!form.closest(".run-page")) remember(null);
  });
  const kept = recall();
  if (!kept || list) return;
  for (const link of document.querySelectorAll("a[data-back-to-list]")) {
    link.href = kept.address;
    link.addEventListener("click", () => remember({ ...kept, isWayBack: true }));
  }
}

const ticked = (list) => [...new FormData(list).getAll("ids")];

function restore(list) {
  const kept = recall();
  // Whoever comes to the list in any other way begins anew.
  if (!kept?.isWayBack || kept.address !== location.pathname + location.search) return;
  const wanted = new Set(kept.ids);
  const tick = () => {
    for (const box of list.querySelectorAll(".tick:not([hidden])")) {
      if (!wanted.delete(box.value)) continue;
      box.checked = true;
      list.querySelector(`.tick[hidden][value="${CSS.escape(box.value)}"]`)?.remove();
    }
  };
  tick();
  // Ticked further down, in rows that are not loaded yet.
  for (const value of wanted) {
    list.append(Object.assign(document.createElement("input"), { type: "checkbox", className: "tick", name: "ids", value, checked: true, hidden: true }));
  }
  document.addEventListener("htmx:afterSwap", tick);
  list.addEventListener("reset", () => wanted.clear());
  list.dispatchEvent(new Event("change"));
  remember(null);
}

function remember(kept) {
  try {
    if (kept) sessionStorage.setItem(KEY, JSON.stringify(kept));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage the list begins anew.
  }
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/* The list of numbers: ticks with ranges, "all that match", arrow keys through rows, the drawer. */
import { startRowSelection } from "./row_selection.js";

let cameFromTick = null;

export function startList() {
  const page = document.querySelector("[data-list]");
  if (!page) return;
  const form = page.querySelector("#selection");
  if (form) startRowSelection(form);
  startDrawer(page);
  startRows(page);
}

function startDrawer(page) {
  const drawer = document.getElementById("drawer");
  let cameFrom = null;
  const close = () => {
    if (drawer.hidden) return;
    drawer.hidden = true;
    drawer.replaceChildren();
    mark(page, null);
    cameFrom?.focus();
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== drawer) return;
    cameFrom = event.detail.elt;
    drawer.hidden = false;
    mark(page, cameFrom.closest("tr"));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === drawer) drawer.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.target === drawer) close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer-close]")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest(".dropdown, [data-tree], #search")) close();
  });
}

function mark(page, row) {
  for (const open of page.querySelectorAll("tr.is-open")) open.classList.remove("is-open");
  row?.classList.add("is-open");
}

function startRows(page) {
  page.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-line]");
    if (!row || event.target.closest("a, button, input, label") || String(getSelection())) return;
    row.querySelector(".line-link").click();
  });
  page.addEventListener("keydown", (event) => {
    if (toActions(page, event)) return;
    const row = event.target.closest("tr[data-line]");
    const move = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!row || !move) return;
    const next = row[move]?.querySelector(event.target.matches(".tick") ? ".tick" : ".line-link");
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** Enter on the box of a chosen row goes to the actions, Escape back to it; without this the form would be sent. */
function toActions(page, event) {
  const bar = page.querySelector("[data-action-bar]");
  if (event.key === "Enter" && event.target.matches(".tick, [data-tick-all]")) {
    event.preventDefault();
    if (!page.querySelector(".tick:checked")) return true;
    cameFromTick = event.target;
    bar.querySelector("button:not([hidden])")?.focus();
    return true;
  }
  if (event.key === "Escape" && bar?.contains(event.target) && cameFromTick && !bar.querySelector(".dropdown-menu.show")) {
    cameFromTick.focus();
    return true;
  }
  return false;
}

/* The tree: folding, arrow keys, and its panel on narrow screens. */

export function startTree() {
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("button.tree-toggle");
    if (toggle) fold(toggle);
    if (event.target.closest("[data-tree-open]")) show(true);
    if (event.target.closest("[data-tree-close]")) show(false);
  });
  document.addEventListener("keydown", (event) => {
    const pane = event.target.closest("[data-tree]");
    if (!pane) return;
    if (event.key === "Escape") show(false);
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) return step(pane, event, move);
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") sideways(event);
  });
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest("[data-tree] .tree-link");
    if (link) rove(link.closest("[data-tree]"), link);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const pane = event.detail.target.closest?.("[data-tree]");
    if (pane) rove(pane);
  });
  for (const pane of document.querySelectorAll("[data-tree]")) rove(pane);
  document.querySelector(".tree-row.is-current")?.scrollIntoView({ block: "nearest" });
}

/** The tree is one stop of the Tab key: the department looked at, or the first; arrow keys lead to the others. */
function rove(pane, stop) {
  const links = [...pane.querySelectorAll(".tree-link")];
  const here = stop ?? links.find((link) => link.contains(document.activeElement)) ?? pane.querySelector(".is-current .tree-link") ?? links[0];
  for (const link of links) link.tabIndex = link === here ? 0 : -1;
  for (const toggle of pane.querySelectorAll("button.tree-toggle")) toggle.tabIndex = -1;
}

function fold(toggle, open = toggle.getAttribute("aria-expanded") !== "true") {
  toggle.setAttribute("aria-expanded", String(open));
  const below = toggle.closest("li")?.querySelector(":scope > .tree");
  if (below) below.hidden = !open;
}

function step(pane, event, move) {
  const links = [...pane.querySelectorAll(".tree-link, .tree-search input")].filter((link) => link.checkVisibility());
  const at = links.indexOf(event.target.closest("li")?.querySelector(".tree-link") ?? event.target);
  const next = links[at + move];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function sideways(event) {
  const item = event.target.closest("li");
  const toggle = item?.querySelector(":scope > .tree-row > button.tree-toggle");
  const isOpen = toggle?.getAttribute("aria-expanded") === "true";
  if (event.key === "ArrowRight" && toggle && !isOpen) toggle.click();
  else if (event.key === "ArrowLeft" && isOpen) toggle.click();
  else if (event.key === "ArrowLeft") item?.parentElement.closest("li")?.querySelector(".tree-link")?.focus();
  else return;
  event.preventDefault();
}

function show(open) {
  const pane = document.querySelector("[data-tree]");
  if (!pane) return;
  pane.classList.toggle("is-open", open);
  if (open) pane.querySelector("input")?.focus();
  else document.querySelector("[data-tree-open]")?.focus();
}

/* Bars: the policy forbids style attributes, so widths come from data-width through the object model. */

export function startWidths() {
  apply(document);
  document.addEventListener("htmx:afterSettle", (event) => apply(event.detail.elt));
  document.addEventListener("htmx:oobAfterSwap", (event) => apply(event.detail.target));
}

function apply(root) {
  const parent = root.parentElement ?? root;
  for (const part of parent.querySelectorAll("[data-width]")) part.style.width = `${part.dataset.width}%`;
}

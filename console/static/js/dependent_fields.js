/* Fields that count for one choice of another field alone, such as the days of an own period: hidden otherwise. */

export function startDependentFields() {
  apply(document);
  document.addEventListener("change", (event) => event.target.form && event.target.closest("[data-only-form]") && apply(event.target.form));
  document.addEventListener("htmx:afterSettle", () => apply(document));
}

function apply(root) {
  for (const part of root.querySelectorAll("[data-only]")) {
    const other = part.closest("form")?.elements[part.dataset.of];
    if (other) part.hidden = !part.dataset.only.split(" ").includes(other.value);
  }
}

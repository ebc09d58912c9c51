/* Choosing a department by its name: arrow down goes from the search to what was found, whose number is said. */
import { announce } from "./toasts.js";

export function startDepartmentSearch() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !event.target.closest("[data-finding]") || event.target.type !== "search") return;
    const found = document.getElementById(event.target.getAttribute("aria-controls"));
    const choice = found?.querySelector("input:checked") ?? found?.querySelector("input");
    if (!choice) return;
    event.preventDefault();
    choice.focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = event.detail.target.querySelector?.(":scope > [data-say]");
    if (said) announce(said.textContent);
  });
}

/* The button of error pages: back to the form with everything typed in it, as the browser keeps it. */
for (const button of document.querySelectorAll("[data-back]")) {
  button.addEventListener("click", () => (history.length > 1 ? history.back() : location.assign("/")));
}

/* Forms: what is not saved is said before leaving, nothing is sent twice, a dangerous deed needs its number typed. */

export function startForms() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guarded]");
    if (form) form.dataset.changed = "yes";
    if (event.target.matches("[data-typed]")) checkTyped(event.target);
  });
  document.addEventListener("formdata", (event) => {
    // What is empty says nothing in an address.
    if (event.target.method !== "get") return;
    for (const name of new Set(event.formData.keys())) {
      if (event.formData.getAll(name).every((value) => value === "")) event.formData.delete(name);
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    delete form.dataset.changed;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-changed]")) event.preventDefault();
  });
  for (const input of document.querySelectorAll("[data-typed]")) checkTyped(input);
  // The one thing to type on a page is ready to be typed; errors come first, they have the focus of their own.
  if (!document.querySelector("[data-focus]")) document.querySelector("[data-focus-first] :is(input[type=text], textarea)")?.focus();
}

function checkTyped(input) {
  const button = input.form?.querySelector("button:not([type=button])");
  if (button) button.disabled = input.value.replace(/\s/g, "") !== input.dataset.typed.replace(/\s/g, "");
}

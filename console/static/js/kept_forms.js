/* A form that was sent and not carried out stands in the page's own form again, with everything typed. */

export function startKeptForms() {
  for (const notice of document.querySelectorAll("[data-kept-form]")) fill(notice);
}

function fill(notice) {
  const kept = notice.querySelector("form[data-kept]");
  const values = new Map();
  for (const input of kept.querySelectorAll("input[type=hidden]")) {
    if (input.name !== "csrf_token") values.set(input.name, [...(values.get(input.name) ?? []), input.value]);
  }
  const form = [...document.querySelectorAll("main form")].find((one) => !notice.contains(one) && isSame(one, kept, values));
  if (!form) return;
  const fields = [...form.elements].filter((field) => field.name && !["hidden", "file", "submit", "button", "fieldset"].includes(field.type));
  for (const field of fields) put(field, values);
  if (!hidden(form).length) form.append(...rest(form, values));
  for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  for (const field of fields) if (!field.matches("[data-submit-on-change]")) field.dispatchEvent(new Event("change", { bubbles: true }));
  if (form.hasAttribute("data-guarded")) form.dataset.changed = "yes";
  for (const part of notice.querySelectorAll("[data-kept-apart]")) part.hidden = true;
  notice.querySelector("[data-kept-filled]").hidden = false;
}

const hidden = (form) => [...form.elements].filter((field) => field.type === "hidden" && field.name !== "csrf_token");

/** Whether a form of the page is the one that was sent: it goes to the same address, and asks for some of what was sent. */
function isSame(form, kept, values) {
  const address = (one) => new URL(one.getAttribute("action") || location.href, location.href).pathname;
  if (form.method !== "post" || address(form) !== address(kept)) return false;
  if (!hidden(form).every((field) => values.get(field.name)?.includes(field.value) ?? true)) return false;
  return [...form.elements].some((field) => field.type !== "hidden" && field.type !== "submit" && values.has(field.name));
}

function put(field, values) {
  const sent = values.get(field.name);
  if (field.type === "checkbox") field.checked = sent?.includes(field.value) ?? false;
  else if (sent && field.type === "radio") field.checked = sent.includes(field.value);
  else if (sent) field.value = sent[0];
}

/** What was sent and has no field here, such as the numbers that were chosen elsewhere. */
function rest(form, values) {
  const names = new Set([...form.elements].map((field) => field.name));
  return [...values].filter(([name]) => !names.has(name)).flatMap(([name, sent]) => sent.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
}

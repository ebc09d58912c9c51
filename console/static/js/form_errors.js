/* What a browser finds missing or wrong in a form is said as the server says it: a summary in the language of the page. */

export function startFormErrors() {
  const found = new Map();
  // The event does not bubble, and its default is the browser's own bubble in the browser's own language.
  document.addEventListener("invalid", (event) => {
    const form = event.target.form;
    if (!form) return;
    event.preventDefault();
    if (!found.has(form)) {
      found.set(form, []);
      setTimeout(() => {
        show(form, found.get(form));
        found.delete(form);
      });
    }
    const fields = found.get(form);
    if (event.target.type !== "radio" || !fields.some((field) => field.name === event.target.name)) fields.push(event.target);
  }, true);
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-marked]") || !event.target.checkValidity()) return;
    event.target.classList.remove("is-invalid");
    event.target.removeAttribute("aria-invalid");
    delete event.target.dataset.marked;
  });
}

function show(form, fields) {
  for (const old of document.querySelectorAll("main .error-summary")) old.remove();
  const summary = Object.assign(document.createElement("div"), { className: "error-summary", tabIndex: -1 });
  summary.setAttribute("role", "alert");
  const head = Object.assign(document.createElement("h2"), { textContent: document.body.dataset.problem });
  const list = document.createElement("ul");
  for (const field of fields) list.append(line(field));
  summary.append(head, list);
  form.before(summary);
  summary.focus();
}

function line(field) {
  const item = document.createElement("li");
  if (!field.id) field.id = `field-${field.name}`;
  const link = Object.assign(document.createElement("a"), { href: `#${field.id}`, textContent: message(field) });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
  });
  if (field.type !== "radio") {
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.dataset.marked = "yes";
  }
  item.append(link);
  return item;
}

function message(field) {
  const words = document.body.dataset;
  if (field.validity.customError) return field.validationMessage;
  const isChoice = field.type === "radio" || field.localName === "select" || field.type === "file";
  const pattern = field.validity.valueMissing ? (isChoice ? words.unchosen : words.missing) : words.wrong;
  return pattern.replace("{}", name(field));
}

function name(field) {
  const legend = field.type === "radio" ? field.closest("fieldset")?.querySelector("legend") : null;
  const label = legend ?? field.labels?.[0];
  return (label?.textContent || field.getAttribute("aria-label") || field.placeholder || field.name).replace(/\s+/g, " ").trim();
}

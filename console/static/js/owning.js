/* Forms that ask for something for each number: paste a column into the first field, or take what is in stock. */

export function startOwning() {
  for (const box of document.querySelectorAll("[data-own-values]")) serve(box);
}

function serve(box) {
  const fields = [...box.querySelectorAll("input")];
  box.addEventListener("paste", (event) => paste(event, fields));
  const button = box.parentElement.querySelector("[data-own-fill]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => fill(fields));
}

/* A column copied out of a spreadsheet goes on into the fields below. */
function paste(event, fields) {
  const start = fields.indexOf(event.target);
  const rows = event.clipboardData.getData("text").split(/\r?\n/).map((row) => row.trim());
  while (rows.length && !rows[rows.length - 1]) rows.pop();
  if (start < 0 || rows.length < 2) return;
  event.preventDefault();
  rows.slice(0, fields.length - start).forEach((row, index) => { fields[start + index].value = row; });
}

/* Blank fields get what is in stock, in its order, nothing twice. */
function fill(fields) {
  const offered = [...document.getElementById("own-offered").options].map((option) => option.value);
  const taken = new Set(fields.map((field) => field.value.replace(/\D/g, "")));
  const free = offered.filter((value) => !taken.has(value));
  for (const field of fields) if (!field.value.trim() && free.length) field.value = free.shift();
}

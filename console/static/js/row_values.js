/* Forms that ask for something for each number: paste a column into the first field, or take what is in stock. */

export function startRowValues() {
  for (const box of document.querySelectorAll("[data-row-values]")) serve(box);
}

function serve(box) {
  const fields = [...box.querySelectorAll("input")];
  box.addEventListener("paste", (event) => paste(event, fields));
  const button = box.parentElement.querySelector("[data-row-values-fill]");
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

/* A value without what people put between its letters and digits. */
function plain(value) {
  return value.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
}

/* Blank fields get what is in stock, in its order, nothing twice. */
function fill(fields) {
  const offered = [...document.getElementById("row-value-offers").options].map((option) => option.value);
  const taken = new Set(fields.map((field) => plain(field.value)));
  const free = offered.filter((value) => !taken.has(plain(value)));
  for (const field of fields) if (!field.value.trim() && free.length) field.value = free.shift();
}

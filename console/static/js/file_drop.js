/* The drop zone of a file: names what was chosen, refuses at once what is too large, says that it is being read. */
import { announce } from "./toasts.js";

export function startFileDrop() {
  for (const zone of document.querySelectorAll("[data-drop]")) start(zone);
}

function start(zone) {
  const input = zone.querySelector("input[type=file]");
  const text = zone.querySelector("[data-drop-text]");
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, () => zone.classList.add("over"));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  const show = () => {
    const file = input.files[0];
    const large = file !== undefined && file.size > Number(zone.dataset.most);
    zone.classList.toggle("bad", large);
    input.setCustomValidity(large ? zone.dataset.tooLarge : "");
    text.textContent = large ? zone.dataset.tooLarge : file ? `${file.name}, ${size(file.size)}` : text.dataset.empty;
    if (file) announce(text.textContent);
  };
  input.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  input.form.addEventListener("submit", () => busy(input.form.querySelector("[data-busy]")));
}

function busy(button) {
  if (!button) return;
  button.textContent = button.dataset.busy;
  announce(button.dataset.busy);
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

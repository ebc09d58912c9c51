/* Says something to people who see and to people who listen. */

/** A short line at the corner that goes away by itself. */
export function toast(text, seconds = 5) {
  const line = document.createElement("div");
  line.className = "toast-line";
  line.textContent = text;
  document.getElementById("toasts")?.append(line);
  setTimeout(() => line.remove(), seconds * 1000);
}

/** For screen readers only. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
}

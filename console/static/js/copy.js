/* A click on a number copies it as machines write it. */
import { toast } from "./toasts.js";

export function startCopy() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(await copied(button.dataset.copy))) return;
    button.classList.add("copied");
    toast(`${document.body.dataset.copied}: ${button.dataset.copy}`, 2);
    setTimeout(() => button.classList.remove("copied"), 1500);
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byHand(text);
  }
}

/** Over plain HTTP there is no clipboard object. */
function byHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/* The frame: theme, folding of the rail, shortcuts, notices that can be closed. */
import { announce } from "./toasts.js";

const THEMES = ["auto", "light", "dark"];

export function startFrame() {
  startTheme();
  startFolding();
  startBanner();
  startClosing();
  startShortcuts();
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".notice")?.remove());
  document.querySelector("[data-focus]")?.focus();
}

/** Kept beside the value, so that the page shows the state it was left in. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A private window keeps nothing; the page works all the same.
  }
}

function startTheme() {
  const root = document.documentElement;
  const button = document.querySelector("[data-theme-switch]");
  if (!button) return;
  const name = () => button.setAttribute("aria-label", button.dataset[root.dataset.theme]);
  name();
  button.addEventListener("click", () => {
    root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    document.dispatchEvent(new Event("theme"));
    tell(root.dataset.theme);
    name();
    button.title = button.getAttribute("aria-label");
    announce(button.title);
  });
}

/** The server keeps it, so that it is the same on every page and at every desk; failing that it holds for this page. */
function tell(theme) {
  const csrf = document.querySelector('meta[name="csrf-token"]').content;
  const body = new URLSearchParams({ theme, csrf_token: csrf });
  fetch("/profile/theme", { method: "POST", body, keepalive: true }).catch(() => {});
}

function startFolding() {
  document.querySelector("[data-rail-fold]")?.addEventListener("click", () => {
    const root = document.documentElement;
    const folded = root.dataset.rail !== "folded";
    root.dataset.rail = folded ? "folded" : "";
    keep("rail", root.dataset.rail);
  });
}

/** The height of the banner of staff, below which the top bar, the rail and the card stay. */
function startBanner() {
  const banner = document.querySelector(".staff-banner");
  if (!banner) return;
  new ResizeObserver(() => document.documentElement.style.setProperty("--banner", `${banner.offsetHeight}px`)).observe(banner);
}

/** What opens over the page closes by Escape and by a click elsewhere. */
function startClosing() {
  const close = (except) => {
    for (const part of document.querySelectorAll("details[data-closes][open]")) if (!part.contains(except)) part.open = false;
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    const part = event.key === "Escape" && document.querySelector("details[data-closes][open]");
    if (!part) return;
    part.open = false;
    part.querySelector("summary").focus();
  });
}

function startShortcuts() {
  document.addEventListener("keydown", (event) => {
    const search = document.getElementById("search");
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const wanted = (event.key === "/" && !typing) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
    if (wanted && search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
}

/* How fragments are asked for: the CSRF token, words for failures, a skeleton for what takes longer than 300 ms. */
import { toast } from "./toasts.js";

export function startFragments() {
  const words = document.body.dataset;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:sendError", () => toast(words.offline));
  document.addEventListener("htmx:timeout", () => toast(words.offline));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401) toast(said(event.detail.xhr) || words.trouble, 9);
  });
  document.addEventListener("htmx:beforeRequest", (event) => waitFor(event.detail.target, event.detail.xhr));
}

/** What the server says of its refusal, where it answered with words of its own. */
function said(xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText || "", "text/html");
  return page.querySelector("[data-message]")?.textContent.trim();
}

function waitFor(target, xhr) {
  if (!target?.hasAttribute("data-skeleton")) return;
  const timer = setTimeout(() => {
    target.setAttribute("aria-busy", "true");
    target.replaceChildren(...bones(Number(target.dataset.skeleton)));
  }, 300);
  xhr.addEventListener("loadend", () => {
    clearTimeout(timer);
    target.removeAttribute("aria-busy");
  });
}

function bones(count) {
  return Array.from({ length: count }, (_, number) => {
    const bone = document.createElement("span");
    bone.className = "skeleton";
    bone.style.width = `${85 - ((number * 23) % 45)}%`;
    bone.style.margin = "14px 0";
    return bone;
  });
}

"""What is wrong with how a page is laid out, as its browser measures it: sideways scrolling, text that is cut off."""

import json

from playwright.sync_api import Page

NAMES = (
    ".brand-company",
    ".person-name",
    ".running-text",
    ".tree-name",
    ".report-grid td",
    ".cell-employee",
    ".cell-department",
    ".raw",
)
"""What people have named or typed may end in dots where it stands in full elsewhere; the console's own words never."""


def faults(page: Page) -> list[str]:
    """What is too wide for the window or cut off on the page as it stands: a text with the element each."""
    return [str(fault) for fault in page.evaluate(_MEASURE.replace("NAMES", json.dumps(", ".join(NAMES))))]


_MEASURE = """() => {
  const named = element => {
    const words = element.textContent.trim().replace(/\\s+/g, " ").slice(0, 40);
    return `<${element.localName} class="${element.getAttribute("class") ?? ""}"> ${words}`;
  };
  const style = element => getComputedStyle(element);
  const scrolls = element => ["auto", "scroll"].includes(style(element).overflowX);
  const clips = element => style(element).overflowX !== "visible";
  const ancestors = function* (element) {
    for (let above = element.parentElement; above; above = above.parentElement) yield above;
  };
  const isShown = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !element.closest(".visually-hidden, .skip, [inert]") && element.getBoundingClientRect().width > 1;
  const texts = function* (element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.data.trim() || !isShown(node.parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.width > 1) yield [node.parentElement, box];
    }
  };
  const isCut = button => {
    const own = button.getBoundingClientRect();
    for (const [holder, box] of texts(button)) {
      if (holder.closest(NAMES)) continue;
      if (box.left < own.left - 1 || box.right > own.right + 1) return true;
      if (box.top < own.top - 2 || box.bottom > own.bottom + 2) return true;
      for (const above of [holder, ...ancestors(holder)]) {
        if (above === document.body) break;
        if (scrolls(above) && !button.contains(above)) break;
        const edge = above.getBoundingClientRect();
        if (clips(above) && (box.left < edge.left - 1 || box.right > edge.right + 1)) return true;
      }
    }
    return false;
  };
  const found = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) {
    found.push(`scrolls sideways: ${width} in a window of ${innerWidth}`);
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      if (box.right > innerWidth + 1 && isShown(element) && ![...ancestors(element)].some(clips))
        found.push(`too wide by ${Math.round(box.right - innerWidth)}: ${named(element)}`);
    }
  }
  for (const button of document.querySelectorAll("button, .btn, summary, label, legend"))
    if (isShown(button) && isCut(button)) found.push(`cut off: ${named(button)}`);
  for (const part of document.querySelectorAll(".dropdown-menu.show, .drawer, .action-bar, .tree-pane.is-open")) {
    const box = part.getBoundingClientRect();
    if (isShown(part) && (box.left < -1 || box.right > innerWidth + 1))
      found.push(`outside the window: ${named(part)}`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!clips(element) || scrolls(element) || !isShown(element)) continue;
    if (element.closest("svg, select, input, textarea")) continue;
    if (element.scrollWidth <= element.clientWidth + 1 || element.closest(NAMES)) continue;
    if (!texts(element).next().done) found.push(`text is clipped: ${named(element)}`);
  }
  for (const [holder, box] of texts(document.body)) {
    let block = holder;
    while (["inline", "contents"].includes(style(block).display)) block = block.parentElement;
    const edge = block.getBoundingClientRect();
    const half = parseFloat(style(holder).fontSize) / 2;
    const middle = (box.top + box.bottom) / 2;
    const isWithin = box.right <= edge.right + 1.5 && box.left >= edge.left - 1.5
      && middle - half >= edge.top - 2 && middle + half <= edge.bottom + 2;
    if (!isWithin && !holder.closest(NAMES)) found.push(`text stands out: ${named(block)}`);
  }
  for (const table of document.querySelectorAll("table"))
    if (style(table).display === "block" && isShown(table) && table.scrollWidth > table.clientWidth + 1)
      found.push(`a list wider than its place: ${named(table)}`);
  return found.slice(0, 6);
}"""

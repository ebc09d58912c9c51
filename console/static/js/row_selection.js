/* Choosing rows: one by one, a range with Shift, all shown, all that match; the bar says how many. */

export function startRowSelection(form) {
  const bar = form.querySelector("[data-action-bar]");
  const head = form.querySelector("[data-tick-all]");
  const kind = form.elements.sel;
  const ticks = () => [...form.querySelectorAll(".tick")];
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let last = null;

  const say = () => {
    const all = ticks();
    const chosen = all.filter((tick) => tick.checked).length;
    const everything = kind.value === "filter";
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
    const text = everything ? bar.dataset.all : bar.dataset.chosen.replace("{}", number.format(chosen));
    const count = bar.querySelector("[data-count]");
    if (count.textContent !== text) count.textContent = text;
    const more = bar.querySelector("[data-choose-all]");
    if (more) more.hidden = everything;
  };
  const only = () => (kind.value = "ids");

  form.addEventListener("click", (event) => {
    const tick = event.target.closest(".tick");
    if (!tick) return;
    const all = ticks();
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(tick)].sort((a, b) => a - b);
      for (const one of all.slice(from, to + 1)) one.checked = tick.checked;
    }
    last = tick;
  });
  form.addEventListener("change", (event) => {
    if (event.target === head) for (const tick of ticks()) tick.checked = head.checked;
    only();
    say();
  });
  form.addEventListener("reset", () => setTimeout(() => (only(), say())));
  bar.querySelector("[data-choose-all]")?.addEventListener("click", () => {
    for (const tick of ticks()) tick.checked = true;
    kind.value = "filter";
    say();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    // The pager has replaced itself by more rows: they belong to "all that match", not to single ticks.
    if (!form.contains(event.detail.target) && event.detail.target !== form) return;
    if (kind.value === "filter") for (const tick of ticks()) tick.checked = true;
    say();
  });
  window.addEventListener("pageshow", say);
  say();
}

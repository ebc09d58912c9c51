/* Two minutes before the session ends this is said, with a way to stay. What pages ask by themselves is no work. */

const WARN = 120;
const AGAIN = 15;

export function startSessionEnd() {
  const bar = document.querySelector("[data-session-end]");
  if (!bar) return;
  const words = bar.querySelector("[data-words]");
  const button = bar.querySelector("[data-stay-button]");
  let ends = 0;
  let timer = null;

  const left = () => Math.round((ends - Date.now()) / 1000);
  const plan = (seconds) => {
    ends = Date.now() + seconds * 1000;
    clearTimeout(timer);
    bar.hidden = seconds > WARN;
    if (seconds > WARN) timer = setTimeout(check, (seconds - WARN) * 1000);
    else tick();
  };
  const tick = () => {
    if (left() <= 0) return void (timer = setTimeout(check, 1000));
    words.textContent = bar.dataset.soon.replace("{}", clock(left()));
    // Work in another tab keeps this one signed in too.
    timer = setTimeout(left() % AGAIN === 0 ? check : tick, 1000);
  };
  const over = () => {
    clearTimeout(timer);
    words.textContent = bar.dataset.ended;
    button.hidden = true;
    bar.hidden = false;
  };
  const ask = async (address, options) => {
    try {
      const answer = await fetch(address, { redirect: "manual", ...options });
      if (answer.ok) plan((await answer.json()).seconds);
      else if (answer.type === "opaqueredirect") over();
      else later();
    } catch {
      later();
    }
  };
  const later = () => (timer = setTimeout(check, AGAIN * 1000));
  const check = () => ask(bar.dataset.ask);

  button.addEventListener("click", () => {
    const csrf_token = document.querySelector('meta[name="csrf-token"]').content;
    // Twelve hours after signing in nothing puts the end off any more.
    ask(bar.dataset.stay, { method: "POST", body: new URLSearchParams({ csrf_token }) }).then(() => (button.hidden = left() <= WARN));
  });
  // A poll of the page was told first.
  document.addEventListener("htmx:responseError", (event) => event.detail.xhr.status === 401 && check());
  // Timers of a hidden page and of a sleeping machine come late.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && left() <= WARN && check());
  plan(Number(bar.dataset.seconds));
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

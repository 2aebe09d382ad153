// Two minutes before the idle limit the page says so; at the limit nothing of it can be read any more.
// The server ends the session by itself; this only tells the person and hides what stood there.
"use strict";

(() => {
  const limit = Number(document.body.dataset.idleSeconds) * 1000;
  const url = document.body.dataset.idleUrl;
  const warning = document.querySelector("[data-idle-warning]");
  const locked = document.querySelector("[data-idle-locked]");
  if (!limit || !warning || !locked) return;

  const notice = Math.min(120000, limit / 2);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("lead-idle") : null;
  let contact = Date.now(); // when the server last heard from this person, in any tab
  let touched = 0; // when the person last did something here
  let asking = false;

  function heard(at) {
    contact = Math.max(contact, at);
    warning.hidden = true;
  }

  function lock() {
    for (const part of document.body.children) if (part !== locked && part.tagName !== "SCRIPT") part.hidden = true;
    locked.hidden = false;
    document.title = "Locked · LEAD";
    const back = locked.querySelector("[data-idle-return]");
    back.href = location.href;
    back.focus();
  }

  async function stay() {
    if (!url || asking) return;
    asking = true;
    try {
      const response = await fetch(url, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
      if (response.ok) document.dispatchEvent(new CustomEvent("lead:contact"));
      else if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) lock();
    } catch {
      // Offline: the clock runs on.
    } finally {
      asking = false;
    }
  }

  function tick() {
    if (!locked.hidden) return;
    const quiet = Date.now() - contact;
    if (quiet >= limit) {
      lock();
    } else if (quiet >= limit - notice) {
      if (touched > contact + 1000) stay();
      else if (warning.hidden) {
        document.dispatchEvent(new CustomEvent("lead:keep"));
        warning.hidden = false;
      }
    }
  }

  document.addEventListener("lead:contact", () => {
    heard(Date.now());
    if (tabs) tabs.postMessage(contact);
  });
  if (tabs) {
    tabs.addEventListener("message", (event) => heard(event.data));
    tabs.postMessage(contact);
  }
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, () => { if (warning.hidden) touched = Date.now(); }, { passive: true });
  }
  warning.querySelector("[data-idle-stay]").addEventListener("click", stay);
  document.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", tick);
  setInterval(tick, Math.max(250, Math.min(5000, notice / 8)));
})();

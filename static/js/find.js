// Answers come as somebody types: a form marked data-find="id of the answers" is sent in the background a moment after the
// last key, by POST, so that no name is ever in an address or in the history. The button works without any of this. An
// older answer never stands over a newer one; arrow keys go from the box through the answers, Escape goes back to it.
"use strict";

(() => {
  const PAUSE = 250;
  const LEAST = 2; // letters
  const form = document.querySelector("form[data-find]");
  const box = form && form.querySelector("input[name=words]");
  const found = form && document.getElementById(form.dataset.find);
  if (!form || !box || !found) return;
  const status = form.querySelector("[data-find-status]");
  let timer = 0;
  let going = null; // the question that is on its way
  let asked = box.value.trim();

  function say(words, away) {
    if (!status) return;
    status.classList.toggle("saved--away", Boolean(away));
    if (status.textContent !== words) status.textContent = words;
  }

  async function ask() {
    const words = box.value.trim();
    if (words === asked) return;
    if (going) going.abort();
    asked = words;
    if (words.length < LEAST) {
      found.replaceChildren();
      say("");
      return;
    }
    const mine = (going = new AbortController());
    try {
      const response = await fetch(form.action || location.pathname, {
        method: "POST",
        body: new URLSearchParams({ words }),
        credentials: "same-origin",
        redirect: "manual",
        signal: mine.signal,
        headers: {
          "X-CSRFToken": form.querySelector("input[name=csrfmiddlewaretoken]").value,
          "X-Requested-With": "fetch",
        },
      });
      const body = response.ok ? await response.text() : "";
      if (mine !== going) return; // somebody typed on
      if (!response.ok) {
        asked = null;
        const out = response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
        say(out ? "You are signed out. Sign in again, then look for them." : "This could not be asked now. Press Find to try again.", true);
        return;
      }
      const page = new DOMParser().parseFromString(body, "text/html").body;
      const told = page.querySelector("[data-says]");
      found.replaceChildren(...page.childNodes);
      say(told ? told.dataset.says : "");
      document.dispatchEvent(new CustomEvent("lead:contact"));
    } catch (error) {
      if (mine !== going || error.name === "AbortError") return;
      asked = null; // to be asked again
      say("You are offline. What is shown may be for other words; it is asked again when you are back.", true);
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  window.addEventListener("online", () => {
    if (asked === null) ask();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (going) going.abort();
  });

  const links = () => [...found.querySelectorAll("a[href]")];
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (document.activeElement !== box && at < 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = at + step;
      if (next < -1 || next >= all.length || (at < 0 && step < 0)) return;
      event.preventDefault();
      (next < 0 ? box : all[next]).focus();
    } else if (event.key === "Escape" && at >= 0) {
      event.preventDefault();
      box.focus();
    }
  });
})();

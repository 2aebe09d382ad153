// Answers come as somebody types: a form marked data-find="id of the answers" is sent in the background a moment after the
// last key, by POST, so that no name is ever in an address or in the history. The button works without any of this. An
// older answer never stands over a newer one; arrow keys go from the box through the answers, Escape goes back to it. The
// button asks in the background, too, so that Back leads from a person to what was found: the words are asked again, kept
// until then under AES-GCM with the body's data-draft-key in sessionStorage, as draft.js keeps what is typed.
"use strict";

(() => {
  const PAUSE = 250;
  const LEAST = 2; // letters
  const KEPT = "lead-find"; // gone at sign-out, by draft.js
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
    await put(new URLSearchParams({ words }), { "X-Requested-With": "fetch" });
  }

  // Ask, and show the answer: what stands under the box, or of a whole page that part of it.
  async function put(body, headers) {
    const mine = (going = new AbortController());
    try {
      const response = await fetch(form.action || location.pathname, {
        method: "POST",
        body,
        credentials: "same-origin",
        redirect: "manual",
        signal: mine.signal,
        headers: { "X-CSRFToken": form.querySelector("input[name=csrfmiddlewaretoken]").value, ...headers },
      });
      const answer = response.ok ? await response.text() : "";
      if (mine !== going) return; // somebody typed on
      if (!response.ok) {
        asked = null;
        const out = response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
        say(out ? "You are signed out. Sign in again, then look for them." : "This could not be asked now. Press Find to try again.", true);
        return;
      }
      const whole = new DOMParser().parseFromString(answer, "text/html");
      const page = whole.getElementById(form.dataset.find) || whole.body;
      const told = page.querySelector("[data-says]");
      found.replaceChildren(...page.childNodes);
      say(told ? told.dataset.says : "");
      keep(body.get("words"));
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
  function send(event) {
    const body = new URLSearchParams(new FormData(event.target));
    clearTimeout(timer);
    if (going) going.abort();
    if (!(body.get("words") || "").trim()) return; // the page says what is missing
    event.preventDefault();
    asked = body.get("words").trim();
    put(body, {});
  }
  form.addEventListener("submit", send);
  found.addEventListener("submit", send);

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

  async function cipher() {
    const key = document.body.dataset.draftKey;
    if (!key || !window.crypto || !crypto.subtle) return null;
    return crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  async function keep(words) {
    const key = await cipher();
    if (!key) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(words));
    sessionStorage.setItem(KEPT, `${text(iv)}.${text(sealed)}`);
  }

  // Opened anew it is empty; by Back or a reload it shows what it showed.
  async function again() {
    const came = performance.getEntriesByType("navigation")[0];
    const held = sessionStorage.getItem(KEPT);
    if (!came || came.type === "navigate" || !held) return sessionStorage.removeItem(KEPT);
    const key = await cipher();
    if (!key || box.value.trim()) return undefined;
    const [iv, sealed] = held.split(".").map(bytes);
    try {
      box.value = new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed));
      return ask();
    } catch {
      return sessionStorage.removeItem(KEPT); // another person's, or an older key
    }
  }
  again();

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

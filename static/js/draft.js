// Nothing typed is lost. A form marked data-draft-url is sent to it two seconds after a change and when the page is
// left. Until the server has it, its values stay in the page and, under AES-GCM with the key of data-draft-key (base64,
// from the server), in sessionStorage: never in clear, never in localStorage, gone at sign-out.
"use strict";

(() => {
  const PREFIX = "lead-draft:";
  const SENT = "lead-sent"; // the form that was last sent, until a page says what became of it
  const OFFLINE = "You are offline. What you typed is kept on this phone until you are back.";
  const KEPT_OUT = new Set(["csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"]);

  function forget() {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-sign-out]")) forget();
  }, true);

  // A page that was not reached by Back or reload is the server's answer: it has what was sent.
  const came = performance.getEntriesByType("navigation")[0];
  const sent = sessionStorage.getItem(SENT);
  if (sent && (!came || came.type === "navigate" || !document.querySelector(`form[data-draft-url="${CSS.escape(sent)}"]`))) {
    sessionStorage.removeItem(PREFIX + sent);
  }
  sessionStorage.removeItem(SENT);

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const clock = () => new Date().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).toLowerCase();

  for (const form of document.querySelectorAll("form[data-draft-url]")) watch(form);

  function watch(form) {
    const url = form.dataset.draftUrl;
    const store = PREFIX + url;
    const status = form.querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    let timer = 0;
    let keeping = 0;
    let edits = 0; // changes made here, and how many of them the server has
    let saved = 0;
    let leaving = false;
    let key = null;

    function say(words, away) {
      if (!status) return;
      status.classList.toggle("saved--away", Boolean(away));
      if (status.textContent !== words) status.textContent = words;
    }

    function values() {
      return [...new FormData(form)].filter(([name, value]) => !KEPT_OUT.has(name) && typeof value === "string");
    }

    async function cipher() {
      if (!key && form.dataset.draftKey && window.crypto && crypto.subtle) {
        key = await crypto.subtle.importKey("raw", bytes(form.dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
      }
      return key;
    }

    async function keep() {
      const with_key = await cipher();
      if (!with_key) return; // the page itself is the memory
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify({ at: clock(), values: values() }));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, with_key, plain);
      if (saved < edits) sessionStorage.setItem(store, `${text(nonce)}.${text(sealed)}`);
    }

    async function kept() {
      const held = sessionStorage.getItem(store);
      const with_key = held && (await cipher());
      if (!with_key) return null;
      const [nonce, sealed] = held.split(".").map(bytes);
      try {
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, with_key, sealed);
        return JSON.parse(new TextDecoder().decode(plain));
      } catch {
        sessionStorage.removeItem(store); // another person's, or an older key
        return null;
      }
    }

    async function save() {
      clearTimeout(timer);
      if (saved >= edits || leaving) return;
      const upto = edits;
      try {
        const response = await fetch(url, {
          method: "POST",
          body: new URLSearchParams(values()),
          keepalive: document.visibilityState === "hidden",
          credentials: "same-origin",
          redirect: "manual",
          headers: {
            "X-CSRFToken": form.querySelector("input[name=csrfmiddlewaretoken]").value,
            "X-Requested-With": "fetch", // a draft is not a form that somebody sent
          },
        });
        if (leaving) return;
        const json = (response.headers.get("content-type") || "").includes("json") ? await response.json() : {};
        if (response.ok) {
          saved = Math.max(saved, upto);
          if (saved === edits) sessionStorage.removeItem(store);
          say(json.says || `Draft saved ${json.saved_at || clock()}`);
          document.dispatchEvent(new CustomEvent("lead:contact"));
          return;
        }
        const out = response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
        say(out ? "You are signed out. What you typed is kept on this phone: sign in again and come back to this page."
          : json.says || "The draft could not be saved. What you typed is kept on this phone.", true);
      } catch {
        if (leaving) return;
        say(OFFLINE, true);
      }
      await keep();
      timer = setTimeout(save, 15000);
    }

    function touch() {
      edits += 1;
      clearTimeout(timer);
      clearTimeout(keeping);
      timer = setTimeout(save, 2000);
      keeping = setTimeout(keep, 300);
      if (!navigator.onLine) say(OFFLINE, true);
    }

    function fill(held) {
      const left = new Map();
      for (const [name, value] of held.values) left.set(name, [...(left.get(name) || []), value]);
      for (const control of form.elements) {
        if (!control.name || KEPT_OUT.has(control.name) || control.type === "hidden" || control.type === "file") continue;
        const given = left.get(control.name) || [];
        if (control.type === "radio" || control.type === "checkbox") control.checked = given.includes(control.value);
        else if (control.tagName === "SELECT" && control.multiple) {
          for (const option of control.options) option.selected = given.includes(option.value);
        } else if (control.tagName !== "BUTTON" && given.length) control.value = given.shift();
      }
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function offer(held) {
      const box = document.createElement("div");
      box.className = "notice notice--waiting";
      box.setAttribute("role", "status");
      const words = document.createElement("p");
      words.textContent = `What you typed at ${held.at} was not sent. It is still on this phone.`;
      const buttons = document.createElement("div");
      buttons.className = "btns";
      for (const [label, kind, action] of [
        ["Put it back", "btn-primary", () => fill(held)],
        ["Leave it out", "btn-secondary", () => sessionStorage.removeItem(store)],
      ]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = `btn ${kind}`;
        button.textContent = label;
        button.addEventListener("click", () => { action(); box.remove(); });
        buttons.append(button);
      }
      box.append(words, buttons);
      form.before(box);
    }

    kept().then((held) => { if (held) offer(held); });
    form.addEventListener("input", touch);
    form.addEventListener("change", touch);
    form.addEventListener("submit", (event) => {
      edits += 1; // a line that dies under way leaves this copy to come back to
      keep();
      if (!navigator.onLine) {
        event.preventDefault();
        say(OFFLINE, true);
        if (status) status.scrollIntoView({ block: "center" });
        return;
      }
      leaving = true; // the server drops the draft with what is sent; nothing may write it again
      clearTimeout(timer);
      sessionStorage.setItem(SENT, url);
    });
    window.addEventListener("pageshow", () => { leaving = false; });
    window.addEventListener("online", save);
    window.addEventListener("offline", () => { if (saved < edits) { say(OFFLINE, true); keep(); } });
    window.addEventListener("pagehide", save);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
    document.addEventListener("lead:keep", save);
  }
})();

// Nothing typed is lost. A form marked data-draft-url is sent to it two seconds after a change and when the page is
// left. Until the server has it, its values stay in the page and, under AES-GCM with the key of data-draft-key (base64,
// from the server), in sessionStorage: never in clear, never in localStorage, gone at sign-out. Where the body carries
// the key, so does every other form with words in it. A form leaves its page only on a line that answers.
"use strict";

(() => {
  const PREFIX = "lead-draft:";
  const OFFLINE = "You are offline. What you typed is kept on this phone until you are back.";
  const ONLY_HERE = "You are offline. What you typed still stands here: send it once you are back.";
  const CUT = "You are offline. Nothing was sent: tap again once you are back.";
  const KEPT_OUT = new Set(["csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "sent_as"]);
  const SAME = ["note", "key"]; // hidden, and what makes it the same thing however often it is sent
  const PATIENCE = 10000;
  const MOST_KEPT_ALIVE = 60000; // what a browser still sends for a page that is left
  const UNDER_WAY = 2000; // for what a page sent as it was left
  const watched = [];
  let given_up = false;

  const stored = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
  const clock = () => new Date().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).toLowerCase();
  const drop = (name) => sessionStorage.removeItem(name);

  // The server says in a cookie what it has read last; whatever else was sent may have died under way.
  function just_read() {
    const [, mark = ""] = document.cookie.match(/(?:^|; )lead-arrived=([0-9a-f-]+)/) || [];
    if (mark) document.cookie = "lead-arrived=; path=/; max-age=0";
    return stored().filter((name) => mark && sessionStorage.getItem(name).split(" ")[1] === mark);
  }
  const read = new Set(just_read());

  async function cipher(given) {
    if (!given || !window.crypto || !crypto.subtle) return null;
    return crypto.subtle.importKey("raw", bytes(given), "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  // What is stored: the nonce and the sealed values, the mark it was last sent under, the page it was typed on.
  async function put(name, key, values, sent) {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify({ at: clock(), values }));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, plain);
    const page = location.pathname + location.search;
    return () => sessionStorage.setItem(name, `${text(nonce)}.${text(sealed)} ${sent} ${page}`);
  }

  async function take(name, key) {
    const [held, , page] = (sessionStorage.getItem(name) || "").split(" ");
    if (!held || !key) return null;
    const [nonce, sealed] = held.split(".").map(bytes);
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed);
      return { name, page, ...JSON.parse(new TextDecoder().decode(plain)) };
    } catch {
      return null; // another person's, or an older key
    }
  }

  function box(words, choices) {
    const made = document.createElement("div");
    made.className = "notice notice--waiting";
    made.setAttribute("role", "status");
    const said = document.createElement("p");
    said.textContent = words;
    const buttons = document.createElement("div");
    buttons.className = "btns";
    for (const [label, kind, action] of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `btn ${kind}`;
      button.textContent = label;
      button.addEventListener("click", () => { made.remove(); action(); });
      buttons.append(button);
    }
    made.append(said, buttons);
    return made;
  }

  // Whether the line answers; what it answers is for the form that follows.
  async function answers(request) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PATIENCE);
    try {
      return await request(limit.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  function watch(form, index) {
    const url = form.dataset.draftUrl || "";
    const same = SAME.map((name) => form.elements[name]).find((control) => control && control.type === "hidden");
    const place = `${PREFIX}${url || `${location.pathname}:${index}`}#`;
    const store = () => place + (same ? same.value : "");
    const first = JSON.stringify(values());
    let status = form.querySelector("[data-draft-status]") || (url && document.querySelector("[data-draft-status]"));
    let timer = 0;
    let keeping = 0;
    let edits = 0; // changes made here, and how many of them the server has
    let saved = 0;
    let leaving = false;
    let sending = false;
    let is_told_off = false; // what stands here came back from the server
    let is_cut = false; // the line, when it was last asked
    const mark = form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "sent_as" }));
    const ready = cipher(form.dataset.draftKey || document.body.dataset.draftKey);

    function say(words, away) {
      if (!status && !away) return;
      if (!status) {
        status = document.createElement("p");
        status.className = "saved";
        status.setAttribute("role", "status");
        form.append(status);
      }
      status.classList.toggle("saved--away", Boolean(away));
      if (status.textContent !== words) status.textContent = words;
    }

    const has_typed = () => [...form.querySelectorAll("textarea, input[type=text]")].some((one) => one.value !== one.defaultValue);

    function values() {
      return [...new FormData(form)].filter(([name, value]) => !KEPT_OUT.has(name) && typeof value === "string");
    }

    async function keep() {
      const key = await ready;
      if (!key) return false; // the page itself is the memory
      const write = await put(store(), key, values(), mark.value || "-");
      if (saved < edits) write();
      return true;
    }

    async function say_cut(kept) {
      is_cut = true;
      say((await kept) ? OFFLINE : ONLY_HERE, true);
    }

    function post(signal) {
      const body = new URLSearchParams([...values(), [mark.name, mark.value]]);
      return fetch(url, {
        method: "POST",
        body,
        keepalive: body.toString().length < MOST_KEPT_ALIVE,
        credentials: "same-origin",
        redirect: "manual",
        signal,
        headers: {
          "X-CSRFToken": form.querySelector("input[name=csrfmiddlewaretoken]").value,
          "X-Requested-With": "fetch", // a draft is not a form that somebody sent
        },
      });
    }

    async function save() {
      clearTimeout(timer);
      if (!url || saved >= edits || leaving) return true;
      const upto = edits;
      try {
        const response = await answers(post);
        is_cut = false;
        if (leaving) return true;
        const json = (response.headers.get("content-type") || "").includes("json") ? await response.json() : {};
        if (response.ok) {
          saved = Math.max(saved, upto);
          if (saved === edits) drop(store());
          say(json.says || `Draft saved ${json.saved_at || clock()}`);
          document.dispatchEvent(new CustomEvent("lead:contact"));
          return true;
        }
        const out = response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
        say(out ? "You are signed out. What you typed is kept on this phone: sign in again and come back to this page."
          : json.says || "The draft could not be saved. What you typed is kept on this phone.", true);
      } catch {
        if (leaving) return true;
        say_cut(keep());
      }
      await keep();
      if (!leaving && !sending) timer = setTimeout(save, 15000);
      return !is_cut;
    }

    async function reaches() {
      if (!navigator.onLine) return false;
      if (url && saved < edits) return save();
      try {
        await answers((signal) => fetch(document.body.dataset.idleUrl || location.href, {
          method: "HEAD", credentials: "same-origin", redirect: "manual", cache: "no-store", signal,
        }));
        is_cut = false;
        return true;
      } catch {
        return false;
      }
    }

    function renew() { // each version of what stands here is read for itself
      if (crypto.randomUUID) mark.value = crypto.randomUUID();
    }

    function touch() {
      edits += 1;
      renew();
      clearTimeout(timer);
      clearTimeout(keeping);
      timer = setTimeout(save, 2000);
      keeping = setTimeout(keep, 300);
      if (!navigator.onLine) say_cut(keep());
    }

    function fill(held) {
      const left = new Map();
      for (const [name, value] of held.values) left.set(name, [...(left.get(name) || []), value]);
      if (same && left.has(same.name)) same.value = left.get(same.name)[0];
      for (const control of form.elements) {
        if (!control.name || KEPT_OUT.has(control.name) || control.type === "hidden" || control.type === "file") continue;
        const given = left.get(control.name) || [];
        if (control.type === "radio" || control.type === "checkbox") control.checked = given.includes(control.value);
        else if (control.tagName === "SELECT" && control.multiple) {
          for (const option of control.options) option.selected = given.includes(option.value);
        } else if (control.tagName !== "BUTTON" && given.length) control.value = given.shift();
      }
      for (const part of form.querySelectorAll("details")) {
        if ([...part.querySelectorAll("input, textarea, select")].some((control) => given_in(control))) part.open = true;
      }
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }

    const given_in = (control) => ["radio", "checkbox"].includes(control.type) ? control.checked : control.value !== "";

    // Told apart from what is typed from now on, until it is answered.
    function offer(held) {
      const aside = held.name.includes("~") ? held.name : `${held.name}~${Date.now()}`;
      if (aside !== held.name) {
        sessionStorage.setItem(aside, sessionStorage.getItem(held.name));
        drop(held.name);
      }
      form.before(box(`What you typed at ${held.at} was not sent. It is still on this phone.`, [
        ["Put it back", "btn-primary", () => { fill(held); keep().then((is_kept) => { if (is_kept) drop(aside); }); }],
        ["Leave it out", "btn-secondary", () => drop(aside)],
      ]));
    }

    const shown = (held) => JSON.stringify(held.filter(([name]) => !form.elements[name] || form.elements[name].type !== "hidden"));

    const offered = ready.then(async (key) => {
      for (const name of stored().filter((one) => one.startsWith(place))) {
        const held = url && read.has(name) ? null : await take(name, key); // the server keeps what it may
        if (!held) continue;
        if (shown(held.values) === shown(JSON.parse(first))) { // it stands here already: something was wrong with it
          edits += 1;
          is_told_off = true;
          read.delete(name);
        } else if (!read.has(name)) offer(held);
      }
    });
    form.addEventListener("input", touch);
    form.addEventListener("change", touch);
    form.addEventListener("submit", async (event) => {
      if (form.dataset.reached) { // by the answer below
        delete form.dataset.reached;
        leaving = true; // the server drops the draft with what is sent; nothing may write it again
        clearTimeout(timer);
        clearTimeout(keeping);
        return;
      }
      if (!url && !is_told_off && !has_typed()) return; // a tap has nothing to lose
      event.preventDefault();
      if (sending) return;
      sending = true;
      form.setAttribute("aria-busy", "true");
      renew();
      const is_reached = await reaches();
      sending = false;
      form.removeAttribute("aria-busy");
      edits += 1; // a line that dies under way leaves this copy to come back to
      if (!is_reached) {
        await say_cut(keep());
        status.scrollIntoView({ block: "nearest" });
        timer = setTimeout(save, 15000);
        return;
      }
      await keep();
      form.dataset.reached = "1";
      form.requestSubmit(event.submitter);
    });
    window.addEventListener("pageshow", () => { leaving = false; });
    window.addEventListener("online", () => {
      if (!url && is_cut) say("You are back: send it now.");
      is_cut = false;
      save();
    });
    window.addEventListener("offline", () => { if (saved < edits) say_cut(keep()); });
    window.addEventListener("pagehide", save);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
    document.addEventListener("lead:keep", save);
    watched.push({ save, offered, waits: () => saved < edits && !leaving, is_cut: () => is_cut && saved < edits && !leaving });
  }

  const has_words = (form) => form.querySelector("textarea, input[type=text]") && !form.querySelector("input[type=file]");
  const forms = [...document.querySelectorAll("main form")].filter((form) => form.dataset.draftUrl
    || (document.body.dataset.draftKey && form.getAttribute("method") === "post" && !form.hasAttribute("data-again") && has_words(form)));
  forms.forEach(watch);

  // What waits on another page is named on every one.
  Promise.all(watched.map((one) => one.offered)).then(async () => {
    read.forEach((name) => drop(name));
    if (!stored().length) return;
    await new Promise((done) => setTimeout(done, UNDER_WAY));
    just_read().forEach(drop);
    const key = await cipher(document.body.dataset.draftKey);
    const here = location.pathname;
    for (const name of stored()) {
      const held = await take(name, key);
      if (!held || !held.page || held.page.split("?")[0] === here) continue;
      if (forms.some((form) => form.dataset.draftUrl && name.startsWith(`${PREFIX}${form.dataset.draftUrl}#`))) continue;
      const main = document.querySelector("main");
      main.prepend(box(`What you typed at ${held.at} was not sent. It is still on this phone.`, [
        ["Go on with it", "btn-primary", () => location.assign(held.page)],
        ["Leave it out", "btn-secondary", () => drop(name)],
      ]));
    }
  });

  // Closing a page whose words no server has yet, while the line is cut: the browser asks.
  window.addEventListener("beforeunload", (event) => {
    if (!given_up && watched.some((one) => one.is_cut())) event.preventDefault();
  });

  // Signing out forgets what the phone keeps; what can be sent is sent first, and of the rest somebody is asked.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-sign-out]") || given_up) return;
    drop("lead-find"); // whom find.js was asked for
    if (!stored().length && !watched.some((one) => one.waits())) return;
    event.preventDefault();
    event.stopPropagation();
    if (!navigator.onLine) return tell(CUT);
    await Promise.all(watched.filter((one) => one.waits()).map((one) => one.save()));
    const leave = () => {
      given_up = true;
      stored().forEach(drop);
      form.requestSubmit();
    };
    if (!stored().length) return leave();
    tell("Something you typed was not sent. Signing out takes it off this phone.", [
      ["Stay signed in", "btn-primary", () => {}], ["Sign out without it", "btn-secondary", leave],
    ]);
  }, true);

  // A tap alone has nothing to lose, but no browser's error page is its answer.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || navigator.onLine || event.target.getAttribute("method") !== "post") return;
    event.preventDefault();
    tell(CUT);
  });

  function tell(words, choices = [["OK", "btn-primary", () => {}]]) {
    for (const old of document.querySelectorAll("[data-told]")) old.remove();
    for (const menu of document.querySelectorAll("header details[open]")) menu.open = false; // it would lie above
    const said = box(words, choices);
    said.dataset.told = "";
    document.querySelector("main").prepend(said);
    said.scrollIntoView({ block: "center" });
    said.querySelector("button").focus();
  }
})();

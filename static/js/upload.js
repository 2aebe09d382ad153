// A form marked data-upload is sent with its progress shown. When the line breaks, nothing that was chosen or typed is
// lost: the page stays, the file with it, and the same form sent again makes one thing. Without script it is a plain form.
"use strict";

(() => {
  const LOST = "The connection was lost, and nothing was kept yet. Everything stands here: send it again when you are back.";
  const OUT = "You are signed out. Sign in again, come back to this page, and choose the file again.";

  for (const form of document.querySelectorAll("form[data-upload]")) {
    const status = form.querySelector("[data-upload-status]");
    const buttons = form.querySelectorAll("button[type=submit], button:not([type])");
    let sending = false;

    function free(words) {
      sending = false;
      form.removeAttribute("aria-busy");
      for (const button of buttons) button.disabled = false;
      status.textContent = words || "";
      if (words) status.scrollIntoView({ block: "center" });
    }

    function show(errors) {
      for (const old of form.querySelectorAll(".errors, .invalid-feedback")) old.remove();
      for (const bad of form.querySelectorAll(".field--bad")) bad.classList.remove("field--bad");
      const box = document.createElement("div");
      box.className = "errors";
      box.setAttribute("role", "alert");
      box.tabIndex = -1;
      const head = document.createElement("h2");
      head.textContent = "It was not kept yet. What you chose and typed stands here.";
      const list = document.createElement("ul");
      for (const { says, field } of errors) {
        const control = field && form.querySelector(`[name="${CSS.escape(field)}"]:not([type=hidden])`);
        const line = document.createElement("li");
        const link = document.createElement(control ? "a" : "span");
        link.textContent = says;
        if (control) {
          link.href = `#${control.id}`;
          const around = control.closest(".field");
          const beside = document.createElement("p");
          beside.className = "invalid-feedback";
          beside.textContent = says;
          around?.classList.add("field--bad");
          around?.querySelector("label, legend")?.after(beside);
        }
        line.append(link);
        list.append(line);
      }
      box.append(head, list);
      form.prepend(box);
      box.focus();
    }

    function answered(request) {
      let told = null;
      try { told = JSON.parse(request.responseText); } catch { /* a page: signed out, or stopped on the way */ }
      if (told && told.url) {
        location.assign(told.url);
        return;
      }
      if (told && told.errors) {
        free();
        show(told.errors);
        return;
      }
      free(request.status === 413 ? "This file is too large for this site. Send a smaller one." : request.status >= 500 ? LOST : OUT);
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (sending) return;
      if (!navigator.onLine) {
        free(LOST);
        return;
      }
      sending = true;
      form.setAttribute("aria-busy", "true");
      for (const button of buttons) button.disabled = true;
      const words = document.createElement("p");
      words.textContent = "Sending …";
      const bar = document.createElement("progress");
      bar.setAttribute("aria-label", "Sent so far");
      bar.max = 1;
      status.replaceChildren(words, bar);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-Requested-With", "fetch");
      request.upload.addEventListener("progress", (step) => {
        if (!step.lengthComputable) return;
        bar.value = step.loaded / step.total;
        if (step.loaded === step.total) words.textContent = "Sent. Being looked at and encrypted …";
      });
      request.addEventListener("load", () => answered(request));
      for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => free(LOST));
      request.timeout = 180000;
      request.send(new FormData(form));
    });

    window.addEventListener("pageshow", (event) => { if (event.persisted) free(); });
  }
})();

// One tap makes one thing: a form is sent once, until the page is shown again. `data-again` opts out (a download).
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // Later, so that the button's own name and value are still sent.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.disabled = true;
    form.setAttribute("aria-busy", "true");
  });
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.disabled = false;
  }
});

// What answers a form stands under an address that shows it again: Back and a reload ask nobody to send it once more.
const answer = document.querySelector("form[data-here]");
if (answer) history.replaceState(history.state, "", answer.dataset.here + location.hash);

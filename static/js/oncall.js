// Tapping a number stamps "called": the link dials, and its data-called-url is told, even as the page leaves.
"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest('a[href^="tel:"][data-called-url]');
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (!link || !token) return;
  const url = link.dataset.calledUrl;
  const status = document.querySelector(`[data-called-status="${CSS.escape(url)}"]`);
  let says = "The call could not be stamped. Enter the time below when you can.";
  try {
    const response = await fetch(url, {
      method: "POST",
      keepalive: true,
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-CSRFToken": token.value, "X-Requested-With": "fetch" },
    });
    if (response.ok) {
      const at = new Date().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).toLowerCase();
      says = `Called ${at}`;
    }
  } catch {
    // Offline: the call itself may still go through.
  }
  if (status) status.textContent = says;
});

// A link to a part of the page that is folded away opens it: who is sent there has not to tap again.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const part = link && document.getElementById(link.hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
});

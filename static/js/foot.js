// The bar at the foot of a form hides no field that is come to by Tab: a browser scrolls until its first line shows, no further.
"use strict";

document.addEventListener("keyup", (event) => {
  const field = event.target;
  const bar = event.key === "Tab" && field.form && field.form.querySelector(".actions");
  if (!bar || bar.contains(field)) return;
  const { top, bottom } = field.getBoundingClientRect();
  const hidden = Math.min(bottom - bar.getBoundingClientRect().top, top) + 16;
  if (hidden > 16) scrollBy(0, hidden);
});

// The caseload board: columns stand open where there is room, and a card can be dragged to another case manager. A drop opens
// the page that "Move to…" opens, with the new case manager chosen: nothing changes before that page is sent.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const status = document.querySelector("[data-board-status]");
  const FAR = 6; // pixels before a press is a drag
  let held = null;

  if (window.matchMedia("(min-width: 62em)").matches) {
    for (const column of board.querySelectorAll("[data-column]")) column.open = true;
  }
  document.querySelector("[data-board-hint]").hidden = false;
  for (const card of board.querySelectorAll("[data-card]")) {
    const grip = card.appendChild(document.createElement("span"));
    grip.className = "board__grip";
    grip.setAttribute("aria-hidden", "true");
  }

  const columnAt = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-column]");
    return found && found !== held.from && found.dataset.column ? found : null;
  };
  const mark = (column) => {
    for (const one of board.querySelectorAll(".board__column--here")) one.classList.remove("board__column--here");
    if (column) column.classList.add("board__column--here");
  };
  const letGo = () => {
    if (!held) return;
    held.card.classList.remove("board__card--held");
    held.card.style.transform = "";
    mark(null);
    held = null;
  };

  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[data-card]");
    // A finger scrolls the page; it drags by the grip alone.
    const byGrip = event.target.closest(".board__grip");
    if (!card || event.button !== 0 || (event.pointerType !== "mouse" && !byGrip)) return;
    held = { card, from: card.closest("[data-column]"), x: event.clientX, y: event.clientY, moves: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const x = event.clientX - held.x, y = event.clientY - held.y;
    if (!held.moves && Math.hypot(x, y) < FAR) return;
    if (!held.moves) {
      held.moves = true;
      held.card.classList.add("board__card--held");
    }
    held.card.style.transform = `translate(${x}px, ${y}px)`;
    const column = columnAt(event);
    mark(column);
    status.textContent = column ? `To ${column.dataset.name}` : "";
  });
  document.addEventListener("pointerup", (event) => {
    if (!held) return;
    const column = held.moves ? columnAt(event) : null, url = held.card.dataset.card;
    if (held.moves) {
      const still = (click) => click.preventDefault();
      document.addEventListener("click", still, { capture: true });
      setTimeout(() => document.removeEventListener("click", still, { capture: true }));
    }
    letGo();
    if (column) window.location.assign(`${url}&to=${encodeURIComponent(column.dataset.column)}`);
  });
  document.addEventListener("pointercancel", letGo);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") letGo();
  });
  board.addEventListener("dragstart", (event) => event.preventDefault());
});

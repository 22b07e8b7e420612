// Putting cards that were set aside back into the queue.

import { Refused, call, words } from "/static/api.js";

const notice = document.getElementById("notice");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-resolve]");
  if (!button) return;
  button.disabled = true;
  try {
    await call(`/flags/${button.dataset.resolve}/resolve`, {});
    button.closest("tr").remove();
    notice.textContent = words.resolved;
  } catch (error) {
    button.disabled = false;
    notice.textContent = error instanceof Refused ? error.message : words.offline;
  }
  notice.hidden = false;
});

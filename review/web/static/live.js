// Parts of a page that are fetched anew every few seconds, as long as somebody looks.

const EVERY_MS = 3000;

/** Fetch one part now. */
export async function refresh(part) {
  try {
    const answer = await fetch(part.dataset.live, { credentials: "same-origin", redirect: "error" });
    if (answer.ok) part.innerHTML = await answer.text();
  } catch (error) {
    // the server is away: what is shown stays, and the next time comes soon
  }
}

for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(() => { if (!document.hidden) refresh(part); }, EVERY_MS);
}

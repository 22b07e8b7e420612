// Digits decide: they lie in the same place on every keyboard layout.

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.matches("input[type=text]")) return;
  const chosen = document.querySelector(`[data-key="${event.key}"]`);
  if (!chosen) return;
  event.preventDefault();
  chosen.click();
});

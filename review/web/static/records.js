// The zone of the field that one looks at is lit up on the card, and the other way round.

const zones = new Map([...document.querySelectorAll("[data-zone]")].map((zone) => [zone.dataset.zone, zone]));
const lines = new Map([...document.querySelectorAll("details[data-field]")].map((line) => [line.dataset.field, line]));

function light(name, on) {
  if (zones.has(name)) zones.get(name).classList.toggle("lit", on);
  if (lines.has(name)) lines.get(name).classList.toggle("lit", on);
}

for (const [name, line] of lines) {
  line.addEventListener("mouseenter", () => light(name, true));
  line.addEventListener("mouseleave", () => light(name, line.contains(document.activeElement)));
  line.addEventListener("focusin", () => light(name, true));
  line.addEventListener("focusout", () => light(name, false));
}

for (const [name, zone] of zones) {
  zone.addEventListener("mouseenter", () => light(name, true));
  zone.addEventListener("mouseleave", () => light(name, false));
  zone.addEventListener("click", () => open(lines.get(name)));
}

function open(line) {
  if (!line) return;
  line.open = true;
  line.querySelector("summary").focus();
  line.scrollIntoView({ block: "nearest" });
}

// Going to the fragment takes the focus away, so it is set once that is done.
if (location.hash) addEventListener("load", () => setTimeout(() => open(document.getElementById(location.hash.slice(1)))));

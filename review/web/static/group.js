// A grid of fields that the machine reads alike: strike out those that say something else, settle the others.

import { Refused, call, element, fill, replace, words } from "/static/api.js";

const { field, value } = document.body.dataset;
const SCREENFUL = 24;
const at = (id) => document.getElementById(id);

let since = 0;
let busy = false;

async function assign() {
  const tasks = await call("/groups/assign", { field, value, count: SCREENFUL });
  replace(at("grid"), ...tasks.map(cell));
  at("save-group").hidden = !tasks.length;
  if (!tasks.length) say(`${at("notice").textContent} ${words.done}`.trim());
  since = performance.now();
  count();
  if (tasks.length) cells()[0].focus();
  else at("back").focus();
}

function cell(task, i) {
  const image = element("img", { src: task.crop, alt: fill(words.crop, { number: i + 1 }), draggable: "false" });
  const stops = { type: "button", tabindex: i ? "-1" : "0", "aria-pressed": "false" };
  return element("button", { class: "cell", "data-ticket": task.ticket, ...stops }, image);
}

const cells = () => [...at("grid").children];
const isStruck = (one) => one.getAttribute("aria-pressed") === "true";

function strike(one) {
  one.setAttribute("aria-pressed", String(!isStruck(one)));
  count();
}

function count() {
  const all = cells();
  at("struck").textContent = all.length ? fill(words.struck, { count: all.filter(isStruck).length, all: all.length }) : "";
}

function say(message) {
  at("notice").textContent = message;
  at("notice").hidden = !message;
}

async function save() {
  if (busy || !cells().length) return;
  busy = true;
  const tickets = (wanted) => cells().filter((one) => isStruck(one) === wanted).map((one) => one.dataset.ticket);
  const [kept, struck] = [tickets(false), tickets(true)];
  try {
    const done = await call("/groups/key", { value, kept, struck, seconds: Math.round(performance.now() - since) / 1000 });
    say(fill(words.saved, { count: done.settled, struck: done.struck }) + (done.gone ? ` ${fill(words.gone, { count: done.gone })}` : ""));
    await assign();
  } catch (error) {
    say(error instanceof Refused ? error.message : words.offline);
  }
  busy = false;
}

/** Cells in one row of the grid as it is laid out now. */
function columns() {
  const all = cells();
  const second = all.findIndex((one) => one.offsetTop > all[0].offsetTop);
  return second < 0 ? all.length : second;
}

function move(from, step) {
  const all = cells();
  const target = all[all.indexOf(from) + step];
  if (!target) return;
  for (const one of all) one.tabIndex = one === target ? 0 : -1;
  target.focus();
}

const STEPS = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -columns(), ArrowDown: () => columns() };

at("grid").addEventListener("keydown", (event) => {
  const one = event.target.closest(".cell");
  if (!one) return;
  if (STEPS[event.key]) move(one, STEPS[event.key]());
  else if (event.key === " ") strike(one);
  else if (event.key === "Enter") save();
  else return;
  event.preventDefault();
});
at("grid").addEventListener("click", (event) => {
  const one = event.target.closest(".cell");
  if (one) strike(one);
});
at("save-group").addEventListener("click", save);

assign().catch((error) => say(error instanceof Refused ? error.message : words.offline));

// Keying one field at a time. The crop of the next field is there before it is wanted; answers go off in the
// background (outbox.js). Keys are told by their place (event.code), so that they work in every layout.

import { Refused, call, element, fill, replace, words } from "/static/api.js";
import { AnswerBox } from "/static/answer.js";
import { Outbox } from "/static/outbox.js";
import { Overlay } from "/static/overlay.js";
import { Pictures, picture } from "/static/pictures.js";
import { isSameZone, takeNext, takeRest } from "/static/same_zone.js";

const AHEAD = 4; // fields at hand: the one on the screen and three more
const MOST = 8; // that the server leases to one person
const REMEMBERED = 20; // answers that can be taken back
const LOOK_AGAIN_MS = 30000;
const NOTICE_MS = 20000;
const at = (id) => document.getElementById(id);
const { login, only } = document.body.dataset;

let current = null; // the task on the screen
let ahead = []; // tasks whose crops are loading or loaded
let assigning = null;
let noticeClock = 0;
const answered = new Set(); // tickets that must not come back on the screen
const past = []; // answered tasks with what was typed, the latest last
const view = { shown: "crop", since: 0 };

const box = new AnswerBox(save);
const pictures = new Pictures();
const overlay = new Overlay(() => box.focus());
const outbox = new Outbox(login, {
  refused: (entry, error) => bringBack(entry, error),
  reached: () => banner(""),
  unreached: (count) => banner(fill(words.offline, { count })),
  loggedOut: (error) => banner(error.message, "/login?next=/key"),
});

// --- tasks ----------------------------------------------------------------------------------------------------------

/** Put a task on the screen, or the next one that is at hand. */
function show(task = next()) {
  const stays = isSameZone(task, current); // the picture, and how it is looked at
  current = task;
  at("work").hidden = !task;
  if (!task) return;
  at("nothing").hidden = true;
  view.since = performance.now();
  if (!stays) view.shown = "crop";
  at("field-label").textContent = task.label;
  const note = task.adjudicate ? words.adjudicate : task.prefill ? words.prefilled : "";
  at("task-note").textContent = stays ? `${words.same_picture} ${note}` : note;
  box.show(task);
  pictures.show(task, stays); // once it is known how much height the box takes
  if (task.typed) box.restore(task.typed);
  if (task.reminder) box.say(task.reminder, "bad");
}

/** The next task whose lease still runs. */
function next() {
  ahead = ahead.filter((task) => task.until > performance.now());
  return takeNext(ahead, current);
}

/** Fetch tasks until enough are at hand, and once more where something was answered while they were on their way. */
function refill() {
  if (!assigning && ahead.length < AHEAD - 1) {
    const before = answered.size;
    assigning = assign().then((fresh) => {
      assigning = null;
      return fresh || answered.size > before ? refill() : undefined;
    });
  }
  return assigning;
}

/** Ask for tasks; how many of them are new. */
async function assign() {
  try {
    const count = Math.min(MOST, AHEAD + outbox.entries.length);
    const tasks = await call("/assign", { count, field: only || null });
    banner("");
    return take(tasks);
  } catch (error) {
    if (error instanceof Refused) banner(error.message, error.status === 401 ? "/login?next=/key" : null);
    else outbox.later();
    return 0;
  }
}

/** Tasks from the server: those that are here already stay longer, the others are new. */
function take(tasks) {
  const before = ahead.length;
  for (const task of tasks) {
    const here = [current, ...ahead].find((one) => one && one.ticket === task.ticket);
    if (here) here.until = leaseEnd(task);
    else if (!answered.has(task.ticket) && !outbox.has(task.ticket)) ahead.push(prepared(task));
  }
  const fresh = ahead.length - before;
  if (!current) show();
  const idle = !current && !outbox.entries.length;
  at("nothing").hidden = !idle;
  if (idle) setTimeout(refill, LOOK_AGAIN_MS);
  return fresh;
}

function leaseEnd(task) {
  return performance.now() + 1000 * task.seconds_left;
}

/** A task with its pictures on their way; those of a zone are there once. */
function prepared(task) {
  const mate = [current, ...ahead].find((one) => isSameZone(one, task));
  const pictures = mate ? mate.pictures : { crop: picture(task.crop, task.label), strip: picture(task.strip, words.strip) };
  return { ...task, pictures, until: leaseEnd(task) };
}

// --- answers --------------------------------------------------------------------------------------------------------

function save(value) {
  if (!current) return;
  const task = current;
  const seconds = Math.round(performance.now() - view.since) / 1000;
  const { ticket, label, personal } = task;
  answered.add(ticket);
  past.push({ ...task, typed: box.typedSoFar(), reminder: "" });
  past.splice(0, past.length - REMEMBERED);
  outbox.add({ ticket, value, seconds, shown: view.shown, label, personal });
  show();
  at("today").textContent = Number(at("today").textContent) + 1 || 1;
  send();
}

async function send() {
  await outbox.flush();
  await refill();
}

/** An answer that the server would not take: where that makes sense it comes next, and the reason with it. What the
    person has begun to answer stays on the screen: nothing changes under their hands. */
function bringBack(entry, error) {
  const task = past.find((one) => one.ticket === entry.ticket);
  past.splice(0, past.length, ...past.filter((one) => one !== task));
  notice(`${entry.label}: ${error.message}`, true);
  if (error.code !== "bad_value") return;
  answered.delete(entry.ticket);
  if (task) ahead.unshift({ ...task, reminder: error.message });
  if (!current) show();
}

async function undo() {
  const task = past.pop();
  if (!task) return notice(words.no_past);
  if (outbox.remove(task.ticket)) {
    answered.delete(task.ticket);
    return putFirst(task);
  }
  try {
    await outbox.flush();
    const again = await call("/undo", { ticket: task.ticket });
    answered.delete(again.ticket);
    const { pictures, zone, typed } = task; // it stands on the picture that it had
    putFirst({ ...again, pictures, zone, typed, until: leaseEnd(again) });
    progress();
  } catch (error) {
    notice(error instanceof Refused ? error.message : words.undo_offline);
  }
  return undefined;
}

function putFirst(task) {
  if (current) ahead.unshift({ ...current, typed: box.typedSoFar() });
  show(task);
}

// --- looking closer -------------------------------------------------------------------------------------------------

function card() {
  if (!current.card) return notice(words.no_card);
  view.shown = "card";
  replace(at("card-picture"), picture(current.card, words.act_card));
  return overlay.open(at("card-view"), at("card-view"), "KeyK");
}

/** How a field of this kind is keyed. */
function rules() {
  at("rules-field").textContent = current.label;
  for (const list of at("rules-view").querySelectorAll("[data-rules]")) list.hidden = list.dataset.rules !== current.keying_rules;
  overlay.open(at("rules-view"), at("rules-close"), "F1");
}

// --- setting a card aside -------------------------------------------------------------------------------------------

function flagForm() {
  at("flag-form").reset();
  overlay.open(at("flag-view"), at("flag-form").querySelector("[name=kind]"));
}

async function flag() {
  const kind = at("flag-form").querySelector("[name=kind]:checked").value;
  const task = { ...current, typed: box.typedSoFar() };
  overlay.close();
  const rest = takeRest(ahead, task);
  for (const one of [task, ...rest]) answered.add(one.ticket);
  show();
  try {
    await call("/flags", { ticket: task.ticket, kind, note: at("flag-note").value });
    notice(words.flagged);
    await refill();
  } catch (error) {
    for (const one of [task, ...rest]) answered.delete(one.ticket);
    ahead.unshift(...rest);
    putFirst(task);
    notice(error instanceof Refused ? error.message : words.flag_offline);
  }
}

// --- keys -----------------------------------------------------------------------------------------------------------

const ACTS = {
  save: () => box.confirm(),
  unreadable: () => save("?"),
  empty: () => save(""),
  clear: () => box.clear(),
  undo,
  card,
  flag: flagForm,
  rules,
  bigger: () => pictures.zoom(0.25),
  smaller: () => pictures.zoom(-0.25),
  rotate: () => pictures.turn(),
  contrast: () => pictures.contrast(),
  left: () => pictures.pan(-1, 0),
  right: () => pictures.pan(1, 0),
  up: () => pictures.pan(0, -1),
  down: () => pictures.pan(0, 1),
};
const REPEATED = ["bigger", "smaller", "left", "right", "up", "down"]; // as long as the key is held
const PLAIN_KEYS = { F1: "rules", F2: "unreadable", F8: "empty", Escape: "clear", Enter: "save", NumpadEnter: "save" };
const ALT_KEYS = {
  KeyZ: "undo", KeyK: "card", KeyW: "flag", KeyR: "rotate", KeyX: "contrast",
  Equal: "bigger", NumpadAdd: "bigger", Minus: "smaller", NumpadSubtract: "smaller",
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
};

function act(name) {
  if (current || name === "undo") ACTS[name]();
}

addEventListener("keydown", (event) => {
  if (overlay.isOpen) return overlay.key(event);
  if (event.ctrlKey || event.metaKey || event.isComposing) return undefined;
  const name = event.altKey ? ALT_KEYS[event.code] : PLAIN_KEYS[event.code];
  const elsewhere = event.target.closest && event.target.closest("a, select, .top button, [data-act]");
  const works = event.altKey ? !/^Arrow/.test(event.code) : name === "rules"; // Alt ↓ opens a list to choose from
  if (name && (!elsewhere || works)) {
    event.preventDefault();
    if (!event.repeat || REPEATED.includes(name)) act(name);
  } else if (!elsewhere && current) {
    box.key(event);
  }
  return undefined;
});

at("legend").addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) act(button.dataset.act);
  if (!overlay.isOpen) box.focus();
});
at("flag-form").addEventListener("submit", (event) => {
  event.preventDefault();
  flag();
});
for (const id of ["flag-cancel", "rules-close"]) at(id).addEventListener("click", () => overlay.close());

// --- around ---------------------------------------------------------------------------------------------------------

function banner(message, address = null) {
  const place = at("banner");
  place.hidden = !message;
  replace(place, message, ...(address ? [" ", element("a", { href: address }, words.log_in)] : []));
}

/** Words that go away by themselves. */
function notice(message, bad = false) {
  at("notice").textContent = message;
  at("notice").classList.toggle("bad", bad);
  at("notice").hidden = false;
  clearTimeout(noticeClock);
  noticeClock = setTimeout(() => {
    at("notice").hidden = true;
  }, NOTICE_MS);
}

async function progress() {
  try {
    const now = await call("/progress");
    at("today").textContent = now.today;
    at("per-hour").textContent = Math.round(now.per_hour);
    at("waits").textContent = now.waiting.reduce((sum, one) => sum + one.count, 0).toLocaleString(document.documentElement.lang);
  } catch (error) {
    if (error instanceof Refused) banner(error.message);
  }
}

/** Give back what is not answered, so that others get it at once. */
async function giveBack() {
  const tasks = [current, ...ahead].filter(Boolean);
  await Promise.all(tasks.map((task) => call("/release", { ticket: task.ticket }).catch(() => null)));
}

at("only").addEventListener("change", async (event) => {
  const field = event.target.value;
  await outbox.flush();
  await giveBack();
  location.assign(field ? `/key?field=${encodeURIComponent(field)}` : "/key");
});

at("logout").addEventListener("submit", async (event) => {
  event.preventDefault();
  await outbox.flush();
  const unsent = outbox.entries.length;
  if (unsent && !confirm(fill(words.unsent, { count: unsent }))) return;
  outbox.forgetPersonal();
  await giveBack();
  event.target.submit();
});

progress();
setInterval(progress, LOOK_AGAIN_MS);
send();

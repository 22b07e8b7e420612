// Keying one field at a time. The crop of the next field is there before it is wanted; answers go off in the
// background (outbox.js). Keys are told by their place (event.code), so that they work in every layout.

import { Refused, call, element, fill, replace, words } from "/static/api.js";
import { AnswerBox } from "/static/answer.js";
import { Outbox } from "/static/outbox.js";
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
const past = []; // answered tasks, the latest last
const view = { zoom: 1, turns: 0, contrast: false, shown: "crop", since: 0 };

const box = new AnswerBox(save);
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
  at("crop").dataset.ticket = task.ticket;
  at("field-label").textContent = task.label;
  const note = task.adjudicate ? words.adjudicate : task.prefill ? words.prefilled : "";
  at("task-note").textContent = stays ? `${words.same_picture} ${note}` : note;
  if (!stays) {
    Object.assign(view, { turns: 0, shown: "crop" });
    replace(at("crop"), task.pictures.crop);
    replace(at("strip"), task.pictures.strip);
    look();
  }
  box.show(task);
  if (task.reminder) box.say(task.reminder, true);
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

function picture(address, alt) {
  const image = element("img", { src: address, alt, decoding: "sync", draggable: "false" });
  image.addEventListener("error", () => image.replaceWith(element("p", { class: "note bad" }, words.no_picture)));
  return image;
}

// --- answers --------------------------------------------------------------------------------------------------------

function save(value) {
  if (!current) return;
  const task = current;
  const seconds = Math.round(performance.now() - view.since) / 1000;
  const { ticket, label, personal } = task;
  answered.add(ticket);
  past.push(task);
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
    const { pictures, zone } = task; // it stands on the picture that it had
    putFirst({ ...again, pictures, zone, until: leaseEnd(again) });
    progress();
  } catch (error) {
    notice(error instanceof Refused ? error.message : words.undo_offline);
  }
  return undefined;
}

function putFirst(task) {
  if (current) ahead.unshift(current);
  show(task);
}

// --- looking closer -------------------------------------------------------------------------------------------------

function look() {
  const crop = at("crop");
  crop.style.setProperty("--zoom", view.zoom);
  crop.style.setProperty("--turn", `${90 * view.turns}deg`);
  crop.style.setProperty("--fit", view.turns % 2 ? Math.min(1, crop.clientHeight / (crop.firstChild.offsetWidth || 1)) : 1);
  for (const place of [crop, at("strip")]) place.classList.toggle("contrast", view.contrast);
}

function zoom(step) {
  view.zoom = Math.min(3, Math.max(0.5, view.zoom + step));
  look();
}

function card() {
  if (!current.card) return notice(words.no_card);
  view.shown = "card";
  replace(at("card-picture"), picture(current.card, words.act_card));
  return open(at("card-view"), at("card-view"));
}

// --- setting a card aside -------------------------------------------------------------------------------------------

function flagForm() {
  at("flag-form").reset();
  open(at("flag-view"), at("flag-form").querySelector("[name=kind]"));
}

async function flag() {
  const kind = at("flag-form").querySelector("[name=kind]:checked").value;
  const task = current;
  close();
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

// --- overlays -------------------------------------------------------------------------------------------------------

let overlay = null;

function open(which, focus) {
  overlay = which;
  which.hidden = false;
  focus.focus();
}

function close() {
  overlay.hidden = true;
  overlay = null;
  box.focus();
}

/** Keys while an overlay is open; the page behind gets none. */
function overlayKey(event) {
  if (event.key === "Escape" || (event.altKey && event.code === "KeyK")) {
    event.preventDefault();
    close();
  } else if (event.key === "Tab") {
    const stops = [...overlay.querySelectorAll("input:not([type=radio]), [type=radio]:checked, button")];
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement === edge || !stops.length) {
      event.preventDefault();
      if (stops.length) (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
    }
  } else if (/^[1-3]$/.test(event.key) && event.target.id !== "flag-note") {
    const choice = overlay.querySelector(`[data-number="${event.key}"]`);
    if (choice) {
      choice.checked = true;
      choice.focus();
    }
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
  bigger: () => zoom(0.25),
  smaller: () => zoom(-0.25),
  rotate: () => {
    view.turns = (view.turns + 1) % 4;
    look();
  },
  contrast: () => {
    view.contrast = !view.contrast;
    look();
  },
};
const PLAIN_KEYS = { F2: "unreadable", F8: "empty", Escape: "clear", Enter: "save", NumpadEnter: "save" };
const ALT_KEYS = {
  KeyZ: "undo", KeyK: "card", KeyW: "flag", KeyR: "rotate", KeyX: "contrast",
  Equal: "bigger", NumpadAdd: "bigger", Minus: "smaller", NumpadSubtract: "smaller",
};

function act(name) {
  if (current || name === "undo") ACTS[name]();
}

addEventListener("keydown", (event) => {
  if (overlay) return overlayKey(event);
  if (event.ctrlKey || event.metaKey || event.isComposing) return undefined;
  const name = event.altKey ? ALT_KEYS[event.code] : PLAIN_KEYS[event.code];
  const elsewhere = event.target.closest && event.target.closest("a, select, .top button, [data-act]");
  if (name && !(elsewhere && !event.altKey)) {
    event.preventDefault();
    if (!event.repeat || name === "bigger" || name === "smaller") act(name);
  } else if (!elsewhere && current) {
    box.key(event);
  }
  return undefined;
});

at("legend").addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) act(button.dataset.act);
  if (!overlay) box.focus();
});
at("flag-form").addEventListener("submit", (event) => {
  event.preventDefault();
  flag();
});
at("flag-cancel").addEventListener("click", close);

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

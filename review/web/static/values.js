// From what a person typed to the value that would be saved, or to what is wrong with it.

import { words } from "/static/api.js";

const NONE = { value: null, echo: "" };
const FIRST_YEAR = 1000; // a year has four digits
const LEAP_YEAR = 2000;

/** `{value, echo}`, or `{fault}` once it is clear that something is wrong; value null while it is unfinished. */
export function read(task, typed) {
  const text = typed.trim();
  if (!text) return NONE;
  if (task.input === "date") return date(text);
  if (task.input === "digits") return digits(text);
  if (task.alphabet === "cyrillic" && /[a-z]/i.test(text)) return { fault: words.latin };
  if (task.alphabet === "cyrillic" && /\d/.test(text)) return { fault: words.hint_text };
  return { value: text, echo: text.toUpperCase() };
}

function digits(text) {
  const plain = text.replace(/\s/g, "");
  return /^\d+$/.test(plain) ? { value: plain, echo: plain } : { fault: words.hint_digits };
}

/** A day typed as ddmmyy or ddmmyyyy, with or without dots; two digits of the year mean a year that is past. */
function date(text) {
  const parts = text.split(/\D+/).filter(Boolean);
  const joined = parts.length === 3 ? parts.map((part) => part.padStart(2, "0")).join("") : parts.join("");
  if (/[^\d\s./-]/.test(text) || joined.length > 8) return { fault: words.hint_date };
  if (joined.length !== 6 && joined.length !== 8) return NONE;
  const [day, month] = [Number(joined.slice(0, 2)), Number(joined.slice(2, 4))];
  const now = new Date();
  const short = Number(joined.slice(4));
  const year = joined.length === 8 ? short : short + (short <= now.getFullYear() % 100 ? 2000 : 1900);
  const when = new Date(Date.UTC(year, month - 1, day));
  const real = year >= FIRST_YEAR && when.getUTCMonth() === month - 1 && when.getUTCDate() === day;
  if (!real) return joined.length === 6 && mayBecomeReal(day, month) ? NONE : { fault: words.hint_date };
  return { value: when.toISOString().slice(0, 10), echo: inWords(day, month, year) };
}

/** Six digits that are no day may be the beginning of eight: 290219 of the last day of a February in a leap year. */
function mayBecomeReal(day, month) {
  const last = new Date(Date.UTC(LEAP_YEAR, month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= last;
}

/** Whether a value lies beyond what is expected: it can be saved, once the person is sure. */
export function isUnusual(task, value) {
  if (!task.bounds || !/\d/.test(value)) return false;
  const { least, most } = task.bounds;
  if (task.input === "digits") return Number(value) < Number(least) || Number(value) > Number(most);
  return value < least || value > most; // ISO dates: their order is that of their signs
}

function inWords(day, month, year) {
  return `${day} ${words.months.split(" ")[month - 1]} ${year}`;
}

/** How a kept value stands in the box when it is typed. */
export function written(task, value) {
  return task.input === "date" ? value.split("-").reverse().join(".") : value;
}

const ALIKE = { "ғ": "г", "ӣ": "и", "й": "и", "қ": "к", "ӯ": "у", "ҳ": "х", "ҷ": "ч", "ё": "е" };

/** Letters that people type for one another made equal, to see whether a choice is exactly what was typed. */
export function folded(text) {
  return text.toLowerCase().replace(/[ғӣйқӯҳҷё]/g, (letter) => ALIKE[letter]).replace(/[\s.,()«»"'/\u2013-]+/g, " ").trim();
}

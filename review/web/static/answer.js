// The place for the answer: a box to type in, options to tick, or answers to choose between.

import { Refused, call, element, fill, replace, words } from "/static/api.js";
import { folded, isUnusual, read, written } from "/static/values.js";

const TYPING_PAUSE_MS = 80;
const LETTERS = "ғӣқӯҳҷ";
const COMBOBOX = { role: "combobox", "aria-controls": "completions", "aria-autocomplete": "list", "aria-expanded": "false" };
const at = (id) => document.getElementById(id);

export class AnswerBox {
  /** `save(value)` is called when the person has confirmed an answer. */
  constructor(save) {
    this.save = save;
    this.input = at("value");
    this.input.addEventListener("input", () => this.typed());
    at("letters").addEventListener("click", (event) => {
      const button = event.target.closest("[data-letter]");
      if (button) this.letter(button.dataset.letter);
    });
    at("completions").addEventListener("mousedown", (event) => {
      const line = event.target.closest("[data-index]");
      event.preventDefault();
      if (line) this.choose(Number(line.dataset.index));
    });
    for (const place of [at("choices"), at("answers")]) place.addEventListener("change", () => this.marked());
  }

  /** Ask for the answer to a task. */
  show(task) {
    this.task = task;
    this.choices = [];
    this.chosen = -1;
    this.asked = 0;
    this.doubted = null;
    this.input.value = "";
    const ticks = task.input === "one" || task.input === "several";
    this.adjudicating = task.adjudicate;
    this.offer(at("answers"), "radio", task.adjudicate ? [...given(task), { code: null, label: words.other }] : []);
    this.offer(at("choices"), task.input === "several" ? "checkbox" : "radio", ticks ? task.options : []);
    at("typing").hidden = ticks;
    at("letters").hidden = task.input !== "text" && task.input !== "coded";
    at("typing").classList.toggle("coded", task.input === "coded");
    this.input.classList.toggle("capitals", task.input === "text");
    this.input.inputMode = task.input === "date" || task.input === "digits" ? "numeric" : "text";
    for (const [name, value] of Object.entries(COMBOBOX)) {
      if (task.input === "coded") this.input.setAttribute(name, value);
      else this.input.removeAttribute(name);
    }
    this.input.placeholder = words[`placeholder_${task.input}`] || "";
    this.list();
    this.say("");
    if (task.prefill) this.prefill(task.prefill);
    this.ownAnswer(!task.adjudicate);
    this.focus();
  }

  /** Whether a supervisor gives an answer of their own, rather than one of those given. */
  ownAnswer(wanted) {
    this.own = wanted;
    const ticks = this.task.input === "one" || this.task.input === "several";
    at("typing").hidden = ticks || !wanted;
    at("choices").hidden = !ticks || !wanted;
  }

  offer(place, type, options) {
    place.hidden = !options.length;
    replace(place, ...options.map((option, i) => {
      const number = i < 9 ? String(i + 1) : i === 9 ? "0" : "";
      const mark = element("input", { type, name: place.id, "data-number": number });
      mark.option = option;
      const key = number ? [element("kbd", {}, number)] : [];
      const note = option.note ? [element("small", {}, option.note)] : [];
      return element("label", {}, mark, ...key, element("span", {}, option.label), ...note);
    }));
  }

  prefill(option) {
    if (this.task.input === "one" || this.task.input === "several") {
      const codes = option.code.split("|");
      for (const mark of this.marks()) mark.checked = codes.includes(mark.option.code);
    } else if (this.task.input === "coded") {
      this.input.value = option.label;
      this.choices = [option];
      this.choose(0);
    } else {
      this.input.value = written(this.task, option.code);
      this.typed();
    }
  }

  marks() {
    return [...(this.own ? at("choices") : at("answers")).querySelectorAll("input")];
  }

  focus() {
    if (!at("typing").hidden) this.input.focus();
    else if (this.marks().length) (this.marks().find((mark) => mark.checked) || this.marks()[0]).focus();
  }

  clear() {
    if (this.task.adjudicate && this.own) this.ownAnswer(false);
    this.input.value = "";
    for (const mark of document.querySelectorAll("#choices input, #answers input")) mark.checked = false;
    this.typed();
    this.say("");
    this.focus();
  }

  /** `look`: "bad" of what cannot be saved, "watch" of what is unusual. */
  say(message, look = "") {
    at("echo").textContent = message;
    at("echo").className = `echo ${look}`.trim();
  }

  /** What the person has typed or marked, for `restore`. */
  typedSoFar() {
    const { own, choices, chosen } = this;
    const marked = [...document.querySelectorAll("#choices input:checked, #answers input:checked")];
    return { text: this.input.value, own, choices, chosen, marked: marked.map((mark) => mark.option.code) };
  }

  /** Put back what was typed before the answer was taken back. */
  restore(typed) {
    const given = at("answers").querySelectorAll("input").length > 0;
    this.ownAnswer(typed.own || !given); // an answer among those given then may be the person's only one now
    for (const mark of document.querySelectorAll("#choices input, #answers input")) {
      mark.checked = typed.marked.includes(mark.option.code);
    }
    this.input.value = typed.text;
    this.choices = typed.choices;
    if (typed.chosen >= 0) this.choose(typed.chosen);
    else if (this.task.input === "coded") this.list();
    else if (typed.text) this.typed();
    else this.marked();
    this.focus();
    this.input.setSelectionRange(typed.text.length, typed.text.length);
  }

  /** A key that the page has no use for. */
  key(event) {
    const letter = event.altKey && /^Digit[1-6]$/.test(event.code) && LETTERS[Number(event.code.slice(5)) - 1];
    if (letter) {
      event.preventDefault();
      this.letter(letter);
    } else if (!event.altKey && event.target !== this.input && /^\d$/.test(event.key)) {
      event.preventDefault(); // or the digit would be typed into the box that opens
      this.tick(event.key);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.choices.length && event.target === this.input) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.chosen < 0 && step < 0 ? 0 : this.chosen; // upwards the last one comes first
      this.choose((from + step + this.choices.length) % this.choices.length);
    } else if (event.key.length === 1 && !event.altKey && !at("typing").hidden) {
      this.input.focus();
    }
  }

  tick(number) {
    const mark = this.marks().find((one) => one.dataset.number === number);
    if (!mark) return;
    mark.checked = mark.type === "radio" || !mark.checked;
    mark.focus();
    this.marked();
  }

  /** An option was ticked or an answer chosen. */
  marked() {
    const marked = this.marks().filter((mark) => mark.checked).map((mark) => mark.option);
    if (!this.own && marked.some((option) => option.code === null)) {
      this.ownAnswer(true);
      this.focus();
      return;
    }
    this.say(marked.length ? fill(words.echo, { value: marked.map((option) => option.label).join("; ") }) : "");
  }

  letter(letter) {
    if (at("typing").hidden) return;
    const { selectionStart: from, selectionEnd: to, value } = this.input;
    this.input.value = value.slice(0, from) + letter + value.slice(to);
    this.input.setSelectionRange(from + 1, from + 1);
    this.input.focus();
    this.typed();
  }

  typed() {
    if (this.task.input === "coded") return this.complete();
    const { echo, fault } = read(this.task, this.input.value);
    this.say(fault || (echo ? fill(words.echo, { value: echo }) : ""), fault ? "bad" : "");
    return undefined;
  }

  // --- codes --------------------------------------------------------------------------------------------------------

  /** Ask for the codes that may be meant, once the person pauses. */
  complete() {
    this.chosen = -1;
    this.say("");
    const asked = (this.asked += 1);
    const { task } = this;
    const typed = this.input.value.trim();
    this.completing = new Promise((done) => setTimeout(done, TYPING_PAUSE_MS)).then(async () => {
      if (asked !== this.asked) return;
      const choices = typed ? await this.codes(task, typed) : [];
      if (asked !== this.asked || task !== this.task) return;
      this.choices = choices;
      this.list();
      const exact = choices.findIndex((choice) => isExactly(choice, typed));
      if (choices.length === 1 || exact >= 0) this.choose(Math.max(exact, 0));
      else if (typed && !choices.length) this.say(words.no_code, "bad");
    });
  }

  async codes(task, typed) {
    try {
      const question = `ticket=${encodeURIComponent(task.ticket)}&typed=${encodeURIComponent(typed)}`;
      return await call(`/complete?${question}`);
    } catch (error) {
      if (error instanceof Refused) this.say(error.message, "bad");
      return /^[0-9A-Z-]+$/i.test(typed) ? [{ code: typed.toUpperCase(), label: words.unchecked_code, also: "" }] : [];
    }
  }

  list() {
    const list = at("completions");
    list.hidden = !this.choices.length;
    replace(list, ...this.choices.map((choice, i) => {
      const also = choice.also ? [element("small", {}, choice.also)] : [];
      const line = { role: "option", id: `choice-${i}`, "data-index": i, "data-code": choice.code };
      return element("li", { ...line, "aria-selected": String(i === this.chosen) }, element("b", {}, choice.code), element("span", {}, choice.label), ...also);
    }));
    this.input.setAttribute("aria-activedescendant", this.chosen >= 0 ? `choice-${this.chosen}` : "");
    if (this.input.getAttribute("role")) this.input.setAttribute("aria-expanded", String(!list.hidden));
    if (this.chosen >= 0) list.children[this.chosen].scrollIntoView({ block: "nearest" });
  }

  choose(index) {
    this.chosen = index;
    this.list();
    const { code, label } = this.choices[index];
    this.say(fill(words.echo, { value: `${label} (${code})` }));
  }

  // --- Enter --------------------------------------------------------------------------------------------------------

  async confirm() {
    const { task } = this;
    if (this.task.input === "coded" && this.own) await this.completing;
    if (task !== this.task) return;
    const { value, fault } = this.value();
    if (fault) this.say(fault, "bad");
    else if (isUnusual(task, value) && this.doubted !== value) this.doubt(value);
    else this.save(value);
  }

  /** Ask once whether the card really says so. */
  doubt(value) {
    this.doubted = value;
    const { echo } = read(this.task, written(this.task, value));
    this.say(fill(words.doubt, { value: echo || value }), "watch");
  }

  value() {
    if (!this.own || at("typing").hidden) {
      const marked = this.marks().filter((mark) => mark.checked).map((mark) => mark.option.code);
      return marked.length ? { value: marked.join("|") } : { fault: words.mark_one };
    }
    if (!this.input.value.trim()) return { fault: words.type_first };
    if (this.task.input === "coded") {
      return this.chosen >= 0 ? { value: this.choices[this.chosen].code } : { fault: words.choose_one };
    }
    const { value, fault } = read(this.task, this.input.value);
    return fault || value === null ? { fault: fault || words[`hint_${this.task.input}`] } : { value };
  }
}

/** The answers given so far, each once; what nobody answered is none. */
function given(task) {
  return task.answers.filter((answer) => answer.value !== null).map((answer) => ({
    code: answer.value,
    label: answer.label,
    note: answer.source === "machine" ? words.by_machine : fill(words.by_person, { number: answer.source }),
  }));
}

function isExactly(choice, typed) {
  const names = [choice.code, choice.label, ...choice.also.split(/[;|·]/)];
  return names.some((name) => folded(name) === folded(typed));
}

// Answers on their way to the server. They lie in the browser's storage until the server has them, so that neither a
// lost connection nor a closed browser loses one. An answer sent twice counts once: it carries its ticket.

import { Refused, call } from "/static/api.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5000;

export class Outbox {
  /** `handlers`: refused(entry, error), reached(), unreached(count), loggedOut(). */
  constructor(login, handlers) {
    this.place = `migcards.outbox.${login}`;
    this.handlers = handlers;
    this.sending = null;
    this.wait = FIRST_WAIT_MS;
    addEventListener("online", () => this.flush());
  }

  get entries() {
    return JSON.parse(localStorage.getItem(this.place) || "[]");
  }

  keep(entries) {
    if (entries.length) localStorage.setItem(this.place, JSON.stringify(entries));
    else localStorage.removeItem(this.place);
  }

  add(entry) {
    this.keep([...this.entries, entry]);
  }

  /** Take back an answer that has not left yet; false if it has, or may have. */
  remove(ticket) {
    if (this.sending || !this.has(ticket)) return false;
    this.drop(ticket);
    return true;
  }

  has(ticket) {
    return this.entries.some((entry) => entry.ticket === ticket);
  }

  drop(ticket) {
    this.keep(this.entries.filter((entry) => entry.ticket !== ticket));
  }

  /** Forget what names people; for leaving a browser that others use too. */
  forgetPersonal() {
    this.keep(this.entries.filter((entry) => !entry.personal));
  }

  /** Send what is there, one after the other; resolves when all is sent or the server cannot be reached. */
  flush() {
    if (!this.sending) {
      this.sending = this.send().then(() => {
        this.sending = null;
      });
    }
    return this.sending;
  }

  async send() {
    for (let entry = this.entries[0]; entry; entry = this.entries[0]) {
      const { ticket, value, seconds, shown } = entry;
      try {
        await call("/key", { ticket, value, seconds, shown });
        this.drop(ticket);
      } catch (error) {
        if (!(error instanceof Refused)) return this.later();
        if (error.status === 401 || error.code === "csrf") return this.handlers.loggedOut(error);
        this.drop(ticket);
        this.handlers.refused(entry, error);
      }
      this.wait = FIRST_WAIT_MS;
      this.handlers.reached();
    }
    return undefined;
  }

  later() {
    this.handlers.unreached(this.entries.length);
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.flush(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
  }
}

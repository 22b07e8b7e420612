// What lies over the page for a moment: it has the keys until it is closed.

/** Opens one overlay at a time; `closed()` is called when it is gone. */
export class Overlay {
  constructor(closed) {
    this.closed = closed;
    this.place = null;
  }

  get isOpen() {
    return this.place !== null;
  }

  /** `key`: the one that opened it closes it, too. */
  open(place, focus, key) {
    this.place = place;
    this.openedBy = key;
    place.hidden = false;
    focus.focus();
  }

  close() {
    this.place.hidden = true;
    this.place = null;
    this.closed();
  }

  /** A key while it is open; the page behind gets none. */
  key(event) {
    const again = event.code === this.openedBy && (event.altKey || event.code === event.key); // F1 is its own code
    if (event.key === "Escape" || again) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab") {
      this.keepInside(event);
    } else if (/^[1-9]$/.test(event.key) && event.target.type !== "text") {
      const choice = this.place.querySelector(`[data-number="${event.key}"]`);
      if (choice) {
        choice.checked = true;
        choice.focus();
      }
    }
  }

  keepInside(event) {
    const stops = [...this.place.querySelectorAll("input:not([type=radio]), [type=radio]:checked, button")];
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (document.activeElement !== edge && stops.length) return;
    event.preventDefault();
    if (stops.length) (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }
}

// The field's picture and the strip of the card around it, in the height that the page has: laid out, enlarged, turned,
// moved. What is wide is shown across the whole width; the strip, whose middle is the field, gets the height that is left.

import { element, replace, words } from "/static/api.js";

const LEAST_ZOOM = 0.5;
const MOST_ZOOM = 4;
const STEP = 0.25; // of the place's width or height, that one key moves the picture
const LEAST_HEIGHT = 80; // as in the style, and so the gap
const GAP = 8;
const at = (id) => document.getElementById(id);

/** A picture on its way. */
export function picture(address, alt) {
  const image = element("img", { src: address, alt, decoding: "sync", draggable: "false" });
  image.addEventListener("error", () => image.replaceWith(element("p", { class: "note bad" }, words.no_picture)));
  return image;
}

export class Pictures {
  constructor() {
    this.crop = at("crop");
    this.strip = at("strip");
    this.zoomed = 1;
    this.turns = 0;
    addEventListener("resize", () => this.fit());
    if (window.ResizeObserver) new ResizeObserver(() => this.fit()).observe(at("views"));
  }

  /** Show a task's pictures, unless they are there already: the zoom and the contrast stay as they were, the turn does
      not. */
  show(task, stays) {
    this.crop.dataset.ticket = task.ticket;
    if (stays) return this.fit();
    this.turns = 0;
    replace(this.crop, element("div", { class: "frame" }, task.pictures.crop));
    replace(this.strip, task.pictures.strip);
    for (const image of [task.pictures.crop, task.pictures.strip]) image.onload = () => this.fit();
    return this.fit();
  }

  /** Lay the pictures out anew. What is in the middle of the crop stays there. */
  fit() {
    const [image, frame] = [this.crop.querySelector("img"), this.crop.firstChild];
    const around = this.strip.querySelector("img");
    if (!image || !image.naturalWidth) return;
    const [width, height] = this.turns % 2 ? [image.naturalHeight, image.naturalWidth] : [image.naturalWidth, image.naturalHeight];
    const across = this.crop.clientWidth;
    const middle = this.middle(frame);
    this.crop.classList.toggle("upright", Boolean(this.turns % 2));
    const heights = [this.atMost(this.crop, (Math.max(1, this.zoomed) * height) / width)];
    heights.push(this.atMost(this.strip, around && around.naturalWidth ? around.naturalHeight / around.naturalWidth : 0));
    at("views").style.maxHeight = `${heights[0] + heights[1] + GAP}px`; // the answer stands right below
    const scale = this.zoomed * Math.min(across / width, this.crop.clientHeight / height);
    for (const [one, wide, high] of [[frame, width, height], [image, image.naturalWidth, image.naturalHeight]]) {
      one.style.width = `${Math.floor(wide * scale)}px`;
      one.style.height = `${Math.floor(high * scale)}px`;
    }
    image.style.transform = `translate(-50%, -50%) rotate(${90 * this.turns}deg)`;
    this.crop.scrollLeft = middle[0] * frame.offsetWidth - this.crop.clientWidth / 2;
    this.crop.scrollTop = middle[1] * frame.offsetHeight - this.crop.clientHeight / 2;
    this.reachable(frame);
  }

  /** Let a place be no higher than a picture of that height, in widths of the place; returns how high it may be. */
  atMost(place, height) {
    const most = Math.max(LEAST_HEIGHT, height * this.crop.clientWidth + 2);
    place.style.maxHeight = `${most}px`;
    return most;
  }

  /** Which part of the picture is in the middle, by its width and height; of a new one where writing begins. */
  middle(frame) {
    if (!frame.offsetHeight) return [0, 0.5];
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.crop;
    return [(scrollLeft + clientWidth / 2) / frame.offsetWidth, (scrollTop + clientHeight / 2) / frame.offsetHeight];
  }

  /** A picture that is larger than its place can be moved by whoever comes to it with the Tab key, too. */
  reachable(frame) {
    const larger = frame.offsetWidth > this.crop.clientWidth || frame.offsetHeight > this.crop.clientHeight;
    if (larger) this.crop.setAttribute("tabindex", "0");
    else this.crop.removeAttribute("tabindex");
  }

  zoom(step) {
    this.zoomed = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.zoomed + step));
    this.fit();
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.fit();
  }

  contrast() {
    for (const place of [this.crop, this.strip]) place.classList.toggle("contrast");
  }

  /** Move the crop by steps to the right and down. */
  pan(right, down) {
    this.crop.scrollBy(right * STEP * this.crop.clientWidth, down * STEP * this.crop.clientHeight);
  }
}

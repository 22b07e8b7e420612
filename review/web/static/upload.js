// Sending scans: one file after another, in the order of their names; what failed stays in the list and is sent again.

import { call, element, fill, words } from "/static/api.js";
import { refresh } from "/static/live.js";

const [form, batch, rescan, files, drop, send, list, progress, sent, notice, seeBatch] = [
  "upload-form", "batch", "rescan", "files", "drop", "send", "list", "progress", "sent", "notice", "see-batch",
].map((id) => document.getElementById(id));
const lines = [];
let sending = false;

function add(chosen) {
  const byName = new Intl.Collator(undefined, { numeric: true });
  const sorted = [...chosen].sort((one, other) => byName.compare(one.name, other.name));
  for (const file of sorted) {
    const said = element("span");
    const item = element("li", {}, element("span", {}, file.name), said);
    lines.push({ file, item, said, kept: false, part: 0 });
    list.append(item);
  }
  files.value = "";
  show();
}

function show() {
  const done = lines.filter((line) => line.kept).length;
  const bytes = lines.reduce((sum, line) => sum + line.file.size, 0);
  progress.max = Math.max(1, bytes);
  progress.value = lines.reduce((sum, line) => sum + line.part * line.file.size, 0);
  sent.textContent = fill(words.sending, { done, all: lines.length });
  send.disabled = sending || done === lines.length;
  document.getElementById("sending").hidden = !lines.length;
  const number = batch.value;
  rescan.disabled = sending || !number;
  batch.disabled = files.disabled = sending;
  seeBatch.hidden = !number;
  seeBatch.href = `/batches/${number}`;
}

function query(more = {}) {
  const again = batch.value && rescan.checked ? "1" : "0";
  return new URLSearchParams({ batch: batch.value, rescan: again, ...more });
}

/** Send one file; resolves with nothing where it was kept, else with the words why not. */
function transfer(line) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/uploads/${document.body.dataset.lot}?${query({ name: line.file.name })}`);
    request.setRequestHeader("X-CSRF-Token", document.body.dataset.csrf);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => { line.part = event.loaded / Math.max(1, event.total); show(); };
    request.onload = () => resolve(request.status === 200 ? "" : (request.response || {}).message || words.unreached);
    request.onerror = request.onabort = () => resolve(words.unreached);
    request.send(line.file);
  });
}

async function sendAll(event) {
  event.preventDefault();
  sending = true;
  tell(words.stay, "watch");
  for (const line of lines.filter((one) => !one.kept)) {
    const fault = await transfer(line);
    line.kept = !fault;
    line.part = line.kept ? 1 : 0;
    line.said.textContent = fault || words.kept;
    line.said.className = fault ? "failed" : "done";
    show();
  }
  let failed = lines.some((line) => !line.kept);
  try {
    if (lines.some((line) => line.kept)) await call(`/uploads/${document.body.dataset.lot}/done?${query()}`, {});
  } catch (error) {
    failed = true;
  }
  await refresh(document.getElementById("reading"));  // what was sent waits there now
  sending = false;
  tell(failed ? words.some_failed : words.all_sent, failed ? "bad" : "good");
  show();
}

function tell(text, kind) {
  notice.textContent = text;
  notice.className = `note ${kind}`;
  notice.hidden = false;
}

form.addEventListener("submit", sendAll);
files.addEventListener("change", () => add(files.files));
batch.addEventListener("change", show);
for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && !sending) add(event.dataTransfer.files);
  });
}
addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
add(files.files);  // chosen before this script had come

"use strict";
// SHA-256 (FIPS 180-4) of bytes: a page opened from a file has no SubtleCrypto.
const K = Uint32Array.from({ length: 64 }, (_, i) => fraction(prime(i), 1 / 3));
const START = Uint32Array.from({ length: 8 }, (_, i) => fraction(prime(i), 1 / 2));

function prime(index) {
  for (let number = 2, found = -1; ; number++) {
    let isPrime = true;
    for (let d = 2; d * d <= number; d++) if (number % d === 0) { isPrime = false; break; }
    if (isPrime && ++found === index) return number;
  }
}

// The first 32 bits of the fraction of the root, exact: the integer root of number * 2^(32 / power).
function fraction(number, power) {
  const degree = power === 1 / 2 ? 2n : 3n;
  const wanted = BigInt(number) << (32n * degree);
  let low = 0n, high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= wanted) low = middle; else high = middle;
  }
  return Number(low & 0xffffffffn);
}

function sha256(bytes) {
  const length = bytes.length, padded = new Uint8Array(((length + 8 >> 6) + 1) << 6);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer), w = new Uint32Array(64), h = Uint32Array.from(START);
  view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(padded.length - 4, length << 3);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, k] = h;
    for (let i = 0; i < 64; i++) {
      const one = (k + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) >>> 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
      k = g; g = f; f = e; e = (d + one) >>> 0; d = c; c = b; b = a; a = (one + two) >>> 0;
    }
    [a, b, c, d, e, f, g, k].forEach((value, i) => { h[i] += value; });
  }
  return Array.from(h, (value) => value.toString(16).padStart(8, "0")).join("");
}

const hashOfText = (text) => sha256(new TextEncoder().encode(text));

// The one way in which the program writes a value down before it hashes it: sorted keys, no blanks.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

const pack = JSON.parse(document.getElementById("pack").textContent);
const say = (id, text, isWrong) => {
  const place = document.getElementById(id);
  place.textContent = text;
  place.className = isWrong ? "alert" : "";
};
const rowOf = (name) => Array.from(document.querySelectorAll("#hashes tbody tr")).find((row) => row.dataset.name === name);
const mark = (name, column, text) => { const row = rowOf(name); if (row) row.querySelector(`.${column}`).textContent = text; };

function checkEmbedded() {
  const wrong = [];
  let checked = 0;
  for (const [name, file] of Object.entries(pack.files)) {
    if (file.text === null) { mark(name, "copy", "too large for the page"); continue; }
    checked++;
    const agrees = hashOfText(file.text) === file.sha256;
    mark(name, "copy", agrees ? "agrees" : "DIFFERS");
    if (!agrees) wrong.push(name);
  }
  say("embedded", wrong.length ? `Differ: ${wrong.join(", ")}` : `${checked} of ${checked} files that this page carries agree with their hash.`, wrong.length > 0);
}

function checkRun() {
  const made = JSON.parse(pack.files["manifest.json"].text);
  const isRoot = hashOfText(canonical(made.made)) === made.root_hash;
  const events = JSON.parse(pack.files["events.json"].text).filter((event) => event.hashed_text);
  const broken = events.filter((event) => hashOfText(event.hashed_text) !== event.hash).map((event) => event.number);
  const isRedacted = document.body.dataset.redacted === "yes";
  const words = [isRoot ? "Root hash of the run: agrees with its manifest." : isRedacted ? "Root hash: names are hidden in the manifest, so it cannot be recomputed here." : "Root hash of the run DIFFERS from its manifest."];
  if (events.length) words.push(broken.length ? `Events that DIFFER: ${broken.join(", ")}.` : `${events.length} of ${events.length} events agree with their hash.`);
  say("run-check", words.join(" "), (!isRoot && !isRedacted) || broken.length > 0);
}

async function checkFolder(files) {
  const found = new Map();
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    found.set(path.includes("/") ? path.slice(path.indexOf("/") + 1) : path, file);
  }
  const wrong = [];
  for (const [name, expected] of Object.entries(pack.files)) {
    const file = found.get(name);
    const state = !file ? "IS MISSING" : sha256(new Uint8Array(await file.arrayBuffer())) === expected.sha256 ? "agrees" : "DIFFERS";
    mark(name, "given", state);
    if (state !== "agrees") wrong.push(`${name} ${state.toLowerCase()}`);
  }
  for (const name of found.keys()) {
    if (!(name in pack.files) && !["index.html", "hashes.json"].includes(name)) wrong.push(`${name} is not of this pack`);
  }
  const count = Object.keys(pack.files).length;
  say("folder", wrong.length ? wrong.join("; ") : `${count} of ${count} files of the folder agree with their hash.`, wrong.length > 0);
}

if (!document.body.dataset.checked) {
  document.body.dataset.checked = "yes";
  checkEmbedded();
  checkRun();
  document.getElementById("choose").addEventListener("change", (event) => checkFolder(event.target.files));
}

/* Finds the number of a challenge in ALTCHA's format and sends the ballot again with it. Loaded only by a form that asks
   for it, see ui/work.py. Its own SHA-256 needs no secure context, which crypto.subtle does, and makes no promise for each hash of
   so short a text. It works in slices, so that the page stays alive. */
(() => {
  "use strict";

  if (window.pollsteadWorks) return;
  window.pollsteadWorks = true;

  const SLICE = 12;
  /* So long it is seen at least, even if the number is found at once: until htmx has this form in hand, to send it would
     be to leave the page. */
  const LEAST = 300;
  const K = [], START = [];
  for (let n = 2; K.length < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (!prime) continue;
    const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
    if (START.length < 8) START.push(fraction(n ** (1 / 2)));
    K.push(fraction(n ** (1 / 3)));
  }

  const w = new Int32Array(64);
  const block = (state, bytes, at) => {
    for (let i = 0; i < 16; i++, at += 4) w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
  };

  /* The hash of ASCII text, as hexadecimal. */
  const sha256 = (text) => {
    const length = text.length;
    const bytes = new Uint8Array(((length + 72) >> 6) << 6);
    for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
    bytes[length] = 128;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, length * 8);
    const state = START.slice();
    for (let at = 0; at < bytes.length; at += 64) block(state, bytes, at);
    return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  };

  const pause = (time) => new Promise((resume) => setTimeout(resume, time));

  const solved = async ({ challenge, salt, maxnumber }, tell) => {
    let number = 0;
    while (number <= maxnumber) {
      for (const until = performance.now() + SLICE; performance.now() < until && number <= maxnumber; number++) {
        if (sha256(salt + number) === challenge) return number;
      }
      tell(number / maxnumber);
      await pause();
    }
    return null;
  };

  const work = async (field) => {
    const { challenge: json, working } = field.dataset;
    field.removeAttribute("data-challenge");
    const form = field.form, line = form.querySelector(".refusal"), button = form.querySelector("[type=submit]");
    const bar = document.createElement("progress");
    const wish = document.createElement("p");
    wish.className = "working";
    wish.textContent = working;
    wish.append(bar);
    line.replaceWith(wish);
    const region = document.querySelector(".announcement");
    if (region) setTimeout(() => (region.textContent = working), 150);
    button.disabled = true;
    const challenge = JSON.parse(json);
    const [number] = await Promise.all([solved(challenge, (share) => (bar.value = share)), pause(LEAST)]);
    button.disabled = false;
    if (number === null || !form.isConnected) return;
    const { algorithm, salt, signature } = challenge;
    field.value = btoa(JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature }));
    form.requestSubmit();
  };

  const look = () => document.querySelectorAll("[data-challenge]").forEach(work);
  look();
  document.addEventListener("htmx:load", look);
})();

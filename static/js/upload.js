/* Sends chosen files piece by piece before the form itself: each shows how far it is, and a broken
   line costs the piece that was on its way. Without this the files go with the form. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-pieces]");
  if (!form || !window.fetch || !window.crypto || !crypto.randomUUID) return;
  const PIECE = 256 * 1024;
  const TRIES = 8; // of the server's own failures; a broken line is waited for as long as it takes
  const row = document.getElementById("file-coming");
  const words = row.dataset;
  let busy = false;
  let through = false;

  const base64 = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));

  const say = (one, text, bad) => {
    one.querySelector("[role=status]").textContent = text;
    one.classList.toggle("bad", Boolean(bad));
  };

  const refuse = (one, text) => {
    say(one, text, true);
    one.querySelector("progress").hidden = true;
    one.tabIndex = -1;
    return false;
  };

  /* Until the line may be back: after a while, when the browser says so, or when one presses. */
  const pause = (one, milliseconds) => new Promise((done) => {
    const again = one.querySelector("button");
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      again.hidden = true;
      again.onclick = null;
      done();
    };
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", go);
    again.onclick = go;
    again.hidden = false;
  });

  const ask = async (headers, body) => {
    const response = await fetch(form.dataset.pieces, {
      method: "POST", body, headers, credentials: "same-origin", redirect: "error",
    });
    const json = (response.headers.get("Content-Type") || "").includes("json");
    return { status: response.status, answer: json ? await response.json() : {} };
  };

  const send = async (file, one, part) => {
    const progress = one.querySelector("progress");
    const id = crypto.randomUUID();
    let offset = 0;
    let wait = 1000;
    let failures = 0;
    for (;;) {
      let body;
      try {
        body = await file.slice(offset, offset + PIECE).arrayBuffer();
      } catch {
        return refuse(one, words.unreadable);
      }
      try {
        const { status, answer } = await ask({
          "Content-Type": "application/octet-stream",
          "Upload-Part": part,
          "Upload-Id": id,
          "Upload-Offset": offset,
          "Upload-Length": file.size,
          "Upload-Name": base64(file.name),
          "X-Autosave": "1",
          "X-CSRFToken": form.querySelector("input[name=csrfmiddlewaretoken]").value,
        }, body);
        if ("here" in answer) {
          offset = answer.here;
          progress.value = offset / file.size;
          say(one, words.sending);
          wait = 1000;
          if (offset >= file.size) return true;
          continue;
        }
        if (answer.problem) return refuse(one, answer.problem);
        failures += 1;
        if (status < 500 || failures >= TRIES) return refuse(one, words.failed);
        say(one, words.failed, true);
      } catch {
        say(one, words.broken, true);
      }
      await pause(one, wait);
      wait = Math.min(wait * 2, 15000);
    }
  };

  const shown = (file, area) => {
    const one = row.content.firstElementChild.cloneNode(true);
    const megabytes = file.size / 1048576;
    const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    one.querySelector(".name").textContent = file.name;
    one.querySelector(".size").textContent = `${number.format(megabytes)} MB`;
    one.querySelector("progress").setAttribute("aria-label", file.name);
    area.querySelector(".coming").append(one);
    return one;
  };

  /* The question as the server has it now; what was refused stays to be read. */
  const renew = async (area) => {
    const page = await fetch(form.action, { credentials: "same-origin" });
    const there = new DOMParser().parseFromString(await page.text(), "text/html");
    const fresh = there.querySelector(`[data-part="${area.dataset.part}"]`);
    if (!page.ok || !fresh) return area;
    const kept = document.importNode(fresh, true);
    kept.querySelector(".coming").append(...area.querySelectorAll(".coming > .bad"));
    area.replaceWith(kept);
    // As after any exchanged part of a page: its small helps wake up.
    kept.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true }));
    return kept;
  };

  const sendAll = async (fields) => {
    let refused = null;
    for (const field of fields) {
      const area = field.closest("[data-part]");
      const files = [...field.files].map((file) => [file, shown(file, area)]);
      field.value = "";
      for (const [file, one] of files) {
        if (!await send(file, one, area.dataset.part)) refused = refused || one;
      }
      await renew(area).catch(() => area);
    }
    return refused;
  };

  form.addEventListener("submit", async (event) => {
    if (through) { through = false; return; }
    const fields = [...form.querySelectorAll("input[type=file]")].filter((one) => one.files.length);
    if (!busy && !fields.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (busy) return;
    busy = true;
    const { submitter } = event;
    const refused = await sendAll(fields);
    busy = false;
    if (refused) { refused.focus(); return; }
    if (submitter && submitter.name === "upload") {
      const list = form.querySelector("#files .file-rows li:last-child a");
      if (list) list.focus();
      return;
    }
    through = true;
    form.requestSubmit(submitter);
  }, true);

  window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
})();

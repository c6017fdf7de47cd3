/* The score desk: every change is sent at once, kept until the server has it. */
(() => {
  "use strict";

  const form = document.querySelector("[data-desk]");
  if (!form) return;

  /* Alt and an arrow change the proposal; the buttons save first. */
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const side = { ArrowRight: "[data-key-right]", ArrowLeft: "[data-key-left]" }[event.key];
    const button = side && form.querySelector(side);
    if (button) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });

  const state = document.getElementById("save-state");
  const revision = form.elements.revision;
  const store = form.dataset.key;
  const boxes = [...form.querySelectorAll("[data-criterion]")];
  const fields = [...form.querySelectorAll("[data-text]")];
  let pending = {}; // what the server does not have yet
  let disputed = {}; // another window's value, until one of the two is chosen
  let sending = false;
  let stuck = false; // the line is down, or the server waits for the person first
  let over = "locked" in form.dataset; // the sheet takes no more changes
  let wait = 0;
  let timer = null;
  let after = null;

  /* The fields, by the server's names: a criterion's key or a text's name. */
  const field = (key) => fields.find((one) => one.dataset.text === key);
  const radios = (key) => [...form.querySelectorAll(`input[type=radio][name="c-${key}"]`)];
  const read = (key) => {
    if (field(key)) return field(key).value;
    const chosen = radios(key).find((radio) => radio.checked);
    return chosen ? chosen.value : "";
  };
  const keys = [...new Set([...boxes.map((box) => box.dataset.criterion), ...fields.map((one) => one.dataset.text)])];
  let base = Object.fromEntries(keys.map((key) => [key, read(key)])); // what the server has

  /* What waits is kept over a reload and a new sign-in; forgotten once the server has it. */
  const keep = () => {
    try {
      if (Object.keys(pending).length) sessionStorage.setItem(store, JSON.stringify({ pending, base }));
      else sessionStorage.removeItem(store);
    } catch {
      /* A browser that keeps nothing: the page itself still does. */
    }
  };

  const tick = state.querySelector("svg");
  let said = "";
  const say = (words, extra) => {
    if (words === said) return; // read out once, and a link in it keeps the focus
    said = words;
    const line = document.createElement("span");
    line.textContent = words;
    state.replaceChildren(line);
    if (extra) state.append(" ", extra);
  };

  const link = (href, label) => {
    const anchor = document.createElement("a");
    anchor.href = href;
    anchor.target = "_blank";
    anchor.textContent = label;
    return anchor;
  };

  const cookie = () => {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : form.elements.csrfmiddlewaretoken.value;
  };

  /* The total as it stands, at once and without a line; the server's exact one follows. */
  const figures = document.querySelectorAll("#total, [data-total]");
  const counts = document.querySelectorAll("#scored, [data-scored]");
  const local = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const put = (places, words) => places.forEach((place) => { place.textContent = words; });
  const reckon = () => {
    let weighed = 0;
    let points = 0;
    let scored = 0;
    boxes.forEach((box) => {
      const value = read(box.dataset.criterion);
      if (value !== "" && !("free" in box.dataset)) scored += 1;
      if (!box.dataset.weight || value === "" || value === "na") return;
      const { weight, low, high } = box.dataset;
      weighed += Number(weight);
      points += Number(weight) * (Number(value) - Number(low)) / (Number(high) - Number(low));
    });
    const { low, high } = form.dataset;
    const total = Number(low) + (Number(high) - Number(low)) * points / (weighed || 1);
    put(figures, weighed ? local.format(Math.round(total * 10 + 1e-9) / 10) : "–");
    put(counts, scored);
    need();
  };

  /* The comment becomes required when some level asks for it. */
  const comment = form.querySelector("[data-levels]");
  const need = () => {
    if (!comment) return;
    const levels = comment.dataset.levels.split(" ");
    const asked = boxes.some((box) => box.dataset.weight && levels.includes(read(box.dataset.criterion)));
    comment.setAttribute("aria-required", asked);
    document.getElementById("levels-hint").classList.toggle("asked", asked && !comment.value.trim());
  };

  const waiting = () => {
    const count = Object.keys(pending).length;
    return count === 1 ? state.dataset.lostOne : state.dataset.lost.replace("%s", count);
  };
  const lost = () => {
    stuck = true;
    say(waiting());
    wait = Math.min(wait ? wait * 2 : 1000, 15000);
    timer = setTimeout(send, wait * (0.75 + Math.random() / 2)); // not the whole jury at once
  };

  /* Words at the criterion or text that they are about; the same words once. */
  const place = (key) => (field(key) ? field(key).parentElement : document.getElementById(`c-${key}`));
  const mark = (key, words) => {
    const box = place(key);
    if (!box || [...box.querySelectorAll(".error")].some((one) => one.textContent === words)) return;
    const note = document.createElement("p");
    note.className = "error";
    note.setAttribute("role", "alert");
    note.textContent = words;
    if (field(key)) field(key).after(note);
    else box.append(note);
  };

  const words = (key, value) => {
    const radio = radios(key).find((one) => one.value === value);
    return (radio && radio.dataset.words) || value || form.dataset.empty;
  };

  /* What did not get onto the sheet before it was locked stays to be read and copied. */
  const leftOver = () => {
    const left = Object.entries(pending).filter(([key, value]) => value !== base[key]);
    if (!left.length || document.getElementById("left-over")) return;
    const box = document.createElement("div");
    box.className = "clash";
    box.id = "left-over";
    box.setAttribute("role", "alert");
    const head = document.createElement("b");
    head.textContent = form.dataset.left;
    box.append(head);
    left.forEach(([key, value]) => {
      const line = document.createElement("p");
      line.textContent = words(key, value);
      box.append(line);
    });
    form.querySelector(".scores-head").after(box);
  };
  const end = (message) => {
    over = true;
    after = null;
    clearTimeout(timer);
    boxes.forEach((box) => { box.disabled = true; });
    fields.forEach((one) => { one.readOnly = true; });
    form.querySelectorAll("button[value=submit]").forEach((one) => { one.disabled = true; });
    say(message);
    leftOver();
  };

  /* Both texts stand there until one is chosen; the other fields go on being saved. */
  const ask = (key, theirs) => {
    const old = document.getElementById(`clash-${key}`);
    if (old) old.remove();
    const box = document.createElement("div");
    box.className = "clash";
    box.id = `clash-${key}`;
    box.setAttribute("role", "alert");
    const head = document.createElement("b");
    head.textContent = form.dataset.other;
    const text = document.createElement("p");
    text.textContent = words(key, theirs);
    const button = (label, deed) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn line plum small";
      made.textContent = label;
      made.addEventListener("click", () => {
        delete disputed[key];
        box.remove();
        deed();
        keep();
        reckon();
        send();
      });
      return made;
    };
    box.append(
      head,
      text,
      button(form.dataset.mine, () => { pending[key] = read(key); }),
      button(form.dataset.theirs, () => { delete pending[key]; write(key, theirs); }),
    );
    const target = place(key);
    if (field(key)) field(key).after(box);
    else target.append(box);
  };

  const write = (key, value) => {
    if (field(key)) field(key).value = value;
    else {
      radios(key).forEach((radio) => { radio.checked = radio.value === value; });
      const chosen = radios(key).find((radio) => radio.checked);
      if (chosen) chosen.dispatchEvent(new Event("chosen", { bubbles: true }));
    }
  };

  /* Another window saved in between. What it changed and we did not is taken over; where both
     changed the same, both are shown. */
  const clash = (stored) => {
    keys.forEach((key) => {
      const theirs = stored[key] || "";
      if (key in pending) {
        if (theirs !== base[key] && theirs !== pending[key]) disputed[key] = theirs;
      } else if (theirs !== read(key)) write(key, theirs);
      base[key] = theirs;
    });
    Object.entries(disputed).forEach(([key, theirs]) => ask(key, theirs));
    reckon();
    keep();
  };

  const free = () => Object.fromEntries(Object.entries(pending).filter(([key]) => !(key in disputed)));

  /* What cannot be kept is said where it stands, and no longer holds up the rest. */
  const refuse = (answer) => {
    Object.entries(answer.errors).forEach(([key, texts]) => {
      mark(key, texts.join(" "));
      delete pending[key];
    });
    after = null;
    keep();
    say(answer.message);
    if (Object.keys(free()).length) send();
  };

  const show = (answer) => {
    if (Object.keys(disputed).length) say(state.dataset.choose);
    else {
      say(`${state.dataset.saved} ${answer.saved_at}`);
      if (tick) state.prepend(tick);
    }
    if (Object.keys(pending).length) return; // the page is ahead of the server
    put(counts, answer.scored);
    if (answer.total !== null) put(figures, answer.total);
  };

  const send = async () => {
    clearTimeout(timer);
    if (over) return;
    const batch = free();
    if (sending || !Object.keys(batch).length) {
      if (!sending && Object.keys(disputed).length) say(state.dataset.choose);
      return;
    }
    sending = true;
    say(state.dataset.saving);
    const body = JSON.stringify({ revision: Number(revision.value), changes: batch });
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": cookie() },
        body,
        keepalive: body.length < 15000, // goes out though the page is left; browsers take 64 kB
        redirect: "error",
      });
      const kind = response.headers.get("Content-Type") || "";
      const answer = kind.includes("json") ? await response.json() : {};
      sending = false; // not before the answer is read: the next one needs its revision
      if (response.ok) {
        wait = 0;
        stuck = false;
        revision.value = answer.revision;
        Object.entries(batch).forEach(([key, value]) => {
          base[key] = value;
          if (pending[key] === value) delete pending[key];
        });
        keep();
        show(answer);
        if (Object.keys(free()).length) send();
        else if (after && !Object.keys(pending).length) form.requestSubmit(after);
      } else if (response.status === 409 && answer.stored) {
        revision.value = answer.revision;
        clash(answer.stored);
        if (Object.keys(disputed).length) after = null;
        send();
      } else if (response.status === 401 || response.status === 403) {
        stuck = true;
        if (answer.to) say(answer.message, link(answer.to, answer.words));
        else say(state.dataset.ended, link(window.location.href, state.dataset.signIn));
        timer = setTimeout(send, 5000);
      } else if (response.status === 400 && answer.errors) {
        refuse(answer);
      } else if (response.status >= 500 || response.status === 429) {
        lost();
      } else if (response.status === 404 || response.status === 423) {
        end(answer.message || response.statusText);
      } else {
        after = null;
        say(answer.message || response.statusText);
      }
    } catch {
      sending = false;
      lost();
    }
  };

  const change = (key, value, delay) => {
    if (over) return;
    pending[key] = value;
    keep();
    clearTimeout(timer);
    timer = setTimeout(send, delay);
    if (wait) say(waiting());
    else if (!stuck) say(state.dataset.saving); // no more "saved", though the person still types
    reckon();
  };

  form.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    change(event.target.closest("[data-criterion]").dataset.criterion, event.target.value, 0);
  });
  fields.forEach((one) => {
    one.addEventListener("input", () => change(one.dataset.text, one.value, 700));
  });

  /* A button leads on only after the server has what waited: on a broken line nothing is left. */
  form.addEventListener("submit", (event) => {
    if (over) return;
    if (Object.keys(disputed).length) {
      event.preventDefault();
      say(state.dataset.choose);
      document.querySelector(".clash").scrollIntoView({ block: "center" });
      return;
    }
    const waits = Object.keys(pending).length > 0;
    if (!waits && navigator.onLine) return;
    event.preventDefault();
    after = event.submitter;
    if (waits) send();
    else say(state.dataset.offline); // rather than the browser's own page of no connection
  });
  window.addEventListener("online", () => {
    wait = 0;
    if (after && !Object.keys(pending).length) form.requestSubmit(after);
    else send();
  });
  document.addEventListener("visibilitychange", send);
  window.addEventListener("pagehide", send);
  /* A reload brings back what waits, a closed window does not: ask first, when it cannot go out. */
  window.addEventListener("beforeunload", (event) => {
    let kept = null;
    try { kept = sessionStorage.getItem(store); } catch { kept = null; }
    if (!over && Object.keys(pending).length && (stuck || !kept)) event.preventDefault();
  });

  /* After a reload what waited comes back into the form and goes out; if another window has saved
     something else meanwhile, both are shown. */
  let before = null;
  try { before = JSON.parse(sessionStorage.getItem(store)); } catch { before = null; }
  if (over) {
    if (before && before.pending) pending = before.pending;
    leftOver();
    return;
  }
  if (before && before.pending) {
    Object.entries(before.pending).forEach(([key, value]) => {
      if (!keys.includes(key)) return;
      pending[key] = value;
      const known = (before.base || {})[key];
      if (known !== undefined && known !== base[key] && value !== base[key]) disputed[key] = base[key];
      write(key, value);
    });
    Object.entries(disputed).forEach(([key, theirs]) => ask(key, theirs));
  }
  if (Object.keys(pending).length) {
    keep();
    reckon();
    send();
  } else need();
})();

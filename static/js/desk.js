/* The score desk: every change is sent at once, kept in the page until the server has it. */
(() => {
  "use strict";

  /* "No ties with the rest": one press on the page of declarations. */
  const rest = document.querySelector("[data-no-ties]");
  if (rest) {
    rest.hidden = false;
    rest.addEventListener("click", () => {
      document.querySelectorAll("fieldset.tie").forEach((box) => {
        if (!box.querySelector("input:checked")) box.querySelector("input[value=none]").checked = true;
      });
    });
  }

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
  if ("locked" in form.dataset) return;

  const state = document.getElementById("save-state");
  const revision = form.elements.revision;
  const store = form.dataset.key;
  const texts = ["comment", "note"];
  let pending = {};
  let sending = false;
  let wait = 0;
  let timer = null;
  let after = null;

  /* What waits is kept over a reload; the browser forgets it once the server has it. */
  const keep = () => {
    try {
      if (Object.keys(pending).length) localStorage.setItem(store, JSON.stringify(pending));
      else localStorage.removeItem(store);
    } catch {
      /* A browser that keeps nothing: the page itself still does. */
    }
  };

  const tick = state.querySelector("svg");
  const say = (words, extra) => {
    const line = document.createElement("span");
    line.textContent = words;
    state.replaceChildren(line);
    if (extra) state.append(" ", extra);
  };

  const link = () => {
    const anchor = document.createElement("a");
    anchor.href = window.location.href;
    anchor.target = "_blank";
    anchor.textContent = state.dataset.signIn;
    return anchor;
  };

  const cookie = () => {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : form.elements.csrfmiddlewaretoken.value;
  };

  const show = (answer) => {
    say(`${state.dataset.saved} ${answer.saved_at}`);
    if (tick) state.prepend(tick);
    document.getElementById("scored").textContent = answer.scored;
    if (answer.total !== null) document.getElementById("total").textContent = answer.total;
  };

  const lost = () => {
    const count = Object.keys(pending).length;
    say(state.dataset.lost.replace("%s", count));
    wait = Math.min(wait ? wait * 2 : 1000, 15000);
    timer = setTimeout(send, wait);
  };

  /* Words at the criterion or text that they are about; the same words once. */
  const mark = (key, words) => {
    const box = document.getElementById(`c-${texts.includes(key) ? "comment" : key}`);
    if (!box || [...box.querySelectorAll(".error")].some((one) => one.textContent === words)) return;
    const note = document.createElement("p");
    note.className = "error";
    note.setAttribute("role", "alert");
    note.textContent = words;
    box.append(note);
  };

  /* Another window saved in between: its text is shown beside ours, ours stays in the form. */
  const clash = (answer) => {
    revision.value = answer.revision;
    Object.keys(pending).forEach((key) => {
      const theirs = answer.stored[key];
      if (!theirs || theirs === pending[key]) return;
      mark(key, `${answer.message} ${theirs}`);
    });
  };

  /* What cannot be kept is said where it stands, and no longer holds up the rest. */
  const refuse = (answer) => {
    Object.entries(answer.errors).forEach(([key, words]) => {
      mark(key, words.join(" "));
      delete pending[key];
    });
    keep();
    say(answer.message);
    if (Object.keys(pending).length) send();
  };

  const send = async () => {
    clearTimeout(timer);
    if (sending || !Object.keys(pending).length) return;
    sending = true;
    const batch = { ...pending };
    say(state.dataset.saving);
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": cookie() },
        body: JSON.stringify({ revision: Number(revision.value), changes: batch }),
        redirect: "error",
      });
      const kind = response.headers.get("Content-Type") || "";
      const answer = kind.includes("json") ? await response.json() : {};
      sending = false; // not before the answer is read: the next one needs its revision
      if (response.ok) {
        wait = 0;
        revision.value = answer.revision;
        Object.keys(batch).forEach((key) => {
          if (pending[key] === batch[key]) delete pending[key];
        });
        keep();
        show(answer);
        if (Object.keys(pending).length) send();
        else if (after) form.requestSubmit(after);
      } else if (response.status === 409 && answer.stored) {
        clash(answer);
        send();
      } else if (response.status === 401 || response.status === 403) {
        say(state.dataset.ended, link());
        timer = setTimeout(send, 5000);
      } else if (response.status === 400 && answer.errors) {
        refuse(answer);
      } else if (response.status >= 500) {
        lost();
      } else {
        say(answer.message || response.statusText);
      }
    } catch {
      sending = false;
      lost();
    }
  };

  const change = (key, value, delay) => {
    pending[key] = value;
    keep();
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };

  const choose = (radio) => {
    const box = radio.closest("[data-criterion]");
    const anchor = box.querySelector("[data-anchor]");
    anchor.className = "anchor";
    anchor.textContent = radio.dataset.words;
    box.classList.remove("todo");
  };

  form.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    choose(event.target);
    change(event.target.closest("[data-criterion]").dataset.criterion, event.target.value, 0);
  });
  texts.forEach((name) => {
    const field = form.elements[name];
    field.addEventListener("input", () => change(name, field.value, 700));
  });

  /* A figure scores while a criterion has the focus: arrow keys are the browser's own. */
  form.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-criterion]");
    if (!box || event.altKey || event.ctrlKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
    const radio = box.querySelector(`input[value="${event.key}"]`);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* A button leads on only after the server has what waited: on a broken line nothing is left. */
  form.addEventListener("submit", (event) => {
    if (!Object.keys(pending).length) return;
    event.preventDefault();
    after = event.submitter;
    send();
  });
  window.addEventListener("online", send);

  /* A reload while the line was down: what waited comes back into the form and goes out. */
  try {
    pending = JSON.parse(localStorage.getItem(store)) || {};
  } catch {
    pending = {};
  }
  Object.entries(pending).forEach(([key, value]) => {
    if (texts.includes(key)) form.elements[key].value = value;
    else {
      const radio = form.querySelector(`input[name="c-${key}"][value="${value}"]`);
      if (radio) {
        radio.checked = true;
        choose(radio);
      }
    }
  });
  if (Object.keys(pending).length) send();
})();

/* Saves the draft as one writes. «Saved» is said only after the server's word; while the line is
   broken the text stays in the page and is sent when the line is back. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form || !window.fetch) return;
  const status = form.querySelector("[data-draft-status]");
  const similar = document.getElementById("similar");
  const PAUSE = 800;
  let timer = 0;
  let sending = false;
  let waiting = false; // written since the last sending
  let wait = 2000;
  let leaving = false;

  const typed = () => {
    const data = new FormData(form);
    for (const name of ["revision", "seen", "csrfmiddlewaretoken"]) data.delete(name);
    return new URLSearchParams(data).toString();
  };
  let kept = typed();

  const say = (words, bad) => {
    status.textContent = words;
    status.classList.toggle("saved", true);
    status.classList.toggle("failed", Boolean(bad));
  };

  const field = (name) => form.querySelector(`input[name="${name}"]`);

  const again = (words) => {
    say(words, true);
    waiting = true;
    clearTimeout(timer);
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, 30000);
  };

  const took = (answer, sent) => {
    kept = sent;
    wait = 2000;
    field("revision").value = answer.revision;
    field("seen").value = answer.seen;
    if (field("start")) { // the draft has its own address from now on
      form.action = answer.url;
      window.history.replaceState(null, "", answer.url);
      field("start").disabled = true;
    }
    if (similar && !similar.hasAttribute("hx-get")) {
      similar.setAttribute("hx-get", answer.similar);
      if (window.htmx) window.htmx.process(similar);
    }
    say(`${answer.saved}.`, false);
    document.body.dispatchEvent(new CustomEvent("draft-saved"));
  };

  async function save() {
    clearTimeout(timer);
    const sent = typed();
    if (leaving || sent === kept) return;
    if (sending) { waiting = true; return; }
    if (!navigator.onLine) { again(form.dataset.offline); return; }
    sending = true;
    waiting = false;
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.action, {
        method: "POST",
        body,
        headers: { "X-Autosave": "1", Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
      });
      const answer = (response.headers.get("Content-Type") || "").includes("json")
        ? await response.json() : null;
      if (response.ok && answer) took(answer, sent);
      else if (answer && answer.problem) { say(answer.problem, true); kept = sent; }
      else again(form.dataset.failed);
    } catch {
      again(form.dataset.offline);
    } finally {
      sending = false;
      if (waiting && !leaving) { clearTimeout(timer); timer = setTimeout(save, wait); }
    }
  }

  const soon = () => {
    if (typed() === kept) return;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  window.addEventListener("online", () => { wait = 2000; save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    const start = field("start"); // the back button then finds what was sent, not an empty form
    if (start && !start.disabled) {
      window.history.replaceState(null, "", `?start=${encodeURIComponent(start.value)}`);
    }
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (sending || typed() !== kept)) event.preventDefault();
  });
})();

/* The rubric beside the text: a level's words when it is looked at, a figure scores. Saving is
   desk.js's. */
(() => {
  "use strict";

  const form = document.querySelector("[data-desk]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-criterion]")];

  const choose = (radio, faint) => {
    const box = radio.closest("[data-criterion]");
    const anchor = box.querySelector("[data-anchor]");
    anchor.className = faint ? "anchor look" : "anchor";
    anchor.textContent = radio.dataset.words;
    if (faint) return;
    box.classList.remove("todo");
    const least = box.querySelector("[data-minimum]");
    if (least) least.hidden = radio.value === "na" || Number(radio.value) >= Number(least.dataset.minimum);
  };
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") choose(event.target);
  });
  form.addEventListener("chosen", (event) => choose(event.target)); // by the script, not the person

  /* A level's words on the way to it: at focus and under the pointer. */
  const look = (event) => {
    const radio = event.target.closest("label") && event.target.closest("label").querySelector("input[data-words]");
    if (radio) choose(radio, !radio.checked);
  };
  const lookAway = (event) => {
    const box = event.target.closest("[data-criterion]");
    if (!box || (event.relatedTarget && box.contains(event.relatedTarget))) return;
    const chosen = box.querySelector("input:checked");
    if (chosen) choose(chosen);
    else {
      const anchor = box.querySelector("[data-anchor]");
      if (anchor && anchor.dataset.question !== undefined) {
        anchor.className = "anchor ends";
        anchor.textContent = anchor.dataset.question;
      }
    }
  };
  boxes.forEach((box) => {
    const anchor = box.querySelector("[data-anchor].ends");
    if (anchor) anchor.dataset.question = anchor.textContent.trim();
    box.addEventListener("focusin", look);
    box.addEventListener("focusout", lookAway);
    box.addEventListener("pointerover", look);
    box.addEventListener("pointerout", lookAway);
  });

  /* A figure scores while a criterion has the focus, 0 the ten of a scale without a nought: arrow
     keys are the browser's own. */
  form.addEventListener("keydown", (event) => {
    if (event.target.type !== "radio") return;
    const box = event.target.closest("[data-criterion]");
    if (!box || event.altKey || event.ctrlKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
    const named = (value) => box.querySelector(`input[value="${value}"]`);
    const radio = named(event.key) || (event.key === "0" ? named("10") : null);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();

/* The rubric's editor while one writes: the sum, missing languages, levels that do not rise.
   All of it is extra; the server says the same after each save. */
(() => {
  "use strict";
  const form = document.querySelector("[data-rubric]");
  if (!form) return;
  const number = (field) => Number((field?.value || "").replace(",", ".").replace(/\s/g, "")) || 0;
  const total = form.querySelector("[data-total]");
  const verdict = form.querySelector("[data-verdict]");
  const weighs = (one) => ["scale", "threshold"].includes(one.dataset.kind);
  const rounded = (value) => Math.round(value * 100) / 100;
  const shown = (value) => rounded(value).toLocaleString(document.documentElement.lang || "fi");

  const sum = () => {
    let all = 0;
    for (const one of form.querySelectorAll("[data-criterion]")) {
      const weight = number(one.querySelector("input[name$=-weight]"));
      const removed = one.querySelector("input[name$=-remove]")?.checked;
      one.querySelector("[data-share]").textContent = shown(weight);
      one.classList.toggle("is-removed", Boolean(removed));
      if (weighs(one) && !removed) all += weight;
    }
    all = rounded(all);
    total.textContent = shown(all);
    form.querySelector("[data-bar]").value = all;
    const off = rounded(100 - all);
    verdict.textContent = off === 0 ? verdict.dataset.exact
      : `${shown(Math.abs(off))} ${off > 0 ? verdict.dataset.less : verdict.dataset.more}`;
    verdict.classList.toggle("is-wrong", off !== 0);
  };

  const words = (group) => {
    const fields = [...group.querySelectorAll("input, textarea")];
    const lacking = fields.filter((field) => !field.value.trim());
    const note = group.querySelector("[data-lacks]");
    note.hidden = lacking.length === 0;
    note.querySelector("[data-names]").textContent = lacking
      .map((field) => group.querySelector(`label[for="${field.id}"]`).textContent).join(", ");
  };

  const criterion = (one) => {
    const kind = one.querySelector("select[name$=-kind]");
    const before = one.dataset.was || (one.dataset.was = `${kind.value}/${ends(one)}`);
    one.dataset.kind = kind.value;
    one.querySelector(".tk-criterion__kind").textContent = kind.selectedOptions[0].textContent;
    const [low, high] = ends(one);
    one.querySelector("[data-rises]").hidden = !weighs(one) || high > low;
    one.querySelector("[data-rescale]").hidden = before === `${kind.value}/${ends(one)}`;
    const name = [...one.querySelectorAll("input[name*=-name_]")].find((field) => field.value.trim());
    if (name) one.querySelector("[data-title]").textContent = name.value;
  };
  const ends = (one) => [number(one.querySelector("input[name$=-low]")),
    number(one.querySelector("input[name$=-high]"))];

  let changed = false;
  form.addEventListener("input", (event) => {
    changed = true;
    const one = event.target.closest("[data-criterion]");
    const group = event.target.closest("[data-words]");
    if (group) words(group);
    if (one) criterion(one);
    sum();
  });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  form.querySelectorAll("[data-criterion]").forEach(criterion);
  sum();
  if (location.hash === "#new") document.querySelector("#new input[name*=-name_]")?.focus();
})();

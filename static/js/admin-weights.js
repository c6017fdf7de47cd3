/* The sum of a rubric's weights while they are written; the server checks it again. */
(() => {
  "use strict";
  const form = document.querySelector("[data-weights]");
  if (!form) return;
  const fields = [...form.querySelectorAll("input[name$=-weight]")];
  const add = () => {
    const total = fields.reduce((sum, field) => sum + (Number(field.value.replace(",", ".")) || 0), 0);
    form.querySelector("[data-total]").textContent = Math.round(total * 100) / 100;
    form.querySelector("[data-bar]").value = total;
  };
  form.addEventListener("input", add);
  add();
})();

/* The page of declarations: "no ties with the rest" in one press. */
(() => {
  "use strict";

  const rest = document.querySelector("[data-no-ties]");
  if (rest) {
    rest.hidden = false;
    rest.addEventListener("click", () => {
      document.querySelectorAll("fieldset.tie").forEach((box) => {
        if (!box.querySelector("input:checked")) box.querySelector("input[value=none]").checked = true;
      });
    });
  }
})();

/* Small helps; every page works without them. */
(() => {
  "use strict";

  /* htmx sends what Django asks of a form. Pages without a form set no cookie and need none. */
  document.addEventListener("htmx:configRequest", (event) => {
    const kept = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    const token = field ? field.value : kept && decodeURIComponent(kept[1]);
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
  });

  /* The summary of errors takes the focus, so that it is heard and seen first. */
  const summary = (root) => {
    const box = root.querySelector("[data-error-summary]");
    if (box) box.focus();
  };

  /* Letters left: said aloud only after a pause. */
  const count = (field) => {
    const out = document.getElementById(field.dataset.count);
    if (!out) return;
    const most = field.maxLength > 0 ? field.maxLength : Number(field.dataset.most);
    const show = () => {
      const number = new Intl.NumberFormat(document.documentElement.lang);
      out.textContent = `${number.format(field.value.length)}/${number.format(most)}`;
    };
    field.addEventListener("input", show);
    show();
  };

  /* A file too large is told of before it is sent. */
  const size = (field) => {
    field.addEventListener("change", () => {
      const most = Number(field.dataset.maxBytes);
      const bad = [...field.files].some((file) => file.size > most);
      field.setCustomValidity(bad ? field.dataset.tooLarge : "");
      if (bad) field.reportValidity();
    });
  };

  /* On a narrow screen the facets are folded until one asks for them. */
  const narrow = window.matchMedia("(max-width: 62rem)");
  let unfolded = false;
  const fold = (root) => {
    const box = root.querySelector("details.fold");
    if (!box) return;
    if (location.hash && location.hash === `#${box.id}`) unfolded = true;
    box.open = unfolded || !narrow.matches;
    box.querySelector("summary").addEventListener("click", () => { unfolded = !box.open; });
  };
  narrow.addEventListener("change", () => fold(document));

  const wake = (root) => {
    fold(root);
    root.querySelectorAll("[data-count]").forEach(count);
    root.querySelectorAll("input[type=file][data-max-bytes]").forEach(size);
    summary(root);
  };

  const menu = document.querySelector(".menu");
  if (menu) {
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }

  /* A form that has been sent is not sent twice by an impatient press. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  document.addEventListener("htmx:afterSwap", (event) => wake(event.target));
  wake(document);
})();

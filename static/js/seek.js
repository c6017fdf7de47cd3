/* The search box offers what is there: a combobox with a list (ARIA 1.2). A plain box without it. */
(() => {
  "use strict";
  const PAUSE = 150;

  const input = document.querySelector("input[data-suggest]");
  if (!input) return;
  const box = document.createElement("div");
  const said = document.createElement("p");
  said.className = "vh";
  said.setAttribute("role", "status");
  input.form.append(box, said);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asking = null;
  let active = -1;

  const options = () => [...box.querySelectorAll("[role=option]")];

  const close = () => {
    clearTimeout(timer);
    if (asking) asking.abort();
    box.replaceChildren();
    active = -1;
    said.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
  };

  const show = (html) => {
    box.innerHTML = html;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const list = box.querySelector("[role=listbox]");
    if (!list) {
      close();
      return;
    }
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    said.textContent = list.dataset.said;
  };

  const ask = async () => {
    const typed = input.value.trim();
    if (typed.length < 2) {
      close();
      return;
    }
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const url = `${input.dataset.suggest}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(url, { signal: asking.signal });
      if (answer.ok && document.activeElement === input) show(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  const move = (to) => {
    const all = options();
    if (!all.length) return;
    active = (to + all.length) % all.length;
    all.forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === active));
    });
    input.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  };

  const choose = (option) => {
    input.value = option.dataset.text;
    close();
    input.form.requestSubmit();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!all.length) ask();
      else if (event.key === "ArrowDown") move(active + 1);
      else move(active < 0 ? all.length - 1 : active - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(all[active]);
    } else if (event.key === "Escape" && all.length) {
      event.preventDefault();
      close();
    }
  });
  /* The box keeps the focus while one presses an option. */
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
})();

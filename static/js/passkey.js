/* Shows what needs passkeys where the browser has them, and says when one was not used. */
(() => {
  "use strict";

  const shown = document.querySelectorAll("[data-passkey]");
  if (!window.PublicKeyCredential) return;
  shown.forEach((part) => { part.hidden = false; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-failed]").forEach((part) => {
      part.textContent = part.dataset.passkeyFailed;
    });
  });
})();

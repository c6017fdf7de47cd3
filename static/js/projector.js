// Arrow keys turn the agenda's pages; the links do the same without this.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const key = { PageUp: "ArrowLeft", PageDown: "ArrowRight" }[event.key] || event.key;
  const link = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

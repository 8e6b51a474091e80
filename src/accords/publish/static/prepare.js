// Leaves of the page what one print has: what is only hidden makes printing thirty times as slow.
// A link to what is gone loses its target, and the contents have their pages numbered. A table that
// is wider than the paper would make the browser print every page smaller.
({part, pages}) => {
  document.documentElement.dataset.print = part;
  for (const other of document.querySelectorAll(`[data-in]:not([data-in~="${part}"])`)) {
    other.remove();
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    const id = decodeURIComponent(link.hash.slice(1));
    if (!document.getElementById(id)?.checkVisibility()) link.removeAttribute("href");
    else if (id in pages && link.closest("nav")) link.dataset.page = pages[id];
  }
  for (const box of document.querySelectorAll(".scroll")) {
    const room = box.clientWidth / box.scrollWidth;
    if (room < 1) box.firstElementChild.style.zoom = room;
  }
}

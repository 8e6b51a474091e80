"use strict";
// Before anything is painted: the reader's choice of colours, and the mark that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let chosen = null;
  try { chosen = localStorage.getItem("colours"); } catch { }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
})();

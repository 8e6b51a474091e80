// Partners: a page opens when a name leads to it, and any two pairs can be set side by side.
(() => {
  "use strict";
  // What is laid out on the way there moves a page for a moment: it is aimed at more than once.
  function aim(page, frames) {
    page.scrollIntoView({ behavior: "instant" });
    if (frames) requestAnimationFrame(() => aim(page, frames - 1));
  }
  function visit() {
    const page = document.querySelector(":target");
    const folded = page?.closest("details.partner");
    if (!folded) return;
    folded.open = true;
    aim(page, 10);
  }
  addEventListener("hashchange", visit);
  visit();

  const comparison = document.getElementById("comparison");
  const pairs = [...document.querySelectorAll(".side")];
  if (pairs.length < 2) return;
  const shown = Object.assign(document.createElement("div"), { className: "sides" });
  shown.setAttribute("aria-live", "polite");
  // The largest pairs first: one of each state, where there are two.
  const size = (pair) => parseInt(pair.querySelector("dd").textContent.replaceAll(",", ""), 10);
  const state = (pair) => pair.id.split("-").pop();
  const ranked = [...pairs].sort((a, b) => size(b) - size(a));
  const first = ranked[0];
  const second = ranked.find((pair) => state(pair) !== state(first)) ?? ranked[1];
  const choices = [["Compare", first], ["with", second]].map(([word, chosen]) => {
    const select = document.createElement("select");
    for (const pair of pairs) {
      select.append(new Option(pair.firstElementChild.textContent, pair.id, false, pair === chosen));
    }
    const label = document.createElement("label");
    label.append(`${word} `, select);
    comparison.append(label);
    select.addEventListener("change", compare);
    return select;
  });
  comparison.append(shown);
  comparison.addEventListener("toggle", compare);
  comparison.hidden = false;

  function compare() {
    const copies = choices.map(({ value }) => document.getElementById(value).cloneNode(true));
    for (const copy of copies) copy.removeAttribute("id");
    shown.replaceChildren(...copies);
  }
})();

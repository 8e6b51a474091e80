// Hands over files, scrolls, and tells charts how much room they have.

// One explorer can be shown several times: what is asked for is done where it was asked.
let used = null;

function render({ model, el }) {
  const said = document.createElement("span");
  el.classList.add("accords-files");
  for (const [form, name] of [["csv", "CSV"], ["xlsx", "Excel"], ["bib", "BibTeX"]]) {
    const button = document.createElement("button");
    button.className = "jupyter-button widget-button accords-chip";
    button.textContent = name;
    button.title = `Download the selection as ${name}`;
    button.onclick = () => { said.textContent = ""; model.send(form); };
    el.append(button);
  }
  said.setAttribute("role", "alert");
  el.prepend("Download ");
  el.append(said);
  const receive = (message, buffers) => {
    if (used !== el) return;
    if (message.show) {
      const shown = el.closest(".accords-explorer").querySelector(message.show);
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      shown.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
      return;
    }
    if (message.error) { said.textContent = message.error; return; }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(buffers));
    link.download = message.name;
    link.click();
    // A busy machine may begin to save much later.
    setTimeout(() => URL.revokeObjectURL(link.href), 300_000);
  };
  model.on("msg:custom", receive);

  // Plotly's widgets measure themselves before they are on the page, and again only when the
  // window changes: tell them when the room for them does.
  let root = null, width = 0;
  const room = new ResizeObserver(() => {
    if (!root && (root = el.closest(".accords-explorer"))) {
      room.observe(root);
      for (const act of ["pointerdown", "keydown", "click"]) {
        root.addEventListener(act, () => (used = el), true);
      }
    }
    if (!root || root.clientWidth === width) return;
    width = root.clientWidth;
    window.dispatchEvent(new Event("resize"));
  });
  room.observe(el);
  return () => { model.off("msg:custom", receive); room.disconnect(); };
}
export default { render };

// The table of itables, made once: narrowing it takes no more than a search.
export default {
  async render({ model, el }) {
    const { ITable, set_or_remove_dark_class } = await library(model);
    set_or_remove_dark_class();
    el.classList.add("itables_anywidget");
    const node = el.appendChild(document.createElement("table"));
    node.className = model.get("classes");
    node.setAttribute("style", model.get("_style"));
    const { dt } = new ITable(node, model.get("_dt_args"));

    const narrow = () => {
      const shown = new Set(model.get("shown"));
      dt.search.fixed("shown", (_text, _row, number) => shown.has(number)).draw();
    };
    let pointing = false;
    const point = () => {
      pointing = true;
      dt.rows({ selected: true }).deselect();
      dt.rows(model.get("selected_rows")).select();
      pointing = false;
      const place = dt.rows({ search: "applied" }).indexes().indexOf(model.get("selected_rows")[0]);
      const page = Math.floor(place / dt.page.len());
      if (place >= 0 && page !== dt.page()) dt.page(page).draw("page");
    };
    // The whole head sorts, and not its small arrows alone.
    for (const head of node.tHead.querySelectorAll("th")) {
      const arrow = head.querySelector(".dt-column-order");
      head.onclick = (event) => { if (arrow && !arrow.contains(event.target)) arrow.click(); };
    }
    // A row is reached by Tab and the arrows, and read with Enter.
    node.tBodies[0].dataset.lmSuppressShortcuts = "true";
    dt.on("draw", () => { for (const row of node.tBodies[0].rows) row.tabIndex = 0; });
    node.tBodies[0].onkeydown = (event) => {
      const row = event.target.closest("tr");
      const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling };
      if (event.key === "Enter" || event.key === " ") dt.row(row).select();
      else if (next[event.key]) next[event.key].focus();
      else return;
      event.preventDefault();
    };
    narrow();
    point();
    model.on("change:shown", narrow);
    model.on("change:selected_rows", point);
    dt.on("select deselect", () => {
      if (pointing) return;
      model.set("selected_rows", dt.rows({ selected: true }).indexes().toArray());
      model.save_changes();
    });
    return () => dt.destroy();
  },
};

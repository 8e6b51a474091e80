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

// Plotly's own widget, started when it is first shown and told of what changed until then.
export default () => {
  let model, chart;
  const missed = [];

  function keep(changed) {
    for (const [name, value] of Object.entries(changed.changedAttributes() || {})) {
      if (name.startsWith("_py2js_") && value !== null) missed.push([name, value]);
    }
  }

  async function start() {
    const { default: plotly } = await library(model);
    const started = plotly();
    model.off("change", keep);
    started.initialize({ model });
    for (const [name, value] of missed) {
      model.set(name, value);
      model.set(name, null);
    }
    return started;
  }

  return {
    initialize(context) {
      model = context.model;
      model.on("change", keep);
    },
    async render(context) {
      chart ??= start();
      return (await chart).render(context);
    },
  };
};

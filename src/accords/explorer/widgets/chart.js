// Plotly's own widget, started when it is first shown and told of what changed until then.
export default () => {
  let model, chart;
  const missed = [];
  // Plotly's views listen for ever: what each has asked to hear is taken back when it is gone.
  let heard = [];

  function keep(changed) {
    for (const [name, value] of Object.entries(changed.changedAttributes() || {})) {
      if (name.startsWith("_py2js_") && value !== null) missed.push([name, value]);
    }
  }

  function on(name, handler) {
    heard.push([name, handler]);
    model.on(name, handler);
  }

  async function start() {
    const { default: plotly } = await library(model);
    const started = plotly();
    model.off("change", keep);
    started.initialize({ model: { ...model, on } });
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
      const started = await chart;
      const own = (heard = []);
      const end = started.render(context);
      return () => {
        end();
        for (const [name, handler] of own) model.off(name, handler);
      };
    },
  };
};

// Plotly makes a chart of its element in its own time.
function whenDrawn(el, then) {
  if (el.on && el.data) then(el);
  else setTimeout(() => whenDrawn(el, then), 100);
}

// Bars answer to the keyboard as they do to the pointer: each can be reached, and pressed.
function reachable(chart) {
  let pressed = null;
  const name = (number) => chart.data[0].hovertext[number].split("<br>")[0];
  const plain = (text) => new DOMParser().parseFromString(
    text.replaceAll("<br>", ", "), "text/html").body.textContent;
  const press = (number, event) => {
    pressed = name(number);
    chart.emit("plotly_click", { event, points: [{ curveNumber: 0, pointNumber: number }] });
  };
  const label = () => {
    chart.querySelectorAll(".barlayer .trace:first-child .point path").forEach((bar, number) => {
      bar.tabIndex = 0;
      bar.setAttribute("role", "button");
      bar.setAttribute("aria-label", plain(chart.data[0].hovertext[number]));
      bar.setAttribute("aria-pressed", Boolean(chart.data[0].customdata?.[number]));
      // JupyterLab's own keys are not meant where a bar has the focus.
      bar.dataset.lmSuppressShortcuts = "true";
      bar.onkeydown = (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        press(number, event);
      };
      // A bar that was pressed keeps the focus where it stands now.
      if (pressed === name(number)) { pressed = null; bar.focus(); }
    });
  };
  if (chart.data[0].type !== "bar") return;
  chart.on("plotly_afterplot", label);
  label();
}

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
      whenDrawn(context.el, reachable);
      return () => {
        end();
        for (const [name, handler] of own) model.off(name, handler);
      };
    },
  };
};

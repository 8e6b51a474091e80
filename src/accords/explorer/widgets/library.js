// A library is held by one model and is run once for all widgets that need it.
async function library(model) {
  const held = await model.widget_manager.get_model(model.get("library"));
  held.running ??= import(
    URL.createObjectURL(new Blob([held.get("code")], { type: "text/javascript" }))
  );
  return held.running;
}

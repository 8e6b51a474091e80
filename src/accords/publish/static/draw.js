// Draws a figure off screen and says where its first and last visible marks are, so that the room
// that a title would take can be cut off.
async ({data, layout}) => {
  const {width, height} = layout;
  const markup = await Plotly.toImage(
    {data, layout}, {format: "svg", width, height, imageDataOnly: true});
  const host = document.createElement("div");
  host.style.cssText = "position:absolute;left:0;top:0";
  host.innerHTML = markup;
  document.body.append(host);
  let top = height, bottom = 0;
  for (const mark of host.querySelectorAll("text,path,rect,circle,line,image")) {
    if (mark.closest("defs,clipPath,.draglayer")) continue;
    const style = getComputedStyle(mark);
    const filled = style.fill !== "none" && style.fillOpacity !== "0" && style.opacity !== "0";
    if (!filled && style.stroke === "none") continue;
    const box = mark.getBoundingClientRect();
    if (box.width >= width && box.height >= height) continue;
    if (!box.width && !box.height) continue;
    top = Math.min(top, box.top);
    bottom = Math.max(bottom, box.bottom);
  }
  host.remove();
  return [markup, Math.max(0, top), Math.min(height, bottom)];
}

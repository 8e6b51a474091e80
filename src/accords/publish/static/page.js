"use strict";
(() => {
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const PHONE = matchMedia("(max-width: 40rem)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");

  // What is packed: gzip in base 85, as RFC 1924 writes it.
  const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  const unpack = async (id) => {
    const text = $(`#${id}`).textContent;
    const value = new Uint8Array(128);
    [...DIGITS].forEach((digit, n) => { value[digit.charCodeAt(0)] = n; });
    const groups = Math.ceil(text.length / 5);
    const bytes = new DataView(new ArrayBuffer(groups * 4));
    for (let group = 0; group < groups; group++) {
      let number = 0;
      for (let at = group * 5; at < group * 5 + 5; at++)
        number = number * 85 + (at < text.length ? value[text.charCodeAt(at)] : 84);
      bytes.setUint32(group * 4, number);
    }
    const packed = new Blob([new Uint8Array(bytes.buffer, 0, Math.floor(text.length * 4 / 5))]);
    return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const nameOf = (figure) => figure.id.slice("fig-".length);
  const once = (make) => { let made; return () => (made ??= make()); };
  // Between two pieces of work the page answers its reader.
  const idle = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done, { timeout: 500 }));

  // Colours: automatic, light, dark.
  const modes = ["automatic", "light", "dark"];
  const showMode = () => { $("#theme-name").textContent = root.dataset.theme ?? "automatic"; };
  $("#theme-switch").addEventListener("click", () => {
    const next = modes[(modes.indexOf(root.dataset.theme ?? "automatic") + 1) % modes.length];
    if (next === "automatic") delete root.dataset.theme; else root.dataset.theme = next;
    try { localStorage.setItem("colours", next); } catch { }
    showMode();
    redraw();
  });
  DARK.addEventListener("change", () => redraw());
  showMode();
  $(".tools").inert = false;

  // The first chapter can be handed on by itself.
  $("#print-brief")?.addEventListener("click", () => {
    root.dataset.print = "brief";
    print();
  });
  addEventListener("afterprint", () => { delete root.dataset.print; });

  // Phones get the drawings made for their width.
  const narrowDrawings = once(async () => JSON.parse(await unpack("narrow-data")));
  const wideDrawings = new Map();
  const fit = async () => {
    if (!PHONE.matches && !wideDrawings.size) return;
    const narrow = PHONE.matches ? await narrowDrawings() : null;
    for (const figure of $$("figure.chart")) {
      const name = nameOf(figure);
      const drawn = $(".drawing > svg", figure);
      if (!drawn) continue;
      if (!wideDrawings.has(name)) wideDrawings.set(name, drawn);
      const wide = wideDrawings.get(name);
      if (!narrow) { drawn.replaceWith(wide); continue; }
      if (drawn !== wide || !narrow[name]) continue;
      const holder = document.createElement("template");
      holder.innerHTML = narrow[name];
      const svg = holder.content.firstChild;
      const [, , width, height] = svg.getAttribute("viewBox").split(" ");
      for (const [key, value] of Object.entries({ role: "img", "aria-label": wide.getAttribute("aria-label"), width, height }))
        svg.setAttribute(key, value);
      drawn.replaceWith(svg);
    }
    await redraw();
  };

  // Charts become interactive when the reader reaches for them.
  const live = new Map();
  const numberOf = (figure) => $(".number", figure).textContent;
  const plotly = once(async () => {
    const code = await unpack("plotly-data");
    await idle();
    const script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    URL.revokeObjectURL(script.src);
    await idle();
    return window.Plotly;
  });
  const specifications = once(async () => JSON.parse(await unpack("chart-data")));
  // The theme's light colours stand for its names: what is drawn are the colours of now and here.
  const specification = async (figure) => {
    const { charts, colours } = await specifications();
    const { data, frames, wide, narrow } = charts[nameOf(figure)];
    const probe = document.createElement("i");
    probe.style.forcedColorAdjust = "none";
    $(".drawing", figure).append(probe);
    const now = (light) => {
      if (!colours[light]) return light;
      probe.style.color = `var(--${colours[light]})`;
      return getComputedStyle(probe).color;
    };
    const text = JSON.stringify({ data, frames, layout: PHONE.matches ? narrow : wide });
    const coloured = text.replace(/#[0-9a-f]{6}/g, now);
    probe.remove();
    return JSON.parse(coloured);
  };
  const draw = async (figure) => {
    const drawing = $(".drawing", figure);
    const [Plotly, { data, layout, frames }] = await Promise.all([plotly(), specification(figure)]);
    if (!live.has(figure)) return;
    const svg = $(":scope > svg", drawing);
    let host = $(".live, .making", drawing);
    const first = !host;
    if (first) {
      host = document.createElement("div");
      host.className = "making";
      host.append(document.createElement("div"));
      host.tabIndex = 0;
      host.setAttribute("role", "application");
      host.setAttribute("aria-label", `${svg?.getAttribute("aria-label") ?? numberOf(figure)} Arrow keys read the points.`);
      // Beside the drawing: the style sheet shows one of the two, and this one when it is made.
      if (svg) svg.after(host); else drawing.append(host);
    }
    const plot = host.firstChild;
    // Same place, same crop as the static drawing.
    [, host.top, host.width, host.height] = svg?.getAttribute("viewBox").split(" ").map(Number)
      ?? [0, 0, layout.width, layout.height];
    layout.dragmode = false;
    const config = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false };
    if (first) {
      // In two steps, which take the page half as long each.
      await Plotly.react(plot, { data: [], layout: { ...layout, annotations: [], shapes: [] }, config });
      await idle();
      if (!live.has(figure)) return;
    }
    await Plotly.react(plot, { data, layout, frames, config });
    host.className = "live";
    scale(host);
    if (!svg) {
      // No drawing says where to crop: the room of the title above the first mark is left out.
      const { top } = plot.getBoundingClientRect();
      const marks = $$("text, path", plot).map((mark) => mark.getBoundingClientRect());
      const above = Math.min(...marks.filter((box) => box.height).map((box) => box.top)) - top;
      host.top = Math.max(0, above / (plot.getBoundingClientRect().width / host.width) - 8);
      host.height -= host.top;
      scale(host);
    }
    if (!first) return;
    plot.on("plotly_click", ({ points }) => open(points[0].customdata));
    host.addEventListener("keydown", (event) => step(Plotly, plot, event));
  };
  const scale = (host) => {
    const factor = Math.min(1, host.parentNode.clientWidth / host.width);
    host.style.height = `${host.height * factor}px`;
    Object.assign(host.firstChild.style, {
      width: `${host.width}px`,
      marginTop: `${-host.top}px`,
      transform: `scale(${factor})`,
      transformOrigin: `0 ${host.top}px`,
    });
  };
  addEventListener("resize", () => $$(".live").forEach(scale));
  // A point that stands for an agreement leads to its section.
  const open = (customdata) => {
    const id = [customdata].flat()[0];
    if (typeof id === "string" && document.getElementById(id)) location.hash = id;
  };
  const enliven = (figure) => {
    if (!live.has(figure)) live.set(figure, draw(figure));
    const button = $(".explore", figure);
    if (button) button.hidden = true;
    return live.get(figure);
  };
  const still = (figure) => {
    live.delete(figure);
    $(".live, .making", figure)?.remove();
    $(".explore", figure).hidden = false;
  };
  // In the table behind a chart an agreement leads to its section.
  const link = (figure) => {
    for (const cell of $$("details td", figure)) {
      const id = cell.textContent;
      if (cell.firstElementChild || !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id) || !document.getElementById(id)) continue;
      const anchor = document.createElement("a");
      anchor.href = `#${id}`;
      anchor.textContent = id;
      cell.replaceChildren(anchor);
    }
  };
  const redraw = async () => {
    for (const figure of live.keys()) {
      await idle();
      await draw(figure);
    }
  };

  // Arrow keys walk through the points of a chart; what is reached is said aloud.
  const spoken = document.createElement("p");
  spoken.className = "away";
  spoken.setAttribute("aria-live", "polite");
  document.body.append(spoken);
  const step = async (Plotly, plot, event) => {
    if (event.key === "Escape") Plotly.Fx.unhover(plot);
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!move && event.key !== "Enter") return;
    event.preventDefault();
    const points = plot.calcdata.flatMap((trace, curveNumber) =>
      trace[0]?.trace?.visible === true && trace[0].trace.hoverinfo !== "skip"
        ? trace.map((point, i) => ({ curveNumber, pointNumber: point.i ?? i })) : []);
    if (!move) {
      const { curveNumber, pointNumber } = points[plot.at] ?? {};
      return open(plot._fullData[curveNumber]?.customdata?.[pointNumber]);
    }
    // A point that says nothing, such as the edge of an area, is passed over.
    for (const _ of points) {
      const at = ((plot.at ?? (move > 0 ? -1 : 0)) + move + points.length) % points.length;
      plot.at = at;
      const { xaxis = "x", yaxis = "y" } = plot._fullData[points[at].curveNumber];
      Plotly.Fx.hover(plot, [points[at]], xaxis + yaxis);
      // Plotly shows labels 50 ms apart.
      await new Promise((done) => setTimeout(done, 60));
      const lines = $$(".hoverlayer :is(.line, text:not(:has(.line)))", plot).map((line) => line.textContent);
      spoken.textContent = lines.filter(Boolean).join(", ");
      if (spoken.textContent) return;
    }
  };

  const able = $$("figure.chart:not(.still)");
  for (const figure of able) {
    const drawing = $(".drawing", figure);
    let waiting;
    drawing.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") waiting = setTimeout(() => enliven(figure), 120);
    });
    drawing.addEventListener("pointerleave", () => clearTimeout(waiting));
    drawing.addEventListener("click", () => enliven(figure));
    if (!$(":scope > svg", drawing)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "explore";
    button.textContent = "Explore";
    button.setAttribute("aria-label", `${numberOf(figure)}: Explore the chart`);
    button.addEventListener("click", async () => {
      await enliven(figure);
      $(".live", drawing).focus();
    });
    $(".below", figure).append(button);
  }
  for (const figure of $$("figure.chart")) {
    const drawn = $(".drawing > svg", figure);
    const details = $("details", figure);
    // A region that scrolls is reached by keyboard and has a name.
    const region = $(".scroll", details);
    if (region) {
      region.tabIndex = 0;
      region.setAttribute("role", "region");
      region.setAttribute("aria-label", `Data of ${numberOf(figure)}`);
    }
    const get = document.createElement("p");
    get.className = "get";
    get.append("Download:");
    const kinds = { csv: region && "data (CSV)", svg: drawn && "picture (SVG)", png: drawn && "picture (PNG)" };
    for (const [kind, label] of Object.entries(kinds)) {
      if (!label) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.get = kind;
      button.textContent = label;
      get.append(button);
    }
    if (get.childElementCount) $("summary", figure).after(get);
    details.addEventListener("toggle", () => link(figure), { once: true });
    if (details.open) link(figure);
  }
  const bare = able.filter((figure) => !$(".drawing > svg", figure));
  if (bare.length) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); enliven(entry.target); }
    }, { rootMargin: "400px" });
    bare.forEach((figure) => seen.observe(figure));
  }
  // What the switch says when a chart's turn comes counts: it may be pressed again meanwhile.
  const button = $("#live-switch");
  const pressed = () => button.getAttribute("aria-pressed") === "true";
  button.hidden = bare.length || !able.length;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-pressed", !pressed());
    for (const figure of able) {
      await idle();
      if (pressed()) await enliven(figure);
      if (!pressed()) still(figure);
    }
  });

  // Data and pictures to take away, made from what is on the page.
  const save = (name, type, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const csv = (table) => $$("tr", table).map((row) => [...row.cells].map((cell) => {
    // What readers see is rounded.
    let text = cell.dataset.v ?? cell.textContent.trim();
    // A spreadsheet must not take text for a formula.
    if (/^[=+@\t\r]|^-(?![\d.]+(e[+-]?\d+)?%?$)/.test(text)) text = `'${text}`;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",")).join("\n");
  // As the build writes its files: title, subtitle, drawing and source, on white.
  const standalone = async (figure) => {
    const { colours } = await specifications();
    const light = Object.fromEntries(Object.entries(colours).map(([hex, token]) => [token, hex]));
    const svg = (wideDrawings.get(nameOf(figure)) ?? $(".drawing > svg", figure)).cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const holder = document.createElement("template");
    holder.innerHTML = `<svg xmlns="http://www.w3.org/2000/svg" role="img" font-family="Liberation Sans, Arimo, Arial, Helvetica, sans-serif"><rect x="-16" y="-8" width="100%" height="100%" fill="var(--paper)"/></svg>`;
    const whole = holder.content.firstChild;
    let y = 8;
    const write = (text, columns, size, step, look) => {
      for (const line of text.match(new RegExp(`.{1,${columns}}(?:\\s|$)`, "g")) ?? []) {
        y += step;
        whole.insertAdjacentHTML("beforeend", `<text y="${y}" font-size="${size}" ${look}/>`);
        whole.lastChild.textContent = line.trim();
      }
      y += 4;
    };
    write($("figcaption :is(h3,h4)", figure).textContent, 80, 18, 23.4, 'font-weight="bold" fill="var(--ink)"');
    write($("figcaption :is(h3,h4) ~ p", figure)?.textContent ?? "", 112, 13, 16.9, 'fill="var(--muted)"');
    svg.setAttribute("y", y + 8);
    whole.append(svg);
    y += 8 + height;
    write($(".credit", figure)?.textContent.replace("this dataset", document.title) ?? "", 132, 11, 15, 'fill="var(--muted)"');
    const size = [width + 32, Math.ceil(y + 6) + 16];
    whole.setAttribute("width", size[0]);
    whole.setAttribute("height", size[1]);
    whole.setAttribute("viewBox", `-16 -8 ${size.join(" ")}`);
    return new XMLSerializer().serializeToString(whole).replace(/var\(--([\w-]+)\)/g, (_, token) => light[token] ?? "#000");
  };
  const get = {
    csv: (figure, name) => save(`${name}.csv`, "text/csv", `\ufeff${csv($("details table", figure))}\n`),
    svg: async (figure, name) => save(`${name}.svg`, "image/svg+xml", await standalone(figure)),
    png: async (figure, name) => {
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([await standalone(figure)], { type: "image/svg+xml" }));
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      const context = canvas.getContext("2d");
      context.scale(2, 2);
      context.drawImage(image, 0, 0);
      canvas.toBlob((blob) => save(`${name}.png`, "image/png", blob));
    },
  };
  document.addEventListener("click", (event) => {
    const kind = event.target.dataset?.get;
    if (!kind || !(kind in get)) return;
    const figure = event.target.closest("figure.chart");
    get[kind](figure, nameOf(figure));
  });

  // Where the reader is.
  const items = new Map($$(".toc > details > ol > li").map((item) => [$("a", item).hash.slice(1), item]));
  const spy = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) items.get(target.id)?.classList.toggle("here", isIntersecting);
  }, { rootMargin: "-20% 0px -75%" });
  for (const id of items.keys()) { const section = document.getElementById(id); if (section) spy.observe(section); }

  PHONE.addEventListener("change", () => { fit(); $(".toc details").open = !PHONE.matches; });
  fit();
})();

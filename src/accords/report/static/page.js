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
    for (const figure of live.keys()) await draw(figure);
  };

  // Charts become interactive when the reader reaches for them.
  const live = new Map();
  const plotly = once(async () => {
    const code = await unpack("plotly-data");
    const script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    URL.revokeObjectURL(script.src);
    return window.Plotly;
  });
  const chartText = once(() => unpack("chart-data"));
  const specification = async (name) => {
    const all = await chartText();
    const { colours } = JSON.parse(all);
    const style = getComputedStyle(root);
    // The theme's light colours stand for its names; what is drawn are the colours of now.
    const { templates, charts } = JSON.parse(all.replace(/#[0-9a-f]{6}/g, (light) =>
      colours[light] ? style.getPropertyValue(`--${colours[light]}`).trim() : light));
    const { data, wide, narrow } = charts[name];
    const layout = { ...(PHONE.matches ? narrow : wide) };
    layout.template = templates[layout.template];
    return { data, layout };
  };
  const draw = async (figure) => {
    const drawing = $(".drawing", figure);
    const svg = $(":scope > svg", drawing);
    const [Plotly, { data, layout }] = await Promise.all([plotly(), specification(nameOf(figure))]);
    let host = live.get(figure);
    if (!host) {
      host = document.createElement("div");
      host.className = "live";
      host.append(document.createElement("div"));
      host.tabIndex = 0;
      host.setAttribute("role", "application");
      host.setAttribute("aria-label", `${svg?.getAttribute("aria-label") ?? ""} Arrow keys read the points.`);
      drawing.append(host);
      live.set(figure, host);
    }
    const plot = host.firstChild;
    let scale = 1;
    if (svg) {
      // Same place, same crop as the static drawing.
      svg.style.display = "";
      const [, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
      scale = Math.min(1, drawing.clientWidth / width);
      host.style.height = `${height * scale}px`;
      plot.style.marginTop = `${-top}px`;
      svg.style.display = "none";
    } else {
      scale = Math.min(1, drawing.clientWidth / layout.width);
      host.style.height = `${layout.height * scale}px`;
    }
    plot.style.width = `${layout.width}px`;
    plot.style.transform = scale < 1 ? `scale(${scale})` : "";
    plot.style.transformOrigin = `0 ${plot.style.marginTop ? -parseFloat(plot.style.marginTop) : 0}px`;
    const first = !plot.dataset.drawn;
    await Plotly.react(plot, data, { ...layout, dragmode: false },
      { displayModeBar: false, responsive: false, scrollZoom: false });
    if (first) {
      plot.dataset.drawn = "yes";
      plot.on("plotly_click", ({ points }) => {
        const id = [points[0].customdata].flat()[0];
        if (typeof id === "string" && document.getElementById(id)) location.hash = id;
      });
      host.addEventListener("keydown", (event) => step(Plotly, plot, event));
    }
  };
  const enliven = (figure) => {
    if (live.has(figure)) return live.get(figure).pending;
    const pending = draw(figure);
    if (live.has(figure)) live.get(figure).pending = pending;
    return pending;
  };
  // A table that lists agreements is packed with the charts, for the page lists them anyway.
  const fill = async (figure) => {
    const place = $("details .scroll", figure);
    if (!place.firstElementChild) {
      const [columns, rows] = JSON.parse(await chartText()).tables[nameOf(figure)];
      const table = document.createElement("table");
      const head = table.createTHead().insertRow();
      for (const name of columns) {
        const cell = document.createElement("th");
        cell.scope = "col";
        cell.textContent = name;
        head.append(cell);
      }
      const body = table.createTBody();
      for (const row of rows) {
        const line = body.insertRow();
        for (const value of row) line.insertCell().textContent = value ?? "";
      }
      place.append(table);
    }
    for (const cell of $$("td", place)) {
      const id = cell.textContent;
      if (cell.firstElementChild || !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id) || !document.getElementById(id)) continue;
      const link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = id;
      cell.replaceChildren(link);
    }
  };
  const redraw = async () => { for (const figure of live.keys()) await draw(figure); };

  // Arrow keys walk through the points of a chart; what is reached is said aloud.
  const spoken = document.createElement("p");
  spoken.className = "away";
  spoken.setAttribute("aria-live", "polite");
  document.body.append(spoken);
  const step = (Plotly, plot, event) => {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const points = plot.calcdata.flatMap((trace, curveNumber) =>
      trace[0]?.trace?.visible === true && trace[0].trace.hoverinfo !== "skip"
        ? trace.map((point, i) => ({ curveNumber, pointNumber: point.i ?? i })) : []);
    if (!points.length) return;
    const at = ((Number(plot.dataset.at ?? (move > 0 ? -1 : 0)) + move) + points.length) % points.length;
    plot.dataset.at = at;
    Plotly.Fx.hover(plot, [points[at]]);
    spoken.textContent = $$(".hoverlayer text", plot).map((text) => text.textContent).join(", ");
  };

  for (const figure of $$("figure.chart")) {
    const drawing = $(".drawing", figure);
    let waiting;
    drawing.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") waiting = setTimeout(() => enliven(figure), 120);
    });
    drawing.addEventListener("pointerleave", () => clearTimeout(waiting));
    drawing.addEventListener("click", () => enliven(figure));
    if ($(":scope > svg", drawing)) {
      drawing.tabIndex = 0;
      drawing.addEventListener("keydown", async (event) => {
        if (event.target !== drawing || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        await enliven(figure);
        drawing.removeAttribute("tabindex");
        live.get(figure).focus();
      });
    }
    const details = $("details", figure);
    // A region that scrolls is reached by keyboard and has a name.
    const region = $(".scroll", details);
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", `Data of ${$(".number", figure).textContent}`);
    const get = document.createElement("p");
    get.className = "get";
    get.append("Download:");
    for (const [kind, label] of [["csv", "data (CSV)"], ["svg", "picture (SVG)"], ["png", "picture (PNG)"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.get = kind;
      button.textContent = label;
      get.append(button);
    }
    $("summary", figure).after(get);
    details.addEventListener("toggle", () => fill(figure), { once: true });
  }
  const bare = $$("figure.chart").filter((figure) => !$(".drawing > svg", figure));
  if (bare.length) {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); enliven(entry.target); }
    }, { rootMargin: "400px" });
    bare.forEach((figure) => seen.observe(figure));
  }
  $("#live-switch").addEventListener("click", async (event) => {
    event.target.setAttribute("aria-pressed", "true");
    event.target.disabled = true;
    for (const figure of $$("figure.chart")) await enliven(figure);
    event.target.textContent = "All charts are interactive";
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
    let text = cell.textContent.trim();
    // A spreadsheet must not take text for a formula.
    if (/^[=+@\t\r]|^-(?![\d.])/.test(text)) text = `'${text}`;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",")).join("\n");
  const standalone = (figure) => {
    const svg = (wideDrawings.get(nameOf(figure)) ?? $(".drawing > svg", figure)).cloneNode(true);
    const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const ns = "http://www.w3.org/2000/svg";
    const lines = [];
    const wrap = (text, size, weight, columns) => {
      for (const line of text.match(new RegExp(`.{1,${columns}}(?:\\s|$)`, "g")) ?? []) lines.push([line.trim(), size, weight]);
    };
    wrap($("figcaption :is(h3,h4)", figure).textContent, 18, "bold", 80);
    wrap($("figcaption h3 ~ p, figcaption h4 ~ p", figure).textContent, 13, "normal", 112);
    const head = lines.reduce((sum, [, size]) => sum + size * 1.35, 10);
    const put = (text, y, size, weight, fill) => {
      const element = document.createElementNS(ns, "text");
      for (const [key, value] of Object.entries({ x: left, y, "font-size": size, "font-weight": weight, fill })) element.setAttribute(key, value);
      element.textContent = text;
      svg.append(element);
    };
    const light = { paper: "#ffffff", ...Object.fromEntries(Object.entries(lightColours).map(([hex, token]) => [token, hex])) };
    const ground = document.createElementNS(ns, "rect");
    const total = height + head + 28;
    for (const [key, value] of Object.entries({ x: left - 16, y: top - head - 8, width: width + 32, height: total + 16, fill: light.paper })) ground.setAttribute(key, value);
    svg.prepend(ground);
    let y = top - head;
    for (const [text, size, weight] of lines) { y += size * 1.35; put(text, y, size, weight, weight === "bold" ? light.ink : light.muted); }
    put($(".credit", figure).textContent, top + height + 18, 11, "normal", light.muted);
    svg.setAttribute("viewBox", `${left - 16} ${top - head - 8} ${width + 32} ${total + 16}`);
    svg.setAttribute("width", width + 32);
    svg.setAttribute("height", total + 16);
    svg.setAttribute("font-family", "Liberation Sans, Arimo, Arial, Helvetica, sans-serif");
    svg.removeAttribute("style");
    svg.setAttribute("xmlns", ns);
    return new XMLSerializer().serializeToString(svg).replace(/var\(--([\w-]+)\)/g, (_, token) => light[token] ?? "#000");
  };
  let lightColours = {};
  const get = {
    csv: async (figure, name) => {
      await fill(figure);
      save(`${name}.csv`, "text/csv", `\ufeff${csv($("details table", figure))}\n`);
    },
    svg: (figure, name) => save(`${name}.svg`, "image/svg+xml", standalone(figure)),
    png: async (figure, name) => {
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([standalone(figure)], { type: "image/svg+xml" }));
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
  document.addEventListener("click", async (event) => {
    const kind = event.target.dataset?.get;
    if (!kind || !(kind in get)) return;
    const figure = event.target.closest("figure.chart");
    ({ colours: lightColours } = JSON.parse(await chartText()));
    get[kind](figure, nameOf(figure));
  });

  // Where the reader is.
  const items = new Map($$(".toc > details > ol > li").map((item) => [$("a", item).hash.slice(1), item]));
  const spy = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) items.get(target.id)?.classList.toggle("here", isIntersecting);
  }, { rootMargin: "-20% 0px -75%" });
  for (const id of items.keys()) { const section = document.getElementById(id); if (section) spy.observe(section); }

  // Paper has nothing to unfold.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = $$("details:not([open])");
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));

  PHONE.addEventListener("change", () => { fit(); $(".toc details").open = !PHONE.matches; });
  fit();
})();

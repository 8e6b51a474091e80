// The evidence table comes alive: search, filters, sorting, row sets, downloads and citations.
//
// Kept table libraries were weighed by their minified size and by what they do to a table that is
// already in the page: Tabulator 448 KB, DataTables 124 KB, simple-datatables 104 KB and Grid.js
// 53 KB draw a table of their own or take the rows that are not shown out of the page, so that
// print and find-in-page lose them; List.js (19 KB) neither folds accents nor tells a screen reader
// what it did. MiniSearch finds words by their beginning, and so not مغرب within المغرب. Everything
// below reads the static page and only hides or reorders its rows.
(() => {
  "use strict";
  const root = document.getElementById("evidence");
  const form = document.getElementById("find");
  const sections = document.querySelector(".ag");
  for (const link of document.querySelectorAll("a[data-set]")) {
    link.href = "#rows=" + link.dataset.set;
  }
  // Where on the screen each link stood that was followed within the page: Back returns to it.
  const places = new Map();
  let number;
  let waiting;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (/^https?:/.test(link?.getAttribute("href"))) Object.assign(link, { target: "_blank", rel: "noopener" });
    if (link?.dataset.set) number = link;
    if (link?.getAttribute("href").startsWith("#")) {
      // What is still to be written must not overtake the link.
      if (waiting) write();
      const place = Date.now();
      places.set(place, { link, top: link.getBoundingClientRect().top });
      history.replaceState({ place }, "");
    }
    // The same number again: the address does not change, but the reader wants to go there.
    if (link?.dataset.set && link.hash === location.hash) visit();
  });
  if (!form || !sections) return;

  const table = root.querySelector("table.ev");
  const body = table.tBodies[0];
  const caption = table.caption.firstElementChild;
  const output = form.querySelector("output");
  const chip = document.createElement("button");
  const numbers = [...document.querySelectorAll("a[data-set]")];
  const more = document.createElement("button");
  const SELECTS = [...form.querySelectorAll("select")].map((select) => select.name);
  const COLUMNS = ["date", "title", "parties", "instrument", "domain", "status", "confidence", "source"];
  const LIST = " · ";
  const PRESS = "°";

  // So many rows are laid out at once, and as many again whenever the reader comes near their end;
  // more than MANY only when asked for, and for print.
  const STEP = 100;
  const MANY = 500;

  // How a partner was searched for, by the codes of the dataset's search_methods.
  const SEARCHED = {
    "by-name": "it was searched for by name",
    combined: "it was searched for together with other partners",
    "not-searched": "it was not searched for",
  };

  // Letters that carry no separable accent, or that people type in another form; Cyrillic ones that
  // look Latin. As in accords.dataset.names.
  const LETTERS = {
    ə: "e", ǝ: "e", ә: "e", а: "a", е: "e", о: "o", р: "p", с: "c", х: "x", ı: "i", ø: "o", đ: "d", ł: "l", ß: "ss", æ: "ae", œ: "oe",
    ة: "ه", ى: "ي", ی: "ي", ک: "ك", ٱ: "ا", "'": "", "’": "", ʼ: "", ـ: "",
  };
  const folded = new Map(Object.entries(LETTERS));
  const foldOne = (character) => {
    if (!folded.has(character)) {
      const digit = /[٠-٩۰-۹]/.test(character) && String(character.codePointAt(0) & 15);
      const kept = /[\p{L}\p{N}]/u.test(character) ? character : " ";
      folded.set(character, digit || (/\p{M}/u.test(character) ? "" : kept));
    }
    return folded.get(character);
  };
  const fold = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/[^a-z0-9 ]/gu, foldOne).replace(/ +/g, " ");

  const plain = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");
  const option = (name, code) => [...form.elements[name].options].find(({ value }) => value === code);
  const label = (name, code) => option(name, code)?.text;

  class Entry {
    constructor(row) {
      this.row = row;
      this.id = decodeURIComponent(row.querySelector("a").hash.slice(1));
      this.kept = {};
    }
    get section() {
      return document.getElementById(this.id);
    }
    cell(n) {
      return plain(this.row.cells[n]);
    }
    get date() {
      const date = this.cell(0);
      return date === "undated" ? "" : date;
    }
    get parties() {
      const names = this.cell(2).split(LIST);
      if (!/^\d+ more$/.test(names.at(-1))) return names;
      const all = plain(this.section.querySelector("b")).split(LIST);
      return all.map((name) => name.replace(/ \([^)]*\)$/, ""));
    }
    get domains() {
      return this.cell(4) ? this.cell(4).split(LIST) : [];
    }
    get facts() {
      const terms = [...this.section.querySelectorAll("dt")];
      return new Map(terms.map((term) => [plain(term), term.nextElementSibling]));
    }
    // What a filter compares, read when it is first asked for.
    values(name) {
      return (this.kept[name] ??= VALUES[name](this));
    }
    get words() {
      if (this.folded === undefined) {
        const said = this.section.textContent;
        const sources = this.facts.get("Sources");
        // Of the sources, their titles: readers search in their own language.
        const titles = sources ? [...sources.querySelectorAll("a")].map((link) => link.textContent) : [];
        const end = sources ? said.indexOf(sources.textContent) : said.length;
        this.folded = fold([this.id, said.slice(0, end), ...titles].join(" "));
      }
      return this.folded;
    }
  }

  const VALUES = {
    state: (entry) => entry.values("partner"),
    partner: (entry) => entry.parties,
    domain: (entry) => entry.domains.map((domain) => domain.replace(PRESS, "")),
    firm: (entry) => entry.domains.filter((domain) => !domain.endsWith(PRESS)),
    is: (entry) => entry.row.dataset.is.split(" "),
    instrument: (entry) => [entry.cell(3)],
    status: (entry) => [entry.cell(5)],
    confidence: (entry) => [entry.cell(6)],
    source: (entry) => entry.cell(7).replace(/^\d+: /, "").split(", "),
    year: (entry) => Number(entry.date.slice(0, 4)) || NaN,
  };

  const entries = [...body.rows].map((row) => new Entry(row));
  const inOrder = entries.map((entry) => entry.id).sort((a, b) => (a < b ? -1 : 1));
  const position = new Map(inOrder.map((id, n) => [id, n]));
  let found = entries;
  let visible = new Set(entries);
  let limit;
  let searching;
  const unread = [...entries];
  let view = {};
  let unknown = [];

  // What is asked for: form, address and rows are three views of one object.

  function read(fragment) {
    return Object.fromEntries([...new URLSearchParams(fragment)].filter(([, value]) => value));
  }

  function known([name, value]) {
    if (name === "q") return true;
    if (name === "rows") return positions(value).size > 0;
    if (name === "sort") return COLUMNS.includes(value.replace("-", ""));
    if (name === "from" || name === "to") return /^\d+$/.test(value);
    return SELECTS.includes(name) && Boolean(option(name, value));
  }

  function address() {
    const said = new URLSearchParams(view).toString().replaceAll("%2C", ",");
    return said || "evidence";
  }

  function positions(set) {
    const wanted = new Set();
    for (const range of set.split(",")) {
      const [first, last = first] = range.split("-").map((digits) => parseInt(digits, 36));
      for (let n = first; n <= Math.min(last, entries.length - 1); n++) wanted.add(n);
    }
    return wanted;
  }

  function matcher() {
    const tests = [];
    if (view.rows) {
      const wanted = positions(view.rows);
      tests.push((entry) => wanted.has(position.get(entry.id)));
    }
    for (const name of SELECTS.filter((name) => view[name] && name !== "basis")) {
      const wanted = name === "is" ? view[name] : label(name, view[name]);
      const values = name === "domain" && view.basis ? "firm" : name;
      tests.push((entry) => entry.values(values).includes(name === "source" ? wanted.toLowerCase() : wanted));
    }
    if (view.basis && !view.domain) tests.push((entry) => entry.values("firm").length > 0);
    if (view.from) tests.push((entry) => entry.values("year") >= Number(view.from));
    if (view.to) tests.push((entry) => entry.values("year") <= Number(view.to));
    // F-16 is looked for as it stands, and not as "f" and "16" anywhere; so is a phrase in quotes.
    const pieces = (view.q ?? "").replace(/[“”„«»]/g, '"').match(/"[^"]+"?|[^\s"]+/g) ?? [];
    const words = pieces.map((piece) => fold(piece).trim()).filter(Boolean);
    if (words.length) tests.push((entry) => words.every((word) => entry.words.includes(word)));
    return (entry) => tests.every((test) => test(entry));
  }

  function show() {
    clearTimeout(searching);
    found = entries.filter(matcher());
    reveal(STEP);
    const all = found.length === entries.length;
    const counted = `${all ? "All" : found.length + " of"} ${entries.length} agreements`;
    const many = all ? entries.length.toLocaleString("en") : `${found.length} of ${entries.length}`;
    caption.textContent = `${many} agreements, ${sorted()}`;
    output.firstChild.textContent = counted;
    output.lastChild.textContent = [strange(), ...(found.length ? [] : nothing())].filter(Boolean).join(" ");
    const behind = number?.dataset.set === view.rows ? number : numbers.find((link) => link.dataset.set === view.rows);
    chip.hidden = !view.rows;
    chip.firstChild.textContent = `behind ${behind ? `“${plain(behind)}”` : "a number"} in the text `;
    const reset = form.querySelector('[type="reset"]');
    reset.hidden = all && !view.sort;
    reset.textContent = all ? "Newest first" : "Show all";
  }

  function sorted() {
    const column = COLUMNS.indexOf(view.sort?.replace("-", ""));
    if (column < 0) return "the newest first";
    return `by ${plain(table.tHead.rows[0].cells[column]).toLowerCase()}${view.sort.startsWith("-") ? ", descending" : ""}`;
  }

  // Read on for a search, a little at a time, so that the page never stands still.
  function hurry() {
    output.firstChild.textContent = "Searching …";
    clearTimeout(searching);
    const pause = performance.now() + 40;
    while (unread.length && performance.now() < pause) void unread.pop().words;
    if (unread.length) searching = setTimeout(hurry);
    else show();
  }

  // What is said beside the count.

  function strange() {
    const said = unknown.map(([name, value]) => `${name}=${value}`).join(", ");
    return said && `Unknown in the address, and left out: ${said}.`;
  }

  function nothing() {
    const words = fold(view.q ?? "").trim();
    const partners = [...form.elements.partner.options].filter(({ value }) => value);
    const partner = option("partner", view.partner) ?? partners.find(({ text }) => fold(text).trim() === words);
    const named = ["from", "to", ...SELECTS].filter((name) => view[name]).map((name) => {
      const field = form.elements[name];
      return `${plain(field.labels[0].firstChild)}: ${field.selectedOptions?.[0].text ?? view[name]}`;
    });
    if (view.rows) named.push("the number in the text");
    if (view.q) named.push(`Search: ${view.q}`);
    const about = partner ? searched(partner) : [];
    const alone = about.length && named.length <= 1 + Boolean(view.state);
    return alone ? about : [...about, `Nothing matches; take off a filter (${named.join("; ")}).`];
  }

  function searched(partner) {
    const name = partner.dataset.the ?? partner.text;
    const states = [...form.elements.state.options].filter(({ value }) => value);
    return states.flatMap((state, n) => {
      const asked = !view.state || view.state === state.value;
      if (!asked || state.text === partner.text) return [];
      const both = (entry) => [state, partner].every(({ text }) => entry.values("partner").includes(text));
      const held = entries.filter(both).length;
      const how = SEARCHED[partner.dataset.searched?.split(" ")[n]] ?? "no search for it is noted";
      return [`${held || "No"} agreement${held > 1 ? "s" : ""} of ${state.text} with ${name} ${held > 1 ? "are" : "is"} on record; ${how}.`];
    });
  }

  function reveal(most) {
    limit = most;
    const shown = new Set(found.slice(0, limit));
    for (const entry of visible) if (!shown.has(entry)) entry.row.hidden = true;
    for (const entry of shown) if (!visible.has(entry)) entry.row.hidden = false;
    visible = shown;
    more.hidden = found.length <= limit;
    more.textContent = `The first ${limit} are shown; show the other ${found.length - limit}`;
  }

  function fill() {
    for (const name of ["q", "from", "to", ...SELECTS]) form.elements[name].value = view[name] ?? "";
  }

  function remember() {
    clearTimeout(waiting);
    waiting = setTimeout(write, 250);
  }

  function write() {
    clearTimeout(waiting);
    waiting = undefined;
    // Some browsers let a file change its address only by navigation.
    try {
      history.replaceState(null, "", "#" + address());
    } catch {
      location.replace("#" + address());
    }
  }

  function visit(place) {
    const fragment = location.hash.slice(1);
    if (!fragment.includes("=")) return leave(place || !fragment);
    clearTimeout(waiting);
    waiting = undefined;
    const asked = Object.entries(read(fragment));
    view = Object.fromEntries(asked.filter(known));
    unknown = asked.filter((each) => !known(each));
    fill();
    order();
    show();
    if (place) return;
    // On a phone the filters would fill the screen that is to show what a number counts.
    (view.rows ? output : root).scrollIntoView({ behavior: "instant" });
    output.focus({ preventScroll: true });
  }

  // A number's rows are left by going back to it, and by any other way to the table.
  function leave(surely) {
    if (!view.rows || !(surely || document.querySelector(":target")?.contains(root))) return;
    delete view.rows;
    show();
  }

  function restore(place, frames) {
    if (!place.link.getClientRects().length) return;
    scrollBy({ top: place.link.getBoundingClientRect().top - place.top, behavior: "instant" });
    if (frames) requestAnimationFrame(() => restore(place, frames - 1));
    else place.link.focus({ preventScroll: true });
  }

  // Sections take their true height when they come near, which moves the one that was asked for.
  function aim(frames) {
    sections.querySelector("article:target")?.scrollIntoView({ behavior: "instant" });
    if (frames) requestAnimationFrame(() => aim(frames - 1));
  }

  // Sorting.

  const collator = new Intl.Collator("en", { numeric: true });
  const choices = (name) => new Map([...form.elements[name].options].map((option, n) => [option.text, n]));
  const ranks = { status: choices("status"), confidence: choices("confidence") };

  let ordered;
  function order() {
    if (ordered === view.sort) return;
    ordered = view.sort;
    const down = view.sort?.startsWith("-");
    const name = view.sort?.replace("-", "");
    const column = COLUMNS.indexOf(name);
    const key = (entry) => {
      if (column < 0) return 0;
      // What is dated by its latest day alone sorts by that day.
      const cell = name === "date" ? entry.date.replace("../", "") : entry.cell(column);
      return ranks[name]?.get(cell) ?? cell;
    };
    const keyed = original.map((entry) => [key(entry), entry]);
    keyed.sort(([a], [b]) => {
      // What is undated or empty stays last, whichever way.
      if (a === "" || b === "") return (a === "") - (b === "");
      const compared = typeof a === "number" ? a - b : collator.compare(a, b);
      return down ? -compared : compared;
    });
    entries.splice(0, entries.length, ...keyed.map(([, entry]) => entry));
    body.append(...entries.map((entry) => entry.row));
    [...table.tHead.rows[0].cells].forEach((cell, n) => {
      if (n === column) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
  }
  const original = [...entries];

  [...table.tHead.rows[0].cells].forEach((cell, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      view.sort = view.sort === COLUMNS[n] ? "-" + COLUMNS[n] : COLUMNS[n];
      order();
      show();
      remember();
    });
  });

  // Taking away.

  function record(entry) {
    const { section, facts } = entry;
    const original = section.querySelector(".o");
    const summary = section.querySelector("b").parentElement.nextElementSibling;
    const value = plain(facts.get("Value")?.firstChild);
    const items = (term) => [...(facts.get(term)?.querySelectorAll("li") ?? [])];
    return {
      agreement_id: entry.id,
      short_name: entry.cell(1),
      title: title(entry),
      title_original: plain(original),
      language_original: original?.lang ?? "",
      date: entry.date,
      parties: entry.parties,
      instrument: entry.cell(3),
      domains: entry.domains.map((domain) => domain.replace(PRESS, " (press)")),
      status: entry.cell(5),
      confidence: entry.cell(6),
      value,
      summary: summary?.tagName === "P" ? plain(summary) : title(entry),
      life: items("Life").map(spoken),
      notes: plain(facts.get("Notes")),
      sources: items("Sources").map((item) => ({ url: item.querySelector("a")?.getAttribute("href") ?? "", reference: spoken(item) })),
    };
  }

  function spoken(node) {
    const copy = node.cloneNode(true);
    for (const number of copy.querySelectorAll("sup")) number.remove();
    return plain(copy);
  }

  // A spreadsheet must not take text for a formula.
  const guard = (text) => (/^[=+\-@\t\r]/.test(text) ? "'" + text : text);
  const quoted = (text) => `"${guard(String(text)).replaceAll('"', '""')}"`;

  function csv() {
    const records = found.map(record);
    const flat = (value) =>
      Array.isArray(value) ? value.map((item) => item.url ?? item).join("; ") : value;
    const names = Object.keys(records[0] ?? {});
    const lines = records.map((each) => names.map((name) => quoted(flat(each[name]))));
    return "\ufeff" + [names.map(quoted), ...lines].map((line) => line.join(",") + "\r\n").join("");
  }

  function json() {
    const { title, edition, day } = root.dataset;
    return JSON.stringify({ dataset: title, edition, date: day, view, agreements: found.map(record) }, null, 1);
  }

  // Citations, as accords.dataset.citations writes them.

  const TEX = { "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  const tex = (text) => text.replace(/[\\{}~^&%$#_]/g, (character) => TEX[character] ?? "\\" + character);
  const title = (entry) => plain(entry.section.querySelector("h3"));

  const CITE = {
    plain(entry) {
      const { title: work, author, edition, day } = root.dataset;
      const date = entry.date && ", " + entry.date;
      return `${author} (${day.slice(0, 4)}). “${title(entry)}”${date}, record ${entry.id}. ${work}, edition ${edition} (${day}).\n`;
    },
    bib(entry) {
      const { title: work, author, edition, day } = root.dataset;
      const date = entry.date && ", dated " + tex(entry.date);
      return [
        `@misc{${entry.id.replace(/[^A-Za-z0-9:.-]/g, "-")},`,
        `  author = {{${tex(author)}}},`,
        `  title = {{${tex(title(entry))}}},`,
        `  howpublished = {${tex(work)}, edition ${tex(edition)}},`,
        `  year = {${day.slice(0, 4)}},`,
        `  note = {Record ${tex(entry.id)}${date}}`,
        "}\n",
      ].join("\n");
    },
    ris(entry) {
      const { title: work, author, edition, day } = root.dataset;
      const fields = [
        ["TY", "DATA"], ["AU", author], ["TI", title(entry)], ["T2", work], ["ET", edition],
        ["PY", day.slice(0, 4)], ["DA", day.replaceAll("-", "/")], ["ID", entry.id],
        ...(entry.date ? [["N1", "Dated " + entry.date]] : []), ["ER", ""],
      ];
      return fields.map(([tag, value]) => `${tag}  - ${value}\r\n`).join("");
    },
  };

  const FILES = {
    csv: ["text/csv", csv],
    json: ["application/json", json],
    bib: ["application/x-bibtex", () => found.map(CITE.bib).join("\n")],
    ris: ["application/x-research-info-systems", () => found.map(CITE.ris).join("\r\n")],
  };

  function save(kind) {
    const [type, write] = FILES[kind];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([write()], { type: type + ";charset=utf-8" }));
    link.download = `defence-agreements-${found.length}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function cite(section, button) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      section.querySelector(".cited").remove();
      return;
    }
    const entry = entries.find((each) => each.id === section.id);
    const box = document.createElement("div");
    box.className = "cited";
    for (const [kind, name] of [["plain", "Text"], ["bib", "BibTeX"], ["ris", "RIS"]]) {
      const text = document.createElement("pre");
      text.tabIndex = 0;
      text.setAttribute("aria-label", name);
      text.textContent = CITE[kind](entry);
      const copy = document.createElement("button");
      copy.type = "button";
      copy.textContent = `Copy ${name}`;
      copy.addEventListener("click", async () => {
        getSelection().selectAllChildren(text);
        try {
          await navigator.clipboard.writeText(text.textContent);
          copy.textContent = `Copied ${name}`;
        } catch {
          copy.textContent = `Selected ${name}: copy it`;
        }
      });
      box.append(copy, text);
    }
    section.append(box);
  }

  function sign(section) {
    const line = document.createElement("p");
    line.className = "id";
    const link = document.createElement("a");
    link.href = "#" + section.id;
    link.textContent = section.id;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Cite";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Cite ${section.id}`);
    button.addEventListener("click", () => cite(section, button));
    line.append(link, " ", button);
    section.append(line);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const { sort } = view;
    view = { ...read(new URLSearchParams(new FormData(form)).toString()), ...(sort && { sort }) };
    unknown = [];
    if (view.q) hurry();
    else show();
    remember();
  });
  chip.addEventListener("click", () => {
    delete view.rows;
    show();
    remember();
    output.focus({ preventScroll: true });
  });
  form.addEventListener("reset", () => {
    view = {};
    unknown = [];
    order();
    show();
    remember();
  });
  form.addEventListener("click", (event) => {
    if (event.target.value in FILES) save(event.target.value);
  });
  addEventListener("hashchange", () => {
    const place = places.get(history.state?.place);
    visit(place);
    if (place) restore(place, 10);
    else aim(10);
  });
  addEventListener("beforeprint", () => reveal(Infinity));
  addEventListener("afterprint", () => reveal(STEP));
  more.type = "button";
  more.addEventListener("click", () => reveal(Infinity));
  table.after(more);
  const end = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting || limit >= MANY) return;
      reveal(limit + STEP);
      // Asked again whether the end is still near.
      end.unobserve(more);
      end.observe(more);
    },
    { rootMargin: "1000px" },
  );
  end.observe(more);
  chip.type = "button";
  chip.className = "chip";
  chip.title = "Take this filter off";
  chip.append("", Object.assign(document.createElement("span"), { textContent: "✕", ariaHidden: "true" }));
  output.append(document.createElement("b"), " ", document.createElement("span"));
  output.after(chip);
  output.tabIndex = -1;
  form.hidden = false;
  show();
  visit();
  aim(10);
  // What need not be there at once comes when the page has time, or the reader is near.
  const later = window.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 })));
  later(function prepare(pause) {
    while (unread.length && pause.timeRemaining() > 1) void unread.pop().words;
    if (unread.length) later(prepare);
  });
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        for (const section of target.children) sign(section);
      }
    },
    { rootMargin: "50%" },
  );
  for (const batch of sections.querySelectorAll(":scope > div")) near.observe(batch);
  sections.classList.add("signed");
})();

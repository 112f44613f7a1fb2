"use strict";
// What moves a report: the slider, hovering, sorting and the plot. Its values are those of `show`.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const sections = [...document.querySelectorAll("section.spec")].filter((s) => data.specs[s.dataset.spec]);
  const bytes = new Set([6, 8, 9]); // columns of the stage table that are megabytes
  const number = (n) => n.toLocaleString("en-US");
  const fixed = (n) => n.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  // a cell as `show` prints it
  const text = (value, column) => {
    if (value === null) return "all";
    if (typeof value === "string") return value;
    if (bytes.has(column)) return fixed(value / 1e6);
    return column === 7 ? fixed(value) : number(value);
  };

  let side = 0; // 0: each spec at its own size

  const sideOf = (spec) => side || spec.side;
  const at = (spec) => spec.at[String(sideOf(spec))];

  // -- the slider

  const fill = (cell, value, column) => {
    if (!cell) return;
    cell.textContent = text(value, column);
    if (typeof value === "number") cell.dataset.n = value;
    else delete cell.dataset.n;
  };

  const original = new Map();
  const move = () => {
    for (const section of sections) {
      const spec = data.specs[section.dataset.spec];
      const now = at(spec);
      const refused = section.querySelector(".refused");
      section.classList.toggle("refuses", Boolean(now && now.refused));
      refused.hidden = !(now && now.refused);
      refused.textContent = now && now.refused ? `${sideOf(spec)}x${sideOf(spec)} is refused at ${now.refused}` : "";
      if (!now || now.refused) continue;
      for (const row of section.querySelectorAll(".stages tbody tr")) {
        const stage = spec.stages.indexOf(row.cells[0].textContent);
        const values = stage < 0 ? now.total : now.rows[stage];
        data.varying.forEach((column, i) => fill(row.cells[column], values[i], column));
      }
      for (const label of section.querySelectorAll("[data-sides]")) {
        const stage = spec.stages.indexOf(label.dataset.sides);
        if (stage < 0) continue;
        const [, height, width] = now.rows[stage][0].split("x");
        if (!height) continue;
        const sides = height === width ? height : `${height}×${width}`;
        const before = label.textContent.split(" @ ");
        label.textContent = before.length > 1 ? `${before[0]} @ ${sides}` : sides;
      }
    }
    plot();
  };

  const slider = document.getElementById("side");
  if (slider) {
    slider.closest(".slider").hidden = false;
    const shown = document.getElementById("shown");
    const own = document.getElementById("own");
    const say = () => {
      const words = side ? `${side}x${side}` : "own";
      shown.textContent = words;
      slider.setAttribute("aria-valuetext", side ? `${side} by ${side} pixels` : "each its own size");
      move();
    };
    const first = data.specs[Object.keys(data.specs)[0]].side;
    slider.value = Math.max(0, data.sides.indexOf(first));
    slider.addEventListener("input", () => { side = data.sides[Number(slider.value)]; say(); });
    own.addEventListener("click", () => {
      side = 0;
      // specs whose own size is not square were printed at it, and stand there again
      for (const [element, html] of original) element.innerHTML = html;
      ready();
      say();
    });
    shown.textContent = "own";
  }

  // -- a stage, pointed at or reached by Tab

  const describe = (section, names) => {
    const spec = data.specs[section.dataset.spec];
    const rows = [...section.querySelectorAll(".stages tbody tr")];
    const heads = [...section.querySelectorAll(".stages thead th")].map((th) => th.textContent);
    const chosen = rows.filter((row) => names.includes(row.cells[0].textContent));
    for (const row of rows) row.classList.toggle("chosen", chosen.includes(row));
    const last = chosen[chosen.length - 1];
    if (!last) return;
    const parts = [2, 3, 4, 9, 10, 11].map((column) => `${heads[column]} ${last.cells[column].textContent}`);
    const name = last.cells[0].textContent;
    const line = spec.lines[name] ? ` (${spec.lines[name]})` : "";
    section.querySelector(".detail").textContent = `${name}${line}: ${parts.join(", ")}`;
  };

  // -- sorting

  const sortable = (table) => {
    const body = table.tBodies[0];
    const order = [...body.rows];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent || "figure";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
        const next = { null: "ascending", ascending: "descending", descending: null }[String(was)];
        const rows = [...order];
        if (next) {
          head.setAttribute("aria-sort", next);
          const sign = next === "ascending" ? 1 : -1;
          const value = (row) => row.cells[column];
          rows.sort((a, b) => {
            const [x, y] = [value(a), value(b)];
            const numbers = x.dataset.n !== undefined && y.dataset.n !== undefined;
            return sign * (numbers ? x.dataset.n - y.dataset.n
              : x.textContent.localeCompare(y.textContent, "en", { numeric: true }));
          });
        }
        rows.sort((a, b) => a.classList.contains("total") - b.classList.contains("total"));
        body.append(...rows);
      });
    });
  };

  // -- the plot of several specs

  const figure = document.getElementById("plot");
  const selects = ["across", "up"].map((id) => document.getElementById(id));
  const figureOf = (spec, key) => {
    const now = at(spec);
    if (!now || now.refused) return null;
    if (key === "parameters") return spec.parameters;
    const column = { macs: 4, activations: 5 }[key];
    return column ? now.total[data.varying.indexOf(column)] : now.bytes[key];
  };
  const short = (n) => {
    const [unit, by] = [["G", 1e9], ["M", 1e6], ["k", 1e3], ["", 1]].find(([, each]) => n >= each) || ["", 1];
    return `${(n / by).toLocaleString("en-US", { maximumSignificantDigits: 3 })}${unit}`;
  };
  const element = (name, attributes, content) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (content !== undefined) made.textContent = content;
    return made;
  };
  const plot = () => {
    if (!figure) return;
    const [across, up] = selects.map((select) => select.value);
    const points = Object.entries(data.specs)
      .map(([name, spec]) => ({ name, x: figureOf(spec, across), y: figureOf(spec, up) }))
      .filter((point) => point.x !== null && point.y !== null);
    const most = (key) => Math.max(1, ...points.map((point) => point[key])) * 1.1;
    const [width, height, left, bottom] = [640, 360, 70, 40];
    const [right, top] = [most("x"), most("y")];
    const px = (x) => left + ((width - left - 20) * x) / right;
    const py = (y) => height - bottom - ((height - bottom - 20) * y) / top;
    const made = [element("path", { class: "axis", d: `M${left} 20V${height - bottom}H${width - 20}` })];
    for (const part of [0.25, 0.5, 0.75, 1]) {
      made.push(element("text", { x: px(right * part), y: height - bottom + 18, "text-anchor": "middle" }, short(right * part)));
      made.push(element("text", { x: left - 6, y: py(top * part) + 4, "text-anchor": "end" }, short(top * part)));
    }
    const words = [];
    for (const point of points) {
      const better = points.some((p) => p !== point && p.x <= point.x && p.y <= point.y && (p.x < point.x || p.y < point.y));
      const circle = element("circle", { cx: px(point.x), cy: py(point.y), r: 6, class: better ? "" : "front" });
      circle.append(element("title", {}, `${point.name}: ${number(point.x)}, ${number(point.y)}`));
      const late = px(point.x) > width * 0.7;
      made.push(circle, element("text", { x: px(point.x) + (late ? -11 : 11), y: py(point.y) + 4,
        "text-anchor": late ? "end" : "start" }, point.name));
      if (!better) words.push(point.name);
    }
    figure.setAttribute("aria-label", `on the Pareto front: ${words.join(", ")}`);
    figure.replaceChildren(...made);
  };

  const ready = () => {
    for (const section of sections) {
      for (const mark of section.querySelectorAll("g[data-stages]")) {
        mark.setAttribute("tabindex", "0");
        const names = mark.dataset.stages.split(" ");
        for (const event of ["pointerenter", "focus"]) mark.addEventListener(event, () => describe(section, names));
      }
    }
    for (const table of document.querySelectorAll("table")) if (!table.querySelector("th button")) sortable(table);
  };
  for (const section of sections) {
    for (const part of [section.querySelector(".picture"), section.querySelector(".stages").parentElement]) {
      original.set(part, part.innerHTML);
    }
  }
  if (figure) {
    figure.closest("figure").hidden = false;
    selects[1].value = "parameters";
    for (const select of selects) select.addEventListener("change", plot);
    plot();
  }
  ready();
})();

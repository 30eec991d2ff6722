/* Charts from a plain JSON description; loaded by shell.js on pages that have one.

   <div class="chart-area" data-chart="ID"></div><script type="application/json" id="ID">SPEC</script>

   SPEC
     type         bar | line | area | stacked | horizontal | pareto | heatmap | scatter | donut
     title        what it shows; description: the same as one sentence, read out to those who do not see it
     categories   labels of the axis; of a heatmap the columns
     series       [{name, data: [numbers or null], unit?, kind?: "bar" | "line", axis?: 0 | 1, colour?: 1–8, dashed?}]
                  pareto: the first is the bars, the second the cumulated share (fractions)
     rows, data   of a heatmap: labels of the rows, cells [column, row, value]
     data         of a scatter: [[x, y, name], …];  of a donut: [{name, value}, …]
     unit         currency | ratio | count | days | points: how numbers are written;  currency: "EUR"
     marks        [{at: number, label, axis?: "x" | "y"}] thin lines, such as 80 % or a target
     links        address per category (bars) or per cell "column,row" (heatmap): a click opens the records
     partial      index of the first category that is not complete yet: drawn lighter
     stack_share  true: stacked to 100 % */
(() => {
  "use strict";

  const language = document.documentElement.lang || "en";
  const isChinese = language.startsWith("zh");
  const drawn = new Map();

  /* ---- numbers in the reader's format ---- */
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const cash = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const shortly = new Intl.NumberFormat(isChinese ? language : "en", { notation: "compact", maximumFractionDigits: 1 });

  const exact = (value, unit, spec) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (unit === "ratio") return share.format(value);
    if (unit === "currency" || unit === "money") return `${cash.format(value)} ${spec.currency || ""}`.trim();
    return (Number.isInteger(value) ? whole : fine).format(value);
  };
  const rough = (value, unit) => (unit === "ratio" ? share.format(value) : Math.abs(value) < 10000 ? fine.format(value) : shortly.format(value));

  /* ---- colours of the page, light or dark ---- */
  const probe = document.createElement("span");
  probe.hidden = true;
  const colour = (name) => {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = () => ({
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((each) => colour(`--series-${each}`)),
    text: colour("--tblr-body-color"),
    axis: colour("--chart-axis"),
    grid: colour("--chart-grid"),
    surface: colour("--tblr-bg-surface"),
    border: colour("--tblr-border-color"),
    heat: [colour("--chart-heat-0"), colour("--chart-heat-1")],
  });

  /* ---- parts that all charts share ---- */
  const base = (spec, colours) => ({
    color: colours.series,
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 350,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.text },
    aria: { enabled: true, label: { description: spec.description || describe(spec) } },
    grid: { left: 8, right: 16, top: (spec.series || []).length > 1 ? 40 : 14, bottom: 8, containLabel: true },
    legend: {
      show: (spec.series || []).length > 1,
      type: "scroll",
      top: 0,
      left: 0,
      icon: "roundRect",
      itemWidth: 12,
      itemHeight: 8,
      textStyle: { color: colours.text },
      pageIconColor: colours.axis,
      pageTextStyle: { color: colours.axis },
    },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: colours.surface,
      borderColor: colours.border,
      textStyle: { color: colours.text, fontSize: 13 },
      axisPointer: { type: "shadow", shadowStyle: { opacity: 0.08 } },
      valueFormatter: (value) => exact(value, spec.unit, spec),
    },
  });
  const describe = (spec) => {
    const names = (spec.series || []).map((each) => each.name).join(", ");
    return [spec.title, names].filter(Boolean).join(": ");
  };
  const names = (spec, colours, extra = {}) => ({
    type: "category",
    data: spec.categories,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.grid } },
    axisLabel: { color: colours.axis, ...labelling(spec) },
    ...extra,
  });
  /* Up to twelve categories are all named: beside each other, else in two lines, else turned. */
  const MOST_NAMED = 12;
  const labelling = ({ categories, room }) => {
    if (!room || categories.length > MOST_NAMED) return { hideOverlap: true };
    const each = room / categories.length;
    const widths = categories.map((text) => [...String(text)].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 6.6), 0));
    const longest = Math.max(...widths);
    const words = categories.flatMap((text) => String(text).split(" ")).map((word) => word.length * 6.6);
    if (longest <= each - 6) return { interval: 0 };
    if (longest <= 2 * (each - 10) && (isChinese || Math.max(...words) <= each - 6)) return { interval: 0, width: each - 6, overflow: "break" };
    return { interval: 0, rotate: 40, width: 110, overflow: "truncate" };
  };
  const amounts = (unit, colours, extra = {}) => ({
    type: "value",
    axisLabel: { color: colours.axis, formatter: (value) => rough(value, unit) },
    splitLine: { lineStyle: { color: colours.grid } },
    ...extra,
  });
  const marksOf = (spec, colours) =>
    spec.marks?.length && {
      silent: true,
      symbol: "none",
      lineStyle: { color: colours.axis, type: "dashed", width: 1 },
      label: { color: colours.axis, formatter: (mark) => mark.name, position: "insideEndTop" },
      data: spec.marks.map((mark) => ({ name: mark.label, [mark.axis === "x" ? "xAxis" : "yAxis"]: mark.at })),
    };
  const lighter = (spec, data) =>
    spec.partial === undefined || spec.partial === null
      ? data
      : data.map((value, at) => (at >= spec.partial ? { value, itemStyle: { opacity: 0.4 } } : value));

  /* ---- the types ---- */
  const upright = (spec, colours) => {
    const isLine = spec.type === "line" || spec.type === "area";
    const isStacked = spec.type === "stacked";
    const many = spec.categories.length;
    const data = spec.stack_share ? asShares(spec.series) : spec.series;
    const unit = spec.stack_share ? "ratio" : spec.unit;
    const second = data.some((each) => each.axis === 1);
    const axes = [amounts(unit, colours, spec.stack_share ? { max: 1 } : {})];
    if (second) axes.push(amounts(data.find((each) => each.axis === 1).unit, colours, { splitLine: { show: false } }));
    return {
      xAxis: names(spec, colours, isLine ? { boundaryGap: false } : {}),
      yAxis: axes,
      tooltip: { ...base(spec, colours).tooltip, valueFormatter: (value) => exact(value, unit, spec) },
      series: data.map((each, at) => {
        const asLine = isLine || each.kind === "line";
        return {
          name: each.name,
          type: asLine ? "line" : "bar",
          data: asLine ? each.data : lighter(spec, each.data),
          yAxisIndex: each.axis || 0,
          stack: isStacked && !asLine ? "all" : undefined,
          barMaxWidth: 34,
          smooth: 0.15,
          showSymbol: asLine && many <= 16,
          symbolSize: 6,
          lineStyle: asLine ? { width: 2, type: each.dashed ? "dashed" : "solid" } : undefined,
          areaStyle: spec.type === "area" ? { opacity: 0.14 } : undefined,
          itemStyle: {
            color: each.colour ? colours.series[each.colour - 1] : undefined,
            borderRadius: !asLine && !isStacked ? [3, 3, 0, 0] : 0,
          },
          tooltip: each.unit ? { valueFormatter: (value) => exact(value, each.unit, spec) } : undefined,
          connectNulls: false,
          markLine: at === 0 ? marksOf(spec, colours) || undefined : undefined,
        };
      }),
    };
  };

  const asShares = (series) => {
    const sums = series[0].data.map((_, at) => series.reduce((sum, each) => sum + (each.data[at] || 0), 0));
    return series.map((each) => ({ ...each, data: each.data.map((value, at) => (sums[at] ? (value || 0) / sums[at] : null)) }));
  };

  const horizontal = (spec, colours) => ({
    grid: { left: 8, right: 56, top: spec.series.length > 1 ? 36 : 8, bottom: 8, containLabel: true },
    xAxis: amounts(spec.unit, colours),
    yAxis: names(spec, colours, { inverse: true, axisLine: { show: false }, axisLabel: { color: colours.text, width: 150, overflow: "truncate", interval: 0 } }),
    series: spec.series.map((each) => ({
      name: each.name,
      type: "bar",
      stack: spec.stacked ? "all" : undefined,
      data: each.data,
      barMaxWidth: 22,
      itemStyle: { borderRadius: spec.stacked ? 0 : [0, 3, 3, 0], color: each.colour ? colours.series[each.colour - 1] : undefined },
      label: { show: spec.series.length === 1, position: "right", color: colours.axis, formatter: (item) => rough(item.value, spec.unit) },
    })),
  });

  const pareto = (spec, colours) => {
    const [bars, line] = spec.series;
    return {
      xAxis: names(spec, colours),
      yAxis: [amounts(spec.unit, colours), amounts("ratio", colours, { min: 0, max: 1, splitLine: { show: false } })],
      series: [
        { name: bars.name, type: "bar", data: bars.data, barCategoryGap: "18%", itemStyle: { borderRadius: [2, 2, 0, 0] } },
        {
          name: line.name,
          type: "line",
          yAxisIndex: 1,
          data: line.data,
          showSymbol: false,
          lineStyle: { width: 2.5 },
          itemStyle: { color: colours.series[2] },
          tooltip: { valueFormatter: (value) => exact(value, "ratio", spec) },
          markLine: marksOf(spec, colours) || undefined,
        },
      ],
    };
  };

  const heatmap = (spec, colours) => {
    const values = spec.data.map((cell) => cell[2]).filter((value) => value !== null);
    const highest = spec.max ?? Math.max(...values, 0);
    const fits = spec.categories.length <= 16;
    return {
      grid: { left: 8, right: 8, top: 8, bottom: 40, containLabel: true },
      tooltip: {
        ...base(spec, colours).tooltip,
        trigger: "item",
        formatter: (item) => {
          const box = document.createElement("div");
          box.textContent = `${spec.rows[item.value[1]]} · ${spec.categories[item.value[0]]}: ${exact(item.value[2], spec.unit, spec)}`;
          return box;
        },
      },
      xAxis: names(spec, colours, { position: "top", splitArea: { show: false }, axisLine: { show: false } }),
      yAxis: { type: "category", data: spec.rows, inverse: true, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: colours.axis } },
      visualMap: {
        min: spec.min ?? 0,
        max: highest || 1,
        calculable: false,
        orient: "horizontal",
        left: "center",
        bottom: 0,
        itemHeight: 120,
        itemWidth: 10,
        textStyle: { color: colours.axis },
        text: [rough(highest, spec.unit), rough(spec.min ?? 0, spec.unit)],
        inRange: { color: colours.heat },
      },
      series: [
        {
          type: "heatmap",
          data: spec.data.map((cell) => (cell[2] === null ? [cell[0], cell[1], "-"] : cell)),
          itemStyle: { borderColor: colours.surface, borderWidth: 2, borderRadius: 3 },
          label: { show: fits, fontSize: 11, formatter: (item) => (item.value[2] === "-" ? "" : spec.unit === "ratio" ? Math.round(item.value[2] * 100) : rough(item.value[2], spec.unit)) },
          emphasis: { itemStyle: { borderColor: colours.text } },
        },
      ],
    };
  };

  const scatter = (spec, colours) => ({
    xAxis: amounts(spec.x_unit, colours, { name: spec.x_label, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: colours.axis } }),
    yAxis: amounts(spec.unit, colours, { name: spec.y_label, nameTextStyle: { color: colours.axis, align: "left" } }),
    grid: { left: 8, right: 16, top: 32, bottom: 32, containLabel: true },
    tooltip: { ...base(spec, colours).tooltip, trigger: "item" },
    series: [{ type: "scatter", symbolSize: 9, itemStyle: { opacity: 0.7 }, data: spec.data.map(([x, y, name]) => ({ name, value: [x, y] })) }],
  });

  const donut = (spec, colours) => ({
    legend: { ...base(spec, colours).legend, show: true, orient: "vertical", top: "middle", left: "55%" },
    tooltip: { ...base(spec, colours).tooltip, trigger: "item" },
    series: [
      {
        type: "pie",
        radius: ["52%", "80%"],
        center: ["27%", "50%"],
        label: { show: false },
        itemStyle: { borderColor: colours.surface, borderWidth: 2 },
        data: spec.data,
      },
    ],
  });

  const TYPES = { bar: upright, line: upright, area: upright, stacked: upright, horizontal, pareto, heatmap, scatter, donut };

  /* ---- drawing ---- */
  const draw = (area) => {
    const source = document.getElementById(area.dataset.chart);
    const spec = JSON.parse(source.textContent);
    const make = TYPES[spec.type];
    if (!make) throw new Error(`Unknown type of chart: ${spec.type}`);
    const colours = palette();
    spec.room = area.clientWidth - 72;  // what the category axis has
    drawn.get(area)?.dispose();
    if (spec.type === "horizontal") area.style.height = `${Math.max(120, 48 + spec.categories.length * 30)}px`;
    if (spec.type === "heatmap") area.style.height = `${Math.max(160, 84 + spec.rows.length * 26)}px`;
    const chart = window.echarts.init(area, null, { renderer: "svg" });
    chart.setOption({ ...base(spec, colours), ...make(spec, colours) });
    const follow = (item) => {
      const key = spec.type === "heatmap" ? `${item.value[0]},${item.value[1]}` : item.dataIndex;
      const address = spec.links?.[key];
      if (address) window.location.assign(address);
    };
    if (spec.links) chart.on("click", follow);
    drawn.set(area, chart);
  };

  const resizes = new ResizeObserver((entries) => entries.forEach((entry) => drawn.get(entry.target)?.resize()));

  const boot = (scope) => {
    for (const [area, chart] of drawn) {
      if (!area.isConnected) {
        chart.dispose();
        drawn.delete(area);
      }
    }
    scope.querySelectorAll("[data-chart]").forEach((area) => {
      if (drawn.has(area)) return;
      draw(area);
      resizes.observe(area);
    });
  };

  /* ---- a chart as a picture: with its title and, while there is one, the watermark of the page ---- */
  const SCALE = 2;
  const loaded = (address) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = reject;
      image.src = address;
    });
  const painted = async (area) => {
    const spec = JSON.parse(document.getElementById(area.dataset.chart).textContent);
    const chart = drawn.get(area);
    const colours = palette();
    const [width, height, head] = [chart.getWidth(), chart.getHeight(), spec.title ? 44 : 12];
    const canvas = document.createElement("canvas");
    canvas.width = (width + 24) * SCALE;
    canvas.height = (height + head + 12) * SCALE;
    const pen = canvas.getContext("2d");
    pen.scale(SCALE, SCALE);
    pen.fillStyle = colours.surface;
    pen.fillRect(0, 0, width + 24, height + head + 12);
    pen.drawImage(await loaded(chart.getDataURL({ type: "svg" })), 12, head, width, height);
    const font = getComputedStyle(document.body).fontFamily;
    pen.fillStyle = colours.text;
    pen.font = `600 16px ${font}`;
    if (spec.title) pen.fillText(spec.title, 14, 28, width - 4);
    marked(pen, width + 24, height + head + 12, font, document.body.dataset.watermark);
    return canvas;
  };
  const marked = (pen, width, height, font, text) => {
    if (!text) return;
    pen.save();
    pen.font = `14px ${font}`;
    pen.globalAlpha = 0.16;
    pen.rotate((-24 * Math.PI) / 180);
    const step = pen.measureText(text).width + 60;
    for (let y = 0; y < height + width; y += 110) for (let x = -height; x < width + step; x += step) pen.fillText(text, x, y);
    pen.restore();
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-chart-picture]");
    const area = button?.closest(".chart")?.querySelector("[data-chart]");
    if (!area || !drawn.has(area)) return;
    const canvas = await painted(area);
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = `${(document.title || "chart").split("·")[0].trim()}.png`;
    link.click();
  });

  document.addEventListener("themechange", () => [...drawn.keys()].forEach(draw));
  window.clienteleCharts = { boot, painted };
})();

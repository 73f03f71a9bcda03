/* Make a drawing live: Vega draws the same chart over it, which answers to pointer and keys.
   The drawing below stays where it is: it holds the room, describes the chart to screen
   readers, and is what gets printed. This is bundled with Vega-Embed, as `vegaEmbed`. */
const tip = document.createElement("div");
tip.id = "vg-tooltip-element";
tip.className = "kao-tip";
tip.setAttribute("role", "status");
tip.hidden = true;
document.body.append(tip);

const line = (name, value) => {
  const row = document.createElement("div");
  const head = document.createElement("span");
  head.textContent = name + " ";
  row.append(head, String(value));
  return row;
};

const tell = (_handler, event, _item, value) => {
  tip.hidden = !value || typeof value !== "object";
  if (tip.hidden) return;
  tip.replaceChildren(...Object.entries(value).map(([name, words]) => line(name, words)));
  const room = document.documentElement;
  const left = Math.min(event.clientX + 12, room.clientWidth - tip.offsetWidth - 8);
  const below = event.clientY + 16;
  const fits = below + tip.offsetHeight < innerHeight;
  tip.style.left = Math.max(8, left) + "px";
  tip.style.top = (fits ? below : event.clientY - tip.offsetHeight - 12) + "px";
};

const send = (hit, ...types) => {
  const box = hit.getBoundingClientRect();
  const place = { bubbles: true, clientX: box.left + Math.min(box.width / 2, 160), clientY: box.bottom - 8 };
  for (const type of types) hit.dispatchEvent(new PointerEvent(type, place));
};

const listen = (drawing, live) => {
  let at = -1;
  const hits = () => [...live.querySelectorAll(".hits_marks path")];
  const leave = () => {
    if (at >= 0) send(hits()[at], "pointerout");
    at = -1;
    tip.hidden = true;
  };
  drawing.addEventListener("keydown", (event) => {
    const all = hits();
    const to = {
      ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1,
      Home: 0, End: all.length - 1,
    }[event.key];
    leave();
    if (to === undefined || !all[to]) return; // at either end the page scrolls on
    event.preventDefault();
    at = to;
    all[at].scrollIntoView({ block: "nearest" });
    send(all[at], "pointerover", "pointermove");
  });
  drawing.addEventListener("blur", leave);
};

for (const moved of ["wheel", "touchmove"])
  addEventListener(moved, () => (tip.hidden = true), { passive: true });
addEventListener("keydown", (event) => event.key === "Escape" && (tip.hidden = true));

window.kaoLive = async (drawing, spec, keys) => {
  const live = document.createElement("div");
  live.className = "kao-live";
  live.setAttribute("aria-hidden", "true");
  drawing.append(live);
  try {
    await vegaEmbed(live, spec, {
      actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: tell,
    });
  } catch (error) {
    live.remove();
    throw error;
  }
  drawing.classList.add("kao-is-live");
  drawing.tabIndex = 0;
  drawing.setAttribute("role", "group");
  drawing.setAttribute("aria-label", keys);
  listen(drawing, live);
};

"""What to look for on a page: whether it is whole, and what went wrong while it was open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Error


@dataclass
class Opened:
    """A page that is open, with all its charts live, and what went wrong meanwhile."""

    page: object
    width: int
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


IS_LIVE = """() => [...document.querySelectorAll('.kao-drawing')]
  .filter(each => each.checkVisibility()).every(each => each.matches('.kao-is-live'))"""


def opened(browser, address, width):
    """Open a page, bring each chart into view until it is live, and open what can be opened."""
    shown = Opened(browser.new_page(viewport={"width": width, "height": 900}), width)
    shown.page.on("console", lambda message: shown.said.append(message.text))
    shown.page.on("pageerror", lambda error: shown.said.append(str(error)))
    shown.page.on("dialog", lambda dialog: (shown.said.append(dialog.message), dialog.dismiss()))
    shown.page.on("request", lambda request: shown.asked.append(request.url))
    shown.page.goto(address)
    shown.page.evaluate(
        """async () => {
          for (const each of document.querySelectorAll('.kao-drawing')) {
            each.scrollIntoView({ behavior: 'instant', block: 'center' });
            await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    try:
        shown.page.wait_for_function(IS_LIVE, timeout=10_000)
    except Error as error:  # a test says so
        shown.said.append(str(error).splitlines()[0])
    shown.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    yield shown
    shown.page.close()


MISPLACED = """() => [...document.querySelectorAll('.kao-figure')].map(figure => {
  const found = [];
  const isOut = (box, frame) => box.right > frame.right + 1 || box.left < frame.left - 1 ||
    box.bottom > frame.bottom + 1 || box.top < frame.top - 6;
  for (const svg of figure.querySelectorAll('.kao-drawing svg')) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    if (frame.right > document.documentElement.clientWidth) found.push('drawing out of view');
    for (const mark of svg.querySelectorAll('.mark-rect path, .mark-rule line, .mark-line path'))
      if (isOut(mark.getBoundingClientRect(), frame)) found.push('mark out of its drawing');
    const words = [...svg.querySelectorAll('text')]
      .filter(each => each.textContent.trim() && each.getAttribute('opacity') !== '0')
      .map(each => [each.textContent.slice(0, 20), each.getBoundingClientRect()]);
    words.forEach(([said, box], place) => {
      if (isOut(box, frame)) found.push(`out of its drawing: ${said}`);
      for (const [other, next] of words.slice(place + 1))
        if (box.left + 1 < next.right && next.left + 1 < box.right &&
            box.top + 6 < next.bottom && next.top + 6 < box.bottom)
          found.push(`${said} over ${other}`);
    });
  }
  return [...new Set(found)];
})"""
"""By figure; an axis makes labels for which there is no room transparent."""

OUT_OF_REACH = """() => {
  const found = [], view = document.documentElement.clientWidth;
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = all.nextNode(); text; text = all.nextNode()) {
    const holder = text.parentElement;
    if (!text.data.trim() || !holder.checkVisibility() ||
        holder.closest('script, svg, thead, .kao-skip, .kao-tip')) continue;
    const scroller = holder.closest('.kao-table > div');
    const [left, right] = scroller
      ? [scroller.getBoundingClientRect().left - scroller.scrollLeft,
         scroller.getBoundingClientRect().left - scroller.scrollLeft + scroller.scrollWidth]
      : [0, view];
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects())
      if (box.width && (box.left < left - 1 || box.right > right + 1)) {
        found.push(text.data.slice(0, 40));
        break;
      }
  }
  return found;
}"""
"""Texts that neither the page nor the table that they are in can bring into view; the heads of
tables are left out, which a phone shows in the rows."""

TURNED = r"""() => {
  const found = [], turning = /[\u0590-\u08ff\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/;
  const range = document.createRange();
  const box = (text, from, to) => {
    range.setStart(text, from);
    range.setEnd(text, to);
    return range.getBoundingClientRect();
  };
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = all.nextNode(); text; text = all.nextNode()) {
    if (!text.parentElement.checkVisibility() || text.parentElement.closest('script')) continue;
    const figures = [...text.data.matchAll(/\d[\d,.]*\d|\d/g)];
    figures.forEach((figure, place) => {
      const end = figure.index + figure[0].length;
      const [first, last] = [box(text, figure.index, figure.index + 1), box(text, end - 1, end)];
      const isOneLine = Math.abs(first.top - last.top) < 4;
      if (isOneLine && first.left > last.left) found.push(`${figure[0]} backwards`);
      const next = figures[place + 1];
      if (!next || turning.test(text.data.slice(end, next.index))) return;
      const after = box(text, next.index, next.index + 1);
      if (Math.abs(after.top - last.top) < 4 && after.left < last.left)
        found.push(`${next[0]} before ${figure[0]}`);
    });
  }
  return [...new Set(found)];
}"""
"""Figures whose digits run from right to left, or that stand before the one that they follow."""

OVERTAKEN = """(names) => {
  const found = [], range = document.createRange();
  const box = (text, place) => {
    range.setStart(text, place);
    range.setEnd(text, place + 1);
    return range.getBoundingClientRect();
  };
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = all.nextNode(); text; text = all.nextNode())
    for (const name of names) {
      const start = text.data.indexOf(name), end = start + name.length;
      const figure = start < 0 ? -1 : text.data.slice(end).search(/\\d/);
      if (figure < 0 || !text.parentElement.checkVisibility() ||
          text.parentElement.closest('script')) continue;
      const after = box(text, end + figure);
      for (let place = start; place < end; place += 1) {
        const sign = box(text, place);
        if (sign.width && Math.abs(sign.top - after.top) < 6 && sign.right > after.left + 1) {
          found.push(text.data.slice(0, 60));
          break;
        }
      }
    }
  return [...new Set(found)];
}"""
"""Texts in which a figure that follows a name on the same line stands left of some of it."""

NO_VALUE = re.compile(r"\b(?:nan|NaN|None|null|undefined|Infinity|inf|\d+[Ee]\+\d+)\b")
"""What a program writes where a figure is missing or does not fit."""

UNSAFE = """() => [...document.querySelectorAll('*')].filter(each =>
    each.matches('#pwned, iframe, object, embed, base, input, form:not(.vega-bindings)') ||
    [...each.attributes].some(({ name, value }) =>
      name.startsWith('on') || /^\\s*javascript:/i.test(value)))
  .map(each => each.outerHTML.slice(0, 80))"""


def unharmed(shown):
    """Hold a page to having run nothing, asked for nothing and complained of nothing."""
    assert shown.said == []
    assert len(shown.asked) == 1
    assert shown.page.evaluate("typeof window.pwned") == "undefined"
    assert shown.page.evaluate(UNSAFE) == []


def as_wide_as_its_window(shown):
    width = shown.page.evaluate("document.documentElement.clientWidth")
    return shown.page.evaluate("document.documentElement.scrollWidth") == width

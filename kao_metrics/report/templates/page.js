/* Small helps for a page that works without them: open what a link leads to, mark where the
   reader is in the contents, and make a chart live when it comes into view. */
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);

  const reveal = () => {
    const target = find(decodeURIComponent(location.hash.slice(1)));
    let around = target && target.parentElement.closest("details:not([open])");
    if (!around) return;
    for (; around; around = around.parentElement.closest("details")) around.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    // A second click on the same link changes no address.
    if (event.target.closest("a[href^='#']")) setTimeout(reveal);
  });
  reveal();

  const links = new Map();
  for (const link of document.querySelectorAll("nav a"))
    links.set(find(decodeURIComponent(link.hash.slice(1))), link);
  const spy = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) {
          for (const link of links.values()) link.removeAttribute("aria-current");
          links.get(target).setAttribute("aria-current", "true");
        }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  for (const section of links.keys()) if (section) spy.observe(section);

  const store = find("kao-specs");
  if (!store || !("DecompressionStream" in window)) return;
  const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%.()*+-;,=>?@^_`{|}~";
  const worth = new Map([...signs].map((sign, index) => [sign, index]));
  const unpack = (id) => {
    const [size, text] = find(id).textContent.split(" ");
    const bytes = new Uint8Array((text.length / 5) * 4);
    for (let from = 0, to = 0; from < text.length; from += 5, to += 4) {
      let four = 0;
      for (let at = from; at < from + 5; at += 1) four = four * 85 + worth.get(text[at]);
      bytes.set([four / 2 ** 24, four / 2 ** 16, four / 2 ** 8, four], to);
    }
    const packed = new Blob([bytes.subarray(0, Number(size))]).stream();
    return new Response(packed.pipeThrough(new DecompressionStream("deflate-raw"))).text();
  };
  let loaded;
  const load = async () => {
    const [code, specs] = await Promise.all(["kao-code", "kao-specs"].map(unpack));
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
    return JSON.parse(specs);
  };
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        watch.unobserve(target);
        (loaded ??= load())
          .then((specs) => specs[target.id] && kaoLive(target, specs[target.id], store.dataset.keys))
          .catch((error) => console.error(error)); // the drawing stays
      }
    },
    { rootMargin: "100px" },
  );
  for (const drawing of document.querySelectorAll(".kao-drawing")) watch.observe(drawing);
})();

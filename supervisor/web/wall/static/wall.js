// Keeps a page of the wall fresh: takes in what the daemon tells, patches it in place, and says when nothing comes.
"use strict";

(() => {
  const body = document.body;
  const $ = (id) => document.getElementById(id);
  const QUIET = 12; // seconds without news after which the page is stale: the daemon speaks every 5
  const DEAD = 20; // seconds after which the connection is opened anew
  const GRACE = 1.5; // seconds that a broken connection may take to come back without a word
  let stream = null;
  let revision = body.dataset.rev;
  let heard = performance.now();
  let offset = Number(body.dataset.at) - Date.now() / 1000;
  let broken = null; // since when
  let retry = 0;

  // --- patching: what is the same stays, so that focus, what is typed and where one is are kept ---

  const typed = new Set(["INPUT", "SELECT", "TEXTAREA"]);
  const parse = (markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    return template.content;
  };
  const fits = (a, b) => a && a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  function attributes(old, fresh) {
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }

  function children(old, fresh) {
    const byId = new Map([...old.children].filter((each) => each.id).map((each) => [each.id, each]));
    let here = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      let found = fits(here, wanted) ? here : null;
      if (!found && wanted.id && fits(byId.get(wanted.id), wanted)) {
        found = byId.get(wanted.id);
        old.insertBefore(found, here);
      }
      if (found) {
        patch(found, wanted);
        here = found.nextSibling;
      } else {
        old.insertBefore(wanted, here);
      }
    }
    while (here) {
      const next = here.nextSibling;
      here.remove();
      here = next;
    }
  }

  function patch(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.classList.contains("age") && old.dataset.since === fresh.dataset.since) return;
    attributes(old, fresh);
    if (typed.has(old.nodeName) && old === document.activeElement) return;
    children(old, fresh);
  }

  function frame(name, markup) {
    const old = $(`f-${name}`);
    if (old) children(old, parse(markup));
  }

  // --- the overview's cards ---

  const order = new Map();
  const levels = new Map();
  const rank = { calm: 0, handled: 1, paused: 1, blind: 2, warning: 3, alarm: 4 };

  function put(id, [group, place, markup]) {
    const list = $(`g-${group}`);
    const fresh = parse(markup).firstElementChild;
    let card = $(`c-${id}`);
    const focused = card && card.contains(document.activeElement) ? document.activeElement : null;
    if (card) patch(card, fresh);
    else card = fresh;
    const moved = card.parentNode !== list || order.get(id) !== place;
    order.set(id, place);
    if (moved) {
      const next = [...list.children].find((each) => each !== card && (order.get(each.id.slice(2)) || "") > place);
      list.insertBefore(card, next || null);
      if (focused) focused.focus({ preventScroll: true });
    }
    note(id, card);
  }

  function drop(id) {
    const card = $(`c-${id}`);
    if (card) card.remove();
    order.delete(id);
    levels.delete(id);
  }

  // Said aloud is only what got worse, or is well again.
  let sayings = [];
  let saying = null;
  function note(id, card) {
    const before = levels.get(id);
    const now = card.dataset.level;
    levels.set(id, now);
    if (before === undefined || before === now) return;
    if (rank[now] > rank[before] || now === "paused") say(card.dataset.say);
    else if (now === "calm") say(card.dataset.better);
  }

  function say(text) {
    sayings.push(text);
    saying = saying || setTimeout(() => {
      $("say").textContent = sayings.slice(-4).join(". ");
      sayings = [];
      saying = null;
    }, 1000);
  }

  function tidy() {
    for (const group of ["trouble", "calm"]) {
      const list = $(`g-${group}`);
      if (list) list.parentNode.hidden = !list.children.length;
    }
  }

  // --- what is told ---

  function take(event) {
    const news = JSON.parse(event.data);
    heard = performance.now();
    offset = news.at - Date.now() / 1000;
    if (news.version !== body.dataset.version || news.over) {
      location.reload();
      return;
    }
    back();
    revision = news.rev || revision;
    if (news.all) for (const id of [...order.keys()]) if (!(id in news.cards)) drop(id);
    for (const id of news.gone || []) drop(id);
    for (const [id, card] of Object.entries(news.cards || {})) put(id, card);
    for (const [name, markup] of Object.entries(news.frames || {})) frame(name, markup);
    if (news.title !== undefined) document.title = news.title + $("main").dataset.title;
    tidy();
    tick();
  }

  // --- the connection ---

  function open() {
    if (stream) stream.close();
    const base = body.dataset.stream;
    stream = new EventSource(base + (base.includes("?") ? "&" : "?") + "rev=" + encodeURIComponent(revision));
    stream.onmessage = take;
    stream.onerror = () => {
      broken = broken || performance.now();
      // A browser that was answered with an error does not come back by itself.
      if (stream.readyState === EventSource.CLOSED) again();
    };
  }

  function again() {
    retry = Math.min(retry + 1, 6);
    const wait = Math.min(500 * 2 ** (retry - 1), 5000) * (0.6 + 0.4 * Math.random());
    setTimeout(async () => {
      try {
        const answer = await fetch("/alive", { cache: "no-store" });
        if (answer.status === 401) {
          location.reload();
          return;
        }
        if (!answer.ok) throw new Error(answer.status);
        open();
      } catch {
        again();
      }
    }, wait);
  }

  const banner = $("banner");
  let hiding = null;
  function back() {
    retry = 0;
    broken = null;
    if (banner.dataset.state !== "lost") return;
    show("found", banner.dataset.found);
    clearTimeout(hiding);
    hiding = setTimeout(() => show("", ""), 5000);
  }

  function show(state, text) {
    if (banner.dataset.state === state) return;
    banner.dataset.state = state;
    banner.textContent = text;
    banner.classList.toggle("show", Boolean(text));
  }

  // --- time passes ---

  const two = (number) => String(number).padStart(2, "0");
  function span(seconds) {
    const whole = Math.max(Math.floor(seconds), 0);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min`;
    if (whole < 86400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
    return `${Math.floor(whole / 86400)} d`;
  }

  function tick() {
    const now = Date.now() / 1000 + offset;
    for (const each of document.querySelectorAll(".age[data-since]")) {
      const text = span(now - Number(each.dataset.since));
      if (each.textContent !== text) each.textContent = text;
    }
    const silent = (performance.now() - heard) / 1000;
    const stale = silent > QUIET || banner.dataset.state === "lost";
    body.classList.toggle("is-stale", stale);
    $("fresh").hidden = false;
    $("fresh-text").textContent = `${$("fresh").dataset.ago} ${span(silent)}`;
    $("stale").hidden = !stale;
    if (stale) $("stale").textContent = $("stale").dataset.text.replace("%(age)s", span(silent));
    if (broken !== null && performance.now() - broken > GRACE * 1000) {
      clearTimeout(hiding);
      show("lost", banner.dataset.lost);
    }
    if (silent > DEAD && stream.readyState === EventSource.OPEN) {
      broken = broken || performance.now();
      heard = performance.now() - QUIET * 1000;
      open();
    }
  }

  for (const card of document.querySelectorAll("li.card")) {
    const id = card.id.slice(2);
    order.set(id, card.dataset.order || "");
    levels.set(id, card.dataset.level);
  }
  open();
  tick();
  setInterval(tick, 1000);
  if (location.hash === "#said" && $("said")) $("said").focus();
})();

// The player and the text that goes with it. Times are milliseconds from the start of a file.
"use strict";
(() => {
  const KEY = "make-audiobook";
  const SPEEDS = [0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.25, 2.5];
  const BACK = 15_000;
  const FORWARD = 30_000;
  const RESTART = 4_000; // "previous" starts a chapter again when it has gone on for longer
  const SAVE_EVERY = 5_000;
  const FADE = 8_000; // the end of a sleep timer
  const READING = 1_500; // after a hand was on the page, before it scrolls by itself
  const EARLY = 5; // a browser may seek to a little before what it was asked for
  const BLOCKS = { h: "h3", p: "p", q: "p", v: "p", i: "li", r: "p", c: "p", g: "p", b: "p" };
  const GROUPS = { q: "blockquote", v: "div", i: "ul", r: "div" };
  const CLASSES = { v: "verse", r: "rows", c: "code", g: "image" };

  const el = (id) => document.getElementById(id);
  const data = (id) => JSON.parse(el(id).textContent);
  const book = data("book");
  const PLACE = `${KEY}:${book.guid}`;
  const audio = el("audio");
  const seek = el("seek");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  let part = -1; // what is shown
  let lines = []; // its sentences: [start, end, kind, text, words]
  let starts = [];
  let spans = [];
  let current = -1; // the sentence that is spoken
  let word = -1;
  let wanted = null; // where to go as soon as the file is there
  let wants = false; // whether to play then
  let following = true;
  let ours = 0; // until when scrolling is ours
  let theirs = 0; // until when it is the reader's
  let dragging = false;
  let savedAt = 0;
  let sleepAt = null; // ms of playing that are left, or "chapter"
  let ticked = 0;
  let volume = 1;

  // What is kept between visits; where storage is refused, until the page is closed.
  const kept = new Map();
  function recall(key) {
    try {
      return JSON.parse(localStorage.getItem(key)) || {};
    } catch {
      return kept.get(key) || {};
    }
  }
  function keep(key, value) {
    kept.set(key, value);
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // It is in `kept`.
    }
  }
  const prefer = (change) => keep(KEY, { ...recall(KEY), ...change });

  // --- time ------------------------------------------------------------------------------------
  const now = () => (wanted === null ? audio.currentTime * 1000 : wanted);
  const shown = () => book.parts[part];
  const within = (ms, low, high) => Math.min(Math.max(ms, low), high);
  function clock(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  }
  function told(ms) {
    const minutes = Math.max(0, Math.round(ms / 60_000));
    const hours = Math.floor(minutes / 60);
    return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
  }
  function after(number) {
    return book.parts.slice(number + 1).reduce((sum, one) => sum + one.end - one.start, 0);
  }
  /** The last of rising numbers that is not above `value`; -1 if all are. */
  function last(rising, value) {
    let [low, high] = [0, rising.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rising[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // --- the text of a chapter -------------------------------------------------------------------
  function show(number) {
    if (part === number) return;
    const isFirst = part < 0;
    part = number;
    lines = data(`text-${number}`);
    starts = lines.map((line) => line[0]);
    [current, word, following] = [-1, -1, true];
    el("spoken").replaceChildren(written());
    spans = [...el("spoken").querySelectorAll(".s")];
    if (spans.length) spans[0].tabIndex = 0;
    const one = shown();
    el("title").textContent = one.title;
    document.querySelector(".where").textContent = one.title;
    document.title = `${one.title} · ${book.title}`;
    seek.max = Math.max(1, Math.ceil((one.end - one.start) / 1000));
    showExtras();
    showCurrent();
    tellSession();
    toTop(isFirst);
  }
  /** Before a chapter that follows another, the cover is not shown again. */
  function toTop(isFirst) {
    ours = performance.now() + 300;
    const [top] = room();
    const text = el("text").getBoundingClientRect().top + scrollY - top;
    scrollTo({ top: isFirst || !top ? 0 : Math.max(0, text), behavior: "instant" });
  }

  /** The blocks of a chapter. A capital letter opens one that stands apart from the last. */
  function written() {
    const all = document.createDocumentFragment();
    let [block, group, kind] = [null, null, ""];
    lines.forEach(([, , opens, text], index) => {
      const letter = opens.toLowerCase();
      if (letter in BLOCKS) {
        const apart = opens !== letter;
        if (!group || letter !== kind) group = groupOf(letter, all);
        if (apart && letter === "p") all.append(made("p", "scene", "•••"));
        const first = letter === "h" && !all.querySelector("h2");
        block = made(first ? "h2" : BLOCKS[letter], group ? "" : CLASSES[letter]);
        if (apart && letter === "v") block.className = "apart";
        (group || all).append(block);
        kind = letter;
      } else if (opens) {
        block.append(opens);
      }
      const span = made("span", "s", text);
      span.tabIndex = -1;
      span.dataset.i = index;
      block.append(span);
    });
    if (!all.querySelector("h2")) all.prepend(made("h2", "", shown().title));
    if (!lines.length) all.append(made("p", "none", "There is no text beside this audio."));
    return all;
  }
  function made(tag, name = "", text = "") {
    const one = document.createElement(tag);
    if (name) one.className = name;
    if (text) one.textContent = text;
    return one;
  }
  function groupOf(kind, all) {
    if (!(kind in GROUPS)) return null;
    const group = made(GROUPS[kind], CLASSES[kind]);
    all.append(group);
    return group;
  }
  function link(text, href) {
    const one = made("a", "", text);
    one.href = href;
    return one;
  }
  function showExtras() {
    const item = book.items[shown().item];
    const links = item.transcripts.map(([name, href]) => link(name, href));
    el("extras").replaceChildren(link("Audio file", item.url), ...links);
    el("extras").hidden = false;
  }
  function showCurrent() {
    for (const old of el("parts").querySelectorAll("a[aria-current]")) {
      old.removeAttribute("aria-current");
    }
    for (const old of el("parts").querySelectorAll(":scope ol")) old.remove();
    const entry = el("parts").children[part];
    entry.firstElementChild.setAttribute("aria-current", "true");
    if (shown().sections.length) entry.append(sections());
    if (entry.offsetParent) reveal(entry.firstElementChild, entry.closest(".side"));
  }
  function sections() {
    const list = made("ol");
    for (const [at, title] of shown().sections) {
      const entry = made("li");
      const one = link("", `#chapter-${part + 1}&t=${(at - shown().start) / 1000}`);
      const name = made("bdi", "name", title);
      name.dir = "auto";
      one.append(name, made("time", "", clock(at - shown().start)));
      one.dataset.at = at;
      entry.append(one);
      list.append(entry);
    }
    return list;
  }
  /** Scroll a box, and nothing around it, so that something in it is seen. */
  function reveal(one, box) {
    const [inner, outer] = [one.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      box.scrollTop += inner.top - outer.top - outer.height / 3;
    }
  }

  // --- what is spoken now ----------------------------------------------------------------------
  function mark() {
    const ms = now() + EARLY;
    const index = last(starts, ms);
    if (index !== current) {
      if (spans[current]) {
        spans[current].classList.remove("now");
        spans[current].removeAttribute("aria-current");
      }
      current = index;
      word = -1;
      CSS.highlights?.delete("word");
      if (spans[index]) {
        spans[index].classList.add("now");
        spans[index].setAttribute("aria-current", "true");
        if (!el("spoken").contains(document.activeElement)) rove(index);
        if (following) follow();
      }
      markSection(ms);
    }
    if (index >= 0 && lines[index][4]) markWord(lines[index], ms);
  }
  /** Words are five numbers each: from when, to when, from which character, to which. */
  function markWord([from, , , , words], ms) {
    if (!CSS.highlights) return;
    let at = words.length - 4;
    while (at >= 0 && words[at] > ms - from) at -= 4;
    if (at >= 0 && words[at + 1] < ms - from) at = -4;
    if (at === word) return;
    word = at;
    CSS.highlights.delete("word");
    if (at < 0) return;
    const range = new Range();
    range.setStart(spans[current].firstChild, words[at + 2]);
    range.setEnd(spans[current].firstChild, words[at + 3]);
    CSS.highlights.set("word", new Highlight(range));
  }
  function markSection(ms) {
    const list = [...el("parts").querySelectorAll(":scope ol a")];
    const index = last(list.map((one) => Number(one.dataset.at)), ms);
    list.forEach((one, at) => {
      if (at === index) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
  }
  /** The one sentence that Tab comes to. */
  function rove(index) {
    for (const old of el("spoken").querySelectorAll('.s[tabindex="0"]')) old.tabIndex = -1;
    spans[index].tabIndex = 0;
  }
  /** Where text can be read: between the bars. */
  function room() {
    const bar = document.querySelector(".bar").getBoundingClientRect();
    const top = bar.width > innerWidth / 2 ? bar.bottom : 0;
    return [top, document.querySelector(".player").getBoundingClientRect().top];
  }
  function isSeen() {
    const box = spans[current].getBoundingClientRect();
    const [top, bottom] = room();
    return box.bottom > top && box.top < bottom;
  }
  /** Bring the sentence into the upper half when it has left the middle of the room. */
  function follow(always = false) {
    if (!spans[current] || (!always && performance.now() < theirs)) return;
    const box = spans[current].getBoundingClientRect();
    const [top, bottom] = room();
    const height = bottom - top;
    const isFine = box.top >= top + height * 0.08 && box.bottom <= bottom - height * 0.2;
    if (isFine && !always) return;
    const far = Math.abs(box.top - top) > 2 * height;
    ours = performance.now() + (still.matches || far ? 200 : 1000);
    scrollTo({
      top: Math.max(0, scrollY + box.top - top - height * 0.3),
      behavior: still.matches || far ? "instant" : "smooth",
    });
  }
  function setFollowing(on) {
    following = on;
    el("follow").hidden = on;
  }
  function touched() {
    ours = 0;
    theirs = performance.now() + READING;
  }
  function scrolled() {
    if (!spans[current] || performance.now() < ours) return;
    setFollowing(isSeen());
  }

  // --- playing ---------------------------------------------------------------------------------
  /** Go to a place of a chapter, in milliseconds of its file. */
  function go(number, ms, play = !audio.paused || wants) {
    const one = book.parts[number];
    const file = book.items[one.item].url;
    show(number);
    wanted = within(ms, one.start, Math.max(one.start, one.end - 50));
    wants = play;
    savedAt = 0;
    if (audio.getAttribute("src") !== file) {
      audio.src = file;
      setSpeed(audio.defaultPlaybackRate);
    }
    setFollowing(true);
    settle();
    if (play) start();
    update();
  }
  /** Once the file can be sought in, it is where it should be. */
  function settle() {
    if (wanted === null || audio.readyState < 1) return;
    audio.currentTime = wanted / 1000;
    wanted = null;
  }
  function start() {
    wants = true;
    say("");
    audio.play().catch((error) => {
      wants = false;
      // Another file was chosen meanwhile, or a reader must press play first: nothing is wrong.
      if (error.name !== "AbortError" && error.name !== "NotAllowedError") failed();
      playing();
    });
  }
  function toggle() {
    if (!audio.paused) audio.pause();
    else if (audio.ended && part === book.parts.length - 1) go(0, book.parts[0].start, true);
    else start();
  }
  function jump(ms) {
    const one = shown();
    const to = now() + ms;
    if (to < one.start && part > 0) {
      go(part - 1, book.parts[part - 1].end + (to - one.start));
    } else if (to >= one.end && part < book.parts.length - 1) {
      go(part + 1, book.parts[part + 1].start + (to - one.end));
    } else {
      go(part, to);
    }
  }
  function previous() {
    const isBegun = now() - shown().start > RESTART;
    const number = isBegun || !part ? part : part - 1;
    go(number, book.parts[number].start);
  }
  function next() {
    if (part < book.parts.length - 1) go(part + 1, book.parts[part + 1].start);
  }
  function finished() {
    const sleeps = sleepAt === "chapter";
    if (sleeps) {
      audio.pause();
      setSleep("");
    }
    if (part < book.parts.length - 1) go(part + 1, book.parts[part + 1].start, !sleeps);
    else playing();
  }
  function setSpeed(speed) {
    audio.defaultPlaybackRate = speed;
    audio.playbackRate = speed;
    el("speed").value = String(speed);
  }
  function changeSpeed(step) {
    const index = within(SPEEDS.indexOf(audio.playbackRate) + step, 0, SPEEDS.length - 1);
    setSpeed(SPEEDS[index]);
    prefer({ speed: SPEEDS[index] });
    say(`Speed ${SPEEDS[index]}`);
    tellPosition();
  }
  function setVolume(value, muted = false) {
    volume = value;
    audio.volume = value;
    audio.muted = muted;
    el("volume").value = value;
    el("volume").style.setProperty("--done", `${(muted ? 0 : value) * 100}%`);
    document.documentElement.classList.toggle("silent", muted || value === 0);
    el("mute").setAttribute("aria-pressed", String(muted));
    prefer({ volume: value });
  }

  // --- sleep timer -----------------------------------------------------------------------------
  function setSleep(choice) {
    el("sleep").value = choice;
    sleepAt = choice === "" || choice === "chapter" ? choice || null : Number(choice) * 60_000;
    audio.volume = volume;
    showSleep();
  }
  function showSleep() {
    const minutes = typeof sleepAt === "number" ? `${Math.ceil(sleepAt / 60_000)}′` : "";
    const label = sleepAt === "chapter" ? "end" : minutes;
    if (el("sleeping").textContent !== label) el("sleeping").textContent = label;
  }
  /** What has been played since the last time is taken off; at the end it becomes softer. */
  function tick() {
    const at = performance.now();
    const passed = at - ticked;
    ticked = at;
    if (typeof sleepAt !== "number" || audio.paused) return;
    sleepAt -= passed;
    if (sleepAt <= 0) {
      audio.pause();
      setSleep("");
    } else if (sleepAt < FADE) {
      audio.volume = volume * (sleepAt / FADE);
    }
    showSleep();
  }

  // --- what the controls show ------------------------------------------------------------------
  function update() {
    const one = shown();
    const ms = now();
    if (wanted === null && ms >= one.end && part < book.parts.length - 1) {
      const isOneFile = book.parts[part + 1].item === one.item;
      if (isOneFile && !audio.paused) return onward();
    }
    mark();
    if (!dragging) showTime(ms - one.start);
    return save();
  }
  /** The next chapter of the same file goes on without a seek. */
  function onward() {
    if (sleepAt === "chapter") return finished();
    show(part + 1);
    return update();
  }
  let secondShown = "";
  function showTime(ms) {
    const one = shown();
    const length = one.end - one.start;
    const at = within(ms, 0, length);
    seek.style.setProperty("--done", `${length ? (at / length) * 100 : 0}%`);
    const text = `${part} ${clock(at)}`;
    if (text === secondShown) return;
    secondShown = text;
    if (!dragging) seek.value = Math.round(at / 1000);
    seek.setAttribute("aria-valuetext", `${clock(at)} of ${clock(length)}`);
    el("at").textContent = clock(at);
    el("remaining").textContent = `−${clock(length - at)}`;
    const left = told(length - at + after(part));
    el("left").textContent =
      book.parts.length > 1 ? `${part + 1} of ${book.parts.length} · ${left} left` : `${left} left`;
    tellPosition();
  }
  function playing() {
    const on = !audio.paused && !audio.ended;
    document.documentElement.classList.toggle("playing", on);
    el("play").querySelector(".unseen").textContent = on ? "Pause" : "Play";
    if ("mediaSession" in navigator) {
      navigator.mediaSession.playbackState = on ? "playing" : "paused";
    }
    ticked = performance.now();
    if (on) requestAnimationFrame(frame);
    else save(true);
  }
  function frame() {
    if (audio.paused || audio.ended) return;
    update();
    requestAnimationFrame(frame);
  }
  function say(text, isBad = false) {
    el("status").textContent = text;
    el("status").classList.toggle("bad", isBad);
    measure();
  }
  function failed() {
    const name = decodeURIComponent(book.items[shown().item].url);
    say(`${name} cannot be played. It should lie beside this page.`, true);
    playing();
  }
  function save(always = false) {
    const at = performance.now();
    if (!always && at - savedAt < SAVE_EVERY) return;
    savedAt = at;
    const isDone = audio.ended && part === book.parts.length - 1;
    const [one, ms] = isDone ? [book.parts[0], book.parts[0].start] : [shown(), now()];
    keep(PLACE, { file: book.items[one.item].guid, at: Math.round(ms) });
  }
  /** The chapter and place where it was left: by the file's own guid, so that others may come. */
  function leftAt() {
    const { file, at } = recall(PLACE);
    const item = book.items.findIndex((one) => one.guid === file);
    if (item < 0 || !(at >= 0)) return [0, book.parts[0].start];
    const parts = book.parts.map((one) => (one.item === item ? one.start : Infinity));
    const first = parts.findIndex(Number.isFinite);
    const number = parts.findLastIndex((from) => from <= at);
    return [number < 0 ? first : number, at];
  }

  // --- the system's own controls ---------------------------------------------------------------
  function tellSession() {
    if (!("mediaSession" in navigator)) return;
    // A system fetches a picture itself, which it does over HTTP alone.
    const isFetched = book.cover && location.protocol.startsWith("http");
    const artwork = isFetched ? [{ src: new URL(book.cover, location.href).href }] : [];
    const about = { title: shown().title, artist: book.author, album: book.title, artwork };
    navigator.mediaSession.metadata = new MediaMetadata(about);
  }
  function tellPosition() {
    if (!navigator.mediaSession?.setPositionState) return;
    const one = shown();
    const duration = Math.max(0.001, (one.end - one.start) / 1000);
    const position = within((now() - one.start) / 1000, 0, duration);
    navigator.mediaSession.setPositionState({ duration, position, playbackRate: audio.playbackRate });
  }
  function listenToSession() {
    if (!("mediaSession" in navigator)) return;
    const actions = {
      play: start,
      pause: () => audio.pause(),
      stop: () => audio.pause(),
      previoustrack: previous,
      nexttrack: next,
      seekbackward: (asked) => jump(-(asked.seekOffset * 1000 || BACK)),
      seekforward: (asked) => jump(asked.seekOffset * 1000 || FORWARD),
      seekto: (asked) => go(part, shown().start + asked.seekTime * 1000),
    };
    for (const [name, act] of Object.entries(actions)) {
      try {
        navigator.mediaSession.setActionHandler(name, act);
      } catch {
        // This system has no such key.
      }
    }
  }

  // --- what a reader does ----------------------------------------------------------------------
  const DOES = {
    play: toggle,
    back: () => jump(-BACK),
    forward: () => jump(FORWARD),
    previous,
    next,
    mute: () => setVolume(volume || 1, !audio.muted),
    follow: () => {
      setFollowing(true);
      follow(true);
    },
    help: () => el("help").showModal(),
    contents: () => setContents(!el("contents").classList.contains("open")),
  };
  const KEYS = {
    " ": "play",
    k: "play",
    j: "back",
    ArrowLeft: "back",
    l: "forward",
    ArrowRight: "forward",
    n: "next",
    p: "previous",
    m: "mute",
    v: "follow",
    "?": "help",
  };
  function setContents(open) {
    const opener = document.querySelector(".bar [data-does=contents]");
    el("contents").classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
    for (const one of document.querySelectorAll(".bar,.about,main,.player")) one.inert = open;
    if (!open) return opener.focus();
    const entry = el("parts").children[part].firstElementChild;
    reveal(entry, el("contents"));
    return entry.focus({ preventScroll: true });
  }
  const isOpen = () => el("contents").classList.contains("open");
  function clicked(event) {
    const does = event.target.closest("[data-does]")?.dataset.does;
    if (does in DOES) return DOES[does]();
    const entry = event.target.closest("#parts a");
    if (entry) {
      event.preventDefault();
      if (isOpen()) setContents(false);
      return goTo(entry.hash);
    }
    const span = event.target.closest(".s");
    if (span && getSelection().isCollapsed) goToSentence(Number(span.dataset.i));
    return undefined;
  }
  function goToSentence(index) {
    rove(index);
    go(part, lines[index][0], true);
  }
  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || el("help").open) return undefined;
    const { target, key } = event;
    if (key === "Escape" && isOpen()) return setContents(false);
    const own = { " ": "button,select", Enter: "button,select,a" }[key] || "select";
    if (target.matches(own)) return undefined;
    const span = target.closest(".s");
    if (span && moved(Number(span.dataset.i), key)) return event.preventDefault();
    if (key === "+" || key === "=" || key === "-") {
      changeSpeed(key === "-" ? -1 : 1);
      return event.preventDefault();
    }
    if (target.id === "volume" && key.startsWith("Arrow")) return undefined;
    const does = KEYS[key.length === 1 ? key.toLowerCase() : key];
    if (!does) return undefined;
    event.preventDefault();
    return DOES[does]();
  }
  /** Keys on a sentence. */
  function moved(index, key) {
    if (key === "Enter") {
      goToSentence(index);
      return true;
    }
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (!step) return false;
    const to = spans[index + step];
    if (to) {
      rove(index + step);
      to.focus();
    }
    return true;
  }
  /** #chapter-3, #chapter-3&t=12.5 (seconds of the chapter), #t=754 (of the book). */
  function goTo(hash, play) {
    const asked = new URLSearchParams(hash.slice(1).replace(/^chapter-/, "chapter="));
    let number = Number(asked.get("chapter") || 1) - 1;
    let ms = Number(asked.get("t") || 0) * 1000;
    if (!(number >= 0 && number < book.parts.length && ms >= 0)) return false;
    number = Math.floor(number);
    if (!asked.has("chapter")) {
      const length = (one) => one.end - one.start;
      while (number < book.parts.length - 1 && ms >= length(book.parts[number])) {
        ms -= length(book.parts[number]);
        number += 1;
      }
    }
    go(number, book.parts[number].start + ms, play);
    return true;
  }
  /** As above, and #01: a file by its name, as feeds link to it. */
  function linked() {
    const { hash } = location;
    const item = book.items.findIndex((one) => `#${one.name}` === hash);
    if (item < 0 && !/^#(chapter-\d|t=)/.test(hash)) return false;
    // The place is kept from here on; a link that stays would bring it back at each reload.
    history.replaceState(null, "", location.pathname + location.search);
    if (item < 0) return goTo(hash);
    const number = book.parts.findIndex((one) => one.item === item);
    go(number, book.parts[number].start);
    return true;
  }
  function measure() {
    const { height } = document.querySelector(".player").getBoundingClientRect();
    document.documentElement.style.setProperty("--player", `${Math.ceil(height)}px`);
  }

  // --- the beginning ---------------------------------------------------------------------------
  function listen() {
    document.addEventListener("click", clicked);
    document.addEventListener("keydown", pressed);
    addEventListener("scroll", scrolled, { passive: true });
    for (const kind of ["wheel", "touchmove"]) {
      addEventListener(kind, touched, { passive: true });
    }
    addEventListener("resize", measure);
    addEventListener("load", () => following && follow()); // the cover has its height now
    addEventListener("hashchange", linked);
    addEventListener("pagehide", () => save(true));
    document.addEventListener("visibilitychange", () => document.hidden && save(true));
    audio.addEventListener("loadedmetadata", () => {
      settle();
      update();
    });
    for (const kind of ["play", "pause"]) audio.addEventListener(kind, playing);
    audio.addEventListener("pause", () => (wants = audio.ended && wants));
    audio.addEventListener("timeupdate", update);
    audio.addEventListener("seeked", update);
    audio.addEventListener("ended", finished);
    audio.addEventListener("error", failed);
    seek.addEventListener("input", () => {
      dragging = true;
      showTime(Number(seek.value) * 1000);
    });
    seek.addEventListener("change", () => {
      dragging = false;
      go(part, shown().start + Number(seek.value) * 1000);
    });
    el("speed").addEventListener("change", () => {
      setSpeed(Number(el("speed").value));
      prefer({ speed: audio.playbackRate });
      tellPosition();
    });
    el("volume").addEventListener("input", () => setVolume(Number(el("volume").value)));
    el("sleep").addEventListener("change", () => setSleep(el("sleep").value));
    setInterval(tick, 500);
  }
  function begin() {
    for (const speed of SPEEDS) el("speed").append(new Option(`${speed}×`, String(speed)));
    const { speed, volume: loud } = recall(KEY);
    setSpeed(SPEEDS.includes(speed) ? speed : 1);
    setVolume(loud >= 0 && loud <= 1 ? loud : 1);
    listen();
    listenToSession();
    if (!linked()) go(...leftAt(), false);
    measure();
    playing();
  }
  begin();
})();

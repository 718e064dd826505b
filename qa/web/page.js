// Runs once, when Gradio has put the conversation on the page; Gradio passes in:
//   element  the conversation      trigger  sends an event to Python
//   server   calls into Python     watch    tells when Python has changed the conversation
// Gradio redraws the conversation by comparing trees, so what this file adds lives outside of it.

const narrow = matchMedia("(max-width: 899px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const $ = (selector) => document.querySelector(selector);
const reading = () => document.body.classList.contains("reading");

let cited = []; // the citations of the answer being read, in order
let place = 0; // which of them is open
let opener = null; // the button that opened the article
let latest = 0; // counts requests, so that a slow one never overwrites a newer one

// ---- conversation -------------------------------------------------------------------------------

let turns = 0;
function follow() {
  const all = element.querySelectorAll(".turn");
  const log = element.querySelector(".log");
  if (all.length > turns) {
    // A question in the address has been asked now; a reload must not ask it again.
    const address = new URL(location);
    address.searchParams.delete("q");
    if (address.href !== location.href) history.replaceState(null, "", address);
    // A new question goes to the top and its answer grows below it, so nothing moves while one reads.
    log.scrollTo({ top: all[all.length - 1].offsetTop + 2, behavior: calm.matches ? "auto" : "smooth" });
    if (narrow.matches) document.activeElement?.blur(); // puts the phone's keyboard away
    followIndex(); // the folder may have got many new articles since
  }
  if (all.length < turns) shut();
  turns = all.length;
  markOpen();
}
watch("value", follow);

function focusBox(tries) {
  if (document.activeElement !== document.body) return; // the reader has chosen something else
  const box = $("#question textarea"); // Gradio may still be making it
  box?.focus();
  if (tries && document.activeElement !== box) setTimeout(focusBox, 20, tries - 1);
}
// On a phone this would call up the keyboard and hide half of the page.
if (!narrow.matches) focusBox(250);

element.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (chip) trigger("submit", { question: chip.textContent });
});

// ---- how far the index is ------------------------------------------------------------------------

let state = null; // of the index, as it was told last
let asking = 0; // the timer until it is asked again
let toldAt = 0; // when that was said aloud last: who listens must not be told every two seconds
async function followIndex() {
  clearTimeout(asking);
  asking = 0;
  let told;
  try {
    told = await server.indexing(null);
  } catch {
    return; // the program has ended; whatever is done next says so
  }
  const words = $("#state .words");
  const bar = $("#state progress");
  if (words.textContent !== told.words) words.textContent = told.words;
  const heard = $("#state .heard");
  const isNew = heard.textContent.split(":")[0] !== told.words.split(":")[0];
  if (isNew || (heard.textContent !== told.words && Date.now() - toldAt > 30000)) {
    heard.textContent = told.words;
    toldAt = Date.now();
  }
  words.classList.toggle("notice", told.trouble);
  bar.hidden = told.share === null;
  if (told.share !== null) bar.value = told.share;
  document.body.classList.toggle("indexing", Boolean(told.words));
  if (state !== null && told.state !== state) trigger("tick", {});
  state = told.state;
  if (told.again) asking = setTimeout(followIndex, 1000 * told.again);
}
followIndex();

// ---- what can be done with an answer, a quote or an article --------------------------------------

const acts = {
  copy: (button) => copy(button.dataset.copy).then((done) => say(button, done ? "Copied" : "Could not copy")),
  retry: (button) => trigger("retry", { any_time: "anyTime" in button.dataset }),
  edit: () => {
    trigger("edit", {});
    $("#question textarea")?.focus();
  },
  undo: () => trigger("undo", {}),
  like: (button) => trigger("like", { turn: turnOf(button), vote: button.dataset.vote }),
  download: (button) => trigger("download", { turn: turnOf(button), kind: button.dataset.kind }),
  rows: () => trigger("expand", {}),
  remove: (button) => {
    // Asked a second time in the same place, and forgotten when one looks elsewhere.
    button.dataset.act = "confirm";
    button.armed = Date.now();
    say(button, button.dataset.asked, 6000, () => (button.dataset.act = "remove"));
  },
  confirm: (button) => {
    if (Date.now() - button.armed < 700) return; // the second click of a double click confirms nothing
    trigger("delete", { article: button.dataset.article });
    close();
    $("#archive-button")?.click();
  },
};
document.addEventListener("click", (event) => {
  const button = event.target.closest(".act");
  if (button && acts[button.dataset.act]) acts[button.dataset.act](button);
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const remark = new FormData(event.target).get("remark").trim();
  if (remark) trigger("apply", { turn: turnOf(event.target), remark });
});

function turnOf(button) {
  return Number(button.closest(".turn").dataset.turn);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Browsers give the clipboard to local and https pages only; this older way works on the others.
    const box = line("textarea", "", text);
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

function say(button, words, time = 1600, after = () => {}) {
  const before = (button.dataset.words ??= button.textContent);
  button.textContent = words;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.textContent = before;
    after();
  }, time);
}

// ---- article ------------------------------------------------------------------------------------

function citationsOf(button) {
  const turn = button.closest(".turn");
  if (!turn) return [button];
  const byNumber = new Map();
  for (const other of turn.querySelectorAll("[data-number]")) {
    if (!byNumber.has(other.dataset.number)) byNumber.set(other.dataset.number, other);
  }
  return [...byNumber.values()].sort((a, b) => a.dataset.number - b.dataset.number);
}

async function open(button) {
  const peers = citationsOf(button);
  const same = peers.filter((peer) => peer.dataset.article === button.dataset.article && peer.dataset.start);
  const wanted = {
    article: button.dataset.article,
    quotes: same.map((peer) => [Number(peer.dataset.start), Number(peer.dataset.end), peer.dataset.quote]),
    active: same.findIndex((peer) => peer.dataset.number === button.dataset.number),
  };
  const request = ++latest;
  let html = "";
  let trouble = "This article has changed since, or is no longer in the archive.";
  try {
    html = await server.read_article(wanted);
  } catch (error) {
    trouble = "The article could not be fetched. Is the program still running?";
  }
  if (request !== latest) return;
  const sheet = $("#reader .sheet");
  if (html) sheet.innerHTML = html; // escaped in Python, by articles.py
  else sheet.replaceChildren(line("p", "notice", trouble), line("blockquote", "", button.dataset.quote));
  cited = button.dataset.number ? peers : [];
  place = cited.findIndex((peer) => peer.dataset.number === button.dataset.number);
  show();
  const text = sheet.querySelector(".text");
  const quote = sheet.querySelector("mark.active");
  if (!quote) return;
  text.scrollTop = 0;
  const below = quote.getBoundingClientRect().bottom - text.getBoundingClientRect().top;
  // Only as far as needed: a quote that the first screen shows needs no scrolling, and no line is cut in half.
  if (below > text.clientHeight * 0.8) text.scrollTop = below - quote.offsetHeight - text.clientHeight / 4;
}

function show() {
  const several = cited.length > 1;
  $("#reader .place").textContent = cited.length ? `Quote ${place + 1} of ${cited.length}` : "";
  $("#reader .previous").hidden = $("#reader .next-quote").hidden = !several;
  $("#reader .previous").disabled = place <= 0;
  $("#reader .next-quote").disabled = place >= cited.length - 1;
  if (!reading()) {
    document.body.classList.add("reading");
    // On a phone the article covers the chat: the browser's own "back" must bring the chat back too.
    if (narrow.matches) history.pushState({ reading: true }, "");
    $("#reader .text")?.focus({ preventScroll: true });
  }
  cover();
  markOpen();
}

function close() {
  if (history.state?.reading) history.back();
  else shut();
}

function shut() {
  if (!reading()) return;
  latest += 1;
  const mark = cited[place] ?? opener; // where the reader has walked to
  cited = [];
  document.body.classList.remove("reading");
  cover();
  markOpen();
  if (mark?.isConnected) mark.focus({ preventScroll: true });
}

function cover() {
  for (const behind of [$("#chat"), $("#masthead")]) behind.inert = narrow.matches && reading();
}

function markOpen() {
  for (const button of document.querySelectorAll("[aria-current]")) button.removeAttribute("aria-current");
  cited[place]?.setAttribute("aria-current", "true");
}

function line(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text ?? "";
  return made;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".cite, .source, .headline, .bar button");
  if (!button) return;
  hideTip();
  if (button.matches(".close, .back")) close();
  else if (button.matches(".previous")) open(cited[place - 1]);
  else if (button.matches(".next-quote")) open(cited[place + 1]);
  else {
    opener = button;
    open(button);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!tip.hidden) hideTip();
  else if (reading()) close();
});
addEventListener("popstate", shut);
narrow.addEventListener("change", cover);

// ---- what a mark says before it is clicked ------------------------------------------------------

const tip = line("div", "", "");
tip.id = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true"); // the mark's own name says the same
document.body.append(tip);

function showTip(mark) {
  tip.replaceChildren(line("strong", "", mark.dataset.where), line("span", "", mark.dataset.quote));
  tip.hidden = false;
  const at = mark.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left - 24), innerWidth - tip.offsetWidth - 8);
  const above = at.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}
function hideTip() {
  tip.hidden = true;
}
element.addEventListener("pointerover", (event) => {
  const mark = event.target.closest(".cite");
  if (mark && event.pointerType === "mouse") showTip(mark);
});
element.addEventListener("pointerout", hideTip);
element.addEventListener("focusin", (event) => {
  if (event.target.matches(".cite:focus-visible")) showTip(event.target);
});
element.addEventListener("focusout", hideTip);
element.addEventListener("scroll", hideTip, true);

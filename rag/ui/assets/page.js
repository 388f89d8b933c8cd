// Opens the source beside the answer. Runs once, with `element` (the panel) and `server` (the page's Python side).
// It asks the server what a link of an answer points at; it makes no HTML of its own and reads nothing from the text.
const panel = element.querySelector(".fn-source");
const bar = panel.querySelector(".fn-bar");
const body = panel.querySelector(".fn-body");
const place = panel.querySelector(".fn-place");
const emptyBody = body.innerHTML;
const said = element.querySelector(".fn-said"); // read out to those who do not see what changes on the page
let openLink = null; // the link whose source is shown
const openDetails = new Set(); // lists the reader has unfolded; they stay so when the conversation is drawn again

const reference = (link) => link.getAttribute("href").split("#")[1];
const footnotesBeside = (link) => {
  const turn = link.closest(".fn-turn");
  const kind = link.classList.contains("fn-passage") ? "a.cite.fn-passage" : "a.cite:not(.fn-passage)";
  return turn ? Array.from(turn.querySelectorAll(kind)) : [];
};

async function show(link, byKeyboard = false) {
  const asked = reference(link);
  openLink = asked;
  const html = await server.source(asked);
  if (openLink !== asked) return; // another one was clicked meanwhile
  body.innerHTML = html;
  bar.hidden = false;
  panel.classList.add("fn-open");
  const links = footnotesBeside(link);
  const at = links.findIndex((other) => reference(other) === asked);
  place.textContent = links.length > 1 ? `${at + 1} of ${links.length}` : "";
  for (const step of bar.querySelectorAll(".fn-step")) {
    step.disabled = at < 0 || !links[at + Number(step.dataset.step)];
  }
  markCurrent();
  scrollToMark();
  if (byKeyboard) body.querySelector(".fn-box, mark")?.focus({ preventScroll: true }); // so that it is read out; Escape leads back
}

function scrollToMark() {
  scrollToBox();
  const text = body.querySelector(".fn-text");
  const mark = body.querySelector("mark");
  panel.scrollIntoView({ block: "nearest" });
  if (!text || !mark) return;
  const lines = mark.getBoundingClientRect();
  const above = lines.top - text.getBoundingClientRect().top + text.scrollTop;
  text.scrollTop = above - Math.max(16, (text.clientHeight - lines.height) / 3);
}

function scrollToBox() {
  const sheet = body.querySelector(".fn-sheet");
  const box = sheet?.querySelector(".fn-box:not([hidden])");
  if (box) sheet.scrollTop = box.offsetTop - sheet.clientHeight / 3;
}

function markCurrent() {
  for (const link of document.querySelectorAll("a.cite")) {
    if (openLink !== null && reference(link) === openLink) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function close() {
  const link = linkOf(openLink);
  openLink = null;
  panel.classList.remove("fn-open");
  bar.hidden = true;
  body.innerHTML = emptyBody;
  markCurrent();
  link?.focus();
}

const linkOf = (asked) =>
  Array.from(document.querySelectorAll("a.cite")).find((link) => asked !== null && reference(link) === asked);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.cite");
  if (link) {
    event.preventDefault();
    show(link, event.detail === 0);
    return;
  }
  const summary = event.target.closest?.(".fn-turn summary");
  if (summary) {
    const details = summary.parentElement;
    if (details.open) openDetails.delete(details.id);
    else openDetails.add(details.id);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && openLink !== null) close();
});

body.addEventListener("toggle", () => body.querySelector("details[open] mark")?.scrollIntoView({ block: "nearest" }), true);

// The page of a PDF: turned by asking for another image, enlarged by its width. Boxes belong to the page that is cited.
body.addEventListener("click", (event) => {
  const button = event.target.closest(".fn-tools button");
  if (!button) return;
  const pages = button.closest(".fn-pages");
  const paper = pages.querySelector(".fn-paper");
  if (button.dataset.zoom) {
    const width = (Number.parseFloat(paper.style.width) || 100) * (Number(button.dataset.zoom) > 0 ? 1.25 : 0.8);
    paper.style.width = `${Math.min(400, Math.max(50, width))}%`;
    return;
  }
  const page = Math.min(Math.max(Number(pages.dataset.page) + Number(button.dataset.turn), 1), Number(pages.dataset.count));
  pages.dataset.page = page;
  pages.querySelector("[role=status]").textContent = `Page ${page} of ${pages.dataset.count}`;
  const image = paper.querySelector("img");
  image.alt = image.alt.replace(/^Page \d+/, `Page ${page}`);
  image.src = `/page/${pages.dataset.reference}/${page}.png`;
  for (const box of paper.querySelectorAll(".fn-box")) box.hidden = page !== Number(pages.dataset.cited);
  scrollToBox();
});

bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("fn-close")) {
    close();
    return;
  }
  const link = linkOf(openLink);
  const links = link ? footnotesBeside(link) : [];
  const next = links[links.indexOf(link) + Number(button.dataset.step)];
  if (next) show(next);
});

// What can be done with a question that has ended: asked again, edited, copied, judged.
const keyOf = (element) => element.closest(".fn-turn").id.replace("turn-", "");
async function putQuestion(turnKey) {
  const box = document.querySelector("#question textarea");
  box.value = await server.question(turnKey);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}
async function remark(acts, key, liked) {
  const note = acts.querySelector(".fn-remark");
  const said = acts.querySelector("[role=status]");
  const kept = await server.remark({ key, liked, note: note.querySelector("input").value });
  for (const [act, value] of [["like", true], ["dislike", false]]) {
    acts.querySelector(`[data-act=${act}]`).setAttribute("aria-pressed", String(kept && liked === value));
  }
  note.hidden = liked === null;
  said.textContent = kept ? (liked === null ? "Taken back" : "Noted") : "This could not be kept";
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-act]");
  if (!button) return;
  const acts = button.closest(".fn-acts");
  const key = keyOf(button);
  const act = button.dataset.act;
  if (act === "edit") await putQuestion(key);
  if (act === "again") {
    await putQuestion(key);
    setTimeout(() => document.querySelector("#ask-button")?.click(), 60); // when gradio has taken the text in
  }
  if (act === "copy") {
    await navigator.clipboard.writeText(await server.copied(key));
    acts.querySelector("[role=status]").textContent = "Copied";
  }
  if (act === "like" || act === "dislike") {
    await remark(acts, key, button.getAttribute("aria-pressed") === "true" ? null : act === "like");
  }
});
document.addEventListener("change", async (event) => {
  if (!event.target.closest?.(".fn-remark")) return;
  const acts = event.target.closest(".fn-acts");
  await remark(acts, keyOf(acts), acts.querySelector("[data-act=like]").getAttribute("aria-pressed") === "true");
});

// What is going on is said once, when it changes: the parts of the page are drawn anew too often to be read out.
const sayings = [
  ["#current .fn-turn", (turn) => turn.querySelector(".fn-stage p, .fn-fault, .fn-declined") ?? turn.querySelector(".fn-prose")],
  ["#checked .fn-check", (check) => check.querySelector(".fn-fault, .fn-sum, .fn-note")],
  ["#adding", (adding) => adding.querySelector(".fn-ledger p, .fn-fault")],
  ["#watched", (watched) => watched.querySelector("p")],
  ["#fetching [data-stage]", (fetching) => fetching],
];
const lastStages = new Map();
const ENDED = new Set(["done", "stopped", "fault"]);
function sayWhatChanged() {
  for (const [selector, told] of sayings) {
    const part = document.querySelector(selector);
    const words = part && told(part);
    if (!words) continue;
    const stage = part.dataset.stage ? part.id + part.dataset.stage : words.textContent;
    if (lastStages.get(selector) === stage) continue;
    const kept = !lastStages.has(selector) && part.closest("#current") && ENDED.has(part.dataset.stage); // not news
    if (!kept) said.textContent = words.innerText;
    lastStages.set(selector, stage);
  }
}

// The page is drawn anew from the server while it grows: a link that had the focus has it again afterwards.
let focused = null;
document.addEventListener("focusin", (event) => (focused = event.target.closest?.("a.cite") ?? null));
document.addEventListener("focusout", (event) => {
  if (event.target.isConnected) focused = null;
});
function keepFocus() {
  if (focused && !focused.isConnected && document.activeElement === document.body) {
    linkOf(reference(focused))?.focus({ preventScroll: true });
  }
}

// The conversation is drawn anew from the server while it grows: keep what the reader opened, and keep the question at
// the top with the answer growing below it, until the reader scrolls or clicks.
let currentTurn = "";
let following = false;
for (const act of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  document.addEventListener(act, () => (following = false), { passive: true });
}
const everything = { childList: true, subtree: true, characterData: true }; // views are built after this has run
new MutationObserver(() => {
  sayWhatChanged();
  keepFocus();
  for (const id of openDetails) document.getElementById(id)?.setAttribute("open", "");
  markCurrent();
  const turn = document.querySelector("#current .fn-turn");
  if (turn && turn.id !== currentTurn) {
    currentTurn = turn.id;
    following = true;
  }
  if (turn && following) turn.scrollIntoView({ block: "start" });
}).observe(document.body, everything);

// The page's address names the conversation, so that a reload or a bookmark comes back to it.
new MutationObserver(() => {
  const conversation = document.querySelector("#shelf .fn-kept")?.dataset.conversation;
  if (conversation === undefined) return; // nothing is drawn yet
  const address = conversation ? `?conversation=${conversation}` : location.pathname;
  if (new URLSearchParams(location.search).get("conversation") !== (conversation || null)) {
    history.replaceState(null, "", address);
    askWhether(false); // it was about another conversation
    if (openLink !== null) close();
  }
}).observe(document.body, { ...everything, attributes: true, attributeFilter: ["data-conversation"] });
// Whether to delete for good is asked by two buttons in place of the one; the focus goes where nothing is lost.
function askWhether(asking) {
  document.querySelector("#here")?.classList.toggle("fn-asking", asking);
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#here button");
  if (!["delete", "sure", "keep"].includes(button?.id)) return;
  askWhether(button.id === "delete");
  document.querySelector(button.id === "delete" ? "#keep" : "#delete")?.focus();
});
document.addEventListener("change", (event) => {
  if (event.target.closest?.("#listed")) document.querySelector("#shelf").classList.remove("fn-open"); // it covers the talk
});

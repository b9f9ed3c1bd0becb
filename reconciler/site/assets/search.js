// Search and filters of the list of apps. The rows are in the page; this only hides those that don't fit.
"use strict";

(() => {
  const form = document.getElementById("filters");
  const query = document.getElementById("query");
  const count = document.getElementById("count");
  const reset = document.getElementById("reset");
  const selects = [...form.querySelectorAll("select")];

  // "Lasning" finds "Läsning", and the other way round.
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // Read once: a keystroke then compares strings, and touches only the rows that change.
  const rows = [...document.querySelectorAll("#apps > li")].map((row) => ({
    row,
    shown: true,
    text: fold([row.children[0].textContent, row.children[1].textContent, row.dataset.words].join(" ")),
    keys: Object.fromEntries(selects.map(({ name }) => [name, new Set((row.dataset[name] || "").split(" "))])),
  }));

  const fits = ({ text, keys }, words, chosen) =>
    words.every((word) => text.includes(word)) &&
    chosen.every(({ name, value }) => keys[name].has(value) || keys[name].has("*"));

  const say = (found) => {
    const { all, some, none } = count.dataset;
    const text = found === rows.length ? all : found ? some : none;
    count.textContent = text.replace("%n", found).replace("%t", rows.length);
  };

  const search = () => {
    const words = fold(query.value).split(/\s+/).filter(Boolean);
    const chosen = selects.filter(({ value }) => value).map(({ name, value }) => ({ name, value }));
    let found = 0;
    for (const one of rows) {
      const shown = fits(one, words, chosen);
      found += shown;
      if (shown !== one.shown) {
        one.shown = shown;
        one.row.hidden = !shown;
      }
    }
    reset.hidden = !words.length && !chosen.length;
    say(found);
  };

  form.hidden = false;
  form.addEventListener("input", search);
  // Some tools for people who can't use a mouse choose in a list without saying "input".
  form.addEventListener("change", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are emptied after this event. The button then goes away, so the search field takes the focus.
  form.addEventListener("reset", () => setTimeout(() => (query.focus(), search())));
  // A browser that goes back may have kept what was written.
  addEventListener("pageshow", search);
})();

// How much the search makes of a result: a page whose title is what was asked for comes first. Sphinx declares `Scorer`
// with `var`, beside which no `const` can stand.

var Scorer = {
  score: ([, title, , , score]) => {
    const words = (text) => text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join(" ");
    const asked = words(new URLSearchParams(location.search).get("q") ?? "");
    return words(title) === asked ? score + 1000 : score;
  },

  // The rest is as Sphinx has it.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

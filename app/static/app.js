// Improves pages that work without it: marks the page as scripted, then starts the components of GOV.UK Frontend.
(() => {
  "use strict";
  const frontend = document.currentScript.dataset.govuk;
  document.body.classList.add("js-enabled");
  if ("noModule" in HTMLScriptElement.prototype) {
    document.body.classList.add("govuk-frontend-supported");
  }

  document.addEventListener("DOMContentLoaded", async () => {
    warnBeforeLosingWords();
    lookAgain();
    unfoldOnPaper();
    const { initAll } = await import(frontend);
    initAll();
  });

  // What is under way is shown as it goes on: data-again says after how many seconds a part of the page is
  // asked for anew. The part that comes back says whether there is more to wait for. Nothing that somebody is
  // about to press is taken away under their hands.
  function lookAgain() {
    const part = document.querySelector("[data-again]");
    if (!part) {
      return;
    }
    window.setTimeout(async () => {
      // Nobody looks at it, or nobody may any more: nothing is asked for.
      let isOver = false;
      try {
        if (document.hidden) {
          return;
        }
        const headers = { Accept: "text/html", "X-Looks-Again": "1" };
        const answer = await fetch(window.location.href, { headers });
        isOver = answer.redirected;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = answer.ok && !isOver && page.getElementById(part.id);
        if (fresh && !part.contains(document.activeElement)) {
          part.replaceWith(fresh);
        }
      } finally {
        if (!isOver) {
          lookAgain();
        }
      }
    }, Number(part.dataset.again) * 1000);
  }

  // On paper nothing waits behind its title. The style sheet sees to it in new browsers alone.
  function unfoldOnPaper() {
    let unfolded = [];
    window.addEventListener("beforeprint", () => {
      unfolded = [...document.querySelectorAll(".folded:not([open])")];
      unfolded.forEach((each) => {
        each.open = true;
      });
    });
    window.addEventListener("afterprint", () => {
      unfolded.forEach((each) => {
        each.open = false;
      });
    });
  }

  // A long text is not lost to a slip of the hand on a link.
  function warnBeforeLosingWords() {
    let unsaved = false;
    document.querySelectorAll("form.form").forEach((form) => {
      form.addEventListener("input", (event) => {
        unsaved = unsaved || event.target.matches("textarea");
      });
      form.addEventListener("submit", () => {
        unsaved = false;
      });
    });
    window.addEventListener("beforeunload", (event) => {
      if (unsaved) {
        event.preventDefault();
      }
    });
  }
})();

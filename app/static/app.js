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
    const { initAll } = await import(frontend);
    initAll();
  });

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

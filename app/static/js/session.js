// Says so before a session ends for want of use, and leads away from the page once it has ended.
(() => {
  "use strict";
  // The server's clock decides; a page goes to it only when it is sure to agree.
  const MARGIN = 5000;
  const SHARED = "session-ends";

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("session-warning");
    if (!box) {
      return;
    }
    const words = box.querySelector("[data-words]");
    const form = box.querySelector("form");
    const warning = Number(box.dataset.warning) * 1000;
    let typed = false;
    let ends = endsIn(Number(box.dataset.seconds));
    document.addEventListener("input", (event) => {
      typed = typed || event.target.matches("textarea, input");
    });
    form.addEventListener("submit", stay);
    window.setInterval(look, 1000);

    // Another page of the same browser may have been used since.
    function endsIn(seconds) {
      const moment = Date.now() + seconds * 1000;
      remember(moment);
      return moment;
    }

    function look() {
      ends = Math.max(ends, remembered());
      const left = ends - Date.now();
      if (left > warning) {
        box.hidden = true;
      } else if (left > 0) {
        say(`You will be signed out in ${inWords(left)}.`, true);
      } else if (typed) {
        say("You have been signed out. What you typed is still on this page and not saved: send it, sign in again as the next page says, and it comes back filled.", false);
      } else if (left < -MARGIN) {
        window.location.reload();
      }
    }

    // Said once a minute: the words are read out whenever they change.
    function say(text, canStay) {
      if (words.textContent !== text) {
        words.textContent = text;
      }
      form.hidden = !canStay;
      box.hidden = false;
    }

    function inWords(left) {
      const minutes = Math.ceil(left / 60000);
      return minutes > 1 ? `${minutes} minutes` : "less than a minute";
    }

    async function stay(event) {
      event.preventDefault();
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          body: new FormData(form),
          headers: { Accept: "application/json" },
          redirect: "error",
        });
        const { seconds } = await answer.json();
        ends = endsIn(seconds);
        look();
        // The button is gone: the keyboard goes on in the page.
        const main = document.getElementById("main-content");
        main.setAttribute("tabindex", "-1");
        main.focus();
      } catch {
        words.textContent = "That did not work. Try again, or copy what you typed and sign in again.";
      }
    }
  });

  function remember(moment) {
    try {
      window.localStorage.setItem(SHARED, String(moment));
    } catch {
      // A browser that keeps nothing knows only of this page.
    }
  }

  function remembered() {
    try {
      return Number(window.localStorage.getItem(SHARED)) || 0;
    } catch {
      return 0;
    }
  }
})();

// What the page does without asking the server: seek, point, enlarge, keys, theme. Talks to no other host.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const THEME = "sensorium.theme";

  const applyTheme = () => {
    const chosen = localStorage.getItem(THEME);
    if (chosen) document.body.classList.toggle("dark", chosen === "dark");
  };

  const point = (id, on) => {
    all(`[data-seen="${CSS.escape(id)}"]`).forEach((each) => each.classList.toggle("pointed", on));
  };

  const menuIsOpen = () => $("#shell").classList.contains("menu-open");
  const menu = (open) => $("#shell").classList.toggle("menu-open", open);

  const showEvidence = (target) => {
    const panel = $("#panel");
    const place = target || $(".box.cited, .transcript .cited, tr.cited", panel) || panel;
    place.scrollIntoView({ behavior: "smooth", block: "center" });
  };

  const enlarge = (figure, on) => {
    figure.classList.toggle("enlarged", on);
  };

  const seek = (button) => {
    const player = $(`[data-player="${CSS.escape(button.dataset.player)}"]:is(audio, video)`, $("#panel"));
    if (!player) return;
    const go = () => {
      player.currentTime = Number(button.dataset.seconds);
      player.play().catch(() => player.focus());
    };
    if (player.readyState >= 1) go();
    else {
      player.addEventListener("loadedmetadata", go, { once: true });
      player.load();
    }
  };

  const copy = async (button) => {
    const answer = $("[data-role=answer]", button.closest(".reply"));
    if (!answer || !navigator.clipboard) return;
    await navigator.clipboard.writeText(answer.innerText);
    button.classList.add("did");
    setTimeout(() => button.classList.remove("did"), 1500);
  };

  // The settings panel lies in a native dialog, which keeps the focus in and closes by Escape. The server redraws what
  // is in it: what was open, and where the focus was, is kept.
  let dialog = null;
  let focused = "";
  let opener = null;
  const unfolded = new Map();
  const prepareDialog = () => {
    const block = $("#preferences");
    if (dialog || !block) return;
    dialog = document.createElement("dialog");
    dialog.id = "dialog";
    dialog.setAttribute("aria-labelledby", "preferences-title");
    $("#shell").append(dialog);
    dialog.append(block);
    dialog.addEventListener("focusin", (event) => {
      if (event.target !== dialog) focused = event.target.id || "";
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => opener?.isConnected && opener.focus());
    dialog.addEventListener("toggle", (event) => {
      if (event.target.dataset?.plugin) unfolded.set(event.target.dataset.plugin, event.target.open);
    }, true);
    new MutationObserver(() => {
      all("details[data-plugin]", dialog).forEach((each) => {
        const open = unfolded.get(each.dataset.plugin);
        if (open !== undefined && each.open !== open) each.open = open;
      });
      if (!dialog.open || dialog.contains(document.activeElement) && document.activeElement !== dialog) return;
      const place = (focused && document.getElementById(focused)) ||
        document.getElementById(focused.replace(/-usual$/, "")) || $("#preferences-title");
      place?.focus({ preventScroll: Boolean(focused) });
    }).observe(block, { childList: true, subtree: true });
  };

  // Pages that plugins bring lie beside the talk; one is shown at a time.
  const showPage = (number) => {
    const shell = $("#shell");
    if (number) shell.dataset.page = number;
    else delete shell.dataset.page;
    all("#shell > .page").forEach((each) => each.classList.toggle("shown", each.id === `page-${number}`));
    markPage();
    if (number) {
      window.dispatchEvent(new Event("resize")); // what was hidden measures itself anew
      $(`#page-${number} h2`)?.focus();
    }
  };
  const markPage = () => {
    const shown = $("#shell").dataset.page || "";
    all("#side [data-do=page]").forEach((each) => {
      if (each.dataset.value === shown) each.setAttribute("aria-current", "page");
      else each.removeAttribute("aria-current");
    });
  };

  const acts = {
    page: (button) => showPage(button.dataset.value),
    open: () => showPage(""),
    fresh: () => showPage(""),
    settings: (button) => {
      prepareDialog();
      opener = button;
      focused = "";
      if (!dialog.open) dialog.showModal();
    },
    leave: () => dialog?.close(),
    seek,
    copy,
    theme: () => {
      localStorage.setItem(THEME, document.body.classList.contains("dark") ? "light" : "dark");
      applyTheme();
    },
    menu: () => menu(!menuIsOpen()),
    enlarge: (button) => {
      const figure = button.closest(".picture");
      enlarge(figure, !figure.classList.contains("enlarged"));
    },
    evidence: () => showEvidence(),
    point: (button) => {
      const id = button.dataset.seen;
      const target = $(`#panel .box[data-seen="${CSS.escape(id)}"], #panel li[data-seen="${CSS.escape(id)}"]`) ||
        $(`#panel [data-seen="${CSS.escape(id)}"]`);
      if (!target) return;
      target.closest("details")?.setAttribute("open", "");
      all(".pointed").forEach((each) => each.classList.remove("pointed"));
      point(id, true);
      showEvidence(target);
    },
    language: () => {
      const next = $("[data-language]")?.dataset.language === "zh" ? "en" : "zh";
      document.cookie = `sensorium_language=${next}; path=/; max-age=31536000; samesite=lax`;
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && acts[button.dataset.do]) acts[button.dataset.do](button);
    if (menuIsOpen() && !event.target.closest("[data-do=menu], [data-do=remove]")) {
      if (button || !event.target.closest("#side")) menu(false);
    }
  });

  for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    document.addEventListener(name, (event) => {
      const seen = event.target.closest?.("[data-seen]");
      if (seen) point(seen.dataset.seen, on);
    });
  }

  document.addEventListener("change", (event) => {
    const box = event.target.closest?.("[data-do=layer]");
    if (!box) return;
    const figure = box.closest("figure");
    all(`.box[data-layer="${CSS.escape(box.dataset.kind)}"]`, figure).forEach((each) => {
      each.style.visibility = box.checked ? "" : "hidden";
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || dialog?.open) return;
    const figure = $(".picture.enlarged");
    if (figure) enlarge(figure, false);
    else if (menuIsOpen()) menu(false);
    else $("#composer .stop-button")?.click();
  });

  // Gradio lets Enter pass in silence while an answer is written.
  const tell = (text) => {
    let told = $("#told");
    if (!told) {
      told = document.createElement("div");
      told.id = "told";
      told.setAttribute("role", "status");
      $("#composer").after(told);
    }
    told.textContent = text;
    clearTimeout(tell.timer);
    tell.timer = setTimeout(() => { told.textContent = ""; }, 6000);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !event.target.closest?.("#composer textarea")) return;
    if ($("#live .reply.running")) tell($("#side [data-busy]")?.dataset.busy || "");
  }, true);

  // Gradio takes pictures that are pasted; other files go the way of those that are dropped.
  document.addEventListener("paste", (event) => {
    const box = event.target.closest?.("#composer")?.querySelector(".full-container");
    const files = Array.from(event.clipboardData?.files || []).filter((file) => !file.type.includes("image"));
    if (!box || !files.length) return;
    event.preventDefault();
    const dataTransfer = new DataTransfer();
    files.forEach((file) => dataTransfer.items.add(file));
    box.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });

  const label = (selector, text) => {
    const button = $(`#composer ${selector}`);
    if (!button || button.title === text) return;
    button.title = text;
    button.setAttribute("aria-label", text);
  };

  // The server's answers change the page: follow them.
  let address = null;
  const follow = () => {
    const side = $("#side [data-language]");
    if (side) {
      markPage();
      document.documentElement.lang = side.dataset.language === "zh" ? "zh-Hans" : "en";
      const conversation = side.dataset.conversation;
      if (conversation !== address) {
        address = conversation;
        const url = new URL(location.href);
        if (conversation) url.searchParams.set("c", conversation);
        else url.searchParams.delete("c");
        history.replaceState(history.state, "", url);
      }
    }
    const input = $("#composer textarea");
    if (input && side) {
      input.setAttribute("aria-label", input.placeholder);
      label(".upload-button", side.dataset.attach);
      label(".microphone-button", side.dataset.record);
      label(".submit-button", side.dataset.send);
      label(".stop-button", side.dataset.stop);
    }
    // A recording is attached as soon as it ends: one step less than Gradio's own.
    const confirm = $("#composer .confirm-button");
    if (confirm && !confirm.dataset.done) {
      confirm.dataset.done = "1";
      setTimeout(() => confirm.click(), 600); // not before the wave form has been drawn
    }
  };

  let pinned = true;
  const scrolled = () => {
    const thread = $("#thread");
    if (thread && pinned) thread.scrollTop = thread.scrollHeight;
  };

  const start = () => {
    applyTheme();
    const thread = $("#thread");
    if (!thread) return setTimeout(start, 60);
    thread.addEventListener("scroll", () => {
      pinned = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
    });
    new MutationObserver(() => {
      follow();
      scrolled();
    }).observe($("#shell"), { childList: true, subtree: true, characterData: true, attributes: true,
      attributeFilter: ["data-language", "data-conversation", "placeholder"] });
    follow();
    return undefined;
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

/// The small script of all pages: cards to drag, forms that send themselves, and the feed of notes that grows.
///
/// Without it the selects and buttons do the same, and the feed is as old as the page.
enum PageScript {
    static let text = """
        document.documentElement.classList.add("scripted");
        for (const select of document.querySelectorAll("select[data-submits]"))
          select.addEventListener("change", () => select.form.requestSubmit());

        let dragged = null;
        for (const card of document.querySelectorAll(".deal-card")) {
          card.draggable = true;
          card.addEventListener("dragstart", event => {
            dragged = card;
            event.dataTransfer.effectAllowed = "move";
            event.dataTransfer.setData("text/plain", card.id);
            card.classList.add("dragged");
          });
          card.addEventListener("dragend", () => card.classList.remove("dragged"));
        }
        for (const column of document.querySelectorAll(".column")) {
          column.addEventListener("dragover", event => {
            event.preventDefault();
            column.classList.add("target");
          });
          column.addEventListener("dragleave", () => column.classList.remove("target"));
          column.addEventListener("drop", event => {
            event.preventDefault();
            column.classList.remove("target");
            if (!dragged || dragged.parentElement === column) return;
            const form = dragged.querySelector("form");
            form.elements.stage_id.value = column.dataset.stage;
            form.requestSubmit();
          });
        }

        // Parts that the server draws anew: the feed every two seconds while the page is looked at, the panel on demand.
        async function refresh(part) {
          const answer = await fetch(part.dataset.source);
          if (!answer.ok) return;
          const text = await answer.text();
          if (part.drawn === undefined) part.drawn = part.innerHTML;
          if (text === part.drawn) return;
          part.drawn = text;
          part.innerHTML = text;
        }
        for (const part of document.querySelectorAll("[data-source][data-every]"))
          setInterval(() => { if (!document.hidden) refresh(part).catch(() => {}); }, Number(part.dataset.every));
        document.addEventListener("click", event => {
          const button = event.target.closest("[data-reloads]");
          if (!button) return;
          event.preventDefault();
          const part = document.getElementById(button.dataset.reloads);
          part.setAttribute("aria-busy", "true");
          refresh(part).finally(() => part.removeAttribute("aria-busy"));
        });

        """
}

/// The small script that makes cards draggable.
///
/// Without it the select and button on each card do the same.
enum BoardScript {
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

        """
}

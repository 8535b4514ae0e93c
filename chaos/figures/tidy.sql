select books.fold_past_figures();

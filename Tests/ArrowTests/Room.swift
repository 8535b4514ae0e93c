// The import table's tests arrive with the next merge.

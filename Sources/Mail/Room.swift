// The room's first file keeps the target buildable until its types arrive.

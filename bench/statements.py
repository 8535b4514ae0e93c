"""Takes statements from the server's log, so that limits and peers run what the pool runs, to the letter.

usage: statements.py LOG FOLDER NAME:WORDS… @MARK=VALUE…

LOG was written with log_min_duration_statement = 0 during one request. For each NAME, writes the statement that holds
WORDS as FOLDER/NAME.sql, and beside it NAME.binds with a line per bind: the @MARK of its value, NULL, or =VALUE for
what is the same in every request. NAME.pgbench has the marks as variables, :MARK."""

import re
import sys

log, folder, *words = sys.argv[1:]
head = r"\S+ \S+ \S+ \[\d+\] "
lines = [re.sub(f"^{head}", "", line).rstrip("\n").replace("\n\t", "\n") for line in
         re.split(f"(?m)^(?={head})", open(log).read())]
marks = {value: mark for mark, value in (word.split("=", 1) for word in words if word.startswith("@"))}
entries = []
for line, detail in zip(lines, lines[1:]):
    executed = re.match(r"LOG:  duration: \S+ ms  execute \w+: (.*)", line, re.S)
    bound = re.match(r"DETAIL:  parameters: (.*)", detail, re.S)
    if executed and bound:
        entries.append((executed[1], re.findall(r"\$\d+ = ('(?:[^']|'')*'|NULL)", bound[1])))
for name, sign in (word.split(":", 1) for word in words if not word.startswith("@")):
    text, values = next(found for found in entries if sign in found[0])
    binds = ["NULL" if value == "NULL" else marks.get(value[1:-1], "=" + value[1:-1]) for value in values]
    with open(f"{folder}/{name}.sql", "w") as file:
        file.write(text)
    with open(f"{folder}/{name}.binds", "w") as file:
        file.write("".join(bind + "\n" for bind in binds))
    for number in range(len(binds), 0, -1):
        bind = binds[number - 1]
        plain = "null" if bind == "NULL" else ":" + bind[1:] if bind[0] == "@" else f"'{bind[1:]}'"
        text = text.replace(f"${number}", plain)
    with open(f"{folder}/{name}.pgbench", "w") as file:
        file.write(re.sub(r"\s+", " ", text) + ";\n")

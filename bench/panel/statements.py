"""Takes the panel's statements from the server's log, so that limit and peers run what the pool runs, to the letter.

usage: statements.py LOG FOLDER

LOG holds one request of company 1001, user 1 and person 1, logged with log_min_duration_statement = 0. Writes
choose.sql and view.sql, and beside each a .binds with a line per bind: @company, @user, @records, @resource, NULL, or
=VALUE for what is the same in every request."""

import re
import sys

log, folder = sys.argv[1:3]
entry = re.compile(
    r"^\S+ \S+ \S+ \[\d+\] LOG:  duration: \S+ ms  execute \w+: (?P<text>.*?)\n"
    r"\S+ \S+ \S+ \[\d+\] DETAIL:  parameters: (?P<binds>.*?)\n(?=\S+ \S+ \S+ \[\d+\] |\Z)",
    re.M | re.S,
)
marks = {"1001": "@company", "1": "@user", "{1}": "@records", "person": "@resource"}
found = {}
for match in entry.finditer(open(log).read()):
    text = match["text"].replace("\n\t", "\n")
    name = "choose" if "set_config" in text else "view" if "books.figure" in text else None
    if name:
        found[name] = (text, re.findall(r"\$\d+ = ('(?:[^']|'')*'|NULL)", match["binds"]))
for name in ("choose", "view"):
    text, values = found[name]
    plain = [value if value == "NULL" else value[1:-1] for value in values]
    with open(f"{folder}/{name}.sql", "w") as file:
        file.write(text)
    with open(f"{folder}/{name}.binds", "w") as file:
        for value in plain:
            file.write((value if value == "NULL" else marks.get(value, "=" + value)) + "\n")
    # For pgbench, which has variables instead of numbered binds.
    named = {"@company": ":company", "@user": ":user", "@records": "(array[:record]::bigint[])", "@resource": ":resource"}
    for number in range(len(plain), 0, -1):
        value = plain[number - 1]
        text = text.replace(f"${number}", "null" if value == "NULL" else named.get(marks.get(value, ""), f"'{value}'"))
    with open(f"{folder}/{name}.pgbench", "w") as file:
        file.write(re.sub(r"\s+", " ", text) + ";\n")

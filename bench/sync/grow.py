"""Makes a sandbox's state hold so many persons, 500 organizations at most.

usage: grow.py FROM TO COUNT"""

import copy
import json
import sys

source, target, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
state = json.load(open(source))
table = state["tables"]["person"]
templates = table["records"]
organizations = len(state["tables"]["organization"]["records"])
assert organizations <= 500
records = []
for number in range(1, count + 1):
    record = copy.deepcopy(templates[number % len(templates)])
    fields = record["fields"]
    fields["id"] = number
    fields["name"], fields["first_name"], fields["last_name"] = f"Zoë Persoon {number}", "Zoë", f"Persoon {number}"
    fields["emails"] = [{"value": f"persoon.{number}@bench.example", "primary": True, "label": "work"}]
    fields["org_id"] = number % organizations + 1 if number % 5 else None
    fields["is_deleted"], fields["visible_to"] = False, 3
    if "id" in record:
        record["id"] = number
    records.append(record)
table["records"] = records
for key in table:
    if key.lower() in ("nextid", "next_id"):
        table[key] = count + 1
json.dump(state, open(target, "w"))

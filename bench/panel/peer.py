"""The panel in Flask with psycopg, statements prepared on a connection that each worker keeps."""

import base64
import hashlib
import hmac
import json
import os
import re
import time

import psycopg
from flask import Flask, Response, request
from psycopg.rows import dict_row

app = Flask(__name__)
URL, KEY = os.environ["PUBLIC_URL"], os.environ["TOKEN_KEY"].encode()
CREDENTIALS = os.environ["CREDENTIALS"]
connection = None


def load(name):
    folder = os.environ["STATEMENTS"]
    text = open(f"{folder}/{name}.sql").read().replace("%", "%%")
    return re.sub(r"\$(\d+)", r"%(b\1)s", text), open(f"{folder}/{name}.binds").read().split("\n")[:-1]


STATEMENTS = {name: load(name) for name in ("choose", "view")}


def binds(name, query):
    known = {"@company": query["companyId"], "@user": query["userId"], "@records": "{%s}" % query["selectedIds"],
             "@resource": query["resource"], "NULL": None}
    return {f"b{i + 1}": known[bind] if bind in known else bind[1:] for i, bind in enumerate(STATEMENTS[name][1])}


def look(query):
    global connection
    if connection is None:
        connection = psycopg.connect(os.environ["DATABASE_DSN"], autocommit=True, prepare_threshold=0,
                                     row_factory=dict_row)
    with connection.transaction():
        connection.execute("set local role paydock_web")
        connection.execute(STATEMENTS["choose"][0], binds("choose", query))
        return connection.execute(STATEMENTS["view"][0], binds("view", query)).fetchall()


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def is_signed(query):
    head, claims, signature = query["token"].split(".")
    code = hmac.new(KEY, f"{head}.{claims}".encode(), hashlib.sha256).digest()
    claims = json.loads(decoded(claims))
    return (hmac.compare_digest(code, decoded(signature)) and claims["companyId"] == int(query["companyId"])
            and claims["userId"] == int(query["userId"]) and claims["exp"] > time.time())


def linked(label, path):
    return {"label": label, "value": URL + path, "external": True}


def shown(index, row):
    def money(name):
        return {"code": row["currency"], "value": row[name] / 100}

    return {"id": index + 1, "header": f"PayDock invoices in {row['currency']}", "arr": money("arr"),
            "revenue": money("revenue"), "open_invoices": row["open_count"], "open_total": money("open_amount"),
            "overdue": money("overdue"),
            "latest_invoice": linked(row["latest_number"], f"/invoices/{row['latest_id']}") if row["latest_id"] else None,
            "customer": linked(row["customer_name"], f"/contacts/{row['customer_id']}")}


@app.get("/panel/pipedrive")
def panel():
    given = request.authorization
    if (not given or not hmac.compare_digest(f"{given.username}:{given.password}", CREDENTIALS)
            or not is_signed(request.args)):
        return Response(status=401)
    rows = look(request.args)
    body = {"data": [shown(index, row) for index, row in enumerate(rows)],
            "external_link": {"url": f"{URL}/contacts/{rows[0]['customer_id']}", "label": "Open in PayDock"},
            "settings": {"url": f"{URL}/apps/pipedrive"}}
    return Response(json.dumps(body, separators=(",", ":")), content_type="application/json")

"""The webhook in Flask with psycopg, statements prepared on a connection that each worker keeps."""

import base64
import hashlib
import os
import re

import psycopg
from flask import Flask, Response, request
from psycopg.rows import dict_row

app = Flask(__name__)
connection = None


def load(name):
    folder = os.environ["STATEMENTS"]
    text = open(f"{folder}/{name}.sql").read().replace("%", "%%")
    return re.sub(r"\$(\d+)", r"%(b\1)s", text), open(f"{folder}/{name}.binds").read().split("\n")[:-1]


STATEMENTS = {name: load(name) for name in ("choose", "store")}


def run(name, known):
    text, marks = STATEMENTS[name]
    return connection.execute(text, {f"b{i + 1}": known.get(mark, mark[1:]) for i, mark in enumerate(marks)})


@app.post("/webhooks/pipedrive/<path>")
def receive(path):
    global connection
    if connection is None:
        connection = psycopg.connect(os.environ["DATABASE_DSN"], autocommit=True, prepare_threshold=0,
                                     row_factory=dict_row)
    plain = base64.b64decode(request.headers.get("Authorization", "Basic ")[6:])
    known = {"@path": path, "@hash": hashlib.sha256(plain).digest(), "@body": request.get_data()}
    with connection.transaction():
        connection.execute("set local role paydock_web")
        run("choose", known)
        found = run("store", known).fetchone()
    status = 404 if found is None else 200 if not found["is_live"] or found["is_proven"] else 401
    return Response("ok", status=status, content_type="text/plain")

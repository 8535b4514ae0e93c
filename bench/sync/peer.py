"""Downloads every person and upserts them with psycopg, a page at a time: what one would write in an afternoon.

DATABASE_DSN, ORIGIN and TOKEN in the environment; `peer.py copy` takes the fastest way that psycopg has."""

import os
import sys

import psycopg
import requests

UPSERT = """insert into plain.person (id, name, emails, phones, organization_id, updated_at)
    values (%s, %s, %s, %s, %s, %s)
    on conflict (id) do update set name = excluded.name, emails = excluded.emails, phones = excluded.phones,
        organization_id = excluded.organization_id, updated_at = excluded.updated_at"""


def row(person):
    emails = [entry["value"] for entry in person["emails"]]
    phones = [entry["value"] for entry in person["phones"]]
    return person["id"], person["name"], emails, phones, person["org_id"], person["update_time"]


def pages():
    session, cursor = requests.Session(), None
    session.headers["Authorization"] = f"Bearer {os.environ['TOKEN']}"
    while True:
        query = {"limit": 500, "sort_by": "id"} | ({"cursor": cursor} if cursor else {})
        answer = session.get(f"{os.environ['ORIGIN']}/api/v2/persons", params=query, timeout=30)
        answer.raise_for_status()
        body = answer.json()
        yield [row(person) for person in body["data"]]
        cursor = body["additional_data"]["next_cursor"]
        if not cursor:
            return


def main(word):
    with psycopg.connect(os.environ["DATABASE_DSN"]) as connection:
        for page in pages():
            with connection.cursor() as cursor:
                if word == "copy":
                    cursor.execute("create temporary table staged (like plain.person) on commit drop")
                    with cursor.copy("copy staged from stdin") as copy:
                        for values in page:
                            copy.write_row(values)
                    cursor.execute("""insert into plain.person select * from staged on conflict (id) do update set
                        name = excluded.name, emails = excluded.emails, phones = excluded.phones,
                        organization_id = excluded.organization_id, updated_at = excluded.updated_at""")
                else:
                    cursor.executemany(UPSERT, page)
            connection.commit()


main(sys.argv[1] if len(sys.argv) > 1 else "")

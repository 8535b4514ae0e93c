"""Prints the paths of panel requests as Pipedrive's server sends them, signed token included.

usage: requests.py KEY COMPANIES COUNT [RECORD]   persons and organizations in turn, over all companies; or one person."""

import base64
import hashlib
import hmac
import json
import random
import sys
import time


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(company, user, key):
    head = encoded(b'{"alg":"HS256","typ":"JWT"}')
    claims = encoded(json.dumps({"userId": user, "companyId": company, "exp": int(time.time()) + 86400}).encode())
    signature = hmac.new(key.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return f"{head}.{claims}.{encoded(signature)}"


def path(resource, record, key):
    user = 1 + (record - 1) % companies
    company = 1000 + user
    return (
        f"/panel/pipedrive?resource={resource}&view=details&userId={user}&companyId={company}&selectedIds={record}"
        f"&isShared=false&token={token(company, user, key)}"
    )


key, companies, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(9)
for number in range(count):
    if len(sys.argv) > 4:
        print(path("person", int(sys.argv[4]), key))
    elif number % 2:
        print(path("organization", chance.randint(1, 100 * companies), key))
    else:
        print(path("person", chance.randint(1, 400 * companies), key))

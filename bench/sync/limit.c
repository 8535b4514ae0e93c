// Downloads every person and upserts them, a page at a time, the plainest way: the page goes to the server as it came,
// which takes it apart. `limit download` only downloads, for what the waiting alone costs.
//
// ORIGIN, TOKEN and DATABASE_DSN in the environment.

#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t length, room;
} Body;

static void stop(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static size_t keep(char *bytes, size_t size, size_t count, void *context) {
    Body *body = context;
    size_t length = size * count;
    if (body->length + length + 1 > body->room) {
        body->room = (body->length + length + 1) * 2;
        body->bytes = realloc(body->bytes, body->room);
        if (!body->bytes) stop("body", "no memory");
    }
    memcpy(body->bytes + body->length, bytes, length);
    body->length += length;
    body->bytes[body->length] = 0;
    return length;
}

static const char *environment(const char *name) {
    const char *value = getenv(name);
    if (!value) stop(name, "is not set");
    return value;
}

static const char *UPSERT =
    "insert into plain.person (id, name, emails, phones, organization_id, updated_at) "
    "select (p ->> 'id')::bigint, p ->> 'name', "
    "array(select e ->> 'value' from json_array_elements(p -> 'emails') e), "
    "array(select e ->> 'value' from json_array_elements(p -> 'phones') e), "
    "(p ->> 'org_id')::bigint, (p ->> 'update_time')::timestamptz "
    "from json_array_elements($1::json -> 'data') p "
    "on conflict (id) do update set name = excluded.name, emails = excluded.emails, phones = excluded.phones, "
    "organization_id = excluded.organization_id, updated_at = excluded.updated_at";

int main(int count, char **words) {
    int downloads = count > 1 && !strcmp(words[1], "download");
    char url[4096], cursor[2048] = "", authorization[1024];
    Body body = {0};
    PGconn *database = downloads ? NULL : PQconnectdb(environment("DATABASE_DSN"));
    if (database) {
        if (PQstatus(database) != CONNECTION_OK) stop("connect", PQerrorMessage(database));
        PQclear(PQprepare(database, "upsert", UPSERT, 1, NULL));
    }
    CURL *curl = curl_easy_init();
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", environment("TOKEN"));
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    for (;;) {
        body.length = 0;
        snprintf(url, sizeof url, "%s/api/v2/persons?limit=500&sort_by=id%s%s", environment("ORIGIN"),
            *cursor ? "&cursor=" : "", cursor);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_OK) stop("download", curl_easy_strerror(code));
        if (database) {
            const char *values[] = {body.bytes};
            PGresult *result = PQexecPrepared(database, "upsert", 1, values, NULL, NULL, 0);
            if (PQresultStatus(result) != PGRES_COMMAND_OK) stop("upsert", PQerrorMessage(database));
            PQclear(result);
        }
        // The cursor stands at the very end, behind all data.
        const char *mark = "\"next_cursor\":\"", *found = NULL;
        size_t tail = body.length > 4096 ? body.length - 4096 : 0;
        for (char *at = body.bytes + tail; (at = strstr(at, mark)); at++) found = at + strlen(mark);
        if (!found) break;
        const char *end = strchr(found, '"');
        if (!end || (size_t)(end - found) >= sizeof cursor) stop("cursor", "can't be read");
        memcpy(cursor, found, end - found);
        cursor[end - found] = 0;
    }
    return 0;
}

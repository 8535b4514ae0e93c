// The webhook's limit: the plainest program that does the same inserts, durable before its answer, after the same proof.
// usage: as a FastCGI program, with DATABASE_URL and STATEMENTS (folder of statements.py) in the environment.

#include "../limit.h"

static Statement choose, store;

static void answer(FCGX_Request *request, const char *status) {
    FCGX_FPrintF(request->out, "Status: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nok", status);
}

static void respond(FCGX_Request *request) {
    static char body[2000000];
    unsigned char hash[32];
    const char *uri = FCGX_GetParam("DOCUMENT_URI", request->envp);
    const char *path = uri ? strrchr(uri, '/') : NULL;
    int length = FCGX_GetStr(body, sizeof body, request->in);
    if (!path || !hash_basic(FCGX_GetParam("HTTP_AUTHORIZATION", request->envp), hash))
        return answer(request, "401 Unauthorized");
    const Value known[] = {{"@path", path + 1, 0, 0}, {"@hash", (const char *)hash, sizeof hash, 1},
        {"@body", body, length, 1}, {0}};
    PGresult *rows = run(&choose, &store, known);
    const char *status = PQntuples(rows) == 0 ? "404 Not Found"
        : !strcmp(cell(rows, 0, "is_live"), "f") || !strcmp(cell(rows, 0, "is_proven"), "t") ? "200 OK"
                                                                                             : "401 Unauthorized";
    PQclear(rows);
    answer(request, status);
}

int main(void) {
    if (sodium_init() < 0) stop("sodium");
    load(&choose, "choose");
    load(&store, "store");
    connect_database(&choose, &store);
    return serve(respond);
}

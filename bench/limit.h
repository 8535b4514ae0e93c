// What the limit programs share: their settings, the statements that bench/statements.py took, and one round trip.
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BINDS = 24, MAX_TEXT = 16384 };

typedef struct {
    const char *name;
    char text[MAX_TEXT];
    char binds[MAX_BINDS][256];
    int count;
} Statement;

// The value of a bind's mark in the request in hand.
typedef struct {
    const char *mark, *value;
    int length, is_binary;
} Value;

static PGconn *database;

static void stop(const char *what) {
    fprintf(stderr, "%s: %s\n", what, database ? PQerrorMessage(database) : "");
    exit(1);
}

static const char *setting(const char *name) {
    const char *value = getenv(name);
    if (!value) stop(name);
    return value;
}

static FILE *statement_file(const char *name, const char *end) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", setting("STATEMENTS"), name, end);
    FILE *file = fopen(path, "r");
    if (!file) stop(path);
    return file;
}

static void load(Statement *statement, const char *name) {
    FILE *file = statement_file(name, "sql");
    statement->name = name;
    statement->text[fread(statement->text, 1, MAX_TEXT - 1, file)] = 0;
    fclose(file);
    file = statement_file(name, "binds");
    while (statement->count < MAX_BINDS && fgets(statement->binds[statement->count], 256, file)) {
        statement->binds[statement->count][strcspn(statement->binds[statement->count], "\n")] = 0;
        statement->count++;
    }
    fclose(file);
}

static void expect_done(PGresult *result, const char *what) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) stop(what);
    PQclear(result);
}

// Connects and prepares both statements, once for the life of the process.
static void connect_database(const Statement *choose, const Statement *work) {
    database = PQconnectdb(setting("DATABASE_URL"));
    if (PQstatus(database) != CONNECTION_OK) stop("connect");
    expect_done(PQexec(database, "begin; set local role paydock_web"), "role");
    expect_done(PQprepare(database, choose->name, choose->text, 0, NULL), choose->name);
    expect_done(PQprepare(database, work->name, work->text, 0, NULL), work->name);
    expect_done(PQexec(database, "commit"), "commit");
    if (!PQenterPipelineMode(database)) stop("pipeline");
}

static void send_plain(const char *text) {
    if (!PQsendQueryParams(database, text, 0, NULL, NULL, NULL, NULL, 0)) stop(text);
}

static void send_statement(const Statement *statement, const Value *known) {
    const char *values[MAX_BINDS];
    int lengths[MAX_BINDS] = {0}, formats[MAX_BINDS] = {0};
    for (int i = 0; i < statement->count; i++) {
        const char *bind = statement->binds[i];
        values[i] = strcmp(bind, "NULL") ? bind + 1 : NULL;
        for (const Value *value = known; *bind == '@' && value->mark; value++)
            if (!strcmp(bind, value->mark)) {
                values[i] = value->value;
                lengths[i] = value->length;
                formats[i] = value->is_binary;
            }
    }
    if (!PQsendQueryPrepared(database, statement->name, statement->count, values, lengths, formats, 0))
        stop(statement->name);
}

// The whole transaction in one round trip; the rows of the second statement.
static PGresult *run(const Statement *choose, const Statement *work, const Value *known) {
    PGresult *rows = NULL;
    send_plain("begin");
    send_plain("set local role paydock_web");
    send_statement(choose, known);
    send_statement(work, known);
    send_plain("commit");
    if (!PQpipelineSync(database)) stop("sync");
    for (int step = 0; step < 5; step++) {
        PGresult *result = PQgetResult(database);
        ExecStatusType status = PQresultStatus(result);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) stop("statement");
        if (step == 3) rows = result;
        else PQclear(result);
        if (PQgetResult(database)) stop("step");
    }
    PQclear(PQgetResult(database));
    return rows;
}

// SHA-256 of what an Authorization: Basic header holds; 0 when there is none.
static int hash_basic(const char *header, unsigned char hash[32]) {
    unsigned char plain[256];
    size_t length = 0;
    if (!header || strncmp(header, "Basic ", 6)) return 0;
    if (sodium_base642bin(plain, sizeof plain, header + 6, strlen(header + 6), NULL, &length, NULL,
            sodium_base64_VARIANT_ORIGINAL))
        return 0;
    crypto_hash_sha256(hash, plain, length);
    return 1;
}

static const char *cell(PGresult *rows, int row, const char *name) {
    return PQgetvalue(rows, row, PQfnumber(rows, name));
}

// Answers requests from the socket on standard input until the process ends.
static int serve(void (*respond)(FCGX_Request *)) {
    FCGX_Request request;
    if (FCGX_Init() || FCGX_InitRequest(&request, 0, 0)) stop("start");
    while (FCGX_Accept_r(&request) >= 0) {
        respond(&request);
        FCGX_Finish_r(&request);
    }
    return 0;
}

// The drainer's limit: the plainest program that claims messages under a lease, posts each, and writes the results. Both
// in batches, over connections of their own, while the posts go on.
// usage: limit DATABASE_URL PORT CONCURRENCY      Drains the table plain.message and ends.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libpq-fe.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 500, MOST = 256, SIZE = 1024 };

typedef struct {
    char id[24], body[512];
} Message;

static PGconn *claiming, *finishing;
static Message buffer[2 * BATCH];
static int buffered;
static char done[BATCH * 24 + 2] = "{";
static int done_count, is_claiming, is_finishing, is_empty;
static struct pollfd sockets[MOST + 2];
static char held[MOST][24];
static int port;

static void stop(const char *what) {
    fprintf(stderr, "%s: %s %s\n", what, strerror(errno), claiming ? PQerrorMessage(claiming) : "");
    exit(1);
}

static PGconn *open_database(const char *url, const char *statement) {
    PGconn *connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK) stop(PQerrorMessage(connection));
    PQclear(PQprepare(connection, "s", statement, 0, NULL));
    return connection;
}

static void ask_for_more(void) {
    if (is_claiming || is_empty || buffered > BATCH) return;
    if (!PQsendQueryPrepared(claiming, "s", 0, NULL, NULL, NULL, 0)) stop("claim");
    is_claiming = 1;
}

static void take_claimed(void) {
    if (!PQconsumeInput(claiming)) stop("claim");
    while (is_claiming && !PQisBusy(claiming)) {
        PGresult *rows = PQgetResult(claiming);
        if (!rows) {
            is_claiming = 0;
            return;
        }
        if (PQresultStatus(rows) != PGRES_TUPLES_OK) stop("claim");
        if (PQntuples(rows) == 0) is_empty = 1;
        for (int row = 0; row < PQntuples(rows); row++) {
            Message *message = &buffer[buffered++];
            snprintf(message->id, sizeof message->id, "%s", PQgetvalue(rows, row, 0));
            snprintf(message->body, sizeof message->body, "%s", PQgetvalue(rows, row, 1));
        }
        PQclear(rows);
    }
}

static void write_done(int is_last) {
    if (is_finishing || done_count == 0 || (done_count < 100 && !is_last)) return;
    size_t length = strlen(done);
    done[length - 1] = '}';
    const char *values[] = {done};
    if (!PQsendQueryPrepared(finishing, "s", 1, values, NULL, NULL, 0)) stop("finish");
    is_finishing = 1, done_count = 0;
    strcpy(done, "{");
}

static void take_finished(void) {
    if (!PQconsumeInput(finishing)) stop("finish");
    while (is_finishing && !PQisBusy(finishing)) {
        PGresult *result = PQgetResult(finishing);
        if (!result) is_finishing = 0;
        else if (PQresultStatus(result) != PGRES_COMMAND_OK) stop(PQerrorMessage(finishing));
        PQclear(result);
    }
}

static void post(int place) {
    char text[SIZE];
    Message *message = &buffer[--buffered];
    strcpy(held[place], message->id);
    int length = snprintf(text, sizeof text,
        "POST /api/v1/notes HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer access\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(message->body), message->body);
    if (write(sockets[place].fd, text, length) != length) stop("post");
}

static int connected(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) stop("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

int main(int count, char **arguments) {
    if (count != 4) return fprintf(stderr, "usage: limit DATABASE_URL PORT CONCURRENCY\n"), 2;
    int concurrency = atoi(arguments[3]), busy = 0;
    char answer[SIZE];
    port = atoi(arguments[2]);
    if (concurrency < 1 || concurrency > MOST) return 2;
    claiming = open_database(arguments[1],
        "update plain.message m set state = 'running', attempt = attempt + 1, lease_until = now() + interval '30 seconds' "
        "from (select id from plain.message where state = 'available' order by id limit 500 for update skip locked) c "
        "where m.id = c.id returning m.id, m.body");
    finishing = open_database(arguments[1],
        "update plain.message set state = 'completed', lease_until = null, finished_at = now() where id = any ($1::bigint[])");
    for (int i = 0; i < concurrency; i++) sockets[i] = (struct pollfd){.fd = connected(), .events = POLLIN};
    sockets[concurrency] = (struct pollfd){.fd = PQsocket(claiming), .events = POLLIN};
    sockets[concurrency + 1] = (struct pollfd){.fd = PQsocket(finishing), .events = POLLIN};
    while (!is_empty || is_claiming || is_finishing || buffered || busy || done_count) {
        ask_for_more();
        for (int i = 0; i < concurrency && buffered; i++) {
            if (!held[i][0]) post(i), busy++;
        }
        write_done(is_empty && !busy && !buffered);
        if (poll(sockets, concurrency + 2, 1000) < 0) stop("poll");
        for (int i = 0; i < concurrency; i++) {
            if (!(sockets[i].revents & POLLIN)) continue;
            if (done_count == BATCH) continue;
            if (read(sockets[i].fd, answer, sizeof answer) <= 0) stop("answer");
            strcat(strcat(done, held[i]), ",");
            held[i][0] = 0, busy--, done_count++;
        }
        if (sockets[concurrency].revents) take_claimed();
        if (sockets[concurrency + 1].revents) take_finished();
    }
    return 0;
}

// What the drainers of this benchmark post to: Pipedrive as far as notes need it, as fast as one thread goes.
// usage: receiver PORT DELAY_MS      A note's answer comes after the delay, every other one at once.
//
// GET /count tells how many notes came and how many different references they had, and starts again from zero.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 4096, ROOM = 65536, SLOTS = 1 << 22, DEALS = 1 << 16, KEPT = 4 };

typedef struct {
    char data[ROOM];
    size_t count;
} Client;

typedef struct {
    double due;
    int client;
    unsigned life;
    char text[512];
} Answer;

static Client *clients[CLIENTS];
static unsigned lives[CLIENTS];
static Answer *waiting;
static size_t first, last, room = 1 << 16;
static uint64_t *references;
// The latest references of a deal's notes, for who looks for one: by number, as if all deals' were below DEALS.
static struct {
    unsigned count;
    char marks[KEPT][10];
} *deals;
static long notes, different, others;
static double delay;
static int port;

static void stop(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void reply(int client, const char *body) {
    char text[1024];
    int length = snprintf(text, sizeof text,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    // An answer is smaller than any socket's room.
    if (write(client, text, length) != length && errno != EPIPE && errno != ECONNRESET) stop("write");
}

static void reply_later(int client, const char *body) {
    if (last - first == room) {
        Answer *bigger = malloc(2 * room * sizeof *bigger);
        for (size_t at = first; at < last; at++) bigger[at - first] = waiting[at % room];
        free(waiting);
        waiting = bigger, last -= first, first = 0, room *= 2;
    }
    Answer *answer = &waiting[last++ % room];
    answer->due = now() + delay, answer->client = client, answer->life = lives[client];
    snprintf(answer->text, sizeof answer->text, "%s", body);
}

static void count_note(const char *body, const char *end) {
    const char *mark = memmem(body, end - body, "Ref ", 4);
    uint64_t hash = 1469598103934665603u;
    notes++;
    if (!mark || end - mark < 13) return;
    const char *deal = memmem(body, end - body, "\"deal_id\":", 10);
    if (deal) {
        size_t at = strtoul(deal + 10, NULL, 10) % DEALS;
        memcpy(deals[at].marks[deals[at].count++ % KEPT], mark + 4, 9);
    }
    for (int i = 4; i < 13; i++) hash = (hash ^ (unsigned char)mark[i]) * 1099511628211u;
    size_t slot = hash % SLOTS;
    while (references[slot] && references[slot] != hash) slot = (slot + 1) % SLOTS;
    if (!references[slot]) references[slot] = hash, different++;
}

static void reply_notes(int client, size_t deal) {
    char text[512] = "{\"success\":true,\"data\":[";
    int length = strlen(text);
    unsigned kept = deals[deal].count < KEPT ? deals[deal].count : KEPT;
    for (unsigned i = 0; i < kept; i++) {
        length += snprintf(text + length, sizeof text - length, "%s{\"id\":%u,\"content\":\"Ref %s\"}", i ? "," : "", i + 1,
            deals[deal].marks[i]);
    }
    snprintf(text + length, sizeof text - length, "]}");
    reply(client, text);
}

static void serve(int client, const char *head, const char *body, const char *end) {
    char text[512];
    if (!strncmp(head, "POST /api/v1/notes ", 19)) {
        count_note(body, end);
        snprintf(text, sizeof text, "{\"success\":true,\"data\":{\"id\":%ld}}", notes);
        if (delay > 0) reply_later(client, text);
        else reply(client, text);
    } else if (!strncmp(head, "GET /api/v1/notes?", 18) && strstr(head, "deal_id=")) {
        reply_notes(client, strtoul(strstr(head, "deal_id=") + 8, NULL, 10) % DEALS);
    } else if (!strncmp(head, "GET /count ", 11)) {
        snprintf(text, sizeof text, "%ld %ld\n", notes, different);
        reply(client, text);
        memset(references, 0, SLOTS * sizeof *references);
        memset(deals, 0, DEALS * sizeof *deals);
        notes = different = 0;
    } else if (!strncmp(head, "POST /oauth/token", 17)) {
        snprintf(text, sizeof text,
            "{\"access_token\":\"access\",\"refresh_token\":\"refresh\",\"token_type\":\"Bearer\",\"expires_in\":3599,"
            "\"scope\":\"base\",\"api_domain\":\"http://127.0.0.1:%d\"}", port);
        reply(client, text);
    } else if (!strncmp(head, "GET /api/v1/users/me", 20)) {
        reply(client, "{\"success\":true,\"data\":{\"id\":1,\"name\":\"Bench\",\"company_id\":1,\"company_name\":\"Bench\","
                      "\"access\":[{\"app\":\"global\",\"admin\":true}]}}");
    } else if (!strncmp(head, "GET", 3)) {
        reply(client, "{\"success\":true,\"data\":[]}");
    } else {
        snprintf(text, sizeof text, "{\"success\":true,\"data\":{\"id\":%ld}}", ++others);
        reply(client, text);
    }
}

// Serves every whole request that has come.
static void take(int fd) {
    Client *client = clients[fd];
    char *at = client->data, *end = at + client->count;
    for (;;) {
        char *body = memmem(at, end - at, "\r\n\r\n", 4);
        if (!body) break;
        *body = 0, body += 4;
        const char *length = strcasestr(at, "\r\ncontent-length:");
        size_t size = length ? strtoul(length + 17, NULL, 10) : 0;
        if ((size_t)(end - body) < size) {
            body[-4] = '\r';
            break;
        }
        serve(fd, at, body, body + size);
        at = body + size;
    }
    client->count = end - at;
    memmove(client->data, at, client->count);
}

static void leave(int fd) {
    close(fd);
    free(clients[fd]);
    clients[fd] = NULL;
    lives[fd]++;
}

static void read_from(int fd) {
    Client *client = clients[fd];
    ssize_t count = read(fd, client->data + client->count, ROOM - client->count);
    if (count > 0) {
        client->count += count;
        take(fd);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        leave(fd);
    }
}

static void greet(int listener, int queue) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), yes = 1;
    if (fd < 0) return;
    if (fd >= CLIENTS) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    clients[fd] = calloc(1, sizeof(Client));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event);
}

// Sends what is due; milliseconds until the next, -1 for none.
static int answer_due(void) {
    while (first < last) {
        Answer *answer = &waiting[first % room];
        double left = answer->due - now();
        if (left > 0) return (int)(left * 1000) + 1;
        if (lives[answer->client] == answer->life && clients[answer->client]) reply(answer->client, answer->text);
        first++;
    }
    return -1;
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: receiver PORT DELAY_MS\n"), 2;
    port = atoi(arguments[1]), delay = atof(arguments[2]) / 1000;
    waiting = malloc(room * sizeof *waiting);
    references = calloc(SLOTS, sizeof *references), deals = calloc(DEALS, sizeof *deals);
    int listener = socket(AF_INET, SOCK_STREAM, 0), queue = epoll_create1(0), yes = 1;
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&place, sizeof place) || listen(listener, 1024)) stop("listen");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(queue, events, 256, answer_due());
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) greet(listener, queue);
            else if (clients[events[i].data.fd]) read_from(events[i].data.fd);
        }
    }
}

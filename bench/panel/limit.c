// The panel's limit: the plainest program that gives the same answer for persons and organizations. FastCGI, libpq in
// pipeline mode with statements prepared once, the Basic credentials and the signed token checked, the same JSON.
// usage: as a FastCGI program, with DATABASE_URL, STATEMENTS (folder of statements.py), CREDENTIALS (user:password),
// TOKEN_KEY and PUBLIC_URL in the environment.

#include "../limit.h"

#include <time.h>

typedef struct {
    char resource[16], company[24], user[24], record[24], token[1024];
} Query;

static Statement choose, view;
static unsigned char expected[32];

// The value of one parameter of the query string; 0 when it is not there or too long.
static int parameter(const char *query, const char *name, char *value, size_t size) {
    size_t length = strlen(name);
    for (const char *at = query; at && *at; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL) {
        if (strncmp(at, name, length) || at[length] != '=') continue;
        size_t count = strcspn(at + length + 1, "&");
        if (count >= size) return 0;
        memcpy(value, at + length + 1, count);
        value[count] = 0;
        return 1;
    }
    return 0;
}

static int is_allowed(const char *header) {
    unsigned char given[32];
    return hash_basic(header, given) && !sodium_memcmp(given, expected, sizeof given);
}

static int is_claimed(const char *claims, const char *name, const char *value) {
    const char *at = strstr(claims, name);
    return at && atoll(at + strlen(name)) == atoll(value);
}

static int is_signed(const Query *query) {
    unsigned char code[32], given[64];
    char claims[512];
    size_t length = 0;
    const char *key = setting("TOKEN_KEY"), *first = strchr(query->token, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    if (!second) return 0;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)query->token, second - query->token);
    crypto_auth_hmacsha256_final(&state, code);
    if (sodium_base642bin(given, sizeof given, second + 1, strlen(second + 1), NULL, &length, NULL,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING)
        || length != 32 || sodium_memcmp(code, given, 32))
        return 0;
    if (sodium_base642bin((unsigned char *)claims, sizeof claims - 1, first + 1, second - first - 1, NULL, &length, NULL,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        return 0;
    claims[length] = 0;
    const char *expiry = strstr(claims, "\"exp\": ");
    return is_claimed(claims, "\"companyId\": ", query->company) && is_claimed(claims, "\"userId\": ", query->user)
        && (!expiry || atoll(expiry + 7) > (long long)time(NULL));
}

// Cents as a JSON number with both decimals.
static void put_money(char *out, const char *name, const char *currency, const char *cents) {
    long long units = atoll(cents);
    sprintf(out, ",\"%s\":{\"code\":\"%s\",\"value\":%lld.%02lld}", name, currency, units / 100, units % 100);
}

static void answer(FCGX_Request *request, PGresult *rows) {
    char body[16384], *out = body;
    const char *url = setting("PUBLIC_URL");
    out += sprintf(out, "{\"data\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *currency = cell(rows, row, "currency"), *latest = cell(rows, row, "latest_id");
        out += sprintf(out, "%s{\"id\":%d,\"header\":\"PayDock invoices in %s\"", row ? "," : "", row + 1, currency);
        put_money(out, "arr", currency, cell(rows, row, "arr")), out += strlen(out);
        put_money(out, "revenue", currency, cell(rows, row, "revenue")), out += strlen(out);
        out += sprintf(out, ",\"open_invoices\":%s", cell(rows, row, "open_count"));
        put_money(out, "open_total", currency, cell(rows, row, "open_amount")), out += strlen(out);
        put_money(out, "overdue", currency, cell(rows, row, "overdue")), out += strlen(out);
        if (*latest)
            out += sprintf(out, ",\"latest_invoice\":{\"label\":\"%s\",\"value\":\"%s/invoices/%s\",\"external\":true}",
                cell(rows, row, "latest_number"), url, latest);
        else out += sprintf(out, ",\"latest_invoice\":null");
        out += sprintf(out, ",\"customer\":{\"label\":\"%s\",\"value\":\"%s/contacts/%s\",\"external\":true}}",
            cell(rows, row, "customer_name"), url, cell(rows, row, "customer_id"));
    }
    sprintf(out,
        "],\"external_link\":{\"url\":\"%s/contacts/%s\",\"label\":\"Open in PayDock\"},\"settings\":{\"url\":\"%s/apps/"
        "pipedrive\"}}",
        url, cell(rows, 0, "customer_id"), url);
    FCGX_FPrintF(request->out, "Status: 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n\r\n%s",
        body);
}

static void refuse(FCGX_Request *request, int status) {
    FCGX_FPrintF(request->out, "Status: %d Refused\r\nContent-Type: text/plain\r\n\r\n", status);
}

static void respond(FCGX_Request *request) {
    Query query;
    const char *text = FCGX_GetParam("QUERY_STRING", request->envp);
    if (!is_allowed(FCGX_GetParam("HTTP_AUTHORIZATION", request->envp))) return refuse(request, 401);
    if (!parameter(text, "resource", query.resource, sizeof query.resource)
        || !parameter(text, "companyId", query.company, sizeof query.company)
        || !parameter(text, "userId", query.user, sizeof query.user)
        || !parameter(text, "selectedIds", query.record, sizeof query.record)
        || !parameter(text, "token", query.token, sizeof query.token))
        return refuse(request, 400);
    if (!is_signed(&query)) return refuse(request, 401);
    char records[32];
    snprintf(records, sizeof records, "{%s}", query.record);
    const Value known[] = {{"@company", query.company, 0, 0}, {"@user", query.user, 0, 0}, {"@records", records, 0, 0},
        {"@resource", query.resource, 0, 0}, {0}};
    PGresult *rows = run(&choose, &view, known);
    if (PQntuples(rows) == 0 || strcmp(cell(rows, 0, "is_granted"), "t")) refuse(request, 403);
    else answer(request, rows);
    PQclear(rows);
}

int main(void) {
    const char *credentials = setting("CREDENTIALS");
    if (sodium_init() < 0) stop("sodium");
    crypto_hash_sha256(expected, (const unsigned char *)credentials, strlen(credentials));
    load(&choose, "choose");
    load(&view, "view");
    connect_database(&choose, &view);
    return serve(respond);
}

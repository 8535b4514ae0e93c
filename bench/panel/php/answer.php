<?php
// What both PHP peers share: credentials, token, and the same JSON as ours. They define look(array $binds): rows.

function binds(string $name, array $query): array
{
    $values = [];
    foreach (file(getenv('STATEMENTS') . "/$name.binds", FILE_IGNORE_NEW_LINES) as $bind) {
        $values[] = match ($bind) {
            '@company' => $query['companyId'],
            '@user' => $query['userId'],
            '@records' => '{' . $query['selectedIds'] . '}',
            '@resource' => $query['resource'],
            'NULL' => null,
            default => substr($bind, 1),
        };
    }
    return $values;
}

function statement(string $name): string
{
    return file_get_contents(getenv('STATEMENTS') . "/$name.sql");
}

function decoded(string $part): string
{
    return base64_decode(strtr($part, '-_', '+/'));
}

function isSigned(array $query): bool
{
    [$head, $claims, $signature] = explode('.', $query['token']);
    $code = hash_hmac('sha256', "$head.$claims", getenv('TOKEN_KEY'), true);
    $claims = json_decode(decoded($claims));
    return hash_equals($code, decoded($signature)) && $claims->companyId == $query['companyId']
        && $claims->userId == $query['userId'] && $claims->exp > time();
}

function money(string $currency, string $cents): array
{
    return ['code' => $currency, 'value' => $cents / 100];
}

function linked(string $label, string $path): array
{
    return ['label' => $label, 'value' => getenv('PUBLIC_URL') . $path, 'external' => true];
}

function objects(array $rows): array
{
    $objects = [];
    foreach ($rows as $index => $row) {
        $objects[] = [
            'id' => $index + 1,
            'header' => "PayDock invoices in {$row['currency']}",
            'arr' => money($row['currency'], $row['arr']),
            'revenue' => money($row['currency'], $row['revenue']),
            'open_invoices' => (int) $row['open_count'],
            'open_total' => money($row['currency'], $row['open_amount']),
            'overdue' => money($row['currency'], $row['overdue']),
            'latest_invoice' => $row['latest_id'] ? linked($row['latest_number'], "/invoices/{$row['latest_id']}") : null,
            'customer' => linked($row['customer_name'], "/contacts/{$row['customer_id']}"),
        ];
    }
    return $objects;
}

function answer(): void
{
    $given = ($_SERVER['PHP_AUTH_USER'] ?? '') . ':' . ($_SERVER['PHP_AUTH_PW'] ?? '');
    if (!hash_equals(hash('sha256', getenv('CREDENTIALS')), hash('sha256', $given)) || !isSigned($_GET)) {
        http_response_code(401);
        return;
    }
    $rows = look($_GET);
    $url = getenv('PUBLIC_URL');
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    echo json_encode([
        'data' => objects($rows),
        'external_link' => ['url' => "$url/contacts/{$rows[0]['customer_id']}", 'label' => 'Open in PayDock'],
        'settings' => ['url' => "$url/apps/pipedrive"],
    ], JSON_UNESCAPED_SLASHES);
}

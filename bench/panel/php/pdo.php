<?php
// What most would write: PDO with a persistent connection, the statements prepared in each request.
require __DIR__ . '/answer.php';

function run(PDO $database, string $name, array $query): array
{
    // PDO knows no numbered binds: each stands once, in order of its use.
    $values = binds($name, $query);
    $used = [];
    $text = preg_replace_callback('/\$(\d+)/', function ($match) use ($values, &$used) {
        $used[] = $values[$match[1] - 1];
        return '?';
    }, statement($name));
    $prepared = $database->prepare($text);
    $prepared->execute($used);
    return $prepared->fetchAll(PDO::FETCH_ASSOC);
}

function look(array $query): array
{
    $database = new PDO('pgsql:' . getenv('DATABASE_DSN'), null, null, [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_STRINGIFY_FETCHES => true,
    ]);
    $database->exec('begin; set local role paydock_web');
    run($database, 'choose', $query);
    $rows = run($database, 'view', $query);
    $database->exec('commit');
    return $rows;
}

answer();

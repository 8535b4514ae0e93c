<?php
// The strongest PHP peer: a persistent connection whose prepared statements are kept from request to request.
require __DIR__ . '/answer.php';

function look(array $query): array
{
    $database = pg_pconnect(getenv('DATABASE_DSN'));
    $choose = binds('choose', $query);
    pg_query($database, 'begin; set local role paydock_web');
    if (!@pg_execute($database, 'choose', $choose)) {
        pg_query($database, "rollback; begin; set local role paydock_web");
        pg_prepare($database, 'choose', statement('choose'));
        pg_prepare($database, 'view', statement('view'));
        pg_execute($database, 'choose', $choose);
    }
    $rows = pg_fetch_all(pg_execute($database, 'view', binds('view', $query)));
    pg_query($database, 'commit');
    return $rows;
}

answer();

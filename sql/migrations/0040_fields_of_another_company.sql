-- Who connects to another Pipedrive company forgets the custom fields of the one before: their codes mean nothing there.

grant delete on pipedrive.custom_field to paydock_web;

-- How organizations look in the product. Name and colours are the provider's, as last read; logos are kept here alone.

CREATE TABLE tenant_looks (
    tenant_id TEXT PRIMARY KEY NOT NULL,
    display_name TEXT NOT NULL,
    primary_colour TEXT,                    -- #rrggbb
    background_colour TEXT,
    CHECK ((primary_colour IS NULL) = (background_colour IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant_logos (
    tenant_id TEXT PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,                -- another picture is another id
    picture BLOB NOT NULL
) STRICT;
